"""Every assignment says why: what holds its start, and why nobody cheaper is in its team."""

from __future__ import annotations

from projects.scheduling.solver.plan import Assignment, Member, Plan
from projects.scheduling.solver.problem import Need, Package, Problem, Span, Worker
from projects.scheduling.solver.why import why

WANG = Worker("Wang", {"rebar": 1}, rate=300, off=(Span(4, 9, "home leave"),))
LI = Worker("Li", {"rebar": 1}, rate=400)
SLAB, WALL = (
    Package("slab", 4, (Need("rebar"),)),
    Package("wall", 3, (Need("rebar"),), after=("slab",)),
)
PROBLEM = Problem((SLAB, WALL), (WANG, LI))
PLAN = Plan(
    (Assignment("slab", 0, (Member("Wang", 0),)), Assignment("wall", 4, (Member("Li", 0),)))
)


def test_a_start_is_explained_by_what_it_waits_for():
    assert str(why(PROBLEM, PLAN, "wall")[0]) == (
        "It waits for package slab, which is over at slot 4."
    )


def test_the_cheapest_is_said_to_be_the_cheapest():
    assert [reason.code for reason in why(PROBLEM, PLAN, "slab")] == ["at_once", "cheapest"]


def test_a_dearer_worker_is_explained_by_what_keeps_the_cheaper_away():
    reason = why(PROBLEM, PLAN, "wall")[1]

    assert reason.code == "cheaper_busy"
    assert reason.facts["cheaper"] == "Wang"
    assert "home leave" in str(reason)
