"""A solution as a plan's rows and figures, and rows as a plan again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from jianzhu.kernel.db import step
from projects.scheduling.plans.models import Plan, PlanPart, PlanSeat
from projects.scheduling.plans.problems import Asked
from projects.scheduling.plans.searching import Found, compared, standing
from projects.scheduling.solver import plan as solved
from projects.scheduling.solver import score
from projects.scheduling.solver.breaches import Breach, breaches
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.plan import Assignment, Member
from projects.scheduling.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Old:
    """Where a package was before, and since when each worker is there."""

    starts_on: date
    ends_on: date
    since: dict[int, date]


def figures(found: Found) -> dict[str, Any]:
    """What a plan's `result` says of a solution; amounts in minor units, shares in ten-thousandths."""
    solution = found.solution
    return {
        "objective": solution.objective,
        "bound": solution.bound,
        "gap": round(solution.gap * 10_000),
        "utilisation": round(solution.utilisation * 10_000),
        "makespan": solution.makespan,
        "measures": dict(solution.measures),
        "cost": cost_of(solution.measures),
        "ended_by": solution.ended_by,
        "seconds": round(solution.seconds, 2),
        "work": round(solution.work, 2),
        "foreman": compared(found.problem, solution),
        "durations": [[p.id, p.duration] for p in found.problem.packages],
        "breaches": [],
    }


def cost_of(measures: dict[str, int]) -> int:
    """Wages, fares and the agreed price of being late."""
    return measures["labour"] + measures["travel"] + measures["lateness"]


def refusal(answer: Infeasible) -> dict[str, Any]:
    """What a plan's `result` says where there is none."""
    return {
        "clash": [{"code": r.code, "facts": told(r.facts)} for r in answer.clash],
        "repairs": [
            {
                "cost": repair.cost,
                "changes": [{"code": c.code, "facts": told(c.facts)} for c in repair.changes],
            }
            for repair in answer.repairs
        ],
        "proved": answer.proved,
    }


def told(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them; a rule or breach within them too."""
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "code") and hasattr(value, "facts"):
        return {"code": value.code, "facts": told(value.facts)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return value


@step
def write(plan: Plan, asked: Asked, found: Found, old: dict[int, Old]) -> None:
    """Parts and seats of a solution. Whoever stays on a package that runs keeps the first day."""
    parts = PlanPart.objects.bulk_create(
        [
            PlanPart(plan=plan, work_package_id=pk, starts_on=first, ends_on=last, pinned=pinned)
            for pk, first, last, pinned in _places(asked, found)
        ]
    )
    wages = {w.id: w.rate for w in asked.problem.workers}
    teams = {one.package: one.team for one in found.solution.plan}
    PlanSeat.objects.bulk_create(
        [
            PlanSeat(
                part=part,
                worker_id=int(member.worker),
                crew_id=asked.crews.get(int(member.worker)),
                need=member.need,
                starts_on=_since(asked, old, part, int(member.worker)),
                ends_on=part.ends_on,
                rate_minor=wages[member.worker],
            )
            for part in parts
            for member in teams[part.work_package_id]
        ],
        batch_size=1_000,
    )


def _places(asked: Asked, found: Found) -> Iterable[tuple[int, date, date, bool]]:
    """(package, first day, last day, pinned): days on which it stands still at either end are none."""
    base = {p.id: p.duration for p in asked.problem.packages}
    fixed = {one.package for one in asked.problem.fixed} - set(asked.begun)
    for one in found.solution.plan:
        pk, start = int(one.package), one.start
        stops = asked.stops.get(pk, ())
        length = base[pk] + standing(start, base[pk], stops)
        while start in stops:
            start, length = start + 1, length - 1
        first = asked.begun.get(pk, asked.calendar.day(start))
        yield pk, first, asked.calendar.last(start, length), pk in fixed


def _since(asked: Asked, old: dict[int, Old], part: PlanPart, worker_id: int) -> date:
    before = old.get(part.work_package_id)
    if before is not None and worker_id in before.since and part.work_package_id in asked.begun:
        return before.since[worker_id]
    return max(part.starts_on, asked.calendar.days[0])


def old_places(plan: Plan | None) -> dict[int, Old]:
    """{package: its place} of an earlier plan."""
    if plan is None:
        return {}
    return {
        part.work_package_id: Old(
            part.starts_on,
            part.ends_on,
            {seat.worker_id: seat.starts_on for seat in part.seats.all()},
        )
        for part in plan.parts.prefetch_related("seats")
    }


def read(plan: Plan, asked: Asked) -> tuple[Problem, solved.Plan]:
    """The plan's rows as the solver knows them, with the durations that they have."""
    parts = list(plan.parts.prefetch_related("seats").order_by("work_package_id"))
    first = asked.calendar.days[0]
    spans = {
        part.work_package_id: (
            asked.calendar.slot(max(first, part.starts_on)),
            asked.calendar.count(max(first, part.starts_on), part.ends_on),
        )
        for part in parts
    }
    problem = replace(
        asked.problem,
        packages=tuple(
            replace(p, duration=spans[int(p.id)][1]) if p.id in spans else p
            for p in asked.problem.packages
        ),
    )
    known = {p.id for p in asked.problem.packages}
    assignments = tuple(
        Assignment(
            part.work_package_id,
            spans[part.work_package_id][0]
            if part.starts_on >= first or part.work_package_id in asked.begun
            else -1,
            tuple(
                Member(s.worker_id, s.need) for s in sorted(part.seats.all(), key=lambda s: s.pk)
            ),
        )
        for part in parts
        if part.work_package_id in known
    )
    return problem, solved.Plan(assignments)


def judged(problem: Problem, plan: solved.Plan) -> tuple[dict[str, int], list[Breach]]:
    """What a plan costs, and what it breaks."""
    return score.measures(problem, plan), breaches(problem, plan)
