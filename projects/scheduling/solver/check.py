"""Whether a problem can be meant: every fault is one sentence, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.problem import Fixed, Id, Package, Problem

# CP-SAT counts in 64 bits; sums over a plan of this length and price stay far below.
SLOTS_MAX = 1_000_000
AMOUNT_MAX = 10**9


def check(problem: Problem) -> None:
    """Raise the first fault, in the order in which a reader would repair them."""
    if not problem.packages:
        raise Fault("empty")
    _once("Package", (p.id for p in problem.packages))
    _once("Worker", (w.id for w in problem.workers))
    _amounts(problem)
    for package in problem.packages:
        _window(package, problem.horizon)
    order(problem)
    if any(p.needs for p in problem.packages) and not problem.workers:
        raise Fault("no_workers")
    for package in problem.packages:
        _can_be_done(package, problem)
    _fixed(problem)


def _once(noun: str, ids: Iterable[Id]) -> None:
    seen: set[Id] = set()
    for id in ids:
        if id in seen:
            raise Fault("twice", noun=noun, id=id)
        seen.add(id)


def _amounts(problem: Problem) -> None:
    rows = [
        *(("Worker", w.id, "rate", w.rate) for w in problem.workers),
        *(("Worker", w.id, "fare", fare) for w in problem.workers for fare in w.travel.values()),
        *(("Resource", r.id, "capacity", r.capacity) for r in problem.resources),
        *(("Package", p.id, "use", amount) for p in problem.packages for _, amount in p.uses),
        *(("Package", p.id, "headcount", n.count) for p in problem.packages for n in p.needs),
        *(("Package", p.id, "earliest slot", p.earliest) for p in problem.packages),
    ]
    for noun, id, what, amount in rows:
        if amount < 0:
            raise Fault("negative_amount", noun=noun, id=id, what=what, amount=amount)
        if amount > AMOUNT_MAX:
            raise Fault(
                "too_big", what=f"the {what} of {noun} {id}", amount=amount, most=AMOUNT_MAX
            )


def _window(package: Package, horizon: int | None) -> None:
    if package.duration < 0:
        raise Fault("negative_duration", package=package.id, duration=package.duration)
    if package.duration > SLOTS_MAX:
        raise Fault(
            "too_big", what=f"the duration of package {package.id}", amount=package.duration,
            most=SLOTS_MAX,
        )  # fmt: skip
    latest = min((x for x in (package.latest, horizon) if x is not None), default=None)
    if latest is None:
        return
    if latest < 0:
        raise Fault("window_past", package=package.id, latest=latest)
    room = latest - package.earliest
    if room < package.duration:
        raise Fault(
            "window_short", package=package.id, duration=package.duration,
            earliest=package.earliest, latest=latest, room=max(0, room),
        )  # fmt: skip


def order(problem: Problem) -> list[Id]:
    """Packages so that none stands before one it waits for; a circle is a fault that names it."""
    after = {p.id: p.after for p in problem.packages}
    for id, waits in after.items():
        for before in waits:
            if before not in after:
                raise Fault("unknown", package=id, noun="package", id=before)
    done: dict[Id, bool] = {}
    found: list[Id] = []
    for root in after:
        if root not in done:
            _visit(root, after, done, found)
    return found


def _visit(
    root: Id, after: dict[Id, tuple[Id, ...]], done: dict[Id, bool], found: list[Id]
) -> None:
    """Depth first from `root`, without recursion: chains may be thousands long."""
    path, stack = [root], [iter(after[root])]
    done[root] = False
    while stack:
        for id in stack[-1]:
            if id not in done:
                done[id] = False
                path.append(id)
                stack.append(iter(after[id]))
                break
            if not done[id]:
                circle = [*reversed(path[path.index(id) :]), path[-1]]
                raise Fault("cycle", packages=" → ".join(str(one) for one in circle))
        else:
            stack.pop()
            done[path[-1]] = True
            found.append(path.pop())


def _can_be_done(package: Package, problem: Problem) -> None:
    """Each need alone; that the needs also go together is for the search to find."""
    sites = {s.id for s in problem.sites}
    if package.site is not None and package.site not in sites:
        raise Fault("unknown", package=package.id, noun="site", id=package.site)
    for need in package.needs:
        found = sum(worker.serves(need) for worker in problem.workers)
        if found < need.count:
            raise Fault(
                "nobody", package=package.id, count=need.count, skill=need.skill, level=need.level,
                certificate=need.certificate or "no certificate", found=found,
            )  # fmt: skip
    capacity = {r.id: r.capacity for r in problem.resources}
    for resource, amount in package.uses:
        if resource not in capacity:
            raise Fault("unknown", package=package.id, noun="resource", id=resource)
        if package.duration and amount > capacity[resource]:
            raise Fault(
                "no_resource", package=package.id, amount=amount, resource=resource,
                capacity=capacity[resource],
            )  # fmt: skip


def _fixed(problem: Problem) -> None:
    packages = {p.id: p for p in problem.packages}
    workers = {w.id for w in problem.workers}
    fixed: dict[Id, Fixed] = {}
    for one in problem.fixed:
        if one.package not in packages:
            raise Fault("unknown", package=one.package, noun="package", id=one.package)
        if one.package in fixed:
            raise Fault("fixed_twice", package=one.package)
        if one.start is not None and one.start < 0:
            raise Fault("fixed_past", package=one.package, start=one.start)
        for id in one.team or ():
            if id not in workers:
                raise Fault("unknown_worker", package=one.package, id=id)
        fixed[one.package] = one
    _fixed_order(packages, fixed)
    _fixed_apart(packages, fixed)


def _fixed_order(packages: dict[Id, Package], fixed: dict[Id, Fixed]) -> None:
    for id, one in fixed.items():
        for before in packages[id].after:
            start = fixed[before].start if before in fixed else None
            if one.start is None or start is None:
                continue
            ends = start + packages[before].duration
            if one.start < ends:
                raise Fault("fixed_early", package=id, start=one.start, before=before, ends=ends)


def _fixed_apart(packages: dict[Id, Package], fixed: dict[Id, Fixed]) -> None:
    held: dict[Id, list[tuple[int, int, Id]]] = {}
    for one in fixed.values():
        if one.start is not None and packages[one.package].duration:
            span = (one.start, one.start + packages[one.package].duration, one.package)
            for worker in one.team or ():
                held.setdefault(worker, []).append(span)
    for worker, spans in held.items():
        ordered = sorted(spans, key=lambda span: span[:2])
        for a, b in pairwise(ordered):
            if b[0] < a[1]:
                raise Fault("fixed_overlap", worker=worker, first=a[2], second=b[2])
