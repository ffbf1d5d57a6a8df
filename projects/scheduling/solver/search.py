"""How a good plan is found: dispatch, prices, neighbourhoods, and the whole model where it fits.

`solve` never loses what it has: a cancelled or ended search returns the best plan so far with the
bound so far.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from math import inf
from typing import Any

from projects.scheduling.solver import (
    clash,
    dispatch,
    exact,
    generations,
    loads,
    outlook,
    prices,
    rounds,
    score,
)
from projects.scheduling.solver.breaches import breaches
from projects.scheduling.solver.check import check
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.plan import Plan, Progress, Solution
from projects.scheduling.solver.problem import Problem
from projects.scheduling.solver.stop import Meter, StopRule
from projects.scheduling.solver.view import View

SEARCHES = 8
# Above these one model does less in its time than neighbourhoods do.
CHOICES_MAX = 25_000
PRICED_CHOICES_MAX = 2_000
PACKAGES_MAX = 1_200
# So few are open: the whole model proves its best at once.
FREE_FEW = 12
# Deterministic units for one division of the work among whole people.
WHOLE_WORK = 3.0
# Lengths for which an even division is sought.
EVEN_TRIES = 4
# What CP-SAT is told of when length counts: bounds come from asking whether a shorter plan exists,
# and the linear relaxation of a cumulative is too weak to pay for its time.
LENGTH_SEARCHES = ["objective_lb_search_no_lp", "no_lp", "quick_restart_no_lp", "default_lp"]

Watch = Callable[[Progress], None]


def solve(
    problem: Problem,
    *,
    stop: StopRule | None = None,
    seed: int = 1,
    cores: int = 2,
    start: Plan | None = None,
    watch: Watch | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    run: rounds.Run | None = None,
    stopwatch: Callable[[], float] = time.monotonic,
    explain: bool = True,
) -> Solution | Infeasible:
    """The best plan within the stop rule, or why there is none. Raises `Fault` on bad input.

    Without `explain` a no is said without its reasons, for a caller who has another question left.

    `start`: a plan to begin from; it is ignored where it breaks a hard rule. `run` solves the
    neighbourhoods of a round (on other machines, say); the plan doesn't depend on it.
    """
    check(problem)
    meter = Meter(stop or StopRule(), cancelled, stopwatch)
    search = Search(View(problem), meter, seed, cores, watch, run or rounds.here(cores))
    search.begin(start)
    if search.plan is None and not search.first_plan():
        if not explain:
            return Infeasible((), (), proved=False)
        return clash.explain(problem, seed=seed, meter=meter)
    search.improve()
    return search.solution()


class Search:
    """One search: the best plan and bound so far, and the phases that better them."""

    def __init__(
        self,
        view: View,
        meter: Meter,
        seed: int,
        cores: int,
        watch: Watch | None,
        run: rounds.Run,
    ) -> None:
        self.view, self.problem, self.meter = view, view.problem, meter
        self.seed, self.cores, self.run = seed, cores, run
        self._watch, self._told = watch, -1.0
        self.plan: Plan | None = None
        self.objective = 0
        self.floor = self.bound = outlook.floor(view)
        self.ended, self.divided = "", False

    # Phases

    def begin(self, start: Plan | None) -> None:
        """The given plan and dispatches: the foreman's, the thrifty, and shaken ones."""
        if start is not None and not breaches(self.problem, start):
            self._take(start, "given")
        if self.problem.published:
            self._take(dispatch.kept(self.view), "published")
        for found in (dispatch.foreman(self.view), dispatch.cheapest(self.view)):
            self._take(found, "dispatch")
        self._divided(0.4)
        tries = max(10, min(400, 40_000 // len(self.view.packages)))
        for at in range(tries):
            self._take(dispatch.thrifty(self.view, self.seed + at, 0.6 if at else 0.0), "dispatch")
            if at % 10 == 9 and self._over(0.1):
                break

    def first_plan(self) -> bool:
        """A plan by the whole model where dispatch found none; False: there is none."""
        self._tell("first plan")
        found = self._whole(self.view.horizon(), share=0.7)
        self.meter.work += found.work
        self._take(found.plan, "first plan")
        return self.plan is not None

    def improve(self) -> None:
        """Until the stop rule ends it."""
        if self._free() <= FREE_FEW:
            self._exact(1.0)
        length = self.problem.weights.makespan > 0
        priced = not length and not self.divided and self._prices(0.25)
        # Where prices give the bound, the whole model has only the last per cent to add.
        fits = self._fits(PRICED_CHOICES_MAX if priced else CHOICES_MAX)
        if length and generations.suits(self.view):
            self._generations(0.4)
        if length and fits:
            self._exact(0.6)
        self._neighbourhoods(0.5 if fits and not length else 1.0, patience=40 if fits else 400)
        if fits:
            self._exact(1.0)
        self._neighbourhoods(1.0, patience=10**9)

    def _free(self) -> int:
        """Packages whose start or team is still open."""
        fixed = self.view.fixed.values()
        return len(self.view.packages) - sum(
            one.start is not None and one.team is not None for one in fixed
        )

    def _prices(self, share: float) -> bool:
        """Whether there is a bound by prices: look for it, and for plans by dispatches that follow them.

        Prices are sought up to where plans of interest end in fact, and certified up to where they
        could end at most.
        """
        assert self.plan is not None
        most = self.horizon()
        near = min(
            most, 5 + max(score.makespan(self.problem, self.plan), outlook.last_due(self.problem))
        )
        if not outlook.priceable(self.view, near, most):
            return False
        priced, at = prices.Prices(self.view, near), 0
        while priced.possible and not priced.settled and not self._over(share):
            priced.step(self.objective)
            at += 1
            if at % 15 == 0:
                for held in (None, list(priced.starts)):
                    self._take(_guided(self.view, priced, held), "prices")
            self._tell("prices", f"bound {priced.bound} if over by {near}")
        if priced.possible:
            far = prices.Prices(self.view, most, keep=False)
            paid, free = far.certify(priced.best_price)
            self.floor, self.bound = max(self.floor, free), max(self.bound, paid, free)
        self._tell("prices", always=True)
        return priced.possible

    def _divided(self, share: float) -> None:
        """Plans of a division of the work: cheap where a hard horizon makes people scarce, even where
        length counts."""
        people = any(p.needs for p in self.view.packages)
        horizon = self.problem.horizon
        if not people or self.problem.weights.fairness:
            return
        if self.problem.weights.makespan:
            self._evenly(share)
            return
        for filled in loads.FILLINGS if horizon is not None else ():
            division = loads.cheapest(self.view, horizon or 0, filled)
            if division is None:
                return
            if filled == 1:
                self._bounded(division.bound)
            if self._over(share):
                return
            teams = division.teams
            if loads.overfull(self.view, teams, horizon or 0):
                teams = self._whole_people(horizon or 0, filled, teams, share)
            plans = loads.ordered(self.view, teams, self.seed, 5)
            for plan in plans:
                self._take(plan, "cheap loads")
            if plans:
                # Where every slot is like the other, prices on slots would say the same again.
                self.divided = outlook.timeless(self.view)
                return

    def _evenly(self, share: float) -> None:
        """Short plans: everybody about as full, at the shortest length for which that can be."""
        even, view = loads.evenest(self.view), self.view
        if even is None:
            return
        shortest = outlook.shortest(view)
        weight = self.problem.weights.makespan
        self._bounded(outlook.floor(view) + weight * max(0, even.bound - shortest))
        teams, length, step = even.teams, max(even.bound, shortest), 1
        while True:
            for plan in loads.ordered(view, teams, self.seed, 10):
                self._take(plan, "even loads")
            known = score.makespan(self.problem, self.plan) if self.plan else inf
            if length >= known or step > EVEN_TRIES or self._over(share):
                return
            teams = self._whole_people(length, 1.0, even.teams, share, bounds=False)
            length, step = length + step, step + 1

    def _whole_people(
        self,
        horizon: int,
        filled: float,
        start: loads.Teams,
        share: float,
        bounds: bool = True,
    ) -> loads.Teams:
        """A division in whole people; the one in shares where none is found."""
        limit = self._limit(share, {}, WHOLE_WORK)
        found = loads.whole(self.view, horizon, filled, limit, start)
        if found is None:
            return start
        self.meter.work += found.work
        if bounds and filled == 1:
            self._bounded(found.bound)
        return found.teams

    def _bounded(self, bound: int) -> None:
        """No plan within the hard horizon has less labour and travel."""
        self.floor, self.bound = max(self.floor, bound), max(self.bound, bound)

    def _generations(self, share: float) -> None:
        if self._over(share):
            return
        search = generations.Generations(self.view, self.seed)
        done = 0.0
        while True:
            self.meter.work, done = self.meter.work + search.work - done, search.work
            self._take(search.plan, "generations")
            self._tell("generations", f"{search.since_better} without a shorter plan")
            if self._over(share) or search.since_better >= generations.PATIENCE:
                return
            search.next()

    def _neighbourhoods(self, share: float, patience: int) -> None:
        if self.plan is None or self._over(share) or len(self.view.packages) < 2:
            return
        near = max(score.makespan(self.problem, self.plan), outlook.last_due(self.problem)) + 10
        search = rounds.Rounds(self.view, self.plan, min(self.view.horizon(), near), self.seed)
        while not self._over(share) and search.since_better < patience:
            before = search.work
            search.round(self.run, max(0.05, self.meter.left()))
            self.meter.work += search.work - before
            self.meter.rounds += 1
            self._take(search.plan, "neighbourhoods")
            self._tell("neighbourhoods", f"round {self.meter.rounds}")
            if len(search.free) < 2:
                return

    def _exact(self, share: float) -> None:
        if self._over(share):
            return
        self._tell("whole model")
        found = self._whole(self.horizon(), share)
        self.meter.work += found.work
        self._take(found.plan, "whole model")
        self.bound = max(
            self.bound, self.objective if found.proved else min(found.bound, self.objective)
        )

    def _whole(self, horizon: int, share: float) -> exact.Found:
        length = self.problem.weights.makespan > 0
        limit = self._limit(share, {"subsolvers": LENGTH_SEARCHES} if length else {})
        return exact.solve(self.view, horizon, limit, start=self.plan, tell=self._heard)

    def _limit(self, share: float, options: dict[str, Any], work: float = inf) -> exact.Limit:
        deterministic = {"interleave_search": True} if self.meter.rule.work is not None else {}
        return exact.Limit(
            self._left(share),
            min(work, self._work_left(share)),
            searches=SEARCHES,
            seed=self.seed,
            options=deterministic | options,
            cancelled=self.meter.cancelled,
        )

    def _heard(self, objective: int, bound: int) -> bool:
        self.bound = max(self.bound, min(bound, objective))
        self._tell("whole model", objective=objective)
        return self.meter.cancelled()

    # What is known

    def horizon(self) -> int:
        """A slot by which every plan worth having is over."""
        most = self.view.horizon()
        weights = self.problem.weights
        if self.plan is None:
            return most
        if weights.makespan:
            # The floor holds the shortest makespan there is; what is over it may all be length.
            return min(
                most,
                outlook.shortest(self.view) + (self.objective - self.floor) // weights.makespan,
            )
        return min(most, outlook.late_until(self.view, self.objective - self.floor) or most)

    def _fits(self, most: int) -> bool:
        choices = sum(len(need) for needs in self.view.needs for need in needs)
        return choices <= most and len(self.view.packages) <= PACKAGES_MAX

    def _take(self, plan: Plan | None, phase: str) -> None:
        if plan is None:
            return
        objective = score.objective(self.problem, plan)
        if self.plan is None or objective <= self.objective:
            news = self.plan is None or objective < self.objective
            self.plan, self.objective = plan, objective
            if news:
                self._tell(phase, "better", always=True)

    def _over(self, share: float) -> bool:
        """Whether a phase that may use the search up to `share` of its limits has to end."""
        known = self.objective if self.plan is not None else None
        if ended := self.meter.ended_by(known, self.bound):
            self.ended = ended
            return True
        rule = self.meter.rule
        return (rule.seconds is not None and self.meter.seconds > share * rule.seconds) or (
            rule.work is not None and self.meter.work > share * rule.work
        )

    def _left(self, share: float) -> float:
        seconds = self.meter.rule.seconds
        return float("inf") if seconds is None else max(0.05, share * seconds - self.meter.seconds)

    def _work_left(self, share: float) -> float:
        work = self.meter.rule.work
        return float("inf") if work is None else max(0.01, share * work - self.meter.work)

    def _tell(
        self, phase: str, note: str = "", objective: int | None = None, always: bool = False
    ) -> None:
        """News, at most twice a second unless there is a better plan."""
        seconds = self.meter.seconds
        if self._watch is None or (not always and seconds - self._told < 0.5):
            return
        self._told = seconds
        known = self.objective if self.plan is not None else None
        self._watch(
            Progress(seconds, phase, known if objective is None else objective, self.bound, note)
        )

    def solution(self) -> Solution:
        """The best plan so far with everything that is known about it."""
        assert self.plan is not None
        ended = self.meter.ended_by(self.objective, self.bound) or self.ended or "optimal"
        return Solution(
            plan=self.plan,
            objective=self.objective,
            measures=score.measures(self.problem, self.plan),
            bound=self.bound,
            makespan=score.makespan(self.problem, self.plan),
            utilisation=score.utilisation(self.problem, self.plan),
            seed=self.seed,
            stop=asdict(self.meter.rule),
            ended_by=ended,
            seconds=self.meter.seconds,
            work=self.meter.work,
        )


def _guided(view: View, priced: prices.Prices, held: list[int] | None) -> Plan | None:
    """A dispatch in the order of the relaxation's starts, by its prices."""
    dear = [priced.dear(t) for t in range(len(view.packages))]
    urgent = sorted(range(len(view.packages)), key=lambda t: (priced.starts[t], -view.tail[t], t))
    return dispatch.Dispatch(view, urgent, lambda t, w: dear[t](w), held).run()
