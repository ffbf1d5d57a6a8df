"""What can be said of a problem at a glance: what no plan undercuts, until when it may matter."""

from __future__ import annotations

from projects.scheduling.solver.problem import Problem
from projects.scheduling.solver.view import View

# Above these the prices of every slot of everybody take more memory than they are worth.
PRICE_CELLS_MAX = 60_000_000
NODES_MAX = 1_000_000


def priceable(view: View, near: int, most: int) -> bool:
    """Whether prices on slots are worth their time, up to `near` and at most `most`."""
    weights = view.problem.weights
    if weights.makespan or not (weights.labour or weights.travel):
        return False
    rooms = [
        [max(0, b - a + 1) for a, b in zip(view.earliest, view.latest(horizon), strict=True)]
        for horizon in (near, most)
    ]
    cells = sum(rooms[0][t] * len(need) for t, needs in enumerate(view.needs) for need in needs)
    return cells <= PRICE_CELLS_MAX and sum(rooms[1]) <= NODES_MAX


def timeless(view: View) -> bool:
    """Whether it never matters when something is done: nobody is away, nothing runs out or is late."""
    late = any(p.late_cost for p in view.packages) or any(s.late_cost for s in view.problem.sites)
    ends = any(void is not None for needs in view.needs for need in needs for _, void in need)
    return not (late or ends or any(view.away))


def last_due(problem: Problem) -> int:
    """The last due date there is."""
    sites = [s.due for s in problem.sites if s.due is not None]
    return max((*sites, *(p.due for p in problem.packages if p.due is not None)), default=0)


def late_until(view: View, slack: int) -> int | None:
    """With `slack` over a floor that has no lateness in it, the slot by which everything is over;
    None where being late is free somewhere."""
    weight = view.problem.weights.lateness
    sites = {s.id: s for s in view.problem.sites}
    last = 0
    for package in view.packages:
        site = sites.get(package.site) if package.site is not None else None
        rules = [(package.due, package.late_cost)]
        rules += [(site.due, site.late_cost)] if site else []
        until = [
            due + slack // (weight * cost)
            for due, cost in rules
            if due is not None and weight * cost
        ]
        if not until:
            return None
        last = max(last, min(until))
    return last


def floor(view: View) -> int:
    """What no plan undercuts, at a glance: the cheapest people for each need, the longest chain."""
    weights, total = view.problem.weights, 0
    for t, package in enumerate(view.packages):
        for n, need in enumerate(package.needs):
            prices_ = sorted(
                weights.labour * view.workers[w].rate
                + weights.travel * (view.workers[w].cost(package.site) - view.workers[w].rate)
                for w, _ in view.needs[t][n]
            )
            total += package.duration * sum(prices_[: need.count])
    return total + weights.makespan * shortest(view)


def shortest(view: View) -> int:
    """The longest chain from its earliest start on: no plan is shorter."""
    longest = max((e + tail for e, tail in zip(view.earliest, view.tail, strict=True)), default=0)
    return max(longest, view.problem.makespan_floor)
