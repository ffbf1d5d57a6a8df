"""The problem as a CP-SAT model.

One start per package; per need and qualified worker a literal. Workers who can't be told apart form a
group and are counted instead: intervals on identical people are a perfect graph, so a head count at
every moment is enough, and people are named afterwards. `closed` adds what proves bounds, `objective`
what is minimised.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver import closed, objective
from projects.scheduling.solver.plan import Assignment, Member, Plan
from projects.scheduling.solver.problem import Id, Worker
from projects.scheduling.solver.variables import Model
from projects.scheduling.solver.view import View


def build(view: View, horizon: int) -> Model:
    """The model with everything over by `horizon`."""
    model = Model(cp_model.CpModel(), view, groups(view))
    _starts(model, horizon)
    served = _serve(model)
    _apart(model, served, horizon)
    closed.add(model)
    _counted(model)
    _crews(model, served)
    _limits(model, served)
    objective.add(model, served, horizon)
    return model


def groups(view: View) -> list[list[int]]:
    """Workers who can't be told apart, by the problem's order of the first."""
    named = {id for one in view.problem.fixed for id in one.team or ()}
    named |= {id for one in view.problem.published for id in one.team or ()}
    fair = view.problem.weights.fairness > 0
    found: dict[Any, list[int]] = defaultdict(list)
    for at, worker in enumerate(view.workers):
        alone = (
            worker.id in named or worker.crew is not None or worker.limits or worker.rest or fair
        )
        found[at if alone else _signature(view, worker)].append(at)
    return list(found.values())


def _signature(view: View, worker: Worker) -> tuple[Any, ...]:
    weights = view.problem.weights
    price = (
        worker.rate if weights.labour else 0,
        tuple(sorted(worker.travel.items(), key=str)) if weights.travel else 0,
    )
    return (
        tuple(sorted(worker.skills.items())), tuple(sorted(worker.certificates.items())),
        tuple((s.first, s.last) for s in worker.off), *price,
    )  # fmt: skip


def _starts(model: Model, horizon: int) -> None:
    view, cp = model.view, model.cp
    latest = view.latest(horizon)
    for t, package in enumerate(view.packages):
        first, last = view.earliest[t], latest[t]
        fixed = view.fixed.get(t)
        if fixed and fixed.start is not None:
            first = last = fixed.start
        # An empty domain is an infeasible model, not an exception.
        domain = cp_model.Domain(first, last) if first <= last else cp_model.Domain.from_values([])
        model.starts.append(cp.new_int_var_from_domain(domain, f"s{package.id}"))
    for t, waits in enumerate(view.before):
        for b in waits:
            cp.add(model.starts[t] >= model.starts[b] + view.packages[b].duration)


def _serve(model: Model) -> dict[tuple[int, int], Any]:
    """The head counts per need, and {(package, group): people of it at work there}."""
    view, cp = model.view, model.cp
    of = {w: g for g, members in enumerate(model.groups) for w in members}
    void: dict[tuple[int, int], set[tuple[int, Any]]] = defaultdict(set)
    by_group: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for t, package in enumerate(view.packages):
        for n, need in enumerate(package.needs):
            candidates = {of[w]: until for w, until in view.needs[t][n]}
            counts = []
            for g, until in candidates.items():
                size = min(need.count, len(model.groups[g]))
                count = cp.new_int_var(0, size, "") if size > 1 else cp.new_bool_var("")
                model.serves[t, n, g] = count
                counts.append(count)
                by_group[t, g].append(count)
                if until is not None:
                    void[t, n].add((g, until))
            cp.add(sum(counts) == need.count)
            for g, until in void[t, n]:
                last = until - package.duration
                if max(model.starts[t].proto.domain) > last:
                    count = model.serves[t, n, g]
                    held = count if len(model.groups[g]) == 1 else _any(cp, count)
                    cp.add(model.starts[t] <= last).only_enforce_if(held)
        _fixed_team(model, t, of)
    return _served(model, by_group)


def _any(cp: cp_model.CpModel, count: Any) -> Any:
    held = cp.new_bool_var("")
    cp.add(count == 0).only_enforce_if(~held)
    cp.add(count >= 1).only_enforce_if(held)
    return held


def _served(model: Model, by_group: dict[tuple[int, int], list[Any]]) -> dict[tuple[int, int], Any]:
    """One variable per package and group: a worker who could serve two needs serves one."""
    served: dict[tuple[int, int], Any] = {}
    for (t, g), counts in by_group.items():
        size = len(model.groups[g])
        if len(counts) == 1:
            served[t, g] = counts[0]
            continue
        most = min(size, model.view.packages[t].headcount)
        total = model.cp.new_int_var(0, most, "") if size > 1 else model.cp.new_bool_var("")
        model.cp.add(sum(counts) == total)
        served[t, g] = total
    return served


def _fixed_team(model: Model, t: int, of: dict[int, int]) -> None:
    fixed = model.view.fixed.get(t)
    if fixed is None or fixed.team is None:
        return
    team = {of[model.view.who[id]] for id in fixed.team}
    for (other, _, g), count in model.serves.items():
        if other == t and g not in team:
            model.cp.add(count == 0)
    for g in team:
        counts = [c for (other, _, h), c in model.serves.items() if other == t and h == g]
        model.cp.add(sum(counts) == 1)


def _apart(model: Model, served: dict[tuple[int, int], Any], horizon: int) -> None:
    """Nobody is at two packages at once, nor at work while off."""
    view, cp = model.view, model.cp
    at_work: dict[int, list[tuple[Any, Any, int]]] = defaultdict(list)
    rested: dict[int, list[Any]] = defaultdict(list)
    for (t, g), count in served.items():
        duration = view.packages[t].duration
        if not duration:
            continue
        start, alone = model.starts[t], len(model.groups[g]) == 1
        if alone:
            interval = cp.new_optional_fixed_size_interval_var(start, duration, count, "")
        else:
            interval = cp.new_fixed_size_interval_var(start, duration, "")
        at_work[g].append((interval, count, duration))
        if rest := view.workers[model.groups[g][0]].rest:
            longer = cp.new_optional_fixed_size_interval_var(start, duration + rest, count, "")
            rested[g].append(longer)
    for intervals in rested.values():
        cp.add_no_overlap(intervals)
    for g, each in at_work.items():
        size = len(model.groups[g])
        away = view.away[model.groups[g][0]]
        off = [cp.new_fixed_size_interval_var(a, b - a, "") for a, b in away]
        if size == 1:
            cp.add_no_overlap([i for i, _, _ in each] + off)
        else:
            demands = [count for _, count, _ in each] + [size] * len(off)
            cp.add_cumulative([i for i, _, _ in each] + off, demands, size)
        free = horizon - sum(max(0, min(b, horizon) - a) for a, b in away)
        cp.add(sum(d * count for _, count, d in each) <= free * size)


def _counted(model: Model) -> None:
    """Counted resources, and the people a site takes at once."""
    view, cp = model.view, model.cp
    wanted: dict[Id, list[tuple[Any, int]]] = defaultdict(list)
    heads: dict[Id, list[tuple[Any, int]]] = defaultdict(list)
    for t, package in enumerate(view.packages):
        if not package.duration:
            continue
        interval = cp.new_fixed_size_interval_var(model.starts[t], package.duration, "")
        for id, amount in package.uses:
            if amount:
                wanted[id].append((interval, amount))
        if package.site is not None and package.headcount:
            heads[package.site].append((interval, package.headcount))
    for resource in view.problem.resources:
        used = wanted[resource.id]
        used += [
            (cp.new_fixed_size_interval_var(first, last - first, ""), amount)
            for first, last, amount in resource.taken
        ]
        _cumulative(cp, used, resource.capacity)
    for site in view.problem.sites:
        if site.headcount is not None:
            _cumulative(cp, heads[site.id], site.headcount)


def _cumulative(cp: cp_model.CpModel, used: list[tuple[Any, int]], capacity: int) -> None:
    if sum(amount for _, amount in used) > capacity:
        cp.add_cumulative([i for i, _ in used], [amount for _, amount in used], capacity)


def _crews(model: Model, served: dict[tuple[int, int], Any]) -> None:
    """A crew that stays together is at one package at a time."""
    view, cp = model.view, model.cp
    members: dict[tuple[Id, int], list[Any]] = defaultdict(list)
    for (t, g), count in served.items():
        crew = view.together(model.groups[g][0])
        if crew is not None and view.packages[t].duration:
            members[crew, t].append(count)
    intervals: dict[Id, list[Any]] = defaultdict(list)
    for (crew, t), counts in members.items():
        here = cp.new_bool_var("")
        cp.add_max_equality(here, counts)
        intervals[crew].append(
            cp.new_optional_fixed_size_interval_var(
                model.starts[t], view.packages[t].duration, here, ""
            )
        )
    for each in intervals.values():
        cp.add_no_overlap(each)


def _limits(model: Model, served: dict[tuple[int, int], Any]) -> None:
    """Slots worked within a span: the overlap of each package with it, where it is done."""
    view, cp = model.view, model.cp
    for (t, g), count in served.items():
        for limit in view.workers[model.groups[g][0]].limits:
            package, start = view.packages[t], model.starts[t]
            if not package.duration:
                continue
            most = min(package.duration, limit.last - limit.first)
            part = cp.new_int_var(0, max(0, most), "")
            inside = cp.new_int_var(-(10**7), 10**7, "")
            ends = cp.new_int_var(0, 10**7, "")
            begins = cp.new_int_var(0, 10**7, "")
            cp.add_min_equality(ends, [start + package.duration, limit.last])
            cp.add_max_equality(begins, [start, limit.first])
            cp.add(inside == ends - begins)
            cp.add(part >= inside).only_enforce_if(count)
            model.terms.append((model.groups[g][0], limit, part))
    parts: dict[Any, list[Any]] = defaultdict(list)
    for w, limit, part in model.terms:
        parts[w, limit].append(part)
    for (_, limit), each in parts.items():
        cp.add(sum(each) <= limit.slots)


def hint(model: Model, plan: Plan) -> None:
    """Start the search from a plan."""
    view, placed = model.view, plan.by_package()
    of = {w: g for g, members in enumerate(model.groups) for w in members}
    counts: dict[tuple[int, int, int], int] = defaultdict(int)
    for t, package in enumerate(view.packages):
        one = placed[package.id]
        model.cp.add_hint(model.starts[t], one.start)
        for member in one.team:
            counts[t, member.need, of[view.who[member.worker]]] += 1
    for key, variable in model.serves.items():
        model.cp.add_hint(variable, counts[key])


def read(model: Model, value: Any) -> Plan:
    """The plan of a solver's values; people of a group are named by who is free."""
    view = model.view
    starts = [value(start) for start in model.starts]
    free: dict[int, list[int]] = {w: [] for members in model.groups for w in members}
    until = dict.fromkeys(free, 0)
    teams: dict[int, list[Member]] = defaultdict(list)
    by_package: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (t, n, g), count in model.serves.items():
        if heads := value(count):
            by_package[t].append((n, g, heads))
    for t in sorted(range(len(starts)), key=lambda t: (starts[t], t)):
        # What takes no time keeps nobody from anything: whoever is at work may be named for it.
        duration = view.packages[t].duration
        for n, g, heads in sorted(by_package[t]):
            taken = {view.who[m.worker] for m in teams[t]}
            able = [
                w
                for w in model.groups[g]
                if (until[w] <= starts[t] or not duration) and w not in taken
            ]
            for w in able[:heads] if len(model.groups[g]) > 1 else model.groups[g]:
                teams[t].append(Member(view.workers[w].id, n))
                until[w] = max(until[w], starts[t] + duration)
    return Plan(
        tuple(Assignment(p.id, starts[t], tuple(teams[t])) for t, p in enumerate(view.packages))
    )
