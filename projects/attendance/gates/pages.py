"""The clerk's page for gates: the list, the silent, the clocks, and what waits, each with its act."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.attendance import commands as attendance
from projects.attendance.gates import queries
from projects.sites import commands as sites
from projects.sites.models import Device, Site
from projects.sites.steps import NewDevice
from workers_app.people import queries as people
from workers_app.terms import queries as terms

DRIFT_MAX = 86_400
MAKERS = [one for one in Device.KINDS if one[0] not in queries.INNER]


@require_GET
@signed_in
def gates(request: HttpRequest) -> HttpResponse:
    """All terminals that one may see, what waits, and for the operator what was counted."""
    actor, now = page_actor(request), clock.now()
    found = queries.gates(policy.whose(actor, "device", "read"), now)
    where = policy.whose(actor, "parked_event", "read")
    counted = queries.counts(now) if policy.may(actor, "ingest_count", "read") else {}
    places = _sites(actor)
    groups = queries.groups(where)
    return render(
        request,
        "projects/gates.html",
        {
            "gates": found,
            "silent": sum(gate.alarm is not None for gate in found),
            "sites": places,
            "makers": MAKERS,
            "directions": Device.DIRECTIONS,
            "groups": groups,
            "waiting": queries.waiting(where),
            "workers": _workers({group.site.project_id for group in groups if group.site}),
            "counts": [(name, counted[name]) for name in sorted(counted)],
            "counted_makers": queries.makers(counted.values()),
        },
    )


@require_GET
@signed_in
def gate(request: HttpRequest, device_id: int) -> HttpResponse:
    """One terminal: its clock over time, its alarms, its last day, and what may be changed."""
    actor, now = page_actor(request), clock.now()
    found = queries.gates(policy.whose(actor, "device", "read") & Q(pk=device_id), now)
    if not found:
        raise NotFound(noun="device")
    device = found[0].device
    return render(
        request,
        "projects/gate.html",
        {
            "gate": found[0],
            "device": device,
            "drifts": device.drifts.order_by("-valid_from", "-pk")[:20],
            "alarms": device.alarms.order_by("-pk")[:20],
            "hours": queries.hours(device, now),
            "directions": Device.DIRECTIONS,
            "may_connect": policy.may(actor, "device", "connect") and device.kind == "hikvision",
        },
    )


@require_POST
@signed_in
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Put a terminal on the list, give a number to a worker, or say why events are no punches."""
    if verb not in _ACTS:
        raise NotFound(noun="device")
    _ACTS[verb](page_actor(request), request.POST)
    messages.success(request, _("Recorded."))
    return redirect("gates")


@require_POST
@signed_in
def change(request: HttpRequest, device_id: int, verb: str) -> HttpResponse:
    """Change one terminal."""
    if verb not in _CHANGES:
        raise NotFound(noun="device")
    values = _CHANGES[verb](request.POST)
    command = sites.connect_device if verb == "connection" else sites.change_device
    command(device_id=device_id, actor=page_actor(request), at=clock.now(), **values)
    messages.success(request, _("Recorded."))
    return redirect("gate", device_id=device_id)


def _register(actor: Actor, form: Mapping[str, str]) -> None:
    serial = form.get("serial", "").strip()
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", serial):
        raise Invalid(field=_("Serial number"), problem=_("as it stands on the terminal"))
    site = _sites(actor).get(_number(form, "site"))
    if site is None:
        raise NotFound(noun="site")
    new = NewDevice(
        kind=_one_of(form, "kind", MAKERS),
        serial=serial,
        name=form.get("name", "").strip()[:100] or serial,
        direction=_one_of(form, "direction", Device.DIRECTIONS),
        zone=site.zone,
    )
    sites.register_device(site_id=site.pk, new=new, actor=actor, at=clock.now())


def _enrol(actor: Actor, form: Mapping[str, str]) -> None:
    chosen = re.search(r"#(\d{1,17})\Z", form.get("worker", "").strip())
    if chosen is None:
        raise Invalid(field=_("Worker"), problem=_("choose one from the list"))
    sites.enrol(
        site_id=_number(form, "site"),
        person_no=form.get("person_no", "")[:40],
        worker_id=int(chosen[1]),
        valid_from=_date(form),
        actor=actor,
        at=clock.now(),
    )


def _dismiss(actor: Actor, form: Mapping[str, str]) -> None:
    reason = form.get("reason", "").strip()[:200]
    if not reason:
        raise Invalid(field=_("Reason"), problem=_("say why these are no punches"))
    said = {name: form.get(name, "")[:64] for name in ("code", "maker", "serial", "person_no")}
    site_id = _number(form, "site") if form.get("site") else None
    attendance.dismiss_group(
        where=Q(site=site_id, **said), reason=reason, actor=actor, at=clock.now()
    )


_ACTS: dict[str, Callable[[Actor, Mapping[str, str]], None]] = {
    "registration": _register,
    "enrolment": _enrol,
    "dismissal": _dismiss,
}


def _drift(form: Mapping[str, str]) -> dict[str, Any]:
    text = form.get("drift_seconds", "").strip()
    if not re.fullmatch(r"-?\d{1,5}", text) or abs(int(text)) > DRIFT_MAX:
        raise Invalid(field=_("Clock"), problem=_("seconds, up to a day"))
    return {"drift_seconds": int(text)}


def _connection(form: Mapping[str, str]) -> dict[str, Any]:
    address = form.get("address", "").strip()
    if not re.fullmatch(r"(https?://[A-Za-z0-9.:\[\]-]{1,180})?", address):
        raise Invalid(field=_("Address"), problem=_("write it like http://192.0.2.7"))
    return {
        "address": address,
        "login": form.get("login", "")[:64],
        "password": form.get("password", "")[:128],
    }


def _named(form: Mapping[str, str]) -> dict[str, Any]:
    name = form.get("name", "").strip()[:100]
    if not name:
        raise Invalid(field=_("Name of the gate"), problem=_("give the gate a name"))
    return {"name": name, "direction": _one_of(form, "direction", Device.DIRECTIONS)}


_CHANGES: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "name": _named,
    "off": lambda form: {"active": False},
    "on": lambda form: {"active": True},
    "clock": _drift,
    "connection": _connection,
}


def _sites(actor: Actor) -> dict[int, Site]:
    """The sites on which the actor may register a terminal."""
    if not policy.may(actor, "device", "register"):
        return {}
    rows = Site.objects.filter(policy.whose(actor, "device", "register", on="site"))
    return {site.pk: site for site in rows.select_related("project").order_by("project", "code")}


def _workers(project_ids: set[int]) -> dict[int, list[str]]:
    """By project, its workers as the list of the form shows them."""
    of_project = {pk: terms.workers_of(pk) for pk in project_ids}
    known = {one.id: one for one in people.workers(people.some(set().union(*of_project.values())))}
    return {
        pk: [f"{known[i].code} {known[i].name} #{i}" for i in sorted(ids) if i in known]
        for pk, ids in of_project.items()
    }


def _one_of(form: Mapping[str, str], name: str, choices: list[tuple[str, str]]) -> str:
    value = form.get(name, "")
    if value not in dict(choices):
        raise Invalid(field=name, problem=_("choose one from the list"))
    return value


def _number(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise NotFound(noun=name)
    return int(text)


def _date(form: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(form.get("valid_from", ""))
    except ValueError as error:
        raise Invalid(field=_("Day"), problem=_("choose a day")) from error
