"""What happens when reality differs: the least of the published plan is moved, and each move has a why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.kernel.db import command, lock
from projects.attendance import queries as attendance
from projects.scheduling.models import StopDay
from projects.scheduling.plans import faults, moving, problems, publishing, steps
from projects.scheduling.plans.models import LIVE_STATES, OPEN_STATES, Offer, Plan
from projects.scheduling.plans.moving import Score
from projects.scheduling.plans.problems import Asked, Pin
from projects.scheduling.plans.searching import standing
from projects.scheduling.solver.problem import Fixed, Problem
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.weights import Weights
from projects.sites import queries as sites
from projects.sites.models import Project
from workers_app.terms import queries as terms

# Deterministic units, and a limit on the wall: somebody waits for the answer.
WORK, SECONDS = 2.0, 5.0
# A change is worth so many days' wages, so that nothing moves to save a little.
STAY_DAYS = 20
# Until then the day can still be changed.
CHANGES_BEFORE = time(7)

Cause = dict[str, Any]
# Of these plans a person may move a package.
MOVABLE = (*moving.MOVABLE, "published")


@command
def replan(
    *, project_id: int, causes: list[Cause], actor: Actor, at: datetime, pins: Iterable[Pin] = ()
) -> Plan | None:
    """Draft a re-plan of the published plan; None when there is none, or nothing of it is touched.

    A re-plan that is under way ends, and its causes are taken over.
    """
    policy.require(actor, "plan", "draft", project_id=project_id)
    project = lock(Project, project_id)
    plan = Plan.objects.filter(project_id=project_id, state="published").first()
    if plan is None:
        return None
    causes = [*_drop_open(project_id, at), *causes]
    pins = tuple(pins)
    asked = ask(plan, first_day(project.zone, at), pins)
    if asked is None or not (_touched(asked) or pins):
        return None
    moved = {pin.work_package_id for pin in pins}
    faults.check(project_id, replace(asked, problem=_loose(asked.problem, moved)))
    return steps.draft(
        project_id=project_id,
        asked=asked,
        seed=plan.seed,
        stop=asdict(StopRule(seconds=SECONDS, work=WORK)),
        based_on=plan,
        causes=_about(causes, asked),
        actor=actor,
        at=at,
    )


def move(
    *,
    plan: Plan,
    work_package_id: int,
    starts_on: date,
    worker_ids: Sequence[int] | None,
    actor: Actor,
    at: datetime,
) -> Score:
    """Score a person's move, pin it and keep it; of the published plan in a re-plan around it."""
    if plan.state != "published":
        return moving.move(
            plan_id=plan.pk,
            work_package_id=work_package_id,
            starts_on=starts_on,
            worker_ids=worker_ids,
            actor=actor,
            at=at,
        )
    score = moving.score(plan, work_package_id, starts_on, worker_ids)
    workers = None if worker_ids is None else tuple(worker_ids)
    replan(
        project_id=plan.project_id,
        causes=[by_hand(work_package_id)],
        pins=[Pin(work_package_id, starts_on, workers)],
        actor=actor,
        at=at,
    )
    return score


def first_day(zone: str, at: datetime) -> date:
    """The first day that can still be changed: today early in the morning, else tomorrow."""
    local = at.astimezone(ZoneInfo(zone))
    return local.date() + timedelta(days=local.time() >= CHANGES_BEFORE)


def ask(plan: Plan, starts_on: date, pins: tuple[Pin, ...] = ()) -> Asked | None:
    """The published plan as a problem in which everything that can stay is held."""
    first = max(starts_on, plan.starts_on)
    by_hand = plan.parts.filter(pinned=True, starts_on__gte=first).prefetch_related("seats")
    kept = {
        part.work_package_id: Pin(
            part.work_package_id, part.starts_on, tuple(s.worker_id for s in part.seats.all())
        )
        for part in by_hand
    }
    kept |= {pin.work_package_id: pin for pin in pins}
    only = plan.parts.values_list("work_package_id", flat=True)
    asked = problems.build(
        plan.project_id,
        first,
        weights=Weights(),
        pins=tuple(kept.values()),
        only=frozenset(only),
        fresh=False,
    )
    if not asked.problem.packages:
        return None
    stay = STAY_DAYS * max((w.rate for w in asked.problem.workers), default=0)
    weights = replace(Weights(**plan.problem["problem"]["weights"]), stability=max(1, stay))
    asked = replace(asked, problem=replace(asked.problem, weights=weights))
    return _held(asked, {pin.work_package_id for pin in pins})


def _held(asked: Asked, moved_by_hand: set[int]) -> Asked:
    """Mark what need not move; what has lost somebody keeps its days, not its team."""
    free = {one.package for one in asked.problem.published if not _stands(one, asked)}
    fixed = tuple(
        replace(one, team=None) if one.package in free - moved_by_hand else one
        for one in asked.problem.fixed
    )
    held = tuple(
        int(one.package)
        for one in asked.problem.published
        if one.package not in free and one.package not in moved_by_hand
    )
    return replace(asked, problem=replace(asked.problem, fixed=fixed), held=held)


def _stands(old: Fixed, asked: Asked) -> bool:
    """Whether a package could stay as it was published, by itself."""
    package = next(p for p in asked.problem.packages if p.id == old.package)
    people = {w.id: w for w in asked.problem.workers}
    start = old.start or 0
    if standing(start, package.duration, asked.stops.get(int(package.id), ())):
        return False
    if start < package.earliest or (
        package.latest is not None and start + package.duration > package.latest
    ):
        return False
    team = [people.get(pk) for pk in old.team or ()]
    if len(team) != package.headcount or None in team:
        return False
    return all(
        worker is not None
        and any(
            worker.serves(need)
            and (
                need.certificate is None
                or worker.certificates[need.certificate] >= start + package.duration
            )
            for need in package.needs
        )
        and not any(
            max(start, span.first) < min(start + package.duration, span.last) for span in worker.off
        )
        for worker in team
    )


def _touched(asked: Asked) -> bool:
    return len(asked.held) < len(asked.problem.packages)


def _loose(problem: Problem, moved: set[int]) -> Problem:
    """For the check alone: who runs already may have become too few, which the search answers."""
    fixed = (one for one in problem.fixed if one.team is not None or one.package in moved)
    return replace(problem, fixed=tuple(fixed))


def _drop_open(project_id: int, at: datetime) -> list[Cause]:
    """End the re-plans under way; their causes."""
    rows = Plan.objects.select_for_update(no_key=True).filter(
        project_id=project_id, state__in=(*OPEN_STATES, "infeasible")
    )
    causes: list[Cause] = []
    for plan in rows.order_by("pk"):
        if plan.causes:
            causes += [cause for cause in plan.causes if cause not in causes]
            steps.move(plan, "discard", actor=SYSTEM, at=at)
    return causes


def _about(causes: list[Cause], asked: Asked) -> list[Cause]:
    """Causes with the packages of this problem that each of them touches."""
    held, here = set(asked.held), {int(p.id) for p in asked.problem.packages}
    found = [c | {"packages": [pk for pk in c["packages"] if pk in here - held]} for c in causes]
    told = {pk for c in found for pk in c["packages"]}
    for one in asked.problem.published:
        if one.package not in held | told:
            for pk in one.team or ():
                worker = next((w for w in asked.problem.workers if w.id == pk), None)
                if worker is None or worker.off:
                    facts = {"worker": pk}
                    found.append({"code": "no_terms", "facts": facts, "packages": [one.package]})
                    break
    return [c for c in found if c["packages"]]


def by_hand(work_package_id: int) -> Cause:
    """A person put a package of the published plan somewhere else."""
    return {"code": "by_hand", "facts": {}, "packages": [work_package_id]}


def declined(offer: Offer) -> Cause:
    """A worker does not take the package."""
    facts = {"worker": offer.worker_id}
    return {"code": "declined", "facts": facts, "packages": [offer.work_package_id]}


def absent(one: terms.Away, offers: Iterable[Offer]) -> Cause:
    """A worker is away."""
    facts = {
        "worker": one.worker_id, "why": one.why,
        "first": one.first_on.isoformat(), "last": one.last_on.isoformat(),
    }  # fmt: skip
    return {"code": "ill", "facts": facts, "packages": [o.work_package_id for o in offers]}


def stopped(row: StopDay, package_ids: Iterable[int]) -> Cause:
    """Outdoor work stands still."""
    facts = {"on": row.on.isoformat(), "why": row.why}
    return {"code": "stopped", "facts": facts, "packages": sorted(package_ids)}


def not_come(offer: Offer) -> Cause:
    """A worker was planned and is not there."""
    assert offer.missed_on is not None
    facts = {"worker": offer.worker_id, "on": offer.missed_on.isoformat()}
    return {"code": "not_come", "facts": facts, "packages": [offer.work_package_id]}


def offers_of(worker_id: int, first: date, last: date) -> list[Offer]:
    """Live offers of a worker that touch the days."""
    rows = Offer.objects.filter(
        worker_id=worker_id, state__in=LIVE_STATES, starts_on__lte=last, ends_on__gte=first
    )
    return list(rows.select_related("plan").order_by("pk"))


def outdoors_on(project_id: int, site_id: int | None, on: date) -> list[int]:
    """Outdoor packages of the published plan that are at work on the day."""
    plan = Plan.objects.filter(project_id=project_id, state="published").first()
    if plan is None:
        return []
    rows = plan.parts.filter(starts_on__lte=on, ends_on__gte=on, work_package__outdoor=True)
    if site_id is not None:
        rows = rows.filter(work_package__site_id=site_id)
    return list(rows.order_by("work_package_id").values_list("work_package_id", flat=True))


@command
def look(*, project_id: int, on: date, at: datetime) -> list[Cause]:
    """Who was planned today and is not there. Coming to work accepts an offer.

    Where nobody at all has passed a gate, the gate is silent or the site closed: nobody is blamed.
    """
    zone = ZoneInfo(sites.project(project_id).zone)
    planned = Offer.objects.select_for_update(no_key=True).filter(
        plan__project_id=project_id, state__in=LIVE_STATES, starts_on__lte=on, ends_on__gte=on
    )
    offers = list(planned.order_by("pk"))
    still = _standing_still(project_id, on)
    came = _came(project_id, [o.worker_id for o in offers], on)
    causes = []
    for offer in offers:
        if came.get(offer.worker_id):
            if offer.state != "accepted":
                offer.accept(at=at)
                publishing.answered(offer, "accept", actor=SYSTEM, at=at)
        elif any(came.values()) and offer.missed_on is None and offer.work_package_id not in still:
            publishing.missed(offer, on, at=at)
            causes.append(not_come(offer))
    if _more_to_come(project_id, on):
        publishing.look_on(project_id, on + timedelta(days=1), zone)
    return causes


def _more_to_come(project_id: int, on: date) -> bool:
    rows = Offer.objects.filter(plan__project_id=project_id, state__in=LIVE_STATES)
    return rows.filter(ends_on__gt=on).exists()


def _came(project_id: int, worker_ids: list[int], on: date) -> Mapping[int, bool]:
    days = attendance.days_of(project_id, worker_ids, on, on)
    return {day.worker_id: bool(day.punch_ids) or day.minutes > 0 for day in days}


def _standing_still(project_id: int, on: date) -> set[int]:
    found: set[int] = set()
    for row in StopDay.objects.filter(project_id=project_id, on=on):
        found |= set(outdoors_on(project_id, row.site_id, on))
    return found
