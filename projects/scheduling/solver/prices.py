"""A lower bound from prices on people's slots, and the prices themselves.

That nobody is at two places at once is what makes the problem hard, so the rule is given a price
instead (Lagrangian relaxation): slot `d` of worker `w` costs `price[w, d]` on top of pay and fare, and
whoever is wanted twice gets dearer from round to round. With prices given every package takes its
cheapest people at every possible start, and the best starts under precedence are a minimum cut
(Möhring, Schulz, Stork and Uetz 2003, Management Science 49, 330-350). What that costs, less the
prices collected, no plan can undercut. Counted resources, crews and limits only make plans dearer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ortools.graph.python import max_flow

from projects.scheduling.solver.problem import Id
from projects.scheduling.solver.view import View

_NEVER = 10**9  # the price of a start at which too few are there
_INFINITE = 1 << 45
Array = Any


@dataclass
class Ask:
    """One need of a package: `cost[i, s]` of qualified person `people[i]` from its s-th start on."""

    package: int
    count: int
    people: Array
    starts: Array
    duration: int
    cost: Array

    def priced(self, sums: Array) -> tuple[Array, Array]:
        """(cost of the cheapest team per start, its rows per start)."""
        ends = self.starts + self.duration
        price = (
            self.cost + sums[self.people[:, None], ends] - sums[self.people[:, None], self.starts]
        )
        if self.count >= len(self.people):
            return price.sum(axis=0), np.tile(
                np.arange(len(self.people))[:, None], len(self.starts)
            )
        team = np.argpartition(price, self.count - 1, axis=0)[: self.count]
        return np.take_along_axis(price, team, axis=0).sum(axis=0), team


@dataclass
class Cut:
    """Packages that depend on each other, and sites that wait for them, as a network of starts."""

    packages: list[int]
    first: list[int]
    last: list[int]
    ending: list[Array] = field(default_factory=list)  # what sites pay per slot of their end
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    capacity: list[int] = field(default_factory=list)
    priced_at: list[int] = field(default_factory=list)
    offset: list[int] = field(default_factory=list)

    def arcs(self, pairs: list[tuple[int, int, int]]) -> None:
        """Nodes are (package, start); `pairs` are (before, after, slots between their starts)."""
        nodes = 0
        for a, b in zip(self.first, self.last, strict=True):
            self.offset.append(nodes)
            nodes += b - a + 2
        for at, (a, b) in enumerate(zip(self.first, self.last, strict=True)):
            self.priced_at.append(len(self.tail))
            for node in range(self.offset[at], self.offset[at] + b - a + 1):
                self._arc(node, node + 1, 0)
        for at, (a, b) in enumerate(zip(self.first, self.last, strict=True)):
            for node in range(self.offset[at], self.offset[at] + b - a + 1):
                self._arc(node + 1, node, _INFINITE)
            self._arc(nodes, self.offset[at], _INFINITE)
            self._arc(self.offset[at] + b - a + 1, nodes + 1, _INFINITE)
        for before, after, slots in pairs:
            for start in range(self.first[before], self.last[before] + 2):
                then = start + slots
                if self.first[after] <= then <= self.last[after] + 1:
                    self._arc(
                        self.offset[before] + start - self.first[before],
                        self.offset[after] + then - self.first[after],
                        _INFINITE,
                    )
        self.nodes = nodes
        self._tails, self._heads = np.array(self.tail, np.int32), np.array(self.head, np.int32)
        self._capacities = np.array(self.capacity, np.int64)

    def _arc(self, tail: int, head: int, capacity: int) -> None:
        self.tail.append(tail)
        self.head.append(head)
        self.capacity.append(capacity)

    def cheapest(self, prices: list[Array]) -> tuple[int, list[int]]:
        """(cost, starts) with the least sum of prices under precedence; `prices` rounded down."""
        for at, price in zip(self.priced_at, prices, strict=True):
            self._capacities[at : at + len(price)] = price
        flow = max_flow.SimpleMaxFlow()
        flow.add_arcs_with_capacity(self._tails, self._heads, self._capacities)
        flow.solve(self.nodes, self.nodes + 1)
        side = np.zeros(self.nodes + 2, bool)
        side[flow.get_source_side_min_cut()] = True
        starts = [
            a + int(side[at : at + b - a + 2].sum()) - 1
            for at, a, b in zip(self.offset, self.first, self.last, strict=True)
        ]
        return int(flow.optimal_flow()), starts


class _Anew:
    """Asks made again on each walk: for horizons at which keeping them takes too much memory."""

    def __init__(self, make: Callable[[], Iterator[Ask]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[Ask]:
        return self._make()


class Prices:
    """The relaxation of a problem up to a horizon; `step` improves the prices a little."""

    def __init__(self, view: View, horizon: int, keep: bool = True) -> None:
        self.view, self.horizon = view, horizon
        self.first, self.last = view.earliest, view.latest(horizon)
        self.possible = all(a <= b for a, b in zip(self.first, self.last, strict=True))
        if not self.possible:
            return
        self._away = np.zeros((len(view.workers), horizon + 1))
        for w, spans in enumerate(view.away):
            for a, b in spans:
                self._away[w, a + 1 : b + 1] = 1
        self._away = np.cumsum(self._away, axis=1)
        self.asks: Iterable[Ask] = list(self._asks()) if keep else _Anew(self._asks)
        self.late = self._late()
        self.cuts = list(self._cuts())
        self.price = np.zeros((len(view.workers), horizon))
        self.bound, self.best_price = 0, self.price
        self.starts: list[int] = [0] * len(view.packages)
        self._theta, self._stalled, self._way = 1.0, 0, np.zeros_like(self.price)

    def _asks(self) -> Iterator[Ask]:
        weights = self.view.problem.weights
        for t, package in enumerate(self.view.packages):
            starts = np.arange(self.first[t], self.last[t] + 1)
            for n, need in enumerate(package.needs):
                if not need.count:
                    continue
                people = np.array([w for w, _ in self.view.needs[t][n]])
                void = np.array([_NEVER if v is None else v for _, v in self.view.needs[t][n]])
                each = [self.view.workers[w] for w in people]
                fares = [w.cost(package.site) - w.rate for w in each]
                pay = weights.labour * np.array([w.rate for w in each])
                pay = (pay + weights.travel * np.array(fares)) * package.duration
                ends = starts + package.duration
                off = self._away[people[:, None], ends] > self._away[people[:, None], starts]
                absent = off | (ends[None, :] > void[:, None])
                cost = pay[:, None] + np.where(absent, float(_NEVER), 0.0)
                yield Ask(t, need.count, people, starts, package.duration, cost)

    def _late(self) -> dict[int, Array]:
        weight, found = self.view.problem.weights.lateness, {}
        for t, package in enumerate(self.view.packages):
            if package.due is not None and package.late_cost and weight:
                ends = np.arange(self.first[t], self.last[t] + 1) + package.duration
                found[t] = weight * package.late_cost * np.maximum(0, ends - package.due)
        return found

    def _cuts(self) -> Iterator[Cut]:
        view, weight = self.view, self.view.problem.weights.lateness
        sites = [s for s in view.problem.sites if s.due is not None and s.late_cost and weight]
        late = {s.id: s for s in sites}
        parent = list(range(len(view.packages)))

        def root(t: int) -> int:
            while parent[t] != t:
                parent[t] = parent[parent[t]]
                t = parent[t]
            return t

        for t, waits in enumerate(view.before):
            for b in waits:
                parent[root(t)] = root(b)
        for site in late:
            for t in view.by_site.get(site, ()):
                parent[root(t)] = root(view.by_site[site][0])
        parts: dict[int, list[int]] = defaultdict(list)
        for t in range(len(view.packages)):
            parts[root(t)].append(t)
        for packages in parts.values():
            yield self._cut(packages, late)

    def _cut(self, packages: list[int], late: dict[Id, Any]) -> Cut:
        view, at = self.view, {t: i for i, t in enumerate(packages)}
        cut = Cut(packages, [self.first[t] for t in packages], [self.last[t] for t in packages])
        pairs = [
            (at[b], at[t], view.packages[b].duration) for t in packages for b in view.before[t]
        ]
        for site in sorted({s for t in packages if (s := view.packages[t].site) in late}, key=str):
            assert site is not None
            here = [t for t in packages if view.packages[t].site == site]
            ends = max(self.first[t] + view.packages[t].duration for t in here)
            ends = min(self.horizon, max(ends, late[site].ends))
            weight = view.problem.weights.lateness * late[site].late_cost
            days = np.arange(ends, self.horizon + 1)
            cut.ending.append(weight * np.maximum(0, days - late[site].due))
            pairs += [(at[t], len(cut.first), view.packages[t].duration) for t in here]
            cut.first.append(ends)
            cut.last.append(self.horizon)
        cut.arcs(pairs)
        return cut

    def step(self, goal: int) -> int:
        """One round toward `goal`, the best plan known; returns this round's bound."""
        per_start, teams = self._per_start(keep=True)
        bound, starts = self._cheapest(per_start, self.price, late=True)
        self.starts = starts
        self._improve(bound, goal, self._wanted(teams))
        return bound

    def certify(self, price: Array) -> tuple[int, int]:
        """(bound, the same with lateness for nothing) at prices found up to a nearer horizon."""
        self.price[:, : price.shape[1]] = price[:, : self.horizon]
        per_start, _ = self._per_start(keep=False)
        paid, _ = self._cheapest(per_start, self.price, late=True)
        for t, late in self.late.items():
            per_start[t] -= late
        free, _ = self._cheapest(per_start, self.price, late=False)
        return paid, free

    def _per_start(self, keep: bool) -> tuple[list[Array], list[Array]]:
        """Per package what its cheapest team costs at each start, and the teams."""
        sums = np.zeros((len(self.price), self.horizon + 1))
        np.cumsum(self.price, axis=1, out=sums[:, 1:])
        per_start = [np.zeros(b - a + 1) for a, b in zip(self.first, self.last, strict=True)]
        for t, late in self.late.items():
            per_start[t] += late
        teams = []
        for ask in self.asks:
            cost, team = ask.priced(sums)
            per_start[ask.package] += cost
            if keep:
                teams.append(team)
        return per_start, teams

    def _cheapest(self, per_start: list[Array], price: Array, late: bool) -> tuple[int, list[int]]:
        total, found = -float(price.sum()), [0] * len(per_start)
        for cut in self.cuts:
            prices = [np.minimum(per_start[t], _NEVER).astype(np.int64) for t in cut.packages]
            ending = cut.ending if late else [np.zeros_like(e) for e in cut.ending]
            cost, starts = cut.cheapest([*prices, *ending])
            total += cost
            for t, start in zip(cut.packages, starts, strict=False):
                found[t] = start
        return int(np.floor(total)), found

    def _wanted(self, teams: list[Array]) -> Array:
        wanted = np.zeros_like(self.price)
        for ask, team in zip(self.asks, teams, strict=True):
            start = self.starts[ask.package]
            people = ask.people[team[:, start - ask.starts[0]]]
            wanted[people, start : start + ask.duration] += 1
        return wanted

    def _improve(self, bound: int, goal: int, wanted: Array) -> None:
        """A step along the subgradient, deflected by the former way (Camerini et al. 1975)."""
        if bound > self.bound:
            self.bound, self.best_price, self._stalled = bound, self.price.copy(), 0
        else:
            self._stalled += 1
            if self._stalled >= 12:
                self._theta, self._stalled = self._theta / 1.5, 0
        over = wanted - 1
        over[(self.price <= 0) & (over < 0)] = 0
        self._way = over + 0.6 * self._way
        length = self._theta * max(1, goal - bound) / max(1.0, float((self._way**2).sum()))
        self.price = np.maximum(0, self.price + length * self._way)

    @property
    def settled(self) -> bool:
        """Whether further rounds would hardly raise the bound."""
        return self._theta < 0.002

    def dear(self, t: int) -> Callable[[int], float]:
        """What a worker costs for package `t` at its start in the relaxation, prices included."""
        start, package = self.starts[t], self.view.packages[t]
        sums = self.best_price[:, start : start + package.duration].sum(axis=1)
        weights, workers = self.view.problem.weights, self.view.workers
        return lambda w: (
            float(sums[w])
            + package.duration
            * (
                weights.labour * workers[w].rate
                + weights.travel * (workers[w].cost(package.site) - workers[w].rate)
            )
        )
