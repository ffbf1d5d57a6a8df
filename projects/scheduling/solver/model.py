"""The problem as a CP-SAT model.

One start per package; per need and qualified worker a literal. Workers who can't be told apart form a
group and are counted instead: intervals on identical people are a perfect graph, so a head count at
every moment is enough, and people are named afterwards. For every set of people that is closed under
some needs (everybody those needs could take), one redundant cumulative: it is what proves bounds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver.plan import Assignment, Member, Plan
from projects.scheduling.solver.problem import Id, Worker
from projects.scheduling.solver.view import View

CLOSED_SETS_MAX = 80


@dataclass
class Model:
    """Variables by package, need and group, kept to read a plan back and to hint one."""

    cp: cp_model.CpModel
    view: View
    groups: list[list[int]]
    starts: list[Any] = field(default_factory=list)
    serves: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    terms: list[Any] = field(default_factory=list)
    measures: dict[Any, Any] = field(default_factory=dict)


def build(view: View, horizon: int) -> Model:
    """The model with everything over by `horizon`."""
    model = Model(cp_model.CpModel(), view, groups(view))
    _starts(model, horizon)
    served = _serve(model)
    _apart(model, served, horizon)
    _closed_sets(model)
    _counted(model)
    _crews(model, served)
    _limits(model, served)
    _objective(model, served, horizon)
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


def _closed_sets(model: Model) -> None:
    """People that a set of needs can't do without: their head count bounds those needs together."""
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


def _objective(model: Model, served: dict[tuple[int, int], Any], horizon: int) -> None:
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
        for n, g, heads in sorted(by_package[t]):
            taken = {view.who[m.worker] for m in teams[t]}
            able = [w for w in model.groups[g] if until[w] <= starts[t] and w not in taken]
            for w in able[:heads] if len(model.groups[g]) > 1 else model.groups[g]:
                teams[t].append(Member(view.workers[w].id, n))
                until[w] = starts[t] + view.packages[t].duration
    return Plan(
        tuple(Assignment(p.id, starts[t], tuple(teams[t])) for t, p in enumerate(view.packages))
    )
