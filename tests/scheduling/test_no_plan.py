"""Where there is no plan the answer is why, and what would help; bad input is one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.scheduling.solver.clash import Infeasible, explain
from projects.scheduling.solver.faults import SENTENCES, Fault
from projects.scheduling.solver.problem import Fixed, Need, Package, Problem, Resource, Span, Worker
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule

LITTLE = StopRule(seconds=20.0, work=0.5)
HOT = Need("welding", 1, 2, "hotwork")


def welders(*until):
    return tuple(
        Worker(name, {"welding": 2}, rate=100, certificates={"hotwork": day} if day else {})
        for name, day in zip(("Wang", "Li", "Zhao", "Chen"), until, strict=False)
    )


def test_the_clash_is_the_smallest_and_names_demands_rules_and_people():
    packages = (
        Package("roof", 4, (HOT,), latest=6),
        Package("frame", 4, (HOT,), latest=6),
        Package("paint", 3, (Need("welding"),), latest=90),
    )
    found = solve(Problem(packages, welders(99, 99, 99)), stop=LITTLE)

    assert isinstance(found, Infeasible)
    assert found.proved
    said = [(rule.code, rule.facts.get("package")) for rule in found.clash]
    assert ("demand", "roof") in said
    assert ("demand", "frame") in said
    assert ("latest", "roof") in said
    assert ("latest", "frame") in said
    assert "paint" not in [package for _, package in said]
    assert "3 people have welding" in str(found.clash[-1])


def test_each_way_out_is_offered_and_the_cheapest_comes_first():
    packages = (Package("roof", 4, (HOT,), latest=6), Package("frame", 4, (HOT,), latest=6))

    found = solve(Problem(packages, welders(99, 99, 99, 0)), stop=LITTLE)

    assert isinstance(found, Infeasible)
    ways = {c.code: c.facts for repair in found.repairs for c in repair.changes}
    assert found.repairs[0].changes[0].code == "certify"
    assert ways["certify"]["worker"] == "Chen"
    assert ways["later"]["slots"] == 2
    assert ways["more_people"]["count"] == 1
    assert ways["more_people"]["skill"] == "welding"
    assert [r.cost for r in found.repairs] == sorted(r.cost for r in found.repairs)


def test_a_repair_that_is_followed_makes_the_plan_possible():
    packages = (Package("roof", 4, (HOT,), latest=6), Package("frame", 4, (HOT,), latest=6))
    problem = Problem(packages, welders(99, 99, 99, 0))

    found = solve(replace(problem, workers=welders(99, 99, 99, 99)), stop=LITTLE)

    assert not isinstance(found, Infeasible)


def test_leave_that_stands_in_the_way_is_named():
    wang = Worker("Wang", {"rebar": 1}, off=(Span(1, 9, "home leave"),))
    problem = Problem((Package("slab", 3, (Need("rebar"),), latest=8),), (wang,))

    found = solve(problem, stop=LITTLE)

    assert isinstance(found, Infeasible)
    assert "away from 1 to 9 (home leave)" in " ".join(str(rule) for rule in found.clash)
    assert any(change.code == "lift" for repair in found.repairs for change in repair.changes)


def test_nobody_for_a_package_is_explained_too_when_asked():
    problem = Problem((Package("roof", 2, (HOT,)),), welders(99, 0))

    found = explain(problem)

    assert found.proved
    assert {c.code for repair in found.repairs for c in repair.changes} >= {
        "certify",
        "more_people",
    }


RAY = Worker("Ray", {"rebar": 1})
SLAB = Package("slab", 2, (Need("rebar"),))
BAD = {
    "empty": Problem(()),
    "cycle": Problem((replace(SLAB, after=("b",)), Package("b", 1, after=("slab",))), (RAY,)),
    "unknown": Problem((replace(SLAB, after=("ghost",)),), (RAY,)),
    "nobody": Problem((Package("roof", 2, (Need("welding"),)),), (RAY,)),
    "no_workers": Problem((SLAB,)),
    "negative_duration": Problem((replace(SLAB, duration=-1),), (RAY,)),
    "negative_amount": Problem((SLAB,), (replace(RAY, rate=-5),)),
    "window_past": Problem((replace(SLAB, latest=-3),), (RAY,)),
    "window_short": Problem((replace(SLAB, earliest=3, latest=4),), (RAY,)),
    "no_resource": Problem(
        (replace(SLAB, uses=(("crane", 1),)),), (RAY,), resources=(Resource("crane", 0),)
    ),
    "fixed_overlap": Problem(
        (SLAB, replace(SLAB, id="wall")), (RAY,),
        fixed=(Fixed("slab", 0, ("Ray",)), Fixed("wall", 1, ("Ray",))),
    ),
    "fixed_past": Problem((SLAB,), (RAY,), fixed=(Fixed("slab", -2),)),
    "twice": Problem((SLAB, SLAB), (RAY,)),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(BAD))
def test_what_cannot_be_meant_is_refused_in_one_sentence(code):
    with pytest.raises(Fault) as refused:
        solve(BAD[code], stop=LITTLE)

    assert refused.value.code == code
    assert str(refused.value).count("\n") == 0
    assert code in SENTENCES


def test_a_circle_names_its_packages_in_order():
    rows = (
        Package("a", 1, after=("c",)),
        Package("b", 1, after=("a",)),
        Package("c", 1, after=("b",)),
    )

    with pytest.raises(Fault, match=r"a → b → c → a|b → c → a → b|c → a → b → c"):
        solve(Problem(rows), stop=LITTLE)
