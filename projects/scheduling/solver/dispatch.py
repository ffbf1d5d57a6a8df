"""Dispatch: what a site does without a search, and what the search starts from.

Day by day, the ready packages in an order, each with people who are free for the whole of it. The
foreman takes the first that are free, the thrifty one the cheapest.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from random import Random

from projects.scheduling.solver.plan import Assignment, Member, Plan
from projects.scheduling.solver.problem import Id
from projects.scheduling.solver.view import View

Prefer = Callable[[int, int], float]  # (package, worker) -> the smaller, the sooner taken


def foreman(view: View) -> Plan | None:
    """Packages in plan order, the first free qualified people. None: some package finds no place."""
    return Dispatch(view, range(len(view.packages)), lambda t, w: w).run()


def cheapest(view: View) -> Plan | None:
    """Packages in plan order, the cheapest free qualified people."""
    return Dispatch(view, range(len(view.packages)), _cost(view)).run()


def kept(view: View) -> Plan | None:
    """What was published, not before it was meant to start and with its people where they are free."""
    old = {view.at[one.package]: one for one in view.problem.published if one.package in view.at}
    held = [(old[t].start or 0) if t in old else 0 for t in range(len(view.packages))]
    teams = {t: {view.who.get(id) for id in one.team or ()} for t, one in old.items()}
    urgent = sorted(range(len(view.packages)), key=lambda t: (t not in old, held[t], t))
    price = _cost(view)
    return Dispatch(
        view, urgent, lambda t, w: -1 if w in teams.get(t, ()) else price(t, w), held
    ).run()


def thrifty(view: View, seed: int, noise: float = 0.0) -> Plan | None:
    """Longest tail first with cheapest people; `noise` shakes the order."""
    draw = Random(seed)
    rank = [tail * (1 + noise * (draw.random() - 0.5)) for tail in view.tail]
    urgent = sorted(range(len(view.packages)), key=lambda t: (-rank[t], t))
    return Dispatch(view, urgent, _cost(view)).run()


def _cost(view: View) -> Prefer:
    """Pay and fare, then how few other skills the worker could be missed for."""
    sites, workers = [p.site for p in view.packages], view.workers
    labour, travel = view.problem.weights.labour, view.problem.weights.travel
    if not labour and not travel:
        return lambda t, w: len(workers[w].skills)
    return lambda t, w: (
        labour * workers[w].rate + travel * (workers[w].cost(sites[t]) - workers[w].rate)
    )


class Dispatch:
    """One pass. Calendars are whole numbers, a bit a slot."""

    def __init__(
        self,
        view: View,
        urgent: Sequence[int],
        prefer: Prefer,
        not_before: Sequence[int] | None = None,
    ) -> None:
        self.view, self.prefer = view, prefer
        self.not_before = not_before or [p.earliest for p in view.packages]
        self.rank = {t: at for at, t in enumerate(urgent)}
        self.busy = [_bits(spans) for spans in view.away]
        self.worked = [0] * len(view.workers)
        self.crews: dict[Id, int] = {}
        self.used: dict[tuple[int, Id], int] = {}
        self.capacity = {r.id: r.capacity for r in view.problem.resources}
        for resource in view.problem.resources:
            for first, last, amount in resource.taken:
                self._use(resource.id, first, last, amount)
        self.heads = {s.id: s.headcount for s in view.problem.sites if s.headcount is not None}
        self.ends: dict[int, int] = {}
        self.plan: dict[int, Assignment] = {}

    def run(self) -> Plan | None:
        """Every package placed, or None where the passing of time frees nobody more."""
        view, waiting = self.view, {t: len(b) for t, b in enumerate(self.view.before)}
        moments = [0, *(last for spans in view.away for _, last in spans)]
        moments += [*self.not_before, *(p.earliest for p in view.packages)]
        moments += [last for r in view.problem.resources for _, last, _ in r.taken]
        moments += [limit.last for w in view.workers for limit in w.limits]
        times = sorted({m for m in moments if m >= 0})
        for t, fixed in view.fixed.items():
            if fixed.start is None:
                continue
            if not self._fix(t, fixed.start):
                return None
            heapq.heappush(times, self.ends[t])
        ready = {t for t, count in waiting.items() if not count and t not in self.plan}
        held: list[tuple[int, int]] = [(self.ends[t], t) for t in self.plan]
        heapq.heapify(held)
        while times and (ready or held):
            now = heapq.heappop(times)
            while times and times[0] == now:
                heapq.heappop(times)
            self._release(held, now, waiting, ready)
            while placed := [
                t for t in sorted(ready, key=self.rank.__getitem__) if self._place(t, now)
            ]:
                for t in placed:
                    ready.discard(t)
                    heapq.heappush(held, (self.ends[t], t))
                    rest = max(
                        (view.workers[view.who[m.worker]].rest for m in self.plan[t].team),
                        default=0,
                    )
                    heapq.heappush(times, self.ends[t])
                    heapq.heappush(times, self.ends[t] + rest)
                # What takes no time frees its successors at once.
                if not self._release(held, now, waiting, ready):
                    break
        if len(self.plan) < len(view.packages):
            return None
        return Plan(tuple(self.plan[t] for t in range(len(view.packages))))

    def _release(
        self, held: list[tuple[int, int]], now: int, waiting: dict[int, int], ready: set[int]
    ) -> bool:
        freed = False
        while held and held[0][0] <= now:
            _, t = heapq.heappop(held)
            for s in self.view.behind[t]:
                waiting[s] -= 1
                if not waiting[s] and s not in self.plan:
                    ready.add(s)
                    freed = True
        return freed

    def _place(self, t: int, now: int) -> bool:
        package = self.view.packages[t]
        last = now + package.duration
        if now < max(package.earliest, self.not_before[t]) or (
            package.latest is not None and last > package.latest
        ):
            return False
        horizon = self.view.problem.horizon
        if horizon is not None and last > horizon:
            return False
        if not self._fits(t, now):
            return False
        team = self._team(t, now)
        if team is None:
            return False
        self._take(t, now, team)
        return True

    def _fits(self, t: int, now: int) -> bool:
        package = self.view.packages[t]
        wanted = [(id, amount, self.capacity[id]) for id, amount in package.uses if amount]
        if package.site in self.heads and package.site is not None:
            wanted.append((package.site, package.headcount, self.heads[package.site] or 0))
        return all(
            self.used.get((slot, id), 0) + amount <= most
            for id, amount, most in wanted
            for slot in range(now, now + package.duration)
        )

    def _team(self, t: int, now: int) -> list[tuple[int, int]] | None:
        """(worker, need) of a whole team by augmenting paths: a person another need can spare moves
        there, so a team is found whenever there is one."""
        package = self.view.packages[t]
        window = ((1 << package.duration) - 1) << now
        order = [self._free(t, n, now, window) for n in range(len(package.needs))]
        fixed = self.view.fixed.get(t)
        if fixed and fixed.team is not None:
            given = {self.view.who[id] for id in fixed.team}
            order = [[w for w in free if w in given] for free in order]
        serves: dict[int, int] = {}
        for n, need in enumerate(package.needs):
            for _ in range(need.count):
                if not self._augment(n, order, serves, set()):
                    return None
        return sorted(serves.items())

    def _free(self, t: int, n: int, now: int, window: int) -> list[int]:
        last = now + self.view.packages[t].duration
        free = [
            w
            for w, void in self.view.needs[t][n]
            if not self.busy[w] & window
            and (void is None or last <= void)
            and self._allowed(w, window)
        ]
        return sorted(free, key=lambda w: (self.prefer(t, w), w))

    def _allowed(self, w: int, window: int) -> bool:
        worker = self.view.workers[w]
        crew = self.view.together(w) if worker.crew is not None else None
        if crew is not None and self.crews.get(crew, 0) & window:
            return False
        worked = self.worked[w] | window
        return all(
            (worked & _between(limit.first, limit.last)).bit_count() <= limit.slots
            for limit in worker.limits
        )

    def _augment(
        self, n: int, order: list[list[int]], serves: dict[int, int], seen: set[int]
    ) -> bool:
        for w in order[n]:
            if w not in serves:
                serves[w] = n
                return True
        for w in order[n]:
            if w in seen or serves[w] == n:
                continue
            seen.add(w)
            if self._augment(serves[w], order, serves, seen):
                serves[w] = n
                return True
        return False

    def _take(self, t: int, start: int, team: list[tuple[int, int]]) -> None:
        package = self.view.packages[t]
        self.ends[t] = start + package.duration
        window = ((1 << package.duration) - 1) << start
        for w, _ in team:
            rest = self.view.workers[w].rest
            self.busy[w] |= _between(max(0, start - rest), self.ends[t] + rest) if window else 0
            self.worked[w] |= window
            crew = self.view.together(w)
            if crew is not None:
                self.crews[crew] = self.crews.get(crew, 0) | window
        for id, amount in package.uses:
            self._use(id, start, self.ends[t], amount)
        if package.site in self.heads and package.site is not None:
            self._use(package.site, start, self.ends[t], package.headcount)
        members = tuple(Member(self.view.workers[w].id, n) for w, n in team)
        self.plan[t] = Assignment(package.id, start, members)

    def _use(self, id: Id, first: int, last: int, amount: int) -> None:
        for slot in range(first, last):
            self.used[slot, id] = self.used.get((slot, id), 0) + amount

    def _fix(self, t: int, start: int) -> bool:
        """A fixed package with its fixed team, or with the people preferred at its time."""
        team = self._team(t, start) if self._fits(t, start) else None
        if team is None:
            return False
        self._take(t, start, team)
        return True


def _bits(spans: Sequence[tuple[int, int]]) -> int:
    found = 0
    for first, last in spans:
        found |= _between(first, last)
    return found


def _between(first: int, last: int) -> int:
    return ((1 << (last - first)) - 1) << first if last > first else 0
