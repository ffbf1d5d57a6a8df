"""The leader's roll call, made for a phone on a bad line: one small page, one form, nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.attendance import errors
from projects.attendance.rollcall import commands, queries
from projects.attendance.rollcall.commands import Called
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from projects.sites.models import Site
from workers_app.people import queries as people


@require_GET
@signed_in
def roll_call(request: HttpRequest) -> HttpResponse:
    """Today's crew: who was called, who has answered, and the form of the next round."""
    actor, now = page_actor(request), clock.now()
    crews, sites = people.crews_led(actor.worker_id), _sites(actor)
    if not crews or not sites:
        return render(request, "projects/roll_call.html", {"crews": crews, "sites": sites})
    crew_id = _chosen(request.GET, "crew", crews)
    site = sites[_chosen(request.GET, "site", sites)]
    today = now.astimezone(ZoneInfo(site.zone)).date()
    on = _day(request.GET.get("on", ""), today)
    return render(
        request,
        "projects/roll_call.html",
        {
            "crews": crews,
            "sites": sites,
            "crew_id": crew_id,
            "site": site,
            "on": on,
            "today": today,
            "before": on - timedelta(days=1),
            "sheet": queries.sheet(crew_id, site, on),
        },
    )


@require_POST
@signed_in
def call(request: HttpRequest) -> HttpResponse:
    """One round as the form says it; the same round again is the same round."""
    actor, form = page_actor(request), request.POST
    sites = _sites(actor)
    site, crew_id = sites[_chosen(form, "site", sites)], _number(form, "crew")
    on = _day(form.get("on", ""), None)
    called = _called(form, on, ZoneInfo(site.zone))
    if not called:
        raise Invalid(field=_("Roll call"), problem=_("mark somebody first"))
    try:
        commands.call_roll(
            crew_id=crew_id,
            site_id=site.pk,
            on=on,
            round=_number(form, "round"),
            called=called,
            actor=actor,
            at=clock.now(),
        )
        messages.success(request, _("Recorded. Each line now waits for its worker."))
    except errors.AlreadyCalled:
        messages.info(request, _("This round was recorded before; nothing was written twice."))
    return _back(crew_id, site.pk, on)


@require_POST
@signed_in
def send_code(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The worker has no smartphone: a code goes to the number on record."""
    commands.send_code(entry_id=entry_id, actor=page_actor(request), at=clock.now())
    messages.success(request, _("The code is on its way. It is good for five minutes."))
    return _back_to(entry_id)


@require_POST
@signed_in
def use_code(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The code that the worker told."""
    code = request.POST.get("code", "").strip()[:6]
    commands.confirm_by_code(
        entry_id=entry_id, code=code, actor=page_actor(request), at=clock.now()
    )
    messages.success(request, _("Signed by the worker's code."))
    return _back_to(entry_id)


def _sites(actor: Actor) -> dict[int, Site]:
    """The sites on which the actor may call a roll."""
    where = policy.whose(actor, "roll_call", "call", on="site")
    return {site.pk: site for site in Site.objects.filter(where).order_by("project", "code")}


def _chosen(form: Mapping[str, str], name: str, among: Mapping[int, object]) -> int:
    """What was chosen, or the first; NotFound when it is none of these."""
    wanted = _number(form, name) if form.get(name) else next(iter(among), 0)
    if wanted not in among:
        raise NotFound(noun=name)
    return wanted


def _number(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise NotFound(noun=name)
    return int(text)


def _day(text: str, default: date | None) -> date:
    if not text and default is not None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field=_("Day"), problem=_("choose a day")) from error


def _called(form: Mapping[str, str], on: date, zone: ZoneInfo) -> list[Called]:
    """The marked workers; whoever has no own times has those of everybody."""
    found = []
    for name in form:
        kind, _dash, worker = name.partition("-")
        if kind != "mark" or not worker.isdigit() or form[name] not in ("there", "absent"):
            continue
        if form[name] == "absent":
            found.append(Called(int(worker)))
            continue
        begins, ends = (
            _clock(form.get(f"{side}-{worker}") or form.get(side, "")) for side in ("from", "to")
        )
        if begins is None and ends is None:
            raise Invalid(field=_("Time"), problem=_("say when they came or went"))
        found.append(Called(int(worker), *_instants(on, begins, ends, zone)))
    return found


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(field=_("Time"), problem=_("write a time like 07:30")) from error


def _instants(
    on: date, begins: time | None, ends: time | None, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """A shift that ends before it begins ends on the next day."""
    later = begins is not None and ends is not None and ends <= begins
    return (
        datetime.combine(on, begins, tzinfo=zone) if begins else None,
        datetime.combine(on + timedelta(days=later), ends, tzinfo=zone) if ends else None,
    )


def _back_to(entry_id: int) -> HttpResponse:
    roll: RollCall = RollCallEntry.objects.select_related("roll_call").get(pk=entry_id).roll_call
    return _back(roll.crew_id, roll.site_id, roll.on)


def _back(crew_id: int, site_id: int, on: date) -> HttpResponse:
    asked = urlencode({"crew": crew_id, "site": site_id, "on": on.isoformat()})
    return redirect(f"{reverse('roll-call')}?{asked}")
