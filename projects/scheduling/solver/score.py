"""What a plan costs: one arithmetic for dispatch, search, a person's manual move, and the report."""

from __future__ import annotations

from collections import Counter

from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Id, Problem


def measures(problem: Problem, plan: Plan) -> dict[str, int]:
    """{measure: value} of `weights.MEASURES`."""
    placed = plan.by_package()
    people = {w.id: w for w in problem.workers}
    found = Counter[str]()
    for package in problem.packages:
        one = placed[package.id]
        for member in one.team:
            worker = people[member.worker]
            found["labour"] += package.duration * worker.rate
            found["travel"] += package.duration * (worker.cost(package.site) - worker.rate)
        if package.due is not None:
            found["lateness"] += package.late_cost * max(
                0, one.start + package.duration - package.due
            )
    for site in problem.sites:
        if site.due is not None:
            found["lateness"] += site.late_cost * max(0, _ends(problem, plan, site.id) - site.due)
    return {
        "labour": found["labour"],
        "travel": found["travel"],
        "lateness": found["lateness"],
        "makespan": makespan(problem, plan),
        "fairness": _spread(problem, plan),
        "stability": _moved(problem, plan),
    }


def objective(problem: Problem, plan: Plan) -> int:
    """The weighted sum."""
    return problem.weights.total(measures(problem, plan))


def makespan(problem: Problem, plan: Plan) -> int:
    """The slot by which the last package is over."""
    placed = plan.by_package()
    return max(
        (problem.makespan_floor, *(placed[p.id].start + p.duration for p in problem.packages))
    )


def utilisation(problem: Problem, plan: Plan) -> float:
    """Slots worked, as a share of the slots in which somebody of the plan could have worked."""
    length = makespan(problem, plan)
    worked = _worked(problem, plan)
    free = sum(
        length - sum(max(0, min(s.last, length) - max(0, s.first)) for s in w.off)
        for w in problem.workers
        if worked[w.id]
    )
    return sum(worked.values()) / free if free else 0.0


def _worked(problem: Problem, plan: Plan) -> Counter[Id]:
    durations = {p.id: p.duration for p in problem.packages}
    worked = Counter[Id]()
    for one in plan:
        for member in one.team:
            worked[member.worker] += durations[one.package]
    return worked


def _ends(problem: Problem, plan: Plan, site: Id) -> int:
    placed = plan.by_package()
    here = (placed[p.id].start + p.duration for p in problem.packages if p.site == site)
    fixed = next(s.ends for s in problem.sites if s.id == site)
    return max((fixed, *here))


def _spread(problem: Problem, plan: Plan) -> int:
    worked = _worked(problem, plan)
    loads = [w.load + worked[w.id] for w in problem.workers]
    return max(loads, default=0) - min(loads, default=0)


def _moved(problem: Problem, plan: Plan) -> int:
    placed = plan.by_package()
    moved = 0
    for old in problem.published:
        if old.package in placed:
            new = placed[old.package]
            moved += new.start != old.start
            moved += len(set(old.team or ()) - {m.worker for m in new.team})
    return moved
