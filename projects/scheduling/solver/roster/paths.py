"""The cheapest row of every person for given prices of shifts, all people of equal run rules at once.

Dynamic programming over days. A state is how a person stands in a run of work or rest, with three
counts: minutes, weekends, and shifts of the one kind that is limited. The array of a state spans
people × counts, so a day is a few dozen array operations however many people there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import Any

import numpy as np

from projects.scheduling.solver.roster.problem import Person, Roster

Array = Any
_NEVER = 1e12
BYTES_MAX = 1_200_000_000


@dataclass(frozen=True)
class Kind:
    """Shifts that are alike to everybody's rules: who may follow whom, length, whether limited."""

    shifts: tuple[int, ...]
    units: int
    limited: bool


@dataclass
class Group:
    """People with the same run rules, their costs by kind, and the trail back through the days."""

    roster: Roster
    people: list[int]
    kinds: list[Kind]
    follows: list[list[int]]  # per kind the kinds that may stand on the day before
    unit: int
    loose: list[int]  # limited shifts that no state counts: whoever asks has to price them

    def __post_init__(self) -> None:
        each = [self.roster.people[p] for p in self.people]
        first = each[0]
        self.run_max, self.run_min, self.rest = first.run_max, first.run_min, first.rest_min
        units_max = max(p.minutes_max for p in each) // self.unit
        self.weekends = np.array([p.weekends_max for p in each])
        self.limit = np.array([self._limit(p) for p in each])
        weekends_at_most = (self.roster.days + 1) // 7 + 1
        self.shape = (
            len(each), units_max + 1,
            min(weekends_at_most, int(self.weekends.max())) + 1, int(self.limit.max()) + 1,
        )  # fmt: skip
        self.ends = np.array([self._ends(p) for p in each])
        self.open = np.array([
            [[d not in p.off and p.most.get(s.id, 0) > 0 for s in self.roster.shifts]
             for d in range(self.roster.days)] for p in each
        ])  # fmt: skip

    def _limit(self, person: Person) -> int:
        limited = [k for k in self.kinds if k.limited]
        return person.most.get(self.roster.shifts[limited[0].shifts[0]].id, 0) if limited else 0

    def _ends(self, person: Person) -> Array:
        """Which (units, weekends, limited) a row may end with."""
        units, weekends, limited = np.indices(self.shape[1:])
        length = [self.roster.shifts[k.shifts[0]].minutes for k in self.kinds if k.limited]
        minutes = units * self.unit + limited * (length[0] if length else 0)
        right = (person.minutes_min <= minutes) & (minutes <= person.minutes_max)
        return right & (weekends <= person.weekends_max) & (limited <= self._limit(person))

    @property
    def size(self) -> int:
        """Bytes of the trail."""
        states = len(self.kinds) * (self.run_max + self.run_min) + self.rest
        return 8 * int(np.prod(self.shape)) * states * self.roster.days

    def cheapest(self, price: Array) -> tuple[Array, list[list[int]]]:
        """(cost, row) per person of the group for `price[person, day, shift]`; -1 is a day of rest,
        a cost of 10^12 says that no row keeps the rules."""
        cost = np.where(self.open, price, _NEVER)
        by_kind = np.stack([cost[:, :, k.shifts].min(axis=2) for k in self.kinds], axis=2)
        best = [cost[:, :, k.shifts].argmin(axis=2) for k in self.kinds]
        trail = self._forward(by_kind)
        return self._back(trail, by_kind, best)

    def _forward(self, by_kind: Array) -> list[dict[Any, Array]]:
        """Per day {state: array}. States: ("rest", run), ("work", kind, run), and ("edge", kind, run)
        for a first run that may go on before the roster."""
        trail: list[dict[Any, Array]] = []
        now: dict[Any, Array] = {("rest", self.rest): np.full(self.shape, _NEVER)}
        now["rest", self.rest][:, 0, 0, 0] = 0.0
        for d in range(self.roster.days):
            new: dict[Any, Array] = {}
            for k in range(len(self.kinds)):
                for state, before in self._before_work(now, k, d):
                    self._put(
                        new, state, self._shifted(before[1], k, by_kind[:, d, k], before[0], d)
                    )
            for state, array in now.items():
                rest = self._rest_after(state)
                if rest is not None:
                    self._put(new, rest, array)
            trail.append(new)
            now = new
        return trail

    def _before_work(self, now: dict[Any, Array], k: int, d: int) -> Any:
        """(state of work today, (whether at work yesterday, array of yesterday))."""
        rest = ("rest", self.rest)
        if rest in now:
            yield (
                (("edge", k, 1) if d == 0 and self.run_min > 1 else ("work", k, 1)),
                (False, now[rest]),
            )
        for name in ("work", "edge"):
            for run in range(1, self.run_max):
                arrays = [now[name, j, run] for j in self.follows[k] if (name, j, run) in now]
                if arrays:
                    least = reduce(np.minimum, arrays)
                    edge = name == "edge" and run + 1 < self.run_min
                    yield ("edge" if edge else "work", k, run + 1), (True, least)

    def _rest_after(self, state: Any) -> Any:
        if state[0] == "rest":
            return ("rest", min(self.rest, state[1] + 1))
        if state[0] == "work" and state[2] < self.run_min:
            return None
        return ("rest", 1)

    def _put(self, new: dict[Any, Array], state: Any, array: Array) -> None:
        new[state] = np.minimum(new[state], array) if state in new else array

    def _shifted(self, before: Array, k: int, cost: Array, worked: bool, d: int) -> Array:
        """Yesterday's array with today's shift counted."""
        u, w, m = self.kinds[k].units, self._weekend(worked, d), int(self.kinds[k].limited)
        after = np.full(self.shape, _NEVER)
        units, weekends, limited = self.shape[1:]
        if u < units and w < weekends and m < limited:
            kept = before[:, : units - u, : weekends - w, : limited - m]
            after[:, u:, w:, m:] = np.minimum(kept + cost[:, None, None, None], _NEVER)
        return after

    def _weekend(self, worked: bool, d: int) -> int:
        return int(d % 7 == 5 or (d % 7 == 6 and not worked))

    def _back(
        self, trail: list[dict[Any, Array]], by_kind: Array, best: list[Array]
    ) -> tuple[Array, list[list[int]]]:
        least = reduce(np.minimum, trail[-1].values())
        costs = np.full(len(self.people), _NEVER)
        rows: list[list[int]] = []
        for p in range(len(self.people)):
            ending = np.where(self.ends[p], least[p], _NEVER)
            place = tuple(int(x) for x in np.unravel_index(int(ending.argmin()), ending.shape))
            if ending[place] >= _NEVER / 2:
                rows.append([])
                continue
            costs[p] = ending[place]
            rows.append(self._trace(trail, by_kind, best, p, place))
        return costs, rows

    def _trace(
        self,
        trail: list[dict[Any, Array]],
        by_kind: Array,
        best: list[Array],
        p: int,
        place: tuple[int, ...],
    ) -> list[int]:
        """The row that reached a place, from its last day to its first."""
        row = [-1] * self.roster.days
        state = min(trail[-1], key=lambda s: trail[-1][s][(p, *place)])
        for d in range(self.roster.days - 1, -1, -1):
            if state[0] != "rest":
                kind = self.kinds[state[1]]
                row[d] = kind.shifts[int(best[state[1]][p, d])]
            if d == 0:
                break
            state, place = self._came_from(trail[d - 1], by_kind[p, d], state, place, p, d)
        return row

    def _came_from(
        self,
        before: dict[Any, Array],
        cost: Array,
        state: Any,
        place: tuple[int, ...],
        p: int,
        d: int,
    ) -> tuple[Any, tuple[int, ...]]:
        """The state and place of yesterday with the least cost that lead here."""
        options: list[tuple[float, Any, tuple[int, ...]]] = []
        then: tuple[int, ...]
        for old, array in before.items():
            if state[0] == "rest":
                if self._rest_after(old) == state:
                    options.append((float(array[(p, *place)]), old, place))
                continue
            if not self._leads(old, state):
                continue
            kind = self.kinds[state[1]]
            weekend = self._weekend(old[0] != "rest", d)
            then = (place[0] - kind.units, place[1] - weekend, place[2] - int(kind.limited))
            if min(then) >= 0:
                options.append((float(array[(p, *then)]), old, then))
        _, old, then = min(options, key=lambda option: option[0])
        return old, then

    def _leads(self, old: Any, state: Any) -> bool:
        name, kind, run = state
        if run == 1:
            return bool(old == ("rest", self.rest))
        if old[0] == "rest" or old[2] != run - 1 or old[1] not in self.follows[kind]:
            return False
        return bool(old[0] == name or (name == "work" and old[0] == "edge" and run >= self.run_min))


def groups(roster: Roster, people: Sequence[int]) -> list[Group]:
    """People by their run rules."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for p in people:
        person = roster.people[p]
        found.setdefault((person.run_max, person.run_min, person.rest_min), []).append(p)
    return [_group(roster, members) for members in found.values()]


def _group(roster: Roster, people: list[int]) -> Group:
    shortest = max(1, min(s.minutes for s in roster.shifts))
    tight: dict[int, float] = {}
    for at, shift in enumerate(roster.shifts):
        for p in people:
            person = roster.people[p]
            possible = min(person.minutes_max // shortest, roster.days)
            most = person.most.get(shift.id, 0)
            if 0 < most < possible:
                tight[at] = min(tight.get(at, 1.0), most / possible)
    # The states count the tightest; minutes of all others have a common unit more often without it.
    counted = min(tight, key=lambda at: (tight[at], at)) if tight else None
    minutes = [s.minutes for at, s in enumerate(roster.shifts) if at != counted]
    unit = reduce(gcd, minutes) if minutes else shortest
    kinds = _kinds(roster, max(1, unit), counted)
    follows = [
        [
            j
            for j, before in enumerate(kinds)
            if not {roster.shifts[s].id for s in kind.shifts}
            & roster.shifts[before.shifts[0]].not_before
        ]
        for kind in kinds
    ]
    loose = [at for at in tight if at != counted]
    return Group(roster, people, kinds, follows, max(1, unit), loose)


def _kinds(roster: Roster, unit: int, limited: int | None) -> list[Kind]:
    alike: dict[Any, list[int]] = {}
    for at, shift in enumerate(roster.shifts):
        followed = tuple(shift.id in other.not_before for other in roster.shifts)
        key = (shift.not_before, followed, shift.minutes, at == limited)
        alike.setdefault(key, []).append(at)
    return [
        Kind(tuple(shifts), 0 if key[3] else roster.shifts[shifts[0]].minutes // unit, key[3])
        for key, shifts in alike.items()
    ]
