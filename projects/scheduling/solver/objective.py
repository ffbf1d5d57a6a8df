"""What a model minimises: each measure of `weights` as a linear term."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from projects.scheduling.solver.variables import Model


def add(model: Model, served: dict[tuple[int, int], Any], horizon: int) -> None:
    view, weights = model.view, model.view.problem.weights
    total: list[Any] = []
    price: dict[Any, int] = {}
    for (t, g), count in served.items():
        worker, package = view.workers[model.groups[g][0]], view.packages[t]
        fare = worker.cost(package.site) - worker.rate
        each = package.duration * (weights.labour * worker.rate + weights.travel * fare)
        price[t, g] = each
        total.append(each * count)
    if weights.lateness:
        total += [weights.lateness * term for term in _lateness(model, horizon)]
    if weights.makespan:
        total.append(weights.makespan * _makespan(model, horizon))
    if weights.fairness:
        total.append(weights.fairness * _spread(model, served, horizon))
    if weights.stability:
        total += [weights.stability * term for term in _moved(model, served)]
    model.cp.minimize(sum(total))


def _lateness(model: Model, horizon: int) -> list[Any]:
    view, cp = model.view, model.cp
    terms: list[Any] = []
    for t, package in enumerate(view.packages):
        if package.due is not None and package.late_cost:
            late = cp.new_int_var(0, max(0, horizon - package.due), "")
            cp.add(late >= model.starts[t] + package.duration - package.due)
            terms.append(package.late_cost * late)
    for site in view.problem.sites:
        if site.due is None or not site.late_cost:
            continue
        late = cp.new_int_var(max(0, site.ends - site.due), max(0, horizon, site.ends), "")
        for t in view.by_site.get(site.id, ()):
            cp.add(late >= model.starts[t] + view.packages[t].duration - site.due)
        model.measures["late", site.id] = late
        terms.append(site.late_cost * late)
    return terms


def _makespan(model: Model, horizon: int) -> Any:
    view, cp = model.view, model.cp
    makespan = cp.new_int_var(
        view.problem.makespan_floor, max(horizon, view.problem.makespan_floor), "makespan"
    )
    for t, package in enumerate(view.packages):
        cp.add(makespan >= model.starts[t] + package.duration)
    model.measures["makespan"] = makespan
    return makespan


def _spread(model: Model, served: dict[tuple[int, int], Any], horizon: int) -> Any:
    view, cp = model.view, model.cp
    loads: dict[int, list[Any]] = defaultdict(list)
    for (t, g), count in served.items():
        loads[g].append(view.packages[t].duration * count)
    most = horizon + max((w.load for w in view.workers), default=0)
    top, bottom = cp.new_int_var(0, most, ""), cp.new_int_var(0, most, "")
    for g, members in enumerate(model.groups):
        load = view.workers[members[0]].load + sum(loads[g])
        cp.add(top >= load)
        cp.add(bottom <= load)
    return top - bottom


def _moved(model: Model, served: dict[tuple[int, int], Any]) -> list[Any]:
    view, cp = model.view, model.cp
    terms: list[Any] = []
    of = {w: g for g, members in enumerate(model.groups) for w in members}
    for old in view.problem.published:
        if old.package not in view.at:
            continue
        t = view.at[old.package]
        moved = cp.new_bool_var("")
        cp.add(model.starts[t] == old.start).only_enforce_if(~moved)
        terms.append(moved)
        for id in old.team or ():
            here = served.get((t, of[view.who[id]])) if id in view.who else None
            terms.append(1 if here is None else 1 - here)
    return terms
