"""Who serves where, with time left out: a quick bound, and teams that carry what has to be carried.

Nobody works more slots than are free up to the horizon. Who then serves for the least money, or so
that the fullest is least full, is a transport problem, whose linear program is quick at any size. Its
solution splits hardly more needs than there are people; rounded it may give somebody more than is free,
and then the division is asked for in whole people. The bound is reckoned anew from the duals (Lagrange):
it holds whatever the program rounded.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from projects.scheduling.solver.dispatch import Dispatch
from projects.scheduling.solver.exact import Limit
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Fixed
from projects.scheduling.solver.view import View

Teams = tuple[Fixed, ...]

# How full people are filled, until the packages can be put into an order within the horizon.
FILLINGS = (1.0, 0.995, 0.99, 0.98, 0.96, 0.94, 0.92, 0.9, 0.87, 0.84, 0.8)


@dataclass(frozen=True, slots=True)
class Division:
    """`bound`: no plan over by the horizon has less labour and travel. `teams`: who serves where."""

    bound: int
    teams: Teams


def cheapest(view: View, horizon: int, filled: float = 1.0) -> Division | None:
    """The least money with everybody filled up to a share of what is free. None: too much work."""
    free = [filled * slots for slots in _free(view, horizon)]
    program = _Program(view)
    limits = {w: program.model.add(load <= free[w]) for w, load in program.loads.items()}
    program.model.minimize(program.cost)
    solver = program.solved()
    if solver is None:
        return None
    price = [0.0] * len(view.workers)
    for w, limit in limits.items():
        price[w] = max(0.0, -solver.dual_value(limit))
    return Division(_bound(view, free, price), program.teams(solver))


@dataclass(frozen=True, slots=True)
class Whole:
    """The same in whole people; `work`: deterministic units spent on it."""

    bound: int
    teams: Teams
    work: float


def whole(view: View, horizon: int, filled: float, limit: Limit, start: Teams = ()) -> Whole | None:
    """A cheap division in which nobody has more than is free; None: there is none, or none was found."""
    cp, serves = cp_model.CpModel(), {}
    load: dict[int, list[Any]] = defaultdict(list)
    costs = []
    begun = {one.package: set(one.team or ()) for one in start}
    for t, package in enumerate(view.packages):
        here: dict[int, list[Any]] = defaultdict(list)
        for n, need in enumerate(package.needs):
            able = {w: cp.new_bool_var("") for w, _ in view.needs[t][n]}
            cp.add(sum(able.values()) == need.count)
            for w, one in able.items():
                serves[t, w, n] = one
                here[w].append(one)
                load[w].append(package.duration * one)
                costs.append(_cost(view, t, w) * one)
                cp.add_hint(one, view.workers[w].id in begun.get(package.id, ()))
        for several in here.values():
            if len(several) > 1:
                cp.add_at_most_one(several)
    _apart(view, horizon, cp, serves)
    for w, slots in enumerate(_free(view, horizon)):
        cp.add(sum(load[w]) <= math.floor(filled * slots))
    cp.minimize(sum(costs))
    solver = limit.solver()
    if limit.solve(solver, cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    teams: dict[int, list[int]] = defaultdict(list)
    for (t, w, _), one in serves.items():
        if solver.value(one):
            teams[t].append(w)
    spent = float(solver.response_proto.deterministic_time)
    return Whole(math.ceil(solver.best_objective_bound - 1e-6), _named(view, teams), spent)


def _apart(
    view: View, horizon: int, cp: cp_model.CpModel, serves: dict[tuple[int, int, int], Any]
) -> None:
    """Nobody is at two packages that have to be at work in the same slot, whenever they start."""
    each: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    latest = view.latest(horizon)
    for (t, w, _), one in serves.items():
        each[w][t].append(one)
    first = {t: latest[t] for t in range(len(view.packages))}
    last = {t: view.earliest[t] + p.duration for t, p in enumerate(view.packages)}
    must = [t for t in first if first[t] < last[t]]
    held = {tuple(t for t in must if first[t] <= slot < last[t]) for slot in first.values()}
    for together in sorted(held):
        for own in each.values():
            here = [one for t in together for one in own.get(t, ())]
            if len(here) > 1:
                cp.add_at_most_one(here)


def overfull(view: View, teams: Teams, horizon: int) -> bool:
    """Whether somebody has more work than there are slots until the horizon."""
    load: dict[int, int] = defaultdict(int)
    for one in teams:
        for id in one.team or ():
            load[view.who[id]] += view.packages[view.at[one.package]].duration
    free = _free(view, horizon)
    return any(slots > free[w] for w, slots in load.items())


def evenest(view: View) -> Division | None:
    """The fullest as little full as can be, for plans that shall be short; its bound is their length."""
    program = _Program(view)
    most = program.model.new_num_var(0, 1e9, "")
    for load in program.loads.values():
        program.model.add(load <= most)
    program.model.minimize(most)
    solver = program.solved()
    if solver is None:
        return None
    return Division(math.ceil(solver.objective_value - 1e-6), program.teams(solver))


def ordered(view: View, teams: Teams, seed: int, tries: int) -> list[Plan]:
    """Plans of given teams: longest tail first, shaken after the first."""
    kept = {one.package for one in view.problem.fixed}
    fixed = (*view.problem.fixed, *(one for one in teams if one.package not in kept))
    held = View(replace(view.problem, fixed=fixed))
    plans = []
    for at in range(tries):
        draw = Random(seed + at)
        rank = [tail * (1 + (0.4 if at else 0) * (draw.random() - 0.5)) for tail in view.tail]
        urgent = sorted(range(len(rank)), key=lambda t: (-rank[t], t))
        plans.append(Dispatch(held, urgent, lambda t, w: w).run())
    return [plan for plan in plans if plan is not None]


def _free(view: View, horizon: int) -> list[int]:
    return [
        horizon - sum(max(0, min(last, horizon) - first) for first, last in away)
        for away in view.away
    ]


def _cost(view: View, t: int, w: int) -> int:
    package, worker, weights = view.packages[t], view.workers[w], view.problem.weights
    fare = worker.cost(package.site) - worker.rate
    return package.duration * (weights.labour * worker.rate + weights.travel * fare)


class _Program:
    """A share per need and qualified person; `loads` in slots, `cost` in minor units."""

    def __init__(self, view: View) -> None:
        self.view, self.model = view, model_builder.Model()  # type: ignore[no-untyped-call]
        self.serves: dict[tuple[int, int], list[tuple[int, Any]]] = {}
        each: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        costs = []
        for t, package in enumerate(view.packages):
            for n, need in enumerate(package.needs):
                able = [(w, self.model.new_num_var(0, 1, "")) for w, _ in view.needs[t][n]]
                self.model.add(model_builder.LinearExpr.sum([s for _, s in able]) == need.count)
                self.serves[t, n] = able
                for w, serves in able:
                    each[w].append((serves, package.duration))
                    costs.append((serves, _cost(view, t, w)))
        self.loads = {w: _weighted(terms) for w, terms in each.items()}
        self.cost = _weighted(costs)

    def solved(self) -> Any:
        """The solver with its answer, or None."""
        solver = model_builder.Solver("glop")
        optimal = solver.solve(self.model) == model_builder.SolveStatus.OPTIMAL
        return solver if optimal else None

    def teams(self, solver: Any) -> Teams:
        """The largest shares of each need, nobody twice in a package."""
        found: dict[int, list[int]] = defaultdict(list)
        for (t, n), able in self.serves.items():
            count = self.view.packages[t].needs[n].count
            rest = [(w, solver.value(s)) for w, s in able if w not in found[t]]
            rest.sort(key=lambda pair: -pair[1])
            found[t] += [w for w, _ in rest[:count]]
        return _named(self.view, found)


def _named(view: View, teams: dict[int, list[int]]) -> Teams:
    return tuple(
        Fixed(package.id, None, tuple(view.workers[w].id for w in teams[t]))
        for t, package in enumerate(view.packages)
        if len(teams[t]) == package.headcount
    )


def _weighted(terms: list[tuple[Any, int]]) -> Any:
    return model_builder.LinearExpr.weighted_sum(
        [term for term, _ in terms], [float(weight) for _, weight in terms]
    )


def _bound(view: View, free: list[float], price: list[float]) -> int:
    total = -sum(one * slots for one, slots in zip(price, free, strict=True))
    for t, package in enumerate(view.packages):
        for n, need in enumerate(package.needs):
            each = (_cost(view, t, w) + package.duration * price[w] for w, _ in view.needs[t][n])
            total += sum(sorted(each)[: need.count])
    # Less than a minor unit, and more than the rounding of the sum.
    return math.ceil(total - 1e-3 - 1e-12 * abs(total))
