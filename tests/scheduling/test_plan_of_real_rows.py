"""A plan takes what the project's rows say, keeps every rule of theirs, and learns from what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from projects.scheduling import commands as scheduling
from projects.scheduling.plans import planner, queries
from projects.scheduling.plans.models import Plan
from projects.scheduling.plans.paces import paces_of
from projects.scheduling.plans.problems import Asked
from projects.scheduling.solver.stop import StopRule
from settlements.funding.coverage import coverage
from tests.scheduling.ground import EVE, MONDAY, Ground, second_site
from tests.site import DAY, at
from workers_app.terms.models import Absence


@pytest.fixture
def ground(db):
    return Ground(workers=6)


def absent(worker, first, last):
    Absence.objects.create(
        worker=worker,
        first_on=first,
        last_on=last,
        why="leave",
        made_by="system",
        created_at=at(EVE),
    )


def test_the_same_seed_gives_the_same_plan_alone_or_shared(transactional_db, settings):
    ground = Ground(workers=20, packages=14)
    stop = StopRule(seconds=None, work=30.0, rounds=2)
    plans = [ground.draft(stop=stop, seed=5) for _ in range(2)]

    planner.solve(plans[0].pk)
    settings.PLANNER_HELPERS = 1
    planner.solve(plans[1].pk)

    places = [
        {
            (p.package_id, p.starts_on, tuple(s.worker_id for s in p.seats))
            for p in queries.parts(plan)
        }
        for plan in plans
    ]
    assert places[0] == places[1]


def test_a_plan_that_somebody_else_is_solving_is_left_alone(transactional_db):
    """The lock is the session's: as long as the other planner lives, and not a moment longer."""
    import psycopg
    from django.db import connection

    ground = Ground(workers=2)
    plan = ground.draft(ground.package("A"))
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [planner.LOCK, plan.pk])
        assert planner.run_once() == 0
    assert planner.run_once() == 1

    assert Plan.objects.get(pk=plan.pk).state == "solved"


def test_a_search_that_breaks_three_times_waits_for_a_person(ground, monkeypatch):
    plan = ground.draft(ground.package("A"))
    monkeypatch.setattr(planner, "search", lambda *_: 1 / 0)

    for state in ("draft", "draft", "parked"):
        planner.run_once()
        plan.refresh_from_db()
        assert plan.state == state

    assert "ZeroDivisionError" in plan.result["error"]


def test_whoever_is_promised_elsewhere_or_away_is_not_planned(ground):
    """Of two people one is on leave, the other at another package: the third is taken."""
    gone, busy = ground.site.workers[0], ground.site.workers[1]
    absent(gone, MONDAY, MONDAY + timedelta(days=9))
    a, b = ground.package("A", days=5), ground.package("B", days=5)
    ground.rule(crews_may_split=True)
    week = {"starts_on": MONDAY, "work_package_id": a.pk, "worker_ids": (busy.pk,)}

    from projects.scheduling.plans.problems import Pin

    plan = ground.solve(a, b, pins=[Pin(**week)])

    teams = {p.package_id: {s.worker_id for s in p.seats} for p in queries.parts(plan)}
    assert teams[a.pk] == {busy.pk}
    assert not teams[b.pk] & {gone.pk, busy.pk}
    assert plan.parts.get(work_package=a).pinned


def test_one_more_package_takes_nobodys_work_away(ground):
    a = ground.package("A", days=3)
    ground.publish(ground.solve(a))
    asked = [(o.worker_id, o.starts_on, o.ends_on) for o in ground.offers(state="offered")]

    plan = ground.publish(ground.solve(ground.package("B")))

    assert plan.parts.count() == 2
    assert set(asked) <= {
        (o.worker_id, o.starts_on, o.ends_on) for o in ground.offers(state="offered")
    }
    assert not ground.offers(state="withdrawn")


def test_a_site_has_its_own_window_and_headcount(ground):
    place = second_site(ground, "B")
    scheduling.set_rule(
        project_id=ground.project.pk, site_id=place.pk, valid_from=DAY,
        rule=scheduling.SiteRule(headcount=1, opens_on=MONDAY + timedelta(days=7)),
        late_per_day="0", actor=ground.site.contractor, at=ground.eve,
    )  # fmt: skip
    ground.rule(crews_may_split=True)
    here = ground.package("A")
    there = [ground.package(code, site_id=place.pk) for code in "BC"]

    plan = ground.solve(here, *there)

    spans = {p.package_id: (p.starts_on, p.ends_on) for p in queries.parts(plan)}
    assert spans[here.pk][0] == MONDAY
    first, second = sorted(spans[p.pk] for p in there)
    assert first[0] >= MONDAY + timedelta(days=7)
    assert second[0] > first[1], "one person at once"


def test_what_was_made_teaches_how_long_the_next_takes(ground):
    """Three accepted sheets of two people: 10, 12 and 20 m³ in two days of eight hours each."""
    site = ground.site
    for number, made in enumerate((10_000, 12_000, 20_000)):
        days = [DAY + timedelta(days=7 * number + n) for n in range(2)]
        for day in days:
            for worker in site.workers[:2]:
                site.work(worker, day)
        site.run()
        sheet = _sheet(ground, days, made)
        site.accept(sheet, at(days[-1], 19))
    (pace,) = paces_of(ground.project.pk)
    assert (pace.thousandths, pace.sample) == (3_000, 3), "12 m³ in four people-days is the middle"

    wall = {"days": None, "item": "砌体", "unit": "m3", "planned_thousandths": 24_000}
    package = ground.package("W", norm_thousandths=1_000, headcount=2, **wall)
    asked = Asked.read(ground.draft(package).problem)

    assert asked.problem.packages[0].duration == 4, (
        "24 m³ by two people at 3 a day, not at the norm of 1"
    )


def _sheet(ground, days, quantity):
    from projects.acceptance import commands as acceptance
    from projects.acceptance.steps import Draft
    from workers_app.people import queries as people

    crew = people.crews_on([ground.site.li_wei.pk], days[0], days[0])[ground.site.li_wei.pk].on(
        days[0]
    )
    draft = Draft(
        project_id=ground.project.pk, crew_id=crew, work_package_id=ground.site.package.pk,
        number=f"S-{days[0]}", item="砌体", building="1", floor="1", unit="m3", work_from=days[0],
        work_to=days[-1], planned_thousandths=quantity, is_piece=False, share_rule="workdays",
    )  # fmt: skip
    sheet = acceptance.draft(new=draft, actor=ground.site.leader, at=at(days[-1], 18))
    acceptance.submit(sheet_id=sheet.pk, actor=ground.site.leader, at=at(days[-1], 18))
    return sheet.pk


def test_planned_and_done_are_compared_by_package_and_crew(ground):
    package = ground.package("A", headcount=2, days=4, planned_thousandths=8_000)
    ground.publish(ground.solve(package))
    came = ground.offers()[0].worker
    ground.site.work(came, MONDAY)
    ground.site.run()

    found = queries.performance(ground.project.pk, at(MONDAY + timedelta(days=1), 12))

    (done,) = found.packages
    assert (done.planned_days, done.planned_until_now) == (8, 4)
    assert done.burned_minutes == 480
    assert sum(c.planned_days for c in found.crews) == 8
    assert (done.earned_minutes, done.efficiency) == (0, 0)


def test_the_accounts_days_ahead_follow_the_published_plan(ground):
    package = ground.package("A", headcount=2, days=4)
    plan = ground.solve(package)
    assert coverage(ground.project.pk, ground.eve).planned_minor == 0

    ground.publish(plan)

    found = coverage(ground.project.pk, ground.eve)
    assert found.planned_minor == plan.result["cost"]
    assert found.planned_days == 4
