"""open → paired → exception | confirmed → corrected → locked, and what news does in each state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from projects.attendance import commands
from projects.attendance.models import DayRecord, Punch
from settlements.payouts import subscribers
from tests.bank import BookRail
from tests.site import DAY, Site, at

NOON_AFTER = at(DAY + timedelta(days=1), 12)


@pytest.fixture
def site(db):
    return Site.build(workers=2)


def pair(site, *, when=NOON_AFTER):
    return commands.pair_days(
        project_id=site.project.pk,
        worker_ids=[w.pk for w in site.workers],
        first=DAY,
        last=DAY,
        at=when,
    )


def day_of(site):
    return DayRecord.objects.get(worker=site.li_wei, on=DAY)


def correct(site, first=8, last=16, *, when=NOON_AFTER):
    asked = commands.request_correction(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        on=DAY,
        intervals=[(at(DAY, first), at(DAY, last))],
        reason="the gate had no power",
        actor=site.actor(site.li_wei),
        at=when,
    )
    return commands.approve_correction(
        correction_id=asked.pk, answer="so it was", actor=site.contractor, at=when
    )


def test_a_day_is_only_paired_until_its_night_shift_must_have_ended(site):
    site.work(site.li_wei, DAY)

    pair(site, when=at(DAY, 20))
    assert day_of(site).state == "paired"

    pair(site)
    assert (day_of(site).state, day_of(site).minutes) == ("confirmed", 480)


def test_reading_again_changes_nothing_and_tells_nobody(site):
    site.work(site.li_wei, DAY)
    site.punch(site.zhang_qiang, at(DAY, 8), "in")

    assert pair(site) == 2
    assert pair(site) == 0


def test_an_unclear_day_waits_with_its_reason_and_a_date(site):
    site.punch(site.li_wei, at(DAY, 8), "in")

    pair(site)

    day = day_of(site)
    assert (day.state, day.exceptions, day.minutes) == ("exception", ["missing_out"], 0)
    assert day.answer_due_on > DAY


def test_a_late_punch_clears_the_day_that_it_was_missing_from(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    pair(site)

    site.punch(site.li_wei, at(DAY, 16), "out")
    pair(site)

    assert (day_of(site).state, day_of(site).minutes) == ("confirmed", 480)


def test_a_punch_after_a_correction_opens_its_approval_again(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    pair(site)
    correct(site)
    pair(site)
    assert (day_of(site).state, day_of(site).minutes) == ("corrected", 480)

    site.punch(site.li_wei, at(DAY, 12), "out")
    pair(site)
    pair(site)

    day = day_of(site)
    assert (day.state, day.exceptions) == ("exception", ["punch_after_correction"])
    assert day.minutes == 480, "what two people said stands until two people say otherwise"
    assert len(day.punch_ids) == 2
    correct(site, last=12)
    assert (day_of(site).state, day_of(site).minutes) == ("corrected", 240)


def test_a_punch_that_says_what_was_corrected_asks_nobody(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    pair(site)
    correct(site)

    site.punch(site.li_wei, at(DAY, 16), "out")
    pair(site)

    assert (day_of(site).state, len(day_of(site).punch_ids)) == ("corrected", 2)


def test_a_correction_makes_the_record_of_a_day_without_any(site):
    correct(site)

    assert (day_of(site).state, day_of(site).minutes) == ("corrected", 480)


@pytest.fixture
def paid(site, tmp_path, monkeypatch):
    """A day that was worked, accepted, paid: the month is over by the real clock."""
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999T-1", "D-T-1", 100_000_000)
    site.work(site.li_wei, DAY)
    site.run()
    assert day_of(site).state == "confirmed", "an open line keeps the day open"
    site.accept(site.sheet(DAY, DAY))
    site.run()
    yield site
    rail.books.close()


def test_a_settled_month_locks_its_days_and_notes_what_comes_later(paid):
    day = day_of(paid)
    assert day.state == "locked"

    paid.punch(paid.li_wei, at(DAY, 19), "out")
    paid.run()

    after = day_of(paid)
    assert (after.state, after.minutes, after.version) == ("locked", 480, day.version)
    assert after.late_punch_ids == [Punch.objects.latest("pk").pk]


def test_only_a_correction_changes_a_locked_day_and_pay_follows(paid):
    correct(paid, last=12)
    assert (day_of(paid).state, day_of(paid).minutes) == ("corrected", 240)

    paid.run()

    assert day_of(paid).state == "locked", "the difference is on the next statement: settled again"
    assert [n.amount_minor for n in paid.lines(paid.li_wei)] == [40_000, -20_000]


@pytest.mark.parametrize("state", ["open", "paired", "confirmed"])
def test_hand_written_sql_can_not_unlock_a_day(paid, state):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_dayrecord SET state = %s WHERE state = 'locked'", [state])

    assert day_of(paid).state == "locked"
