"""What a search begins from: generations where resources are counted, divided loads where people are."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.scheduling.solver import formats, generations, loads, score
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import CHEAPEST, SHORTEST
from tests.scheduling import checker
from tests.scheduling.instances import imopse, psplib


def counted(seed: int, jobs: int = 12) -> View:
    return View(formats.READERS["psplib"](psplib(seed, jobs), "made").problem)


def staffed(seed: int, tasks: int = 8) -> View:
    problem = formats.READERS["imopse"](imopse(seed, 4, tasks), "made").problem
    return View(
        replace(problem, weights=CHEAPEST, horizon=sum(p.duration for p in problem.packages))
    )


def drawn_list(view: View, draw: Random) -> list[int]:
    """Any order in which nobody comes before what it waits for."""
    found: list[int] = []
    while len(found) < len(view.packages):
        ready = [t for t, b in enumerate(view.before) if t not in found and set(b) <= set(found)]
        found.append(draw.choice(ready))
    return found


def placed_one_by_one(view: View, listed: list[int]) -> list[int]:
    """The serial scheme slot by slot, as a person would do it on paper."""
    capacity = {r.id: r.capacity for r in view.problem.resources}
    used: dict[tuple[object, int], int] = {}
    starts: dict[int, int] = {}
    for t in listed:
        package = view.packages[t]
        start = max(
            [package.earliest, *(starts[b] + view.packages[b].duration for b in view.before[t])]
        )
        while any(
            used.get((id, slot), 0) + amount > capacity[id]
            for id, amount in package.uses
            for slot in range(start, start + package.duration)
        ):
            start += 1
        starts[t] = start
        for id, amount in package.uses:
            for slot in range(start, start + package.duration):
                used[id, slot] = used.get((id, slot), 0) + amount
    return [starts[t] for t in range(len(view.packages))]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_all_lists_at_once_are_placed_like_each_by_hand(seed):
    view = counted(seed)
    lists = [drawn_list(view, Random(seed + at)) for at in range(5)]
    scheme = generations.Scheme(view, view.before, [p.earliest for p in view.packages])

    starts = scheme.starts(np.array(lists))

    assert starts.tolist() == [placed_one_by_one(view, one) for one in lists]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_child_keeps_the_rules_and_no_generation_is_longer_than_the_last(seed):
    view = counted(seed)
    bred = generations.Generations(view, seed)
    length = score.makespan(view.problem, bred.plan)

    for _ in range(3):
        bred.next()
        assert checker.check_plan(view.problem, bred.plan) == []
        for row in bred.lists:
            at = {t: place for place, t in enumerate(row.tolist())}
            assert all(at[b] < at[t] for t, before in enumerate(view.before) for b in before)
        length, before = score.makespan(view.problem, bred.plan), length
        assert length <= before


def test_the_same_seed_breeds_the_same_plan():
    plans = []
    for _ in range(2):
        bred = generations.Generations(counted(3, 20), seed=5)
        bred.next()
        plans.append(bred.plan)

    assert plans[0] == plans[1]


@pytest.mark.parametrize("what", ["people", "a window", "money"])
def test_generations_leave_alone_what_they_know_nothing_of(what):
    problem = counted(1).problem
    first, *rest = problem.packages
    if what == "people":
        problem = staffed(1).problem
    elif what == "a window":
        problem = replace(problem, packages=(replace(first, latest=50), *rest))
    else:
        problem = replace(problem, weights=CHEAPEST)

    assert generations.suits(counted(1))
    assert not generations.suits(View(problem))


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0.4, 1.0))
def test_no_plan_costs_less_than_the_loads_allow(seed, share):
    view = staffed(seed, tasks=6)
    horizon = round(share * (view.problem.horizon or 0))
    asked = replace(view.problem, horizon=horizon)
    division = loads.cheapest(View(asked), horizon)
    best = solve(asked, stop=StopRule(seconds=20.0))

    if division is not None and hasattr(best, "plan"):
        assert best.optimal
        assert division.bound <= best.objective


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), length=st.booleans())
def test_divided_loads_become_plans_that_keep_every_rule_with_the_given_teams(seed, length):
    view = staffed(seed)
    if length:
        view = View(replace(view.problem, weights=SHORTEST))
    division = loads.evenest(view) if length else loads.cheapest(view, view.problem.horizon or 0)
    assert division is not None

    plans = loads.ordered(view, division.teams, seed, tries=3)

    teams = {one.package: set(one.team or ()) for one in division.teams}
    assert plans
    for plan in plans:
        assert checker.check_plan(view.problem, plan) == []
        assert {a.package: {m.worker for m in a.team} for a in plan} == teams
