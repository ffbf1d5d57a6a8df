"""A part of a plan set free while the rest stays: a problem of its own, for whoever has time.

`frozen` keeps the rest where it is, which suits money; `ordered` keeps only its teams and its order,
which suits length. A task is plain values; `improve` needs nothing else, so any number of workers may
take tasks of a round and the result is the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from projects.scheduling.solver import exact
from projects.scheduling.solver.plan import Assignment, Plan
from projects.scheduling.solver.problem import (
    Fixed,
    Id,
    Limit,
    Package,
    Problem,
    Resource,
    Site,
    Span,
    Worker,
)
from projects.scheduling.solver.view import View

FIXED = "fixed package"


@dataclass(frozen=True, slots=True)
class Task:
    """A neighbourhood: its problem, where it stands now, and the work that may be spent on it."""

    problem: Problem
    start: Plan
    horizon: int
    work: float
    seed: int
    seconds: float = float("inf")


@dataclass(frozen=True, slots=True)
class Answer:
    """The packages' new places, or none; whether nothing better is there; the work it took."""

    plan: Plan | None
    proved: bool
    work: float


def improve(task: Task) -> Answer:
    """Solve a neighbourhood: one search, so that it repeats itself exactly."""
    limit = exact.Limit(task.seconds, task.work, searches=1, seed=task.seed)
    found = exact.solve(View(task.problem), task.horizon, limit, start=task.start)
    return Answer(found.plan, found.proved, found.work)


def frozen(view: View, plan: Plan, free: set[int], people: int) -> tuple[Problem, Plan]:
    """Packages `free` may move between what is fixed around them; each need may choose between who
    serves now and the `people` cheapest others."""
    problem, placed = view.problem, plan.by_package()
    fixed = [p for t, p in enumerate(view.packages) if t not in free]
    moving = [p for t, p in enumerate(view.packages) if t in free]
    packages = tuple(_windowed(view, placed, view.at[p.id], free) for p in moving)
    chosen = _candidates(view, placed, free, people)
    small = replace(
        problem,
        packages=tuple(_counted_heads(problem, p) for p in packages),
        workers=_less(problem, fixed, placed, chosen),
        sites=tuple(_site_until(problem, s, fixed, placed) for s in problem.sites),
        resources=_taken(problem, fixed, placed),
        fixed=tuple(one for one in problem.fixed if view.at[one.package] in free),
        published=tuple(
            one for one in problem.published
            if one.package in view.at and view.at[one.package] in free
        ),
        makespan_floor=max(
            (problem.makespan_floor, *(placed[p.id].start + p.duration for p in fixed))
        ),
    )  # fmt: skip
    return small, Plan(tuple(placed[p.id] for p in moving))


def _windowed(view: View, placed: dict[Id, Assignment], t: int, free: set[int]) -> Package:
    package = view.packages[t]
    over = [
        placed[view.packages[b].id].start + view.packages[b].duration
        for b in view.before[t]
        if b not in free
    ]
    next_ones = [placed[view.packages[s].id].start for s in view.behind[t] if s not in free]
    latest = [package.latest] if package.latest is not None else []
    return replace(
        package,
        after=tuple(view.packages[b].id for b in view.before[t] if b in free),
        earliest=max((package.earliest, *over)),
        latest=min((*latest, *next_ones), default=None),
    )


def _candidates(
    view: View, placed: dict[Id, Assignment], free: set[int], people: int
) -> set[Id] | None:
    """None: everybody (fairness looks at everybody)."""
    if view.problem.weights.fairness:
        return None
    chosen = {m.worker for t in free for m in placed[view.packages[t].id].team}
    for t in free:
        site = view.packages[t].site
        for n, need in enumerate(view.packages[t].needs):
            able = [view.workers[w] for w, _ in view.needs[t][n]]
            able.sort(key=lambda w: (w.cost(site), len(w.skills)))
            chosen |= {w.id for w in able[: need.count + people]}
    return chosen


def _less(
    problem: Problem,
    fixed: list[Package],
    placed: dict[Id, Assignment],
    chosen: set[Id] | None,
) -> tuple[Worker, ...]:
    """The chosen workers, away while they are at a fixed package; so is a crew that stays together."""
    crews = {crew.id for crew in problem.crews if not crew.may_split}
    crew_of = {w.id: w.crew for w in problem.workers if w.crew in crews}
    held: dict[Id, list[Span]] = defaultdict(list)
    held_crew: dict[Id, list[Span]] = defaultdict(list)
    for package in fixed:
        one = placed[package.id]
        span = Span(one.start, one.start + package.duration, FIXED)
        for member in one.team:
            held[member.worker].append(span)
            crew = crew_of.get(member.worker)
            if crew is not None and span not in held_crew[crew]:
                held_crew[crew].append(span)
    return tuple(
        _away(w, held[w.id], held_crew.get(crew_of.get(w.id, ""), []))
        for w in problem.workers
        if chosen is None or w.id in chosen
    )


def _away(worker: Worker, held: list[Span], crew: list[Span]) -> Worker:
    rest = worker.rest
    # Rest is owed before and after: packages of the small problem only know the rest behind them.
    spans = [Span(max(0, s.first - rest), s.last + rest, FIXED) for s in held]
    worked = sum(s.last - s.first for s in held)
    limits = tuple(
        Limit(
            limit.first, limit.last,
            limit.slots
            - sum(max(0, min(s.last, limit.last) - max(s.first, limit.first)) for s in held),
        )
        for limit in worker.limits
    )  # fmt: skip
    off = (*worker.off, *spans, *crew)
    return replace(worker, off=off, limits=limits, load=worker.load + worked)


def _headcount(site: Id) -> str:
    return f"people at {site}"


def _counted_heads(problem: Problem, package: Package) -> Package:
    site = next((s for s in problem.sites if s.id == package.site), None)
    if site is None or site.headcount is None:
        return package
    return replace(package, uses=(*package.uses, (_headcount(site.id), package.headcount)))


def _site_until(
    problem: Problem, site: Site, fixed: list[Package], placed: dict[Id, Assignment]
) -> Site:
    here = (placed[p.id].start + p.duration for p in fixed if p.site == site.id)
    return replace(site, ends=max((site.ends, *here)), headcount=None)


def _taken(
    problem: Problem, fixed: list[Package], placed: dict[Id, Assignment]
) -> tuple[Resource, ...]:
    """Counted resources less what is fixed; a site's headcount becomes one of them."""
    taken: dict[Id, list[tuple[int, int, int]]] = defaultdict(list)
    for package in fixed:
        first = placed[package.id].start
        for id, amount in package.uses:
            taken[id].append((first, first + package.duration, amount))
        if package.site is not None:
            heads = package.headcount
            taken[_headcount(package.site)].append((first, first + package.duration, heads))
    heads_of = [
        Resource(_headcount(s.id), s.headcount, tuple(taken[_headcount(s.id)]))
        for s in problem.sites
        if s.headcount is not None
    ]
    counted = [replace(r, taken=(*r.taken, *taken[r.id])) for r in problem.resources]
    return (*counted, *heads_of)


def ordered(view: View, plan: Plan, free: set[int]) -> tuple[Problem, Plan]:
    """Everything may move, but what is not `free` keeps its team and its order (Godard, Laborie and
    Nuijten 2005, ICAPS): each takes its people and resources from whoever had them before."""
    problem, placed = view.problem, plan.by_package()
    extra = _handed_on(view, placed, free)
    packages = tuple(
        replace(p, after=tuple(dict.fromkeys((*p.after, *extra.get(t, ())))))
        for t, p in enumerate(view.packages)
    )
    given = {one.package for one in problem.fixed}
    teams = tuple(
        Fixed(p.id, None, tuple(m.worker for m in placed[p.id].team))
        for t, p in enumerate(view.packages)
        if t not in free and p.needs and p.id not in given
    )
    return replace(problem, packages=packages, fixed=(*problem.fixed, *teams)), plan


def _handed_on(view: View, placed: dict[Id, Assignment], free: set[int]) -> dict[int, set[Id]]:
    """{package: those it takes people or units from}."""
    order = sorted(
        (t for t in range(len(view.packages)) if t not in free and view.packages[t].duration),
        key=lambda t: (placed[view.packages[t].id].start, t),
    )
    extra: dict[int, set[Id]] = defaultdict(set)
    last: dict[Id, int] = {}
    for t in order:
        for member in placed[view.packages[t].id].team:
            if member.worker in last:
                extra[t].add(view.packages[last[member.worker]].id)
            last[member.worker] = t
    for resource in view.problem.resources:
        units: list[tuple[int, int]] = [(0, -1)] * resource.capacity if not resource.taken else []
        for t in order if units else ():
            amount = dict(view.packages[t].uses).get(resource.id, 0)
            start = placed[view.packages[t].id].start
            _take(view, extra, units, t, amount, start)
    return extra


def _take(
    view: View,
    extra: dict[int, set[Id]],
    units: list[tuple[int, int]],
    t: int,
    amount: int,
    start: int,
) -> None:
    """Units from those who freed them, first from who gives some already: fewer links, more room."""
    linked = {view.at[id] for id in extra[t]} | set(view.before[t])
    ready = [at for at, (over, _) in enumerate(units) if over <= start]
    ready.sort(key=lambda at: (units[at][1] not in linked, -units[at][0], at))
    for at in ready[:amount]:
        if units[at][1] >= 0:
            extra[t].add(view.packages[units[at][1]].id)
        units[at] = (start + view.packages[t].duration, t)
