"""A plan is priced before it is published, and its publication is weighed against the wage account."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest

from jianzhu.kernel import clock
from jianzhu.kernel.money import Money
from jianzhu.notices.models import Notice
from projects.scheduling.plans import commands as plans
from projects.scheduling.plans import wages
from settlements.funding import commands as funding
from settlements.funding.commands import NewLabourCost
from settlements.funding.coverage import coverage
from settlements.funding.models import Duty
from settlements.ledger import queries as ledger
from tests.api.caller import refused
from tests.scheduling.ground import EVE, MONDAY, Ground, caller

FLOOR = 5


@pytest.fixture
def ground(db):
    """An empty wage account that has to hold five days of planned wages."""
    ground = Ground(workers=2, funds=0)
    new = NewLabourCost(
        project_id=ground.project.pk, valid_from=EVE - timedelta(days=30), due_day=15,
        floor_days=FLOOR, contract_minor=900_000_000, contract_signed_on=EVE - timedelta(days=30),
        share_basis_points=100,
    )  # fmt: skip
    row = funding.propose_labour_cost(new=new, actor=ground.site.contractor, at=ground.eve)
    funding.answer_labour_cost(
        agreement_id=row.pk, yes=True, actor=ground.site.owner, at=ground.eve
    )
    return ground


def pay_in(ground, minor, reference):
    site = ground.site
    funding.record_deposit(
        project_id=ground.project.pk, payer_id=site.owner.grants[0].organisation_id,
        reference=reference, amount=Money(minor, "CNY"), actor=site.owner, at=ground.eve,
    )  # fmt: skip


def alarms(ground):
    return list(Duty.objects.filter(project=ground.project, name="top_up").order_by("pk"))


def heard(ground):
    """Everything that is due happens, on that evening."""
    with patch.object(clock, "now", lambda: ground.eve):
        ground.site.run()


def day_of_two(plan):
    """Wages of one day of a plan whose days are all alike."""
    (first, *_) = wages.weekly(plan)
    return first.wages_minor // first.days


def test_a_published_plan_below_the_floor_raises_the_alarm_and_a_deposit_ends_it(ground):
    plan = ground.solve(ground.package("A", headcount=2, days=8))
    day = day_of_two(plan)
    pay_in(ground, (FLOOR - 1) * day, "B-1")
    heard(ground)
    assert alarms(ground) == [], "nothing is planned yet, so nothing is short"

    ground.publish(plan)
    heard(ground)

    (alarm,) = alarms(ground)
    assert alarm.state == "open"
    notices = Notice.objects.filter(code="account_low", subject_type="duty", subject_id=alarm.pk)
    assert notices.exists(), "somebody is told"
    found = coverage(ground.project.pk, ground.eve)
    assert (found.days, found.planned_days, found.is_low) == (FLOOR - 1, 8, True)

    pay_in(ground, day, "B-2")
    heard(ground)

    alarm.refresh_from_db()
    assert alarm.state == "met"


def test_a_plan_within_the_money_raises_nothing(ground):
    plan = ground.solve(ground.package("A", headcount=2, days=8))
    pay_in(ground, FLOOR * day_of_two(plan), "B-1")

    ground.publish(plan)
    heard(ground)

    assert alarms(ground) == []


def test_a_plan_is_weighed_before_anybody_publishes_it(ground):
    """Eight days of two people, money for six of them: the second week is two days short."""
    plan = ground.solve(ground.package("A", headcount=2, days=8))
    day = day_of_two(plan)
    pay_in(ground, 6 * day, "B-1")
    own = caller(ground, ground.site.owner)
    account = own.get("wage-accounts").json()["items"][0]["id"]

    would = own.get(f"wage-accounts/{account}/coverage?plan_id={plan.pk}").json()
    now = own.get(f"wage-accounts/{account}/coverage").json()

    assert (now["planned_days"], now["weeks"]) == (0, []), "the published plan has no days yet"
    assert (would["days"], would["planned_days"], would["is_low"]) == (6, 8, False)
    assert would["runs_out_on"] == (MONDAY + timedelta(days=8)).isoformat()
    assert [(w["monday"], w["short"]) for w in would["weeks"]] == [
        (MONDAY.isoformat(), "0.00"),
        ((MONDAY + timedelta(days=7)).isoformat(), f"{2 * day / 100:.2f}"),
    ]
    assert sum(round(100 * float(w["planned"])) for w in would["weeks"]) == plan.result["cost"]


def test_a_declined_day_is_not_in_the_forecast_and_a_plan_takes_no_money_by_itself(ground):
    plan = ground.publish(ground.solve(ground.package("A", headcount=2, days=4)))
    pay_in(ground, plan.result["cost"], "B-1")
    offer = ground.offers()[0]

    plans.decline(
        offer_id=offer.pk, reason="ill", actor=ground.site.actor(offer.worker), at=ground.eve
    )

    found = coverage(ground.project.pk, ground.eve)
    assert found.planned_minor == plan.result["cost"] - 4 * offer.rate_minor
    assert ledger.balance("wage_fund", ground.project.pk).free == plan.result["cost"], (
        "wages of work not done are nobody's yet"
    )


def test_coverage_by_a_plan_of_another_project_is_refused(ground):
    other = Ground(workers=1, code="T-2")
    plan = other.solve(other.package("B"))
    own = caller(ground, ground.site.owner)
    account = own.get("wage-accounts").json()["items"][0]["id"]

    assert refused(own.get(f"wage-accounts/{account}/coverage?plan_id={plan.pk}"), 404, "not_found")
    assert refused(own.get(f"wage-accounts/{account}/coverage?plan_id=x"), 400, "invalid")
