"""A person's own hand: scored at once, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import WrongState
from projects.scheduling import errors
from projects.scheduling.plans import answers, faults, steps
from projects.scheduling.plans.models import Plan, PlanPart, PlanSeat
from projects.scheduling.plans.problems import Asked
from projects.scheduling.solver import plan as solved
from projects.scheduling.solver.plan import Assignment, Member
from projects.scheduling.solver.problem import Package, Problem, Worker

MOVABLE = ("solved", "proposed")


@dataclass(frozen=True, slots=True)
class Score:
    """What a move changes, in minor units and days, and the rules that it breaks, in words."""

    cost_before: int
    cost_after: int
    lateness_before: int
    lateness_after: int
    ends_on_before: date
    ends_on_after: date
    breaches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A move carried out in memory."""

    score: Score
    result: dict[str, Any]
    assignment: Assignment
    asked: Asked
    package: Package


def score(
    plan: Plan, work_package_id: int, starts_on: date, worker_ids: Sequence[int] | None
) -> Score:
    """What a move would change; nothing is stored."""
    return _try(plan, work_package_id, starts_on, worker_ids).score


@command
def move(
    *,
    plan_id: int,
    work_package_id: int,
    starts_on: date,
    worker_ids: Sequence[int] | None,
    actor: Actor,
    at: datetime,
) -> Score:
    """Put a package of a plan on another day or to other people, and pin it there.

    A move that breaks a rule is kept too, and said; the plan can't be published until it is mended.
    """
    plan = lock(Plan, plan_id, policy.whose(actor, "plan", "move"))
    if plan.state not in MOVABLE:
        allowed = ", ".join(MOVABLE)
        raise WrongState(noun="plan", id=plan.pk, state=plan.state, verb="move", allowed=allowed)
    tried = _try(plan, work_package_id, starts_on, worker_ids)
    _write(plan, tried)
    plan.result = plan.result | tried.result
    plan.save(update_fields=["result"])
    steps.tell(
        plan, "move", actor, at, package=work_package_id, starts_on=starts_on.isoformat(),
        workers=list(worker_ids or ()),
    )  # fmt: skip
    return tried.score


def _try(
    plan: Plan, work_package_id: int, starts_on: date, worker_ids: Sequence[int] | None
) -> Tried:
    asked = Asked.read(plan.problem)
    problem, before = answers.read(plan, asked)
    placed = before.by_package()
    if work_package_id not in placed:
        raise errors.NotInPlan(noun="work_package", id=work_package_id)
    package = next(p for p in problem.packages if p.id == work_package_id)
    one = placed[work_package_id]
    team = one.team if worker_ids is None else _team(problem, package, one, worker_ids)
    start = -1 if starts_on < asked.calendar.days[0] else asked.calendar.slot(starts_on)
    new = Assignment(work_package_id, start, team)
    free = replace(problem, fixed=tuple(f for f in problem.fixed if f.package != work_package_id))
    after = before.replaced([new])
    was, _ = answers.judged(problem, before)
    now, broken = answers.judged(free, after)
    names = faults.names(plan.project_id, asked)
    kept: list[dict[str, Any]] = [{"code": b.code, "facts": answers.told(b.facts)} for b in broken]
    told = Score(
        answers.cost_of(was),
        answers.cost_of(now),
        was["lateness"],
        now["lateness"],
        _ends(problem, before, asked),
        _ends(problem, after, asked),
        tuple(names.say("breach", b["code"], b["facts"]) for b in kept),
    )
    result = {
        "measures": now,
        "cost": answers.cost_of(now),
        "makespan": now["makespan"],
        "breaches": kept,
    }
    return Tried(told, result, new, asked, package)


def _ends(problem: Problem, plan: solved.Plan, asked: Asked) -> date:
    durations = {p.id: p.duration for p in problem.packages}
    return asked.calendar.day(max(a.start + durations[a.package] for a in plan) - 1)


def _team(
    problem: Problem, package: Package, old: Assignment, worker_ids: Sequence[int]
) -> tuple[Member, ...]:
    """Who stays serves as before; the others what is still open and they can do, scarce skills first."""
    people = {w.id: w for w in problem.workers}
    for pk in worker_ids:
        if pk not in people:
            raise errors.NotInPlan(noun="worker", id=pk)
    before = {m.worker: m.need for m in old.team}
    open_ = [need.count for need in package.needs]
    team = []
    for pk in worker_ids:
        if pk in before and open_[before[pk]]:
            open_[before[pk]] -= 1
            team.append(Member(pk, before[pk]))
    given = {m.worker for m in team}
    new = sorted((people[i] for i in worker_ids if i not in given), key=lambda w: len(w.skills))
    for worker in new:
        need = _place(package, worker, open_)
        open_[need] -= 1
        team.append(Member(worker.id, need))
    return tuple(team)


def _place(package: Package, worker: Worker, open_: list[int]) -> int:
    fits = [n for n, need in enumerate(package.needs) if open_[n] > 0 and worker.serves(need)]
    free = [n for n in range(len(package.needs)) if open_[n] > 0]
    return next(iter((*fits, *free)), 0)


def _write(plan: Plan, tried: Tried) -> None:
    """The part, its people, and the pin."""
    calendar, one = tried.asked.calendar, tried.assignment
    part = PlanPart.objects.get(plan=plan, work_package_id=int(one.package))
    if one.start < 0:
        raise errors.cannot(
            faults.names(plan.project_id, tried.asked).say(
                "fault", "fixed_past", {"package": one.package}
            ),
            "fixed_past",
        )
    part.starts_on = calendar.day(one.start)
    part.ends_on = calendar.last(one.start, tried.package.duration)
    part.pinned, part.moved = True, [{"code": "by_hand", "facts": {}}]
    part.save(update_fields=["starts_on", "ends_on", "pinned", "moved"])
    wages = {w.id: w.rate for w in tried.asked.problem.workers}
    part.seats.exclude(worker_id__in=[m.worker for m in one.team]).delete()
    for member in one.team:
        PlanSeat.objects.update_or_create(
            part=part,
            worker_id=int(member.worker),
            defaults={
                "need": member.need,
                "crew_id": tried.asked.crews.get(int(member.worker)),
                "starts_on": part.starts_on,
                "ends_on": part.ends_on,
                "rate_minor": wages[member.worker],
            },
        )
