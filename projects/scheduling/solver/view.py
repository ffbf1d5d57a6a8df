"""A problem by position: what dispatch, model and neighbourhoods look up all the time."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from projects.scheduling.solver.check import order
from projects.scheduling.solver.problem import Id, Need, Package, Problem

# Who is qualified for a need, and by when they have to be over: certificates expire.
Qualified = tuple[tuple[int, int | None], ...]


class View:
    """Packages and workers by index; `needs[t][n]` are the qualified of a package's need."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.packages, self.workers = problem.packages, problem.workers
        self.at: dict[Id, int] = {p.id: t for t, p in enumerate(problem.packages)}
        self.who: dict[Id, int] = {w.id: at for at, w in enumerate(problem.workers)}
        self.before = [[self.at[id] for id in p.after] for p in problem.packages]
        self.behind: list[list[int]] = [[] for _ in problem.packages]
        for t, waits in enumerate(self.before):
            for b in waits:
                self.behind[b].append(t)
        self.order = [self.at[id] for id in order(problem)]
        self.split = {crew.id: crew.may_split for crew in problem.crews}
        self.fixed = {self.at[one.package]: one for one in problem.fixed}
        self._qualified: dict[Need, Qualified] = {}
        self.away = [self.off(w) for w in range(len(self.workers))]
        self.needs = [[self.qualified(need) for need in p.needs] for p in problem.packages]

    def qualified(self, need: Need) -> Qualified:
        """(worker, void from) of everybody who can serve a need, in the problem's order."""
        key = Need(need.skill, need.level, 1, need.certificate)
        if key not in self._qualified:
            name = need.certificate
            self._qualified[key] = tuple(
                (at, None if name is None else worker.certificates[name])
                for at, worker in enumerate(self.workers)
                if worker.serves(need)
            )
        return self._qualified[key]

    def off(self, worker: int) -> list[tuple[int, int]]:
        """The spans in which somebody is away, merged: they may overlap as given."""
        merged: list[tuple[int, int]] = []
        for span in sorted(self.workers[worker].off, key=lambda s: s.first):
            first, last = max(0, span.first), max(0, span.last)
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            elif first < last:
                merged.append((first, last))
        return merged

    def together(self, worker: int) -> Id | None:
        """The crew that has to stay together with this worker, if any."""
        crew = self.workers[worker].crew
        return None if crew is None or self.split.get(crew, True) else crew

    @cached_property
    def earliest(self) -> list[int]:
        """First possible start by windows and precedence alone."""
        found = [0] * len(self.packages)
        for t in self.order:
            after = (found[b] + self.packages[b].duration for b in self.before[t])
            fixed = self.fixed.get(t)
            held = fixed.start if fixed else None
            found[t] = max((self.packages[t].earliest, *after)) if held is None else held
        return found

    def latest(self, horizon: int) -> list[int]:
        """Last possible start by windows, precedence and the horizon."""
        found = [0] * len(self.packages)
        for t in reversed(self.order):
            package = self.packages[t]
            ends = min((horizon, *(found[s] for s in self.behind[t])))
            if package.latest is not None:
                ends = min(ends, package.latest)
            found[t] = ends - package.duration
        return found

    @cached_property
    def tail(self) -> list[int]:
        """Longest path from a package's start to the end of everything: the classic priority."""
        found = [0] * len(self.packages)
        for t in reversed(self.order):
            found[t] = self.packages[t].duration + max(
                (found[s] for s in self.behind[t]), default=0
            )
        return found

    def horizon(self) -> int:
        """A slot by which everything can be over: one after another, once everybody is back."""
        if self.problem.horizon is not None:
            return self.problem.horizon
        back = [span.last for w in self.workers for span in w.off]
        fixed = [(one.start or 0) + self.packages[t].duration for t, one in self.fixed.items()]
        fixed += [
            (old.start or 0) + self.packages[self.at[old.package]].duration
            for old in self.problem.published
            if old.package in self.at
        ]
        taken = [last for r in self.problem.resources for _, last, _ in r.taken]
        begin = max((*back, *fixed, *taken, *self.earliest, *self._limits()), default=0)
        rest = max((w.rest for w in self.workers), default=0)
        return begin + sum(p.duration + rest for p in self.packages)

    def _limits(self) -> list[int]:
        return [limit.last for w in self.workers for limit in w.limits]

    @cached_property
    def by_site(self) -> dict[Id, list[int]]:
        """Packages of every site."""
        found: dict[Id, list[int]] = defaultdict(list)
        for t, package in enumerate(self.packages):
            if package.site is not None:
                found[package.site].append(t)
        return found


def ends(package: Package, start: int) -> int:
    """The first slot after it."""
    return start + package.duration
