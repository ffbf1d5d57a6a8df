"""From publication on: one declines, one is ill, rain on Tuesday. What need not move stays."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from projects.scheduling import commands as scheduling
from projects.scheduling.plans import commands, planner, queries
from projects.scheduling.plans.models import Plan, PlanPart
from projects.scheduling.solver.stop import StopRule
from tests.scheduling.ground import EVE, MONDAY, Ground, faults_of
from tests.site import at
from workers_app.terms import commands as terms

SECONDS_MAX = 10


def places(plan):
    """{package: (first, last, people)}."""
    return {
        part.work_package_id: (
            part.starts_on,
            part.ends_on,
            frozenset(seat.worker_id for seat in part.seats.all()),
        )
        for part in PlanPart.objects.filter(plan=plan).prefetch_related("seats")
    }


class Replanned:
    """The re-plan that follows what the block tells, published; what stayed of the plan before."""

    def __init__(self, ground, before):
        self.ground, self.before = ground, before

    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, *_):
        self.ground.site.run()
        planner.run_once()
        self.seconds = time.monotonic() - self.began
        self.plan = self.ground.latest()
        self.ground.publish(self.plan)
        self.ground.site.run()
        old, new = places(self.before), places(self.plan)
        self.moved = {pk for pk, place in new.items() if place != old[pk]}

    def assert_as_promised(self, touched):
        """`touched`: packages that the news itself concerns."""
        assert self.plan.state in ("proposed", "published")
        assert faults_of(self.plan) == []
        assert self.seconds < SECONDS_MAX
        could_stay = places(self.before).keys() - touched
        stayed = could_stay - self.moved
        assert len(stayed) >= 0.95 * len(could_stay)
        for part in PlanPart.objects.filter(plan=self.plan):
            assert bool(part.moved) == (part.work_package_id in self.moved)


def test_one_declines_one_is_ill_and_rain_on_tuesday(transactional_db):
    ground = Ground(workers=40, packages=60)
    plan = ground.solve(stop=StopRule(seconds=None, work=0.4))
    assert plan.state == "solved", plan.result
    assert faults_of(plan) == []
    ground.publish(plan)
    ground.site.run()

    # One worker declines.
    offer = next(o for o in ground.offers(state="offered") if o.starts_on > MONDAY)
    with Replanned(ground, plan) as first:
        commands.decline(
            offer_id=offer.pk, reason="too high up",
            actor=ground.site.actor(offer.worker), at=ground.eve,
        )  # fmt: skip
    first.assert_as_promised({offer.work_package_id})
    assert offer.work_package_id in first.moved
    part = PlanPart.objects.get(plan=first.plan, work_package=offer.work_package_id)
    assert [r["code"] for r in part.moved] == ["declined"]
    assert not part.seats.filter(worker=offer.worker_id).exists()
    said = {p.package_id: p.moved for p in queries.parts(first.plan)}[offer.work_package_id]
    assert offer.worker.name in said[0]

    # One is ill for the first week.
    ill = next(o for o in ground.offers(state="offered") if o.starts_on == MONDAY)
    touched = {
        o.work_package_id
        for o in ground.offers(state="offered", worker=ill.worker)
        if o.starts_on <= MONDAY + timedelta(days=4)
    }
    with Replanned(ground, first.plan) as second:
        terms.report_absence(
            worker_id=ill.worker_id, first_on=MONDAY, last_on=MONDAY + timedelta(days=4),
            why="ill", actor=ground.site.actor(ill.worker), at=ground.eve,
        )  # fmt: skip
    second.assert_as_promised(touched)
    assert not [
        o
        for o in ground.offers(state="offered", worker=ill.worker)
        if o.starts_on <= MONDAY + timedelta(days=4)
    ]

    # Rain on Tuesday.
    tuesday = MONDAY + timedelta(days=1)
    touched = {
        pk
        for pk, (a, b, _) in places(second.plan).items()
        if a <= tuesday <= b
        and PlanPart.objects.filter(work_package=pk, work_package__outdoor=True)
    }
    assert touched, "the story needs somebody outdoors"
    with Replanned(ground, second.plan) as third:
        scheduling.declare_stop_day(
            project_id=ground.project.pk, site_id=None, on=tuesday, why="rain",
            actor=ground.site.contractor, at=ground.eve,
        )  # fmt: skip
    third.assert_as_promised(touched)
    for part in PlanPart.objects.filter(plan=third.plan, work_package__in=touched & third.moved):
        assert part.moved[0]["code"] == "stopped"
    assert Plan.objects.filter(project=ground.project, state="published").get() == third.plan
    assert Plan.objects.filter(project=ground.project, state="superseded").count() == 3


@pytest.mark.parametrize("came", [True, False], ids=["others came", "a silent gate"])
def test_who_does_not_come_is_replaced_unless_the_gate_is_silent(came, transactional_db):
    ground = Ground(workers=5)
    package = ground.package("A", days=4, headcount=2)
    plan = ground.publish(ground.solve(package))
    gone, there = ground.offers()
    if came:
        ground.site.punch(there.worker, at(MONDAY, 7), "in")
    ground.site.run()

    from jianzhu.outbox.registry import News
    from projects.scheduling import subscribers

    said = {"project_id": ground.project.pk, "on": MONDAY.isoformat()}
    subscribers.day_begun([News(1, "plan.day_begun", said)], at(MONDAY, 10))
    planner.run_once()

    gone.refresh_from_db()
    there.refresh_from_db()
    assert gone.missed_on == (MONDAY if came else None)
    assert there.state == ("accepted" if came else "offered"), "coming to work accepts"
    new = ground.latest()
    assert (new != plan) == came
    if came:
        ground.publish(new, when=at(MONDAY, 11))
        part = PlanPart.objects.get(plan=new)
        assert part.moved[0]["code"] == "not_come"
        assert (part.starts_on, part.ends_on) == (
            plan.parts.get().starts_on,
            plan.parts.get().ends_on,
        )
        team = {s.worker_id for s in part.seats.all()}
        assert there.worker_id in team
        assert gone.worker_id not in team
        gone.refresh_from_db()
        assert (gone.state, gone.ends_on) == ("offered", MONDAY), "Monday stays as it was"


def test_silence_is_told_and_is_neither_yes_nor_no(transactional_db):
    ground = Ground(workers=2)
    ground.publish(ground.solve(ground.package("A")))
    offer = ground.offers()[0]

    assert commands.lapse(offer_ids=[offer.pk], at=offer.answer_due_at - timedelta(seconds=1)) == 0
    assert commands.lapse(offer_ids=[offer.pk], at=offer.answer_due_at) == 1
    commands.accept(offer_id=offer.pk, actor=ground.site.actor(offer.worker), at=at(EVE, 23))

    offer.refresh_from_db()
    assert offer.state == "accepted", "a late answer is an answer"
