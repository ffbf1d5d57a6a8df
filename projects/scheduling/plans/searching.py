"""The search behind a plan: as little as possible is moved first, and what stands still is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from projects.scheduling.plans.problems import Asked
from projects.scheduling.solver import dispatch, rounds, score
from projects.scheduling.solver.check import check
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.plan import Plan, Solution
from projects.scheduling.solver.problem import Id, Problem
from projects.scheduling.solver.search import Watch, solve
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.view import View

# Each round may find that one more package runs into a day that stands still.
ROUNDS_MAX = 8


@dataclass(frozen=True, slots=True)
class Search:
    """How to search: the arguments that a plan keeps, and whoever watches, cancels and helps."""

    stop: StopRule
    seed: int
    cores: int = 2
    watch: Watch | None = None
    cancelled: Callable[[], bool] = lambda: False
    run: rounds.Run | None = None

    def __call__(
        self, problem: Problem, *, start: Plan | None = None, explain: bool = True
    ) -> Solution | Infeasible:
        return solve(
            problem,
            stop=self.stop,
            seed=self.seed,
            cores=self.cores,
            start=start,
            watch=self.watch,
            cancelled=self.cancelled,
            run=self.run,
            explain=explain,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A solution of the problem as it was asked in the end: packages that run into a day that stands
    still take so much longer."""

    problem: Problem
    solution: Solution


def search(asked: Asked, how: Search) -> Found | Infeasible:
    """The plan, or why there is none."""
    answer: Found | Infeasible = Infeasible((), (), proved=False)
    stages = list(_stages(asked))
    for number, problem in enumerate(stages):
        last = number == len(stages) - 1
        try:
            check(problem)
        except Fault:
            if last:
                raise
            continue
        answer = _around_stops(problem, asked.stops, how, explain=last)
        if isinstance(answer, Found):
            return answer
    return answer


def _stages(asked: Asked) -> Iterator[Problem]:
    """First what need not move is held; then what waits for the rest may follow it; then all may move
    and staying is only cheaper."""
    problem = asked.problem
    if asked.held:
        old = {one.package: one for one in problem.published}
        given = {one.package for one in problem.fixed}
        for held in (set(asked.held), set(asked.held) - _behind(problem, set(asked.held))):
            more = [old[pk] for pk in asked.held if pk in held and pk in old and pk not in given]
            if more:
                yield replace(problem, fixed=(*problem.fixed, *more))
    yield problem


def _behind(problem: Problem, held: set[int]) -> set[Id]:
    """Everything that waits, over however many others, for a package that is not held."""
    free: set[Id] = {p.id for p in problem.packages if p.id not in held}
    while more := {
        p.id for p in problem.packages if p.id not in free and free.intersection(p.after)
    }:
        free |= more
    return free


def _around_stops(
    problem: Problem, stops: Mapping[int, tuple[int, ...]], how: Search, *, explain: bool
) -> Found | Infeasible:
    """Solve; whoever runs into a day that stands still gets that day on top, and solve again. What
    was added stays, so this ends."""
    lost: dict[Id, int] = {}
    start: Plan | None = None
    found: Found | Infeasible = Infeasible((), (), proved=False)
    for _ in range(ROUNDS_MAX):
        longer = _longer(problem, lost)
        answer = how(longer, start=start, explain=explain)
        if isinstance(answer, Infeasible):
            return answer
        found = Found(longer, answer)
        more = _stood(problem, answer.plan, stops, lost)
        if not more:
            break
        lost |= more
        start = answer.plan
    return found


def _longer(problem: Problem, lost: Mapping[Id, int]) -> Problem:
    return replace(
        problem,
        packages=tuple(
            replace(p, duration=p.duration + lost.get(p.id, 0)) for p in problem.packages
        ),
    )


def _stood(
    problem: Problem, plan: Plan, stops: Mapping[int, tuple[int, ...]], lost: Mapping[Id, int]
) -> dict[Id, int]:
    """Packages that stand still for longer than was reckoned with."""
    base = {p.id: p.duration for p in problem.packages}
    found: dict[Id, int] = {}
    for one in plan:
        if one.package in stops:
            stood = standing(one.start, base[one.package], stops[int(one.package)])
            if stood > lost.get(one.package, 0):
                found[one.package] = stood
    return found


def standing(start: int, duration: int, stops: tuple[int, ...]) -> int:
    """Slots that stand still within so many slots of work from `start` on."""
    left, slot, stood = duration, start, 0
    while left:
        if slot in stops:
            stood += 1
        else:
            left -= 1
        slot += 1
    return stood


def compared(problem: Problem, solution: Solution) -> dict[str, Any]:
    """What the foreman's own way would cost, for comparison; nothing where it finds no place."""
    plan = dispatch.foreman(View(problem))
    if plan is None:
        return {}
    found = score.measures(problem, plan)
    return {
        "cost": found["labour"] + found["travel"] + found["lateness"],
        "makespan": found["makespan"],
    }
