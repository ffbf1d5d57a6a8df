"""Hours averaged over a quarter: only its sum makes overtime, and the month in which it does pays it."""

from datetime import date, timedelta

import pytest

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import command
from projects.sites import steps as sites
from projects.sites.steps import NewPolicy
from settlements.books import queries as books
from settlements.statements import kept
from tests.site import START, Site, at
from workers_app.terms import commands as terms
from workers_app.terms.models import Agreement

# Terms from 1 October to 15 November 2026: 28 of the 62 working days of the quarter (18 + 10), and so
# 28/62 of its 62 x 8 h: 224 h of normal time.
LEAVES = date(2026, 11, 16)
OCTOBER = [date(2026, 10, 12) + timedelta(days=n) for n in range(14)]  # 12 h each: 168 h
NOVEMBER = [date(2026, 11, 2) + timedelta(days=n) for n in range(6)]  # 12 h each: 72 h
AN_HOUR = 5_000


@command
def average(*, site, over):
    pay = {"hours_system": "comprehensive", "averaging": over}
    agreed = NewPolicy(valid_from=date(2026, 10, 1), pay=pay)
    sites.set_policy(site.project.pk, agreed, actor=SYSTEM, at=at(START))


def build(over):
    site = Site.build(workers=1, basis="hour", rate=AN_HOUR)
    average(site=site, over=over)
    agreement = Agreement.objects.get(worker=site.li_wei)
    rate = terms.propose_rate(
        agreement_id=agreement.pk, basis="hour", rate="50.00", workday_minutes=480,
        valid_from=date(2026, 10, 1), valid_to=LEAVES, actor=SYSTEM, at=at(START),
    )  # fmt: skip
    terms.agree_rate(rate_id=rate.pk, actor=site.contractor, at=at(START, 9))
    return site


@pytest.fixture(autouse=True)
def whole(db, bank):
    yield
    assert [t for t in books.truths() if t.faults] == []
    assert kept.recompute().faults == []


def work(site, *days):
    for day in days:
        site.work(site.li_wei, day, 8, 20)
    site.accept(site.sheet(days[0], days[-1], number=f"TS-{days[0]}-{len(days)}"))


def paid(site):
    """{(month, class): (minutes, minor units)} of what stands, and the sum of the differences."""
    found = {}
    for line in site.lines(site.li_wei):
        if line.state == "void":
            continue
        name = "difference" if line.kind == "difference" else line.label
        minutes, amount = found.get((line.on.month, name), (0, 0))
        found[line.on.month, name] = (minutes + (line.quantity or 0), amount + line.amount_minor)
    return found


def test_the_month_in_which_the_quarters_time_is_used_up_pays_the_overtime():
    """168 + 72 = 240 h over 224: sixteen hours of November at 75.00, and nothing in October."""
    site = build("quarter")
    work(site, *OCTOBER)
    work(site, *NOVEMBER)

    site.run()

    assert paid(site) == {
        (10, "normal"): (168 * 60, 168 * AN_HOUR),
        (11, "normal"): (56 * 60, 56 * AN_HOUR),
        (11, "overtime"): (16 * 60, 16 * AN_HOUR * 3 // 2),
    }


def test_a_day_of_october_that_comes_late_moves_what_november_was_paid():
    """One day less at first: 228 h over 224. The twelve hours that come are overtime of the quarter,
    wherever they lie: the sum is what a right first run would have paid."""
    site = build("quarter")
    work(site, *OCTOBER[:-1])
    work(site, *NOVEMBER)
    site.run()
    assert paid(site)[11, "overtime"] == (4 * 60, 4 * AN_HOUR * 3 // 2)

    work(site, OCTOBER[-1])
    site.run()

    whole = sum(amount for _minutes, amount in paid(site).values())
    assert whole == 224 * AN_HOUR + 16 * AN_HOUR * 3 // 2


def test_averaged_by_the_month_october_bears_its_own_overtime():
    """20.67 days of eight hours are 165 h 20 min: 168 h have 2 h 40 min over, November none."""
    site = build("month")
    work(site, *OCTOBER)

    site.run()

    assert paid(site)[10, "overtime"] == (160, 160 * AN_HOUR * 3 // 2 // 60)
