"""What a milestone pays is pay: it counts toward the minimum wage of the months that it was earned in."""

from datetime import date, timedelta

import pytest

from settlements.milestones import commands
from settlements.milestones.steps import NewMilestone
from settlements.statements import kept
from settlements.statements.models import RegionalValue, Statement
from tests.milestones.conftest import LONG
from tests.site import DAY, START, at
from workers_app.terms.models import AgreedRate

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
# A working day is an eighteenth of October's normal time: 2,160.00 a month are 120.00 a day.
MINIMUM = 216_000
FRIDAY, MONDAY = date(2026, 10, 30), date(2026, 11, 2)


@pytest.fixture
def floor(site):
    RegionalValue.objects.create(
        name="minimum_wage_month",
        region="CN-99",
        valid_from=START,
        value=MINIMUM,
        source="invented",
    )
    # Nobody has a rate by time: the milestone alone pays.
    AgreedRate.objects.filter(agreement__project_id=site.project.pk).update(
        state="ended", valid_to=START + timedelta(days=1)
    )
    return site


def shared_out(site, labour, first, last):
    """A milestone over the days, accepted in whole, which everybody has signed by silence."""
    new = NewMilestone(
        project_id=site.project.pk, crew_id=site.crew.pk, contract="BZ-9", number=f"M-{first}",
        name="墙", work_from=first, work_to=last, labour_minor=labour, sign_days=LONG,
    )  # fmt: skip
    milestone = commands.plan(new=new, actor=site.contractor, at=at(first, 7))
    commands.submit(milestone_id=milestone.pk, actor=site.leader, at=at(last, 18))
    commands.accept(milestone_id=milestone.pk, actor=site.owner, at=at(last, 19))
    site.run()


def top_up(site, worker, month):
    """Minor units up to the month's minimum wage: the line and the differences made of it."""
    lines = [n for n in site.lines(worker) if n.label == "minimum_wage" and n.state != "void"]
    return sum(
        n.amount_minor for n in lines if (n.on.year, n.on.month) == (month.year, month.month)
    )


def finding(worker, month):
    statement = Statement.objects.get(worker=worker, month=month)
    return [f for f in statement.findings if f["code"] == "minimum_wage_shortfall"]


def test_a_share_that_reaches_the_minimum_needs_no_top_up(floor):
    for worker in floor.workers:
        floor.work(worker, DAY)

    shared_out(floor, 30_000 * len(floor.workers), DAY, DAY + timedelta(days=1))

    assert (finding(floor.li_wei, OCTOBER), top_up(floor, floor.li_wei, OCTOBER)) == ([], 0)


def test_a_share_below_the_minimum_is_made_up_to_it_and_no_more(floor):
    for worker in floor.workers:
        floor.work(worker, DAY)

    shared_out(floor, 10_000 * len(floor.workers), DAY, DAY + timedelta(days=1))

    assert top_up(floor, floor.li_wei, OCTOBER) == 12_000 - 10_000
    assert finding(floor.li_wei, OCTOBER)[0]["facts"]["earned_minor"] == "10000"
    assert kept.recompute().faults == []


def test_a_milestone_over_two_months_is_pay_of_both(floor):
    """A day of each month: half of the share stands against each month's minimum."""
    for worker in floor.workers:
        floor.work(worker, FRIDAY)
        floor.work(worker, MONDAY)

    shared_out(floor, 40_000 * len(floor.workers), FRIDAY, MONDAY)

    assert top_up(floor, floor.li_wei, OCTOBER) == 0
    assert top_up(floor, floor.li_wei, NOVEMBER) == 0
