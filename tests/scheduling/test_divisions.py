"""Who serves where with time left out: nobody gets more than there is, and the bound is one."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from projects.scheduling import instances
from projects.scheduling.solver import exact, formats, loads
from projects.scheduling.solver.problem import Need, Package, Problem, Worker
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import SHORTEST
from tests.scheduling import checker
from tests.scheduling.instances import MADE

LITTLE = exact.Limit(work=0.3, options={"interleave_search": True})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_division_in_whole_people_gives_nobody_more_than_is_free(seed):
    instance = formats.READERS["imopse"](MADE["imopse"](seed, workers=6, tasks=40), "made")
    problem = instances.aimed(instance, "cost-at-makespan", None)
    view = View(problem)
    shares = loads.cheapest(view, problem.horizon)

    found = loads.whole(view, problem.horizon, 1.0, LITTLE, shares.teams)

    hours, rates = Counter(), {w.id: w for w in problem.workers}
    packages = {p.id: p for p in problem.packages}
    for one in found.teams:
        (who,) = one.team
        assert rates[who].serves(packages[one.package].needs[0])
        hours[who] += packages[one.package].duration
    assert len(found.teams) == len(packages)
    assert max(hours.values()) <= problem.horizon
    cost = sum(rates[w].rate * slots for w, slots in hours.items())
    assert shares.bound <= cost
    assert found.bound <= cost
    assert not loads.overfull(view, found.teams, problem.horizon)


def test_work_of_single_people_is_as_short_as_its_fullest_share_and_that_is_proved():
    """Twelve packages of one to twelve slots, three people: 78 slots of work take 26."""
    asked = Problem(
        tuple(Package(n, n, (Need("rebar"),)) for n in range(1, 13)),
        tuple(Worker(w, {"rebar": 1}) for w in "abc"),
        weights=SHORTEST,
    )

    found = solve(asked, stop=StopRule(seconds=None, work=3.0))

    assert (found.makespan, found.bound, found.ended_by) == (26, 26, "optimal")
    assert checker.check_plan(asked, found.plan) == []


def test_whoever_presses_cancel_is_heard_while_the_solver_finds_nothing():
    stopped = threading.Event()

    class Deaf:
        """A search that would go on for ever and never has news."""

        def solve(self, model):
            assert stopped.wait(30), "nobody stopped it"
            return "stopped"

        def stop_search(self):
            stopped.set()

    assert exact.Limit(cancelled=lambda: True).solve(Deaf(), None) == "stopped"
