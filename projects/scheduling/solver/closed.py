"""What proves bounds: people that a set of needs can't do without bound those needs together.

A set is closed under some needs when it holds everybody whom those needs could take. Its cumulative says
nothing new to whoever places people one by one, and much to whoever places packages alone.
"""

from __future__ import annotations

from collections import defaultdict

from projects.scheduling.solver.problem import Id
from projects.scheduling.solver.variables import Model
from projects.scheduling.solver.view import View

CLOSED_SETS_MAX = 80


def add(model: Model) -> None:
    """One cumulative per closed set, and which packages can't be beside each other."""
    view, cp = model.view, model.cp
    intervals = {
        t: cp.new_fixed_size_interval_var(model.starts[t], p.duration, "")
        for t, p in enumerate(view.packages)
        if p.duration and (p.needs or p.uses)
    }
    rows = [_demands(view, people, list(intervals)) for people in _unions(view)]
    for people, demands in rows:
        if sum(demands.values()) <= len(people):
            continue
        off = [
            cp.new_fixed_size_interval_var(a, b - a, "")
            for w in sorted(people)
            for a, b in view.away[w]
        ]
        cp.add_cumulative(
            [intervals[t] for t in demands] + off,
            [*demands.values(), *([1] * len(off))],
            len(people),
        )
    counted = [({*range(r.capacity)}, _uses(view, r.id)) for r in view.problem.resources]
    for clique in _cliques([(len(people), demands) for people, demands in [*rows, *counted]]):
        cp.add_no_overlap([intervals[t] for t in clique])


def _uses(view: View, id: Id) -> dict[int, int]:
    return {
        t: amount
        for t, p in enumerate(view.packages)
        if p.duration
        for used, amount in p.uses
        if used == id and amount
    }


def _demands(
    view: View, people: frozenset[int], packages: list[int]
) -> tuple[frozenset[int], dict[int, int]]:
    """People, and per package how many of them it can't do without."""
    demands = {}
    for t in packages:
        heads = sum(
            need.count
            for n, need in enumerate(view.packages[t].needs)
            if people.issuperset(w for w, _ in view.needs[t][n])
        )
        if heads:
            demands[t] = heads
    return people, demands


def _cliques(rows: list[tuple[int, dict[int, int]]]) -> list[list[int]]:
    """Packages of which no two fit beside each other, each pair in one clique at least."""
    apart: dict[int, set[int]] = defaultdict(set)
    for capacity, demands in rows:
        large = sorted(demands.items(), key=lambda pair: -pair[1])
        for at, (t, heads) in enumerate(large):
            for other, more in large[at + 1 :]:
                if heads + more <= capacity:
                    break
                apart[t].add(other)
                apart[other].add(t)
    todo = {(a, b) for a, others in apart.items() for b in others if a < b}
    cliques: list[list[int]] = []
    while todo and len(cliques) < CLOSED_SETS_MAX:
        a, b = min(todo, key=lambda pair: (-len(apart[pair[0]] & apart[pair[1]]), pair))
        clique, common = [a, b], apart[a] & apart[b]
        while common:
            best = min(common, key=lambda t: (-len(apart[t] & common), t))
            clique.append(best)
            common &= apart[best]
        todo -= {(x, y) for x in clique for y in clique}
        cliques.append(clique)
    return cliques


def _unions(view: View) -> list[frozenset[int]]:
    """Sets of qualified people and their unions, smallest first, as many as pay their way."""
    singles = {frozenset(w for w, _ in need) for needs in view.needs for need in needs}
    found = set(singles)
    frontier = set(singles)
    while frontier and len(found) < CLOSED_SETS_MAX:
        frontier = {a | b for a in frontier for b in singles if a & b} - found
        found |= set(sorted(frontier, key=lambda s: (len(s), sorted(s)))[:CLOSED_SETS_MAX])
    everybody = frozenset(w for one in singles for w in one)
    ranked = sorted(found | {everybody}, key=lambda s: (s not in singles, len(s), sorted(s)))
    return ranked[:CLOSED_SETS_MAX]
