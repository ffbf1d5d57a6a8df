"""No plan ever breaks a hard rule, whatever the problem, the weights and the moment it is stopped."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.scheduling.solver import neighbourhood, rounds, score
from projects.scheduling.solver.breaches import breaches
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.plan import Assignment, Member, Plan
from projects.scheduling.solver.problem import Fixed, Need, Package, Problem, Span, Worker
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import Weights
from tests.scheduling import checker
from tests.scheduling.problems import problem

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
LITTLE = StopRule(seconds=None, work=0.08)


@settings(
    max_examples=2_000 if NIGHTLY else 16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6))
def test_every_plan_keeps_every_rule_slot_by_slot(seed):
    asked = problem(seed)

    found = solve(asked, stop=LITTLE, seed=seed)

    if isinstance(found, Infeasible):
        assert found.clash
        return
    assert checker.check_plan(asked, found.plan) == []
    assert breaches(asked, found.plan) == []
    assert found.bound <= found.objective == asked.weights.total(found.measures)


@settings(max_examples=2_000 if NIGHTLY else 25, deadline=None)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_a_broken_plan_is_seen_by_the_rules_and_by_the_checker_alike(seed, data):
    """A person's manual move is judged by the same rules as the search."""
    asked = problem(seed, weights=Weights())
    found = solve(asked, stop=StopRule(seconds=None, rounds=0), seed=seed)
    if isinstance(found, Infeasible):
        return
    one = data.draw(st.sampled_from(found.plan.assignments))
    moved = replace(one, start=max(0, one.start + data.draw(st.integers(-4, 4))))

    plan = found.plan.replaced([moved])

    assert bool(breaches(asked, plan)) == bool(checker.check_plan(asked, plan))


@pytest.mark.parametrize(
    "weights", [Weights(), Weights(0, 0, 0, makespan=1)], ids=["money", "length"]
)
def test_the_same_seed_and_work_give_the_same_plan_with_one_core_and_with_several(weights):
    asked = problem(5, workers=9, packages=10, weights=weights)

    plans = [solve(asked, stop=LITTLE, seed=3, cores=cores).plan for cores in (1, 2, 2)]

    assert plans[0] == plans[1] == plans[2]


def test_neighbourhoods_may_be_solved_elsewhere_and_in_any_order():
    asked = problem(8, workers=9, packages=12, weights=Weights())
    stop = StopRule(seconds=None, work=10.0, rounds=3)

    def backwards(tasks):
        return [neighbourhood.improve(task) for task in reversed(tasks)][::-1]

    here = solve(asked, stop=stop, run=rounds.here(2))
    there = solve(asked, stop=stop, run=backwards)

    assert here.plan == there.plan


def test_cancel_keeps_the_best_plan_so_far():
    pressed: list[bool] = []
    asked = problem(5, workers=9, packages=10, weights=Weights())

    found = solve(
        asked,
        stop=StopRule(seconds=60),
        watch=lambda news: pressed.append(True),
        cancelled=lambda: bool(pressed),
    )

    assert found.ended_by in ("cancelled", "optimal")
    assert found.seconds < 20
    assert checker.check_plan(asked, found.plan) == []


def test_a_start_that_holds_is_never_lost():
    asked = problem(11, weights=Weights())
    best = solve(asked, stop=LITTLE)

    again = solve(asked, stop=StopRule(seconds=None, work=0.0), start=best.plan)

    assert again.objective <= best.objective


def test_what_is_published_stays_unless_moving_it_pays():
    """Two workers who cost the same: the published one is kept, and moved only when away."""
    wang, li = Worker("Wang", {"rebar": 1}, rate=400), Worker("Li", {"rebar": 1}, rate=400)
    packages = (Package("slab", 3, (Need("rebar"),)), Package("wall", 3, (Need("rebar"),)))
    published = (Fixed("slab", 4, ("Li",)), Fixed("wall", 0, ("Wang",)))
    asked = Problem(packages, (wang, li), published=published, weights=Weights(stability=1000))

    kept = solve(asked, stop=LITTLE)
    ill = replace(li, off=(Span(0, 20, "ill"),))
    moved = solve(replace(asked, workers=(wang, ill)), stop=LITTLE)

    assert kept.measures["stability"] == 0
    assert moved.measures["stability"] == 1
    by_package = moved.plan.by_package()
    assert by_package["slab"] == Assignment("slab", 4, (Member("Wang", 0),))
    assert by_package["wall"] == Assignment("wall", 0, (Member("Wang", 0),))


def test_a_neighbourhood_improves_the_whole_plan_by_what_it_says():
    asked = problem(21, workers=9, packages=12, weights=Weights())
    view = View(asked)
    first = solve(asked, stop=StopRule(seconds=None, rounds=0)).plan

    search = rounds.Rounds(view, first, view.horizon(), seed=1)
    for _ in range(3):
        search.round(rounds.here(1))

    assert search.objective == score.objective(asked, search.plan)
    assert search.objective <= score.objective(asked, first)
    assert checker.check_plan(asked, search.plan) == []
    assert isinstance(search.plan, Plan)
