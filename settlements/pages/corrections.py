"""Corrections (补卡): asking for one with its effect in sight, and the second person's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound, Refusal
from jianzhu.web.pages import page_actor, signed_in
from projects.acceptance import photos
from projects.acceptance.photos import Picture
from projects.acceptance.views import photo_file
from projects.attendance import commands as attendance
from projects.attendance import queries as days
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.pages.sheets import is_too_large, too_large
from settlements.statements import effects
from settlements.statements import queries as statements
from workers_app.people import queries as people

# A split day has two stretches; whoever worked more of them asks through the office.
STRETCHES = ("1", "2")


@require_GET
@signed_in
def waiting(request: HttpRequest, project_id: int) -> HttpResponse:
    """The project's open corrections, each with old, new and the difference in money."""
    actor = page_actor(request)
    found = sites.projects(policy.whose(actor, "project", "read") & Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    where = policy.whose(actor, "correction", "answer") & Q(project_id=project_id)
    asked = days.open_corrections(where)
    standing = {one.id: one for one in days.corrected_days(where)}
    return render(
        request,
        "settlements/corrections.html",
        {
            "project": found[0],
            "rows": [
                (c, standing[c.pk], effects.effect(standing[c.pk], clock.now()))
                for c in asked
                if c.pk in standing
            ],
            "workers": people.names({i for c in asked for i in (c.worker_id, c.witness_id) if i}),
            "names": access.names_of({c.made_by for c in asked}),
            "me": str(actor),
        },
    )


@require_POST
@signed_in
def decide(request: HttpRequest, correction_id: int, answer: str) -> HttpResponse:
    """A second person agrees, or says no; both with their words."""
    act: Callable[..., Any] = (
        attendance.approve_correction if answer == "yes" else attendance.refuse_correction
    )
    words = request.POST.get("words", "").strip()[:500]
    row = act(
        correction_id=correction_id,
        answer=words or (_("agreed") if answer == "yes" else _("refused")),
        actor=page_actor(request),
        at=clock.now(),
    )
    messages.success(request, _("Recorded."))
    return redirect("corrections", project_id=row.project_id)


@require_POST
@signed_in
def withdraw(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Whoever asked takes it back."""
    row = attendance.withdraw_correction(
        correction_id=correction_id, actor=page_actor(request), at=clock.now()
    )
    messages.success(request, _("Taken back."))
    return _to_day(row.worker_id, row.project_id, row.on)


@require_GET
@signed_in
def photo(request: HttpRequest, correction_id: int) -> HttpResponse:
    """The photo that a request names, as a file to keep."""
    where = policy.whose(page_actor(request), "correction", "read") & Q(pk=correction_id)
    return photo_file(days.correction_photo(where))


@csrf_exempt  # checked below, after the size and before the body is read
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, worker_id: int, project_id: int, on: str) -> HttpResponse:
    """The day as it stands; what it should have been; what that would do; and then the request."""
    if request.method == "POST" and is_too_large(request):
        return too_large(request)
    return _ask(request, worker_id, project_id, on)


@csrf_protect
@signed_in
def _ask(request: HttpRequest, worker_id: int, project_id: int, on: str) -> HttpResponse:
    day = AskedDay.of(page_actor(request), worker_id, project_id, _date(on))
    if request.method == "GET":
        return _shown(request, day, {})
    try:
        times = _times(request.POST, day.on, ZoneInfo(day.project.zone))
        if "show" in request.POST:
            thought = days.day_as_if(worker_id, project_id, day.on, times, clock.now())
            return _shown(request, day, {"thought": thought, "effect": day.effect(thought)})
        _request(request, day, times)
    except Refusal as refusal:  # what was filled in stays on the page, beside what is wrong with it
        return _shown(request, day, {"refusal": refusal}, status=refusal.status)
    messages.success(request, _("Asked. A second person decides; you see the answer here."))
    return _to_day(worker_id, project_id, day.on)


@dataclass(frozen=True, slots=True)
class AskedDay:
    """Whose day it is that somebody may ask about, and what they may see of it."""

    actor: Actor
    worker_id: int
    project: ProjectFacts
    on: date
    found: days.AskedDay

    @classmethod
    def of(cls, actor: Actor, worker_id: int, project_id: int, on: date) -> AskedDay:
        """NotFound unless the actor may ask."""
        found = days.asked_day(actor, worker_id, project_id, on)
        return cls(actor, worker_id, sites.project(project_id), on, found)

    @property
    def sees_pay(self) -> bool:
        """A foreman asks about hours; what they come to is the worker's and the office's to see."""
        if self.actor.worker_id == self.worker_id:
            return True
        try:
            policy.require(self.actor, "correction_effect", "read", project_id=self.project.id)
        except Refusal:
            return False
        return True

    def effect(self, thought: days.CorrectedDay) -> effects.Effect | None:
        """What it would do to pay, for who may see it."""
        return effects.effect(thought, clock.now()) if self.sees_pay else None


def _shown(
    request: HttpRequest, day: AskedDay, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    asked = day.found.requests
    waits = next((c for c in asked if c.state == "requested"), None)
    thought = {c.id: c for c in days.corrected_days(Q(pk=waits.pk))} if waits else {}
    mates = days.may_witness(day.worker_id, day.project.id, day.on)
    own = Q(statement__worker_id=day.worker_id, statement__project_id=day.project.id, on=day.on)
    known = {
        "project": day.project,
        "on": day.on,
        "worker": people.worker(day.worker_id),
        "day": day.found.day,
        "punches": day.found.punches,
        "lines": statements.lines(own) if day.sees_pay else [],
        "asked": asked,
        "waits": waits,
        "waiting_effect": day.effect(thought[waits.pk]) if waits else None,
        "waiting_day": thought[waits.pk].as_corrected if waits else None,
        "mine": waits is not None and waits.made_by == str(day.actor),
        "names": access.names_of({who for c in asked for who in (c.made_by, c.checked_by) if who}),
        "mates": people.names(mates),
        "form": request.POST,
        "chosen_witness": _witness(request.POST),
    }
    return render(request, "settlements/correction_ask.html", {**known, **more}, status=status)


def _request(request: HttpRequest, day: AskedDay, times: list[tuple[datetime, datetime]]) -> None:
    form, file = request.POST, request.FILES.get("photo")
    reason, witness = form.get("reason", "").strip()[:500], _witness(form)
    if not reason:
        raise Invalid(field=_("Reason"), problem=_("say why the day was otherwise"))
    if witness is None and file is None:
        raise Invalid(field=_("Proof"), problem=_("name a witness or add a photo"))
    digest = ""
    if file is not None:
        picture = Picture.read(file.read(photos.SIZE_MAX + 1))
        photos.keep(picture)
        digest = picture.digest
    attendance.request_correction(
        worker_id=day.worker_id,
        project_id=day.project.id,
        on=day.on,
        intervals=times,
        reason=reason,
        witness_id=witness,
        photo_sha256=digest,
        actor=day.actor,
        at=clock.now(),
    )


def _witness(form: Mapping[str, str]) -> int | None:
    text = form.get("witness", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _times(form: Mapping[str, str], on: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The stretches that were filled in; what ends before it begins ends on the next day."""
    found: list[tuple[datetime, datetime]] = []
    for n in STRETCHES:
        begins, ends = form.get(f"from{n}", ""), form.get(f"to{n}", "")
        if not begins and not ends:
            continue
        start = datetime.combine(on, _clock(begins), tzinfo=zone)
        if found and start < found[0][0]:
            start += timedelta(days=1)  # the second half of a night, after midnight
        end = datetime.combine(start.date(), _clock(ends), tzinfo=zone)
        end += timedelta(days=end <= start)
        found.append((start, end))
    if not found:
        raise Invalid(field=_("Time"), problem=_("say from when to when"))
    return found


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field=_("Time"), problem=_("write a time like 07:30")) from error


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(noun="day_record") from error


def _to_day(worker_id: int, project_id: int, on: date) -> HttpResponse:
    return redirect("correction-ask", worker_id=worker_id, project_id=project_id, on=on.isoformat())
