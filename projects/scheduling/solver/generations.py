"""Plans that breed: a genetic search for projects whose packages want counted resources only.

A list of packages is turned into a plan by the serial schedule generation scheme: one after another,
each where it fits first. Every plan is then justified, from the right and from the left again
(Valls, Ballestín, Quintanilla 2005). Children take the head of their list from the mother, then a
stretch and the rest in the order of the father and the mother (two-point crossover, Hartmann 1998).
All lists of a generation are turned into plans at once, a column of numpy per package.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from projects.scheduling.solver.plan import Assignment, Plan
from projects.scheduling.solver.view import View

Ints = NDArray[np.int64]

POPULATION = 200
# Generations without a shorter plan after which the search has nothing left to breed.
PATIENCE = 80
# The word that holds what is free of every resource at once, a guard bit behind each.
BITS_MAX = 62
# Deterministic units per package placed: about a second of one core per 400,000.
WORK_PER_PLACE = 2.5e-6


def suits(view: View) -> bool:
    """Whether length is all that counts and counted resources are all that is wanted."""
    problem, weights = view.problem, view.problem.weights
    others = (weights.fairness, weights.stability and problem.published, problem.fixed)
    return (
        weights.makespan > 0
        and not any(others)
        and len(view.packages) > 1
        and not any(p.needs or p.latest is not None or p.late_cost for p in view.packages)
        and not any(s.late_cost or s.headcount is not None for s in problem.sites)
        and not any(r.taken for r in problem.resources)
        and sum(_bits(r.capacity) for r in problem.resources) <= BITS_MAX
        and problem.horizon is None
    )


def _bits(capacity: int) -> int:
    return capacity.bit_length() + 1


class Scheme:
    """The serial schedule generation scheme over many lists at once."""

    def __init__(self, view: View, before: list[list[int]], earliest: Sequence[int]) -> None:
        count = len(view.packages)
        widest = max(1, *(len(waits) for waits in before))
        # Who waits for fewer waits for the package behind the last, which is over at 0.
        self.before = np.full((count, widest), count, np.int64)
        for t, waits in enumerate(before):
            self.before[t, : len(waits)] = waits
        self.duration = np.array([p.duration for p in view.packages], np.int64)
        self.earliest = np.array(earliest, np.int64)
        self.horizon = int(self.duration.sum() + self.earliest.max()) + 1
        self.wanted, self.free, self.guard = _packed(view)

    def starts(self, lists: Ints) -> Ints:
        """(lists × packages) first slots; every list has all packages, none before its own."""
        rows, count = lists.shape
        row = np.arange(rows)
        free = np.full((rows, self.horizon), self.free, np.int64)
        slots = np.arange(1, self.horizon + 1, dtype=np.int32)[None, :]
        starts = np.zeros((rows, count), np.int64)
        over = np.zeros((rows, count + 1), np.int64)
        last = 0
        for column in range(count):
            t = lists[:, column]
            duration, wanted = self.duration[t], self.wanted[t]
            first = np.maximum(over[row[:, None], self.before[t]].max(1), self.earliest[t])
            # Behind the last slot used so far everything is free.
            low, high = int(first.min()), max(last, int(first.max())) + int(duration.max()) + 1
            fits = ((free[:, low:high] - wanted[:, None]) & self.guard) == self.guard
            here = slots[:, low:high]
            fits &= here > first[:, None]
            since = np.maximum.accumulate(np.where(fits, np.int32(low), here), axis=1)
            start = (here - since >= duration[:, None]).argmax(1) + low + 1 - duration
            start = np.where(duration == 0, first, start)
            starts[row, t] = start
            over[row, t] = start + duration
            last = max(last, int((start + duration).max()))
            for at in range(int(duration.max())):
                busy = row[duration > at]
                free[busy, start[busy] + at] -= wanted[busy]
        return starts


def _packed(view: View) -> tuple[Ints, int, np.int64]:
    """(what each package wants, what is free, the guard bits): all resources in one word."""
    at, place, free, guard = 0, {}, 0, 0
    for resource in view.problem.resources:
        place[resource.id] = at
        free |= resource.capacity << at
        at += _bits(resource.capacity)
        guard |= 1 << (at - 1)
    wanted = [sum(amount << place[id] for id, amount in p.uses) for p in view.packages]
    return np.array(wanted, np.int64), free | guard, np.int64(guard)


class Generations:
    """A population of lists with their plans, the shortest first."""

    def __init__(self, view: View, seed: int) -> None:
        self.view, self.draw = view, np.random.default_rng(seed)
        self.duration = np.array([p.duration for p in view.packages], np.int64)
        self.place = np.empty(len(view.packages), np.int64)
        self.place[view.order] = np.arange(len(view.packages))
        self.waits = np.zeros((len(view.packages), len(view.packages)), bool)
        for t, before in enumerate(view.before):
            self.waits[before, t] = True
        self.forward = Scheme(view, view.before, [p.earliest for p in view.packages])
        self.backward = Scheme(view, view.behind, [0] * len(view.packages))
        self.work, self.since_better = 0.0, 0
        self._settle(*self._bred(self._drawn()))

    @property
    def plan(self) -> Plan:
        """The shortest so far."""
        each = zip(self.view.packages, self.starts[0], strict=True)
        return Plan(tuple(Assignment(p.id, int(start)) for p, start in each))

    def next(self) -> bool:
        """A generation; whether the shortest plan got shorter."""
        before = self.length[0]
        lists, starts = self._bred(self._mutated(self._crossed(self._parents(), self._parents())))
        self._settle(np.concatenate([self.lists, lists]), np.concatenate([self.starts, starts]))
        better = bool(self.length[0] < before)
        self.since_better = 0 if better else self.since_better + 1
        return better

    def _drawn(self) -> Ints:
        """Lists by the longest tail, shaken."""
        noise = 1 + 0.6 * (self.draw.random((POPULATION, len(self.view.packages))) - 0.5)
        keys = -np.array(self.view.tail) * noise
        return np.array([_ordered(self.view, key) for key in keys.tolist()], np.int64)

    def _bred(self, lists: Ints) -> tuple[Ints, Ints]:
        """The plans of lists, justified; and the lists that the plans themselves are."""
        starts = self.forward.starts(lists)
        backward = self.backward.starts(self._by(-(starts + self.duration), -self.place))
        starts = self.forward.starts(self._by(-(backward + self.duration), self.place))
        self.work += 3 * lists.size * WORK_PER_PLACE
        return self._by(starts, self.place), starts

    def _by(self, key: Ints, ties: Ints) -> Ints:
        order: Ints = np.lexsort((np.broadcast_to(ties, key.shape), key), axis=1)
        return order

    def _settle(self, lists: Ints, starts: Ints) -> None:
        """The shortest of all that differ, ties drawn."""
        _, differ = np.unique(starts, axis=0, return_index=True)
        length = (starts[differ] + self.duration).max(1)
        kept = differ[np.argsort(length + self.draw.random(len(differ)))][:POPULATION]
        self.lists, self.starts = lists[kept], starts[kept]
        self.length = (self.starts + self.duration).max(1)

    def _parents(self) -> Ints:
        """The shorter of two drawn, for every child."""
        pairs = self.draw.integers(len(self.lists), size=(2, POPULATION))
        parents: Ints = self.lists[pairs.min(0)]
        return parents

    def _crossed(self, mothers: Ints, fathers: Ints) -> Ints:
        rows, count = mothers.shape
        mother, father = np.argsort(mothers, axis=1), np.argsort(fathers, axis=1)
        cuts = np.sort(self.draw.integers(count + 1, size=(rows, 2)), axis=1)
        head = mother < cuts[:, :1]
        rank = np.argsort(np.argsort(np.where(head, 2 * count, father), axis=1), axis=1)
        middle = ~head & (rank < cuts[:, 1:] - cuts[:, :1])
        rest = np.where(middle, count + father, 2 * count + mother)
        crossed: Ints = np.argsort(np.where(head, mother, rest), axis=1)
        return crossed

    def _mutated(self, lists: Ints) -> Ints:
        """Neighbours of a list swap places where neither waits for the other."""
        rows, count = lists.shape
        row = np.arange(rows)
        for _ in range(max(1, count // 20)):
            at = self.draw.integers(count - 1, size=rows)
            one, other = lists[row, at], lists[row, at + 1]
            may = ~self.waits[one, other]
            lists[row[may], at[may]], lists[row[may], at[may] + 1] = other[may], one[may]
        return lists


def _ordered(view: View, key: list[float]) -> list[int]:
    """All packages, the smallest key first among those whose predecessors are listed."""
    waiting = [len(before) for before in view.before]
    ready = [(key[t], t) for t, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    listed: list[int] = []
    while ready:
        _, t = heapq.heappop(ready)
        listed.append(t)
        for after in view.behind[t]:
            waiting[after] -= 1
            if not waiting[after]:
                heapq.heappush(ready, (key[after], after))
    return listed
