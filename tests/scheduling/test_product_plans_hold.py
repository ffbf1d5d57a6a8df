"""No plan of the product breaks a rule of the project's own rows, the first one or any re-plan."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as some

from jianzhu.kernel.errors import Refusal
from projects.scheduling import commands as scheduling
from projects.scheduling.plans import commands, planner, queries
from projects.scheduling.plans.models import Plan
from projects.scheduling.rules import SiteRule
from projects.scheduling.solver.stop import StopRule
from tests.scheduling import rows
from tests.scheduling.ground import EVE, MONDAY, TRADES, Ground, faults_of, qualify, second_site
from tests.site import START
from workers_app.terms import commands as terms

LITTLE = StopRule(seconds=None, work=0.1)
PAPER = "登高证"
NUMBERS = count()
day = some.integers(0, 25).map(lambda n: MONDAY + timedelta(days=n))
PACKAGE = some.fixed_dictionaries(
    {
        "trade": some.sampled_from(TRADES[:3]),
        "days": some.integers(1, 4),
        "headcount": some.integers(1, 2),
        "starts_on": day,
        "room": some.integers(4, 60),
        "outdoor": some.booleans(),
        "certificate": some.sampled_from(["", "", PAPER]),
        "helper": some.booleans(),
        "here": some.booleans(),
        "waits": some.booleans(),
    }
)
SITE = some.fixed_dictionaries(
    {
        "workers": some.integers(5, 15),
        "packages": some.lists(PACKAGE, min_size=1, max_size=7),
        "rule": some.fixed_dictionaries(
            {
                "headcount": some.sampled_from([None, 3, 5]),
                "rest_days": some.integers(0, 1),
                "weekends": some.booleans(),
                "crews_may_split": some.booleans(),
                "week_days_max": some.integers(4, 6),
            }
        ),
        "elsewhere": some.sampled_from([None, 2, 4]),
        "papers": some.lists(some.tuples(some.integers(0, 14), some.none() | day), max_size=8),
        "leave": some.lists(
            some.tuples(some.integers(0, 14), day, some.integers(0, 4)), max_size=4
        ),
        "rain": some.lists(day, max_size=2, unique=True),
        "news": some.lists(some.sampled_from(["decline", "ill", "rain"]), max_size=2),
    }
)


def built(drawn) -> Ground:
    ground = Ground(workers=drawn["workers"], code=f"R-{next(NUMBERS)}")
    people, own = ground.site.workers, ground.site.contractor
    ground.rule(**drawn["rule"])
    place = second_site(ground, f"B-{next(NUMBERS)}")
    if drawn["elsewhere"]:
        scheduling.set_rule(
            project_id=ground.project.pk, site_id=place.pk, valid_from=START, late_per_day="0",
            rule=SiteRule(**drawn["rule"] | {"headcount": drawn["elsewhere"]}), actor=own, at=ground.eve,
        )  # fmt: skip
    for worker, until in dict(drawn["papers"]).items():
        if worker < len(people):
            qualify(people[worker], "certificate", PAPER, valid_until=until)
    for worker, first, more in drawn["leave"]:
        if worker < len(people):
            away(ground, people[worker], first, more)
    for on in drawn["rain"]:
        rain(ground, on)
    made: list[int] = []
    for number, package in enumerate(drawn["packages"]):
        values = {
            n: package[n]
            for n in ("trade", "days", "headcount", "starts_on", "outdoor", "certificate")
        }
        more = [{"skill": TRADES[0], "level": 0, "count": 1, "certificate": ""}]
        made.append(
            ground.package(
                f"Q{number}", after=made[-1:] if package["waits"] else [],
                ends_on=package["starts_on"] + timedelta(days=package["room"]),
                site_id=(ground.site.place if package["here"] else place).pk,
                more_needs=more if package["helper"] else [], **values,
            ).pk
        )  # fmt: skip
    return ground


def away(ground, worker, first, more):
    terms.report_absence(
        worker_id=worker.pk, first_on=first, last_on=first + timedelta(days=more), why="ill",
        actor=ground.site.actor(worker), at=ground.eve,
    )  # fmt: skip


def rain(ground, on):
    scheduling.declare_stop_day(
        project_id=ground.project.pk, site_id=None, on=on, why="rain",
        actor=ground.site.contractor, at=ground.eve,
    )  # fmt: skip


def hold(plan: Plan) -> bool:
    """Whether there is a plan; what is one keeps every rule, what is none says why."""
    note(f"{plan.state}: {plan.result}")
    if plan.state == "infeasible":
        assert queries.no_plan(plan).clash
        return False
    assert plan.state in ("solved", "proposed")
    assert faults_of(plan) == []
    assert rows.faults(plan) == []
    return True


@pytest.mark.slow
@settings(
    max_examples=200 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=SITE)
def test_no_plan_of_the_product_breaks_a_rule_of_the_projects_rows(db, drawn):
    ground = built(drawn)
    try:
        plan = ground.draft(stop=LITTLE)
    except Refusal as no:  # what can't be meant, said before anything is stored
        note(str(no))
        assert not Plan.objects.filter(project=ground.project).exists()
        return
    planner.solve(plan.pk)
    for news in [*drawn["news"], "end"]:
        plan = ground.latest()
        if plan.state != "published":  # news that touched nothing leaves it as it is
            if not hold(plan):
                return
            ground.publish(plan)
        if news == "end":
            return
        _tell(ground, news)
        ground.site.run()
        planner.run_once()


def _tell(ground, news):
    offers = ground.offers(state="offered")
    offer = offers[len(offers) // 2]
    if news == "decline":
        commands.decline(
            offer_id=offer.pk, reason="no", actor=ground.site.actor(offer.worker), at=ground.eve
        )
    elif news == "ill":
        away(ground, offer.worker, offer.starts_on, 2)
    else:
        rain(ground, offer.starts_on)


def test_the_checker_of_rows_sees_what_is_broken(db):
    """Each rule broken by hand in the rows is named; a checker that sees nothing proves nothing."""
    ground = Ground(workers=6)
    ground.rule(headcount=2, crews_may_split=True)
    a, b = ground.package("A", headcount=2, days=3), ground.package("B", days=2, trade=TRADES[1])
    qualify(ground.site.workers[0], "certificate", PAPER, valid_until=EVE)
    plan = ground.solve(a, b)
    assert rows.faults(plan) == []

    part = plan.parts.get(work_package=a)
    seat = part.seats.first()
    plan.parts.filter(work_package=b).update(starts_on=part.starts_on, ends_on=part.ends_on)
    a.certificate, a.days = PAPER, 4
    a.save()
    away(ground, seat.worker, part.starts_on, 0)

    said = " ".join(rows.faults(plan))

    for word in ("days of work instead of", f"has no {PAPER}", "is away from", "people at site"):
        assert word in said, word
