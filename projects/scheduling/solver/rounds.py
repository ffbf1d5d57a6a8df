"""Large-neighbourhood search: in every round some neighbourhoods of one plan, solved side by side.

The round is the unit: all its tasks start from the same plan, and answers are taken over in the
tasks' order as far as they go together. So the plan depends on the seed, not on how many workers
solved the tasks nor on who was first. Rounds take place over time windows, trades, related packages,
and teams alone (Shaw 1998; sizes follow what could be proved).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random

from projects.scheduling.solver import neighbourhood, score
from projects.scheduling.solver.breaches import breaches
from projects.scheduling.solver.neighbourhood import Answer, Task
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Fixed
from projects.scheduling.solver.view import View, ends

Run = Callable[[list[Task]], list[Answer]]

TASKS_PER_ROUND = 4
WORK_PER_TASK = 0.12
PEOPLE = 6
MONEY = ("window", "trade", "related", "teams", "site")
LENGTH = ("span", "related", "chain")


def here(cores: int) -> Run:
    """Tasks of a round in threads of this process: the solver leaves the interpreter lock alone."""

    def run(tasks: list[Task]) -> list[Answer]:
        with ThreadPoolExecutor(cores) as pool:
            return list(pool.map(neighbourhood.improve, tasks))

    return run


@dataclass
class _Kind:
    """How large neighbourhoods of a kind are by now, and how often they helped."""

    size: float
    gain: float = 1.0


class Rounds:
    """The search's memory between rounds: the plan, the sizes, the draw."""

    def __init__(self, view: View, plan: Plan, horizon: int, seed: int) -> None:
        self.view, self.plan, self.horizon = view, plan, horizon
        self.objective = score.objective(view.problem, plan)
        self.draw = Random(seed)
        weights = view.problem.weights
        self.length = weights.makespan > 0
        names = LENGTH if self.length else MONEY
        self.kinds = {name: _Kind(12.0 if self.length else 8.0) for name in names}
        self.free = [t for t in range(len(view.packages)) if t not in view.fixed]
        self.work = 0.0
        self.since_better = 0

    def round(self, run: Run, seconds: float = float("inf")) -> bool:
        """One round; whether the plan got better."""
        drawn = list(self._drawn(seconds))
        before = self.objective
        if drawn:
            answers = run([task for _, task in drawn])
            for (name, _), answer in zip(drawn, answers, strict=True):
                self._take_over(name, answer)
        better = self.objective < before
        self.since_better = 0 if better else self.since_better + 1
        return better

    def _take_over(self, name: str, answer: Answer) -> None:
        kind = self.kinds[name]
        self.work += answer.work
        kind.size = min(len(self.free), kind.size * (1.08 if answer.proved else 0.92))
        kind.size = max(4.0, kind.size)
        gained = False
        if answer.plan is not None:
            plan = self.plan.replaced(answer.plan)
            objective = score.objective(self.view.problem, plan)
            if objective <= self.objective and not breaches(self.view.problem, plan):
                gained = objective < self.objective
                self.plan, self.objective = plan, objective
        kind.gain = 0.9 * kind.gain + 0.1 * gained

    def _drawn(self, seconds: float) -> Iterator[tuple[str, Task]]:
        left = set(self.free)
        for _ in range(TASKS_PER_ROUND):
            if len(left) < 2:
                return
            weights = [0.1 + kind.gain for kind in self.kinds.values()]
            name = self.draw.choices(list(self.kinds), weights)[0]
            free = self._choose(name, sorted(left))
            if not self.length:
                left -= free
            if free:
                yield name, self._task(name, free, seconds)

    def _task(self, name: str, free: set[int], seconds: float) -> Task:
        horizon = self.horizon
        if self.length:
            problem, start = neighbourhood.ordered(self.view, self.plan, free)
            # Only shorter plans are of interest, and asking for them alone makes the search sharper.
            horizon = min(horizon, score.makespan(self.view.problem, self.plan))
        else:
            problem, start = neighbourhood.frozen(self.view, self.plan, free, PEOPLE)
        if name == "teams":
            known = {one.package for one in problem.fixed}
            stay = (Fixed(a.package, a.start, None) for a in start if a.package not in known)
            problem = replace(problem, fixed=(*problem.fixed, *stay))
        return Task(problem, start, horizon, WORK_PER_TASK, self.draw.randrange(1 << 30), seconds)

    def _choose(self, name: str, left: list[int]) -> set[int]:
        view, placed = self.view, self.plan.by_package()
        one = self.draw.choice(left)
        size = max(2, round(self.kinds[name].size))
        start = {t: placed[view.packages[t].id].start for t in left}
        middle = start[one] + view.packages[one].duration / 2

        def away(t: int) -> float:
            return abs(start[t] + view.packages[t].duration / 2 - middle)

        if name in ("site", "window") and view.packages[one].site is not None:
            site = view.packages[one].site
            if name == "site":
                left = [t for t in left if view.packages[t].site == site]
        elif name in ("trade", "teams"):
            skills = {need.skill for need in view.packages[one].needs[:1]}
            if name == "teams":
                size *= 3
            left = [t for t in left if skills & {n.skill for n in view.packages[t].needs}] or left
        elif name == "related":
            return self._related(one, set(left), size)
        elif name == "chain":
            return self._chain(one, set(left), size)
        return set(sorted(left, key=lambda t: (away(t), self.draw.random()))[:size])

    def _related(self, one: int, left: set[int], size: int) -> set[int]:
        """Packages that compete with one for its people or resources at about its time."""
        view, placed = self.view, self.plan.by_package()
        mine = {n.skill for n in view.packages[one].needs} | {r for r, _ in view.packages[one].uses}
        first = placed[view.packages[one].id].start
        last = ends(view.packages[one], first)

        def weight(t: int) -> tuple[float, float]:
            package = view.packages[t]
            start = placed[package.id].start
            gap = max(0, start - last, first - ends(package, start))
            wants = {n.skill for n in package.needs} | {r for r, _ in package.uses}
            return gap - 2.0 * len(mine & wants) + 3 * self.draw.random(), self.draw.random()

        return {one, *sorted(left - {one}, key=weight)[: size - 1]}

    def _chain(self, one: int, left: set[int], size: int) -> set[int]:
        """A package and those before and behind it, drawn along precedence."""
        found, edge = {one}, [one]
        while edge and len(found) < size:
            t = edge.pop(self.draw.randrange(len(edge)))
            links = [x for x in (*self.view.before[t], *self.view.behind[t]) if x in left - found]
            self.draw.shuffle(links)
            for x in links[:3]:
                found.add(x)
                edge.append(x)
        return found
