"""The planner's desk: plans of a project, one plan with its chart and reasons, two plans compared."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.scheduling.plans import charts, commands, faults, moving, queries, replanning, wages
from projects.scheduling.plans.models import Plan, PlanPart
from projects.scheduling.plans.paces import paces_of
from projects.scheduling.solver.weights import MEASURES, Weights
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.funding.coverage import coverage

SHOWN_MAX = 100
NEWS_SHOWN = 8
# A running search is looked at again after so many seconds.
LOOK_AGAIN = 3


@require_GET
@signed_in
def plans(request: HttpRequest, project_id: int) -> HttpResponse:
    """Every plan of a project, and the form that asks for a new one."""
    actor = page_actor(request)
    where = policy.whose(actor, "plan", "read") & Q(project_id=project_id)
    return render(
        request,
        "settlements/plans.html",
        {
            "project": _project(actor, project_id),
            "rows": queries.plans(where, SHOWN_MAX),
            "may_draft": policy.may(actor, "plan", "draft"),
            "packages": queries.to_plan(project_id),
            "weights": Weights(),
        },
    )


def _project(actor: Actor, project_id: int) -> ProjectFacts:
    found = sites.projects(policy.whose(actor, "project", "read") & Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    return found[0]


@require_POST
@signed_in
def draft(request: HttpRequest, project_id: int) -> HttpResponse:
    """Ask for a plan."""
    weights = {name: _whole(request, name) for name in MEASURES if request.POST.get(name)}
    plan = commands.draft(
        project_id=project_id,
        starts_on=_day(request, "starts_on"),
        weights=Weights(**weights),
        seed=_whole(request, "seed"),
        only=[int(text) for text in request.POST.getlist("package") if text.isdecimal()],
        actor=page_actor(request),
        at=clock.now(),
    )
    return redirect("plan", plan_id=plan.pk)


def _whole(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "1").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise Invalid(field=name, problem=_("use a whole number"))
    return int(text)


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(field=name, problem=_("write a day like 2026-10-12")) from error


@require_GET
@signed_in
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan: what it costs, why there is none, who is where, what moved and why."""
    actor = page_actor(request)
    row = queries.plan(policy.whose(actor, "plan", "read"), plan_id)
    by, crew = request.GET.get("by", "package"), _crew(request)
    parts = queries.parts(row)
    covered = coverage(row.project_id, clock.now(), row.pk if parts else None)
    return render(
        request,
        "settlements/plan.html",
        {
            "plan": row,
            "project": row.project,
            "result": row.result,
            "causes": faults.sentences(
                row, "move", [c for c in row.causes if c["code"] != "by_hand"]
            ),
            "breaches": faults.sentences(row, "breach", row.result.get("breaches", [])),
            "no_plan": queries.no_plan(row),
            "news": list(row.progress.order_by("-pk")[:NEWS_SHOWN]),
            "parts": queries.lanes(parts, crew),
            "moved": [p for p in parts if p.moved],
            "chart": _chart(row, by, crew) if parts else "",
            "by": by,
            "crew": crew,
            "crews": sorted({(s.crew_id, s.crew) for p in parts for s in p.seats if s.crew_id}),
            "weeks": wages.weekly(row) if parts else [],
            "coverage": covered,
            "short": {week.monday: week.short_minor for week in covered.weeks},
            "may": {verb: policy.may(actor, "plan", verb) for verb in ("publish", "move")},
            "look_again": LOOK_AGAIN if row.state == "draft" else 0,
        },
    )


def _crew(request: HttpRequest) -> int | None:
    text = request.GET.get("crew", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _chart(row: Plan, by: str, crew: int | None) -> str:
    chart = charts.chart(row, by=by, crew_id=crew, at=clock.now())
    return mark_safe(chart)  # noqa: S308 - every text in it is escaped where it is drawn


@require_POST
@signed_in
def move(request: HttpRequest, plan_id: int, verb: str) -> HttpResponse:
    """cancel, propose, publish or discard."""
    if verb not in ("cancel", "propose", "publish", "discard"):
        raise NotFound(noun="plan")
    command = getattr(commands, verb)
    row = command(plan_id=plan_id, actor=page_actor(request), at=clock.now())
    messages.success(request, _("Recorded."))
    if verb == "discard":
        return redirect("plans", project_id=row.project_id)
    return redirect("plan", plan_id=plan_id)


@require_GET
@signed_in
def part(request: HttpRequest, part_id: int) -> HttpResponse:
    """One package of a plan: why it is there, and the hand that may move it."""
    actor = page_actor(request)
    where = policy.whose(actor, "plan_part", "read")
    row = PlanPart.objects.filter(where, pk=part_id).select_related("plan__project").first()
    if row is None:
        raise NotFound(noun="plan_part")
    shown = next(p for p in queries.parts(row.plan) if p.id == row.pk)
    return render(
        request,
        "settlements/plan_part.html",
        {
            "plan": row.plan,
            "part": shown,
            "reasons": queries.reasons(row),
            "may_move": policy.may(actor, "plan", "move") and row.plan.state in replanning.MOVABLE,
        },
    )


@require_POST
@signed_in
def by_hand(request: HttpRequest, plan_id: int, package_id: int) -> HttpResponse:
    """A move: "try" says what it would change, "keep" does it."""
    actor, day = page_actor(request), _day(request, "starts_on")
    if day is None:
        raise Invalid(field="starts_on", problem=_("write a day like 2026-10-12"))
    row = queries.plan(policy.whose(actor, "plan", "move"), plan_id)
    if request.POST.get("do") == "keep":
        score = replanning.move(
            plan=row,
            work_package_id=package_id,
            starts_on=day,
            worker_ids=None,
            actor=actor,
            at=clock.now(),
        )
        messages.success(request, _("Moved and pinned."))
    else:
        score = moving.score(row, package_id, day, None)
    shown = next(p for p in queries.parts(row) if p.package_id == package_id)
    return render(
        request,
        "settlements/plan_part.html",
        {
            "plan": row,
            "part": shown,
            "score": score,
            "starts_on": day,
            "may_move": row.state in replanning.MOVABLE,
        },
    )


@require_GET
@signed_in
def compare(request: HttpRequest, plan_id: int, other_id: int) -> HttpResponse:
    """Two plans of a project side by side."""
    where = policy.whose(page_actor(request), "plan", "read")
    one, other = queries.plan(where, plan_id), queries.plan(where, other_id)
    if one.project_id != other.project_id:
        raise NotFound(noun="plan")
    return render(
        request,
        "settlements/plan_compare.html",
        {
            "one": one,
            "other": other,
            "project": one.project,
            "rows": _side_by_side(one, other),
            "differences": queries.differences(one, other),
        },
    )


def _side_by_side(one: Plan, other: Plan) -> list[dict[str, Any]]:
    """(what, in one, in the other) of the figures that both have."""
    names = {
        "cost": _("cost"),
        "lateness": _("price of being late"),
        "makespan": _("working days"),
        "utilisation": _("utilisation"),
        "gap": _("gap to the bound"),
    }
    rows = []
    for name, said in names.items():
        values = [
            plan.result.get(name, plan.result.get("measures", {}).get(name))
            for plan in (one, other)
        ]
        if None not in values:
            rows.append({"name": name, "said": said, "one": values[0], "other": values[1]})
    return rows


@require_GET
@signed_in
def performance(request: HttpRequest, project_id: int) -> HttpResponse:
    """Planned against done, and what people really make a day."""
    actor = page_actor(request)
    policy.require(actor, "pace", "read", project_id=project_id)
    return render(
        request,
        "settlements/performance.html",
        {
            "project": _project(actor, project_id),
            "found": queries.performance(project_id, clock.now()),
            "paces": paces_of(project_id),
        },
    )


@require_POST
@signed_in
def answer(request: HttpRequest, offer_id: int, answer: str) -> HttpResponse:
    """The worker takes the offered work, or not."""
    actor, at = page_actor(request), clock.now()
    if answer == "yes":
        commands.accept(offer_id=offer_id, actor=actor, at=at)
    else:
        reason = request.POST.get("reason", "").strip()[:200] or _("no reason given")
        commands.decline(offer_id=offer_id, reason=reason, actor=actor, at=at)
    messages.success(request, _("Recorded."))
    return redirect("assignments")
