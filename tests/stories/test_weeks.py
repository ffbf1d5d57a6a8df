"""Where the law reckons by workweeks, a week that reaches into the next month is still one week."""

from datetime import date, timedelta

import pytest

from jianzhu.outbox.models import OutboxMessage
from settlements.books import queries as books
from settlements.statements import pay
from tests.site import Site, at

# Monday 26 October to Sunday 1 November 2026.
MONDAY = date(2026, 10, 26)
RATE = 2_000  # $20.00 an hour


@pytest.fixture
def site(db, bank):
    site = Site.build(basis="hour", rate=RATE, rule_set="US")
    yield site
    site.run()
    assert [t for t in books.truths() if t.faults] == []


def work(site, *hours):
    """These hours from Monday on, all of one accepted sheet."""
    for number, count in enumerate(hours):
        if count:
            day = MONDAY + timedelta(days=number)
            site.work(site.li_wei, day, 8, 8 + count)
    site.accept(site.sheet(MONDAY, MONDAY + timedelta(days=6), submitted=at(MONDAY)), at(MONDAY, 9))


def premiums(site):
    return [
        (n.statement.month.month, n.quantity, n.amount_minor, n.state)
        for n in site.lines(site.li_wei)
        if n.kind == "premium"
    ]


def test_hours_of_the_next_month_complete_the_week(site):
    """Five days of 8 h until Friday, 8 h on Saturday the 31st and 4 h on Sunday the 1st: the last
    twelve are over forty, eight of them October's and four November's."""
    work(site, 8, 8, 8, 8, 8, 8, 4)

    site.run()

    assert premiums(site) == [(10, 480, 8_000, "released"), (11, 240, 4_000, "released")]


def test_a_day_that_arrives_late_moves_the_other_months_premium(site):
    """Six days of 8 h, the Friday unknown at first: forty hours only, nothing over."""
    work(site, 8, 8, 8, 8, 0, 8)
    site.run()
    assert premiums(site) == []

    site.work(site.li_wei, MONDAY + timedelta(days=4), 8, 16)
    site.run()

    assert premiums(site) == [(10, 480, 8_000, "released")]


def test_the_premium_waits_for_the_whole_week_and_wakes_by_itself(site, monkeypatch):
    """On Saturday evening Sunday can still come: the line is held, and its clock is a row."""
    with monkeypatch.context() as then:
        then.setattr(pay, "today", lambda project, at: MONDAY + timedelta(days=5))
        work(site, 8, 8, 8, 8, 8, 8)
        site.run()
    (held,) = (n for n in site.lines(site.li_wei) if n.kind == "premium")
    assert (held.state, held.reason, held.due_on) == ("held", "period_open", date(2026, 11, 2))

    clock_row = OutboxMessage.objects.get(topic="statement.period_over")
    OutboxMessage.objects.filter(pk=clock_row.pk).update(
        done_at=None, leased_until=None
    )  # as if still to come
    site.run()

    assert clock_row.due_at == at(date(2026, 11, 2), 0)
    assert premiums(site) == [(10, 480, 8_000, "released")]
