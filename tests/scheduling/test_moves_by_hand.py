"""A person's own hand on a published plan: scored at once, kept, and left alone by every later re-plan."""

from __future__ import annotations

from datetime import timedelta

import pytest

from projects.scheduling.plans import commands, planner
from projects.scheduling.plans.models import Plan, PlanPart
from tests.api.caller import refused
from tests.scheduling import rows
from tests.scheduling.ground import EVE, MONDAY, Ground, caller, faults_of

THURSDAY = MONDAY + timedelta(days=3)


@pytest.fixture
def ground(db):
    return Ground(workers=6)


@pytest.fixture
def published(ground):
    """A wall and the slab before it, published."""
    ground.rule(crews_may_split=True)
    slab = ground.package("SLAB", days=2)
    wall = ground.package("WALL", days=2, after=[slab.pk])
    return ground.publish(ground.solve(slab, wall)), slab, wall


def place(plan, package):
    part = PlanPart.objects.get(plan=plan, work_package=package)
    return part.starts_on, {seat.worker_id for seat in part.seats.all()}


def test_a_move_of_a_published_plan_is_scored_at_once_and_becomes_a_replan_around_it(
    ground, published
):
    plan, slab, wall = published
    before = place(plan, slab)
    own = caller(ground, ground.site.contractor)
    other = next(w for w in ground.site.workers if w.trade == "砌筑" and w.pk not in before[1])
    asked = {"work_package_id": slab.pk, "starts_on": "2032-03-04", "worker_ids": [other.pk]}

    tried = own.post(f"plans/{plan.pk}/trial", asked)
    assert Plan.objects.filter(project=ground.project).count() == 1, "a trial stores nothing"
    moved = own.post(f"plans/{plan.pk}/move", asked)

    assert moved.status_code == 201, moved.content
    assert moved.json() == tried.json()
    assert (
        moved.json()["ends_on_after"] > moved.json()["ends_on_before"] or moved.json()["breaches"]
    )
    assert place(plan, slab) == before, "what is published stays until the re-plan is"
    planner.run_once()
    new = ground.latest()
    assert (new.state, new.based_on_id) == ("proposed", plan.pk)
    assert place(new, slab) == (THURSDAY, {other.pk})
    assert new.parts.get(work_package=slab).pinned
    assert place(new, wall)[0] > THURSDAY + timedelta(days=1), "the wall waits for the slab"
    assert [m["code"] for m in new.parts.get(work_package=slab).moved] == ["by_hand"]
    assert faults_of(new) == rows.faults(new) == []


def test_what_a_hand_has_put_stays_when_news_comes(ground, published):
    plan, slab, wall = published
    own = caller(ground, ground.site.contractor)
    own.post(f"plans/{plan.pk}/move", {"work_package_id": slab.pk, "starts_on": "2032-03-04"})
    planner.run_once()
    moved = ground.publish(ground.latest())
    kept = place(moved, slab)
    offer = next(o for o in ground.offers(state="offered") if o.work_package_id == wall.pk)

    commands.decline(
        offer_id=offer.pk, reason="no", actor=ground.site.actor(offer.worker), at=ground.eve
    )
    ground.site.run()
    planner.run_once()

    new = ground.latest()
    assert new.pk != moved.pk
    assert place(new, slab) == kept
    assert new.parts.get(work_package=slab).pinned
    assert offer.worker_id not in place(new, wall)[1]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"starts_on": EVE.isoformat()}, "cannot_be_planned"),
        ({"starts_on": "2032-03-04", "worker_ids": [2**53]}, "not_in_plan"),
        ({"work_package_id": 2**53, "starts_on": "2032-03-04"}, "not_in_plan"),
    ],
    ids=["into the past", "to a stranger", "of no package"],
)
def test_a_move_that_cannot_be_meant_leaves_everything_as_it_is(ground, published, asked, code):
    plan, slab, _ = published
    own = caller(ground, ground.site.contractor)

    answer = own.post(f"plans/{plan.pk}/move", {"work_package_id": slab.pk} | asked)

    assert refused(answer, 422, code), answer.content
    assert Plan.objects.filter(project=ground.project).count() == 1
    worker = ground.site.actor(ground.site.workers[0])
    asked = {"work_package_id": slab.pk, "starts_on": "2032-03-04"}
    assert refused(caller(ground, worker).post(f"plans/{plan.pk}/move", asked), 403, "forbidden")
