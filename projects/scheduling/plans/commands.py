"""What planners do to plans, and workers to offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, WrongState
from projects.scheduling import errors
from projects.scheduling.plans import answers, faults, problems, publishing, reasons, steps, telling
from projects.scheduling.plans.models import Offer, Plan
from projects.scheduling.plans.problems import Asked, Pin
from projects.scheduling.plans.searching import Found
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.weights import Weights
from projects.sites.models import Project

# Deterministic units: the same seed gives the same plan on every machine.
WORK = 15.0
ATTEMPTS_MAX = 3


@command
def draft(
    *,
    project_id: int,
    actor: Actor,
    at: datetime,
    starts_on: date | None = None,
    weights: Weights | None = None,
    stop: StopRule | None = None,
    seed: int = 1,
    pins: Iterable[Pin] = (),
    only: Iterable[int] = (),
) -> Plan:
    """Ask for a plan of a project, from `starts_on` (tomorrow) on; a planner process solves it.

    What can't be meant is refused here, with a sentence, and nothing is stored.
    """
    where = policy.whose(actor, "plan", "draft", on="project")
    project = lock(Project, project_id, where)
    today = at.astimezone(ZoneInfo(project.zone)).date()
    first = starts_on or today + timedelta(days=1)
    if first < today:
        raise Invalid(field="starts_on", problem=f"{first} is before today, {today}")
    weights = weights or Weights()
    old, wanted = published(project.pk), frozenset(only)
    kept = _beside(old, wanted, first)
    asked = problems.build(
        project.pk,
        first,
        weights=weights,
        pins=tuple(pins),
        only=wanted | kept,
        fresh=not weights.stability and not kept,
    )
    faults.check(project.pk, asked)
    asked = replace(asked, held=tuple(int(p.id) for p in asked.problem.packages if p.id in kept))
    return steps.draft(
        project_id=project.pk,
        asked=asked,
        seed=seed,
        stop=asdict(stop or StopRule(seconds=None, work=WORK)),
        based_on=old,
        causes=[],
        actor=actor,
        at=at,
    )


def _beside(old: Plan | None, wanted: frozenset[int], first: date) -> frozenset[int]:
    """What is published and not asked for stays in the plan, where it is if that can be: whoever plans
    one more package takes nobody's work away."""
    if old is None or not wanted:
        return frozenset()
    rows = old.parts.filter(ends_on__gte=first).exclude(work_package_id__in=wanted)
    return frozenset(rows.values_list("work_package_id", flat=True))


def published(project_id: int) -> Plan | None:
    """The plan that the project works by."""
    return Plan.objects.filter(project_id=project_id, state="published").first()


@command
def begin(*, plan_id: int, at: datetime) -> Plan | None:
    """Count a beginning of the search; None when there is nothing to search for any more."""
    plan = lock(Plan, plan_id)
    if plan.state != "draft":
        return None
    plan.attempts += 1
    plan.save(update_fields=["attempts"])
    steps.tell(plan, "begin", SYSTEM, at, attempt=plan.attempts)
    return plan


@command
def keep_answer(*, plan_id: int, answer: Found | Infeasible, at: datetime) -> Plan:
    """What the search found. A re-plan is shown at once, with why each package moved."""
    plan = lock(Plan, plan_id)
    if plan.state != "draft":
        return plan  # discarded meanwhile
    asked = Asked.read(plan.problem)
    if isinstance(answer, Infeasible):
        steps.move(plan, "fail", actor=SYSTEM, at=at, result=answers.refusal(answer))
        if plan.causes:
            telling.say_plan(plan, "plan_impossible", at)
        return plan
    answers.write(plan, asked, answer, answers.old_places(plan.based_on))
    result = answers.figures(answer)
    if plan.causes:
        result |= reasons.write(plan, asked)
    steps.move(plan, "solve", actor=SYSTEM, at=at, result=result)
    if plan.causes:
        steps.move(plan, "propose", actor=SYSTEM, at=at)
        telling.say_plan(
            plan, "plan_ready", at, moved=result["moved"], parts=len(asked.problem.packages)
        )
    return plan


@command
def break_off(*, plan_id: int, error: str, at: datetime) -> None:
    """A search that broke is tried again; the third time somebody has to look."""
    plan = lock(Plan, plan_id)
    if plan.state == "draft" and plan.attempts >= ATTEMPTS_MAX:
        steps.move(plan, "park", actor=SYSTEM, at=at, result={"error": error[:500]})
        telling.say_plan(plan, "plan_parked", at, error=error[:200])


@command
def cancel(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """End the search now; the best plan so far is kept."""
    plan = lock(Plan, plan_id, policy.whose(actor, "plan", "cancel"))
    if plan.state != "draft":
        raise WrongState(noun="plan", id=plan.pk, state=plan.state, verb="cancel", allowed="draft")
    if plan.cancel_asked_at is None:
        plan.cancel_asked_at = at
        plan.save(update_fields=["cancel_asked_at"])
        steps.tell(plan, "cancel", actor, at)
    return plan


@command
def propose(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Show it to everybody on the project."""
    plan = lock(Plan, plan_id, policy.whose(actor, "plan", "propose"))
    _unbroken(plan)
    steps.move(plan, "propose", actor=actor, at=at)
    return plan


@command
def discard(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Not wanted any more; a running search ends."""
    plan = lock(Plan, plan_id, policy.whose(actor, "plan", "discard"))
    steps.move(plan, "discard", actor=actor, at=at)
    return plan


@command
def publish(*, plan_id: int, actor: Actor, at: datetime) -> Plan:
    """Offer the work to the workers. The plan before ends; who stays where they are is not asked again."""
    where = policy.whose(actor, "plan", "publish")
    project_id = Plan.objects.filter(where, pk=plan_id).values_list("project_id", flat=True).first()
    if project_id is not None:
        lock(Project, project_id)  # parent before child: two plans of a project one after another
    plan = lock(Plan, plan_id, where)
    _unbroken(plan)
    publishing.publish(plan, actor=actor, at=at)
    return plan


def _unbroken(plan: Plan) -> None:
    broken = plan.result.get("breaches", [])
    if broken:
        said = faults.sentences(plan, "breach", broken)
        raise errors.PlanBreaksRules(said=" ".join(said))


@command
def accept(*, offer_id: int, actor: Actor, at: datetime) -> Offer:
    """The worker will come."""
    offer = lock(Offer, offer_id, policy.whose(actor, "offer", "accept"))
    offer.accept(at=at)
    publishing.answered(offer, "accept", actor=actor, at=at)
    return offer


@command
def decline(*, offer_id: int, reason: str, actor: Actor, at: datetime) -> Offer:
    """The worker will not; the plan is looked at again."""
    offer = lock(Offer, offer_id, policy.whose(actor, "offer", "decline"))
    offer.decline(at=at, reason=reason)
    publishing.answered(offer, "decline", actor=actor, at=at)
    return offer


@command
def lapse(*, offer_ids: Iterable[int], at: datetime) -> int:
    """Offers whose time to answer is over: somebody asks in person."""
    return publishing.lapse(sorted(set(offer_ids)), at=at)
