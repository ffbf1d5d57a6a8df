"""Whether a problem has a plan, asked many times; which of many things are why it has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from projects.scheduling.solver import exact
from projects.scheduling.solver.problem import Problem
from projects.scheduling.solver.stop import Meter
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import Weights

CHECK_WORK = 0.6
CHECK_SECONDS = 10.0


class Ask:
    """Whether a problem has a plan, asked many times within one budget."""

    def __init__(self, seed: int, meter: Meter) -> None:
        self.seed, self.meter, self.unsure = seed, meter, False
        # The search has had its time; the explanation gets some of its own.
        self._ends = meter.seconds + 30.0

    def possible(self, problem: Problem) -> bool | None:
        """None: not found out in its time."""
        found = self.solve(replace(problem, weights=_NOTHING))
        return True if found.plan is not None else False if found.proved else None

    def solve(self, problem: Problem) -> exact.Found:
        """The best plan that a little work finds."""
        if not problem.packages:
            return exact.solve(View(problem), 0, exact.Limit())
        seconds = max(0.2, min(CHECK_SECONDS, self._ends - self.meter.seconds))
        view = View(problem)
        limit = exact.Limit(seconds, CHECK_WORK, searches=1, seed=self.seed)
        return exact.solve(view, view.horizon(), limit)

    def needed(self, all_of_them: list[Any], lifted: Callable[[list[Any]], Problem]) -> list[Any]:
        """The members without any one of which there would be a plan."""

        def clashes(kept: list[Any]) -> bool:
            held = set(kept)
            answer = self.possible(lifted([one for one in all_of_them if one not in held]))
            self.unsure |= answer is None
            return answer is False

        return quickxplain([], all_of_them, False, clashes)


_NOTHING = Weights(labour=0, travel=0, lateness=0)


def quickxplain(
    base: list[Any], rest: list[Any], added: bool, clashes: Callable[[list[Any]], bool]
) -> list[Any]:
    if added and clashes(base):
        return []
    if len(rest) <= 1:
        # The first call may hold a single member that isn't needed at all.
        return [] if not added and rest and clashes(base) else rest
    half = len(rest) // 2
    left, right = rest[:half], rest[half:]
    behind = quickxplain([*base, *left], right, bool(left), clashes)
    before = quickxplain([*base, *behind], left, bool(behind), clashes)
    return [*before, *behind]
