"""A breach of the books stops payouts, and nothing else; only two people start them again (O1)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.access.actor import SYSTEM, Actor, Grant
from jianzhu.kernel import clock
from jianzhu.kernel.errors import SameHand, WrongState
from jianzhu.outbox import regular
from settlements.books import checker
from settlements.halt import commands
from settlements.halt.models import PayoutSwitch
from settlements.payouts.models import Payout
from tests.site import DAY, Site

SECOND = Actor(kind="user", user_id=999_999, grants=(Grant("operator", 1, None),))


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "books.json"


def as_superuser(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


# One planted breach each.
BREACHES = {
    "a balance was raised": (
        "UPDATE settlements_account SET credits_posted = credits_posted + 1 WHERE kind = 'payable'"
    ),
    "an entry was doubled on both sides": (
        "UPDATE settlements_entry SET amount_minor = amount_minor * 2 WHERE layer = 'posted'"
    ),
    "a payout is worth more than its lines": (
        "UPDATE settlements_payout SET amount_minor = amount_minor + 1"
    ),
}


@pytest.fixture
def broken(db, bank):
    """A site of which the truths will not hold."""
    return Site.build(workers=3)


def earn(site, worker, day=DAY):
    site.work(worker, day)
    site.accept(site.sheet(day, day, number=f"TS-{worker.pk}-{day}"))
    site.run()


@pytest.mark.parametrize("breach", BREACHES)
def test_a_planted_breach_stops_payouts_and_nothing_else(broken, bank, marker, breach):
    site = broken
    earn(site, site.li_wei)
    checker.check(clock.now(), marker)
    before = PayoutSwitch.objects.get().state
    as_superuser(BREACHES[breach])

    wrong = checker.check(clock.now(), marker)
    earn(site, site.zhang_qiang)

    held = Payout.objects.get(worker=site.zhang_qiang)
    assert (before, PayoutSwitch.objects.get().state) == ("running", "stopped")
    assert wrong != []
    assert (held.state, held.code) == ("held", "payouts_stopped")
    # Attendance, acceptance, statement and books went on.
    assert {line.state for line in site.lines(site.zhang_qiang)} == {"released"}


def test_two_different_people_start_payouts_again_and_what_waited_goes_out(site, bank, marker):
    commands.stop(reason="a doubt", actor=site.operator, at=clock.now())
    earn(site, site.li_wei)

    with pytest.raises(WrongState):
        commands.start(switch_id=1, actor=SECOND, at=clock.now())
    commands.ask(switch_id=1, actor=site.operator, at=clock.now())
    with pytest.raises(SameHand):
        commands.start(switch_id=1, actor=site.operator, at=clock.now())
    waiting = Payout.objects.get().state
    commands.start(switch_id=1, actor=SECOND, at=clock.now())
    site.run()

    assert (waiting, Payout.objects.get().state, bank.calls) == ("held", "paid", 1)


def test_the_database_itself_wants_two_people(site):
    commands.stop(reason="a doubt", actor=SYSTEM, at=clock.now())
    commands.ask(switch_id=1, actor=site.operator, at=clock.now())

    with pytest.raises(DatabaseError, match="payout_switch_two_people"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE settlements_payoutswitch SET state = 'running', started_by = asked_by"
            )
    with pytest.raises(DatabaseError, match="illegal move"), transaction.atomic():
        commands_row = PayoutSwitch.objects.get()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE settlements_payoutswitch SET state = 'stopped'")
            cursor.execute("UPDATE settlements_payoutswitch SET state = 'running'")
    assert commands_row.state == "asked"


def test_an_instruction_that_was_stored_before_the_stop_is_handed_over_after_it(
    site, bank, monkeypatch
):
    from settlements.payouts import subscribers

    real = subscribers.rail_named

    def stop_first(name):
        commands.stop(reason="in between", actor=SYSTEM, at=clock.now())
        raise ConnectionError("the switch was thrown while this call was on its way")

    monkeypatch.setattr(subscribers, "rail_named", stop_first)
    earn(site, site.li_wei)
    stored = Payout.objects.get()
    monkeypatch.setattr(subscribers, "rail_named", real)
    commands.ask(switch_id=1, actor=site.operator, at=clock.now())
    commands.start(switch_id=1, actor=SECOND, at=clock.now())
    site.run()

    assert stored.state == "sent"
    assert (Payout.objects.get().state, Payout.objects.get().key) == ("paid", stored.key)


def test_a_restored_or_failed_over_database_starts_stopped(site, marker):
    checker.check(clock.now(), marker)
    PayoutSwitch.objects.update(database="another:1:1")

    checker.check(clock.now(), marker)

    row = PayoutSwitch.objects.get()
    assert (row.state, row.database) == ("stopped", "another:1:1")
    commands.ask(switch_id=1, actor=site.operator, at=clock.now())
    commands.start(switch_id=1, actor=SECOND, at=clock.now())
    checker.check(clock.now(), marker)
    assert PayoutSwitch.objects.get().state == "running"


def test_a_log_that_ends_before_what_was_seen_stops_payouts(site, marker):
    checker.check(clock.now(), marker)
    seen = json.loads(marker.read_text())
    marker.write_text(json.dumps({**seen, "event": seen["event"] + 10}))

    wrong = checker.check(clock.now(), marker)

    assert "was seen before" in wrong[0]
    assert PayoutSwitch.objects.get().state == "stopped"


def test_the_relay_looks_every_minute(monkeypatch):
    seconds, work = regular._regular["settlements.books.subscribers.check"]
    seen = []
    monkeypatch.setattr(checker, "check", seen.append)
    monkeypatch.setattr(regular, "_regular", {"check": (seconds, work)})
    monkeypatch.setattr(regular, "_done", {})

    regular.run_due()
    regular.run_due()

    assert seconds <= 60
    assert len(seen) == 1
    assert clock.now() - seen[0] < timedelta(minutes=1)
