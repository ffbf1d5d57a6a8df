"""What people agreed about the rate, and what the project chose, reaches the worker's lines."""

from datetime import date, timedelta

import pytest

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import command
from projects.sites import steps as sites
from projects.sites.steps import NewPolicy
from settlements.books import queries as books
from settlements.statements.models import RegionalValue
from tests.site import DAY, START, Site, at
from workers_app.terms import commands as terms
from workers_app.terms.models import AgreedRate, Agreement

NEW_TERMS = DAY
MONDAY = DAY


def build(**settings):
    return Site.build(**settings)


@pytest.fixture(autouse=True)
def whole(db, bank):
    yield
    assert [t for t in books.truths() if t.faults] == []


@command
def choose(*, site, pay):
    """The project's pay policy from the month on."""
    agreed = NewPolicy(valid_from=date(2026, 10, 1), pay=pay)
    sites.set_policy(site.project.pk, agreed, actor=SYSTEM, at=at(START))


def agree(site, worker, **said):
    """The employer proposes new terms from Monday on; the contractor agrees."""
    agreement = Agreement.objects.get(worker=worker)
    terms_ = {"workday_minutes": 480, "valid_from": NEW_TERMS, **said}
    rate = terms.propose_rate(agreement_id=agreement.pk, **terms_, actor=SYSTEM, at=at(START))
    terms.agree_rate(rate_id=rate.pk, actor=site.contractor, at=at(START, 9))
    return rate


def worked(site, worker, *days, first=8, last=16):
    for day in days:
        site.work(worker, day, first, last)
    site.accept(site.sheet(days[0], days[-1]))
    site.run()


def amounts(site, worker):
    return {
        n.key.partition("/")[2]: n.amount_minor for n in site.lines(worker) if n.kind != "premium"
    }


def test_a_lump_day_rate_pays_the_day_and_is_tested_against_the_minimum_wage():
    """Ten hours for a lump of 100: at 2,175 a month (12.50 an hour) 8 h + 2 h x 1.5 are 137.50."""
    site = build()
    RegionalValue.objects.create(
        name="minimum_wage_month",
        region="CN-99",
        valid_from=START,
        value=217_500,
        source="invented",
    )
    agree(site, site.li_wei, basis="lump_day", rate="100.00")

    worked(site, site.li_wei, DAY, last=18)

    assert amounts(site, site.li_wei)["time/lump"] == 10_000
    assert amounts(site, site.li_wei)["top_up/lump_rate"] == 3_750


def test_an_agreed_night_supplement_is_a_line_of_its_own():
    """15:00 to 23:00 at 50.00 an hour with a fifth more from 22:00 on: 8 h are 400.00 + 10.00."""
    site = build()
    agree(site, site.li_wei, basis="hour", rate="50.00", night_percent=20)

    worked(site, site.li_wei, DAY, first=15, last=23)

    assert amounts(site, site.li_wei) == {"time/normal": 40_000, "time/night": 1_000}


def test_the_projects_rounding_is_used_and_printed_on_the_line():
    """Two of eight hours at 100.02 are 25.005: half up 25.01, down 25.00."""
    site = build(rate=10_002)
    choose(site=site, pay={"rounding": "down"})

    worked(site, site.li_wei, DAY, last=8 + 2)

    (line,) = site.lines(site.li_wei)
    assert (line.amount_minor, line.rounding) == (2_500, "down:line")


def test_the_fringe_of_a_wage_determination_is_paid_and_the_premium_stays_on_its_basic_rate():
    """44 h at 20.00 with 7.00 in cash against 22.00 + 5.00: 880 + 308, the premium 4 x 11.00."""
    site = build(basis="hour", rule_set="US")
    said = {"reference": "TX99", "basic": "22.00", "fringe": "5.00", "cash": "7.00"}
    agree(site, site.li_wei, basis="hour", rate="20.00", prevailing=said)

    days = [MONDAY + timedelta(days=n) for n in range(5)]
    for day in days[:4]:
        site.work(site.li_wei, day, 8, 17)
    worked(site, site.li_wei, days[4])

    lines = site.lines(site.li_wei)
    by_kind = {
        kind: sum(n.amount_minor for n in lines if n.kind == kind)
        for kind in ("time", "fringe", "premium")
    }
    assert by_kind == {"time": 88_000, "fringe": 30_800, "premium": 4_400}


def test_a_salary_under_a_law_of_daily_classes_is_held_and_never_a_zero():
    site = build()
    agree(site, site.li_wei, basis="salary", rate="1000.00")

    worked(site, site.li_wei, DAY)

    month, day = site.lines(site.li_wei)
    assert (month.key, day.key) == ("2026-10-01/month", "2026-10-12/time/normal")
    assert {(n.state, n.reason, n.label) for n in (month, day)} == {
        ("held", "wage_refused", "not_together")
    }
    assert month.amount_minor is day.amount_minor is None


def test_terms_that_differ_in_anything_are_another_version():
    site = build()
    plain = {"basis": "hour", "rate": "50.00"}

    first = agree(site, site.li_wei, **plain)
    agreement = Agreement.objects.get(worker=site.li_wei)
    other = terms.propose_rate(
        agreement_id=agreement.pk, workday_minutes=480, valid_from=NEW_TERMS, **plain,
        night_percent=20, actor=SYSTEM, at=at(START),
    )  # fmt: skip

    assert other.pk != first.pk
    assert AgreedRate.objects.get(pk=other.pk).night_percent == 20


def test_fringe_to_a_plan_is_told_and_never_paid_to_the_worker():
    """8 h at 22.00 with 5.00 to a plan: 176.00 to the worker, 40.00 to the plan."""
    site = build(basis="hour", rule_set="US")
    said = {"reference": "TX99", "basic": "22.00", "fringe": "5.00", "plan": "5.00"}
    agree(site, site.li_wei, basis="hour", rate="22.00", prevailing=said)

    worked(site, site.li_wei, DAY)

    (line,) = site.lines(site.li_wei)
    assert (line.amount_minor, line.payout.amount_minor) == (17_600, 17_600)
    (told,) = line.statement.findings
    assert (told["code"], told["facts"]["amount_minor"]) == ("plan_contribution", "4000")
