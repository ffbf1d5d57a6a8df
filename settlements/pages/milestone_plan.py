"""A new milestone (节点) of a crew's contract, written by the contractor's office.

Crew and days come first: they say who shares, and with that whom agreed figures can be asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound, Refusal
from jianzhu.kernel.money import Money
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.milestones import commands
from settlements.milestones.models import Milestone
from settlements.milestones.rules import NAMED_RULES
from settlements.milestones.serializers import POINTS_MAX
from settlements.milestones.steps import NewMilestone
from settlements.pages.drafting import day_of, days_of
from workers_app.people import queries as people

SIGN_DAYS_MAX = 30


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose contract, where and when; `members` are {worker: name} of the crew in these days."""

    project: ProjectFacts
    crew_id: int
    crew: str
    work_from: date
    work_to: date
    members: dict[int, str]


@require_http_methods(["GET", "POST"])
@signed_in
def plan(request: HttpRequest) -> HttpResponse:
    """Both forms, and what was wrong; the same milestone sent twice is one."""
    actor = page_actor(request)
    crews = people.crews(policy.whose(actor, "milestone", "plan", on="crew"))
    projects = sites.projects(policy.whose(actor, "project", "read"))
    form: QueryDict = request.POST if request.method == "POST" else request.GET
    frame, refusal = None, None
    try:
        if form:
            frame = _frame(form, crews, projects)
        if frame is not None and request.method == "POST":
            return _planned(request, frame, actor)
    except Refusal as said:
        refusal = said
    return render(
        request,
        "settlements/milestone_plan.html",
        {
            "crews": crews,
            "projects": projects,
            "form": form,
            "frame": frame,
            "members": _members(frame, form),
            "rules": [rule for rule, _said in Milestone.SHARE_RULES],
            "refusal": refusal,
        },
        status=refusal.status if refusal else 200,
    )


def _planned(request: HttpRequest, frame: Frame, actor: Actor) -> HttpResponse:
    milestone = commands.plan(new=_read(request.POST, frame), actor=actor, at=clock.now())
    messages.success(request, _("Planned. The crew's leader hands it in when the work is done."))
    return redirect("milestone", milestone_id=milestone.pk)


def _frame(
    form: Mapping[str, str], crews: Mapping[int, str], projects: list[ProjectFacts]
) -> Frame:
    crew = next((pk for pk in crews if str(pk) == form.get("crew")), None)
    project = next((p for p in projects if str(p.id) == form.get("project")), None)
    if crew is None or project is None:
        raise NotFound(noun="crew" if crew is None else "project")
    first, last = days_of(form)
    members = people.names(people.workers_of_crews([crew], first, last))
    return Frame(project, crew, crews[crew], first, last, dict(sorted(members.items())))


def _members(frame: Frame | None, form: Mapping[str, str]) -> list[tuple[int, str, str]]:
    """(worker, name, what was filled in) of whoever may have an agreed figure."""
    members = frame.members if frame else {}
    return [(pk, name, form.get(f"share-{pk}", "")) for pk, name in members.items()]


def _read(form: Mapping[str, str], frame: Frame) -> NewMilestone:
    rule = form.get("share_rule", "")
    if rule not in dict(Milestone.SHARE_RULES):
        raise Invalid(field=_("Shared out"), problem=_("choose one of the rules"))
    currency = frame.project.currency
    retention = _amount(form, "retention", _("Retention"), currency)
    return NewMilestone(
        project_id=frame.project.id,
        crew_id=frame.crew_id,
        contract=_words(form, "contract", _("Contract"), 60),
        number=_words(form, "number", _("Number"), 40),
        name=_words(form, "name", _("Description"), 120),
        work_from=frame.work_from,
        work_to=frame.work_to,
        labour_minor=_amount(form, "labour_amount", _("Labour amount"), currency),
        retention_minor=retention,
        retention_until=day_of(form, "retention_until") if retention else None,
        share_rule=rule,
        share_points=_points(form, frame) if rule in NAMED_RULES else {},
        sign_days=_whole(form.get("sign_days", ""), _("Days to sign"), SIGN_DAYS_MAX),
    )


def _words(form: Mapping[str, str], name: str, label: str, most: int) -> str:
    said = form.get(name, "").strip()
    if not said or len(said) > most:
        raise Invalid(field=label, problem=_("fill it in, shortly"))
    return said


def _amount(form: Mapping[str, str], name: str, label: str, currency: str) -> int:
    """In minor units; nothing where nothing is written."""
    said = form.get(name, "").strip() or "0"
    try:
        minor = Money.parse(said, currency).minor
    except ValueError as error:
        raise Invalid(field=label, problem=_("write an amount like 380.00")) from error
    if not 0 <= minor < 10**15:
        raise Invalid(field=label, problem=_("write an amount like 380.00"))
    return minor


def _points(form: Mapping[str, str], frame: Frame) -> dict[str, int]:
    """The agreed figure of each; an empty field is no share."""
    said = {str(pk): form.get(f"share-{pk}", "").strip() for pk in frame.members}
    return {pk: _whole(text, _("Agreed figures"), POINTS_MAX) for pk, text in said.items() if text}


def _whole(text: str, label: str, most: int) -> int:
    said = text.strip()
    if not (said.isascii() and said.isdigit() and len(said) <= 7 and 1 <= int(said) <= most):
        raise Invalid(field=label, problem=_("write a whole number from 1 on"))
    return int(said)
