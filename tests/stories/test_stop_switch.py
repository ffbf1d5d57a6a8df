"""A breach of the books stops payouts, and nothing else; only two people start them again (O1)."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.access.actor import SYSTEM, Actor, Grant
from jianzhu.kernel import clock
from jianzhu.kernel.errors import SameHand, WrongState
from jianzhu.outbox import regular
from settlements.books import checker
from settlements.funding.models import WageAccount
from settlements.halt import commands
from settlements.halt.models import PayoutSwitch
from settlements.payouts import reconciliation
from settlements.payouts.models import Payout
from tests.site import DAY, Site

pytestmark = pytest.mark.fault("O1")
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


# What breaks each truth, as somebody with all rights over the database could, and what is said then.
TRUTHS_BROKEN = {
    1: (
        """UPDATE settlements_entry SET account_id = (SELECT id FROM settlements_account
               WHERE kind = 'outside') WHERE id = (SELECT max(id) FROM settlements_entry)""",
        "disagrees with its entries",
    ),
    2: (
        "UPDATE settlements_transfer SET kind = 'fee' WHERE kind = 'release'",
        "moved the wage account as fee, which is not permitted",
    ),
    3: (
        "UPDATE settlements_statementline SET amount_minor = amount_minor + 1",
        "but payable",
    ),
    4: (
        "UPDATE settlements_statementline SET payout_id = (SELECT max(id) FROM settlements_payout)",
        "but its lines come to",
    ),
    5: (
        """INSERT INTO settlements_transfer (key, kind, phase, amount_minor, currency, digest, at, of_id)
           SELECT key || '-again', kind, phase, amount_minor, currency, digest, at,
               (SELECT min(id) FROM settlements_transfer)
           FROM settlements_transfer WHERE kind = 'payout' AND phase = 'post' LIMIT 1""",
        "was booked as paid 2 times",
    ),
    6: (
        "UPDATE workers_app_payeeaccount SET checked_by = ''",
        "not the worker's own verified one",
    ),
    7: (
        "DELETE FROM jianzhu_auditevent WHERE verb = 'payout.confirm'",
        "the audit log does not say so",
    ),
    8: (
        "UPDATE settlements_wageinputs SET body = 'nonsense'",
        "could not be asked",
    ),
}


def test_each_broken_truth_stops_payouts_within_one_cycle(broken, bank, marker, monkeypatch):
    """Each is found by its own question: without it nothing is said (the control)."""
    site = broken
    earn(site, site.li_wei)
    earn(site, site.li_wei, DAY + timedelta(days=1))
    assert checker.check(clock.now(), marker) == []
    questions = checker.QUESTIONS

    for number, (planted, sentence) in TRUTHS_BROKEN.items():
        marker.unlink()
        whole = transaction.savepoint()
        as_superuser(planted)
        others = tuple(q for n, q in enumerate(questions, start=1) if n != number)
        monkeypatch.setattr(checker, "QUESTIONS", others)
        blind = checker.check(clock.now(), marker)
        monkeypatch.setattr(checker, "QUESTIONS", questions)
        seeing = checker.check(clock.now(), marker)
        state = PayoutSwitch.objects.get().state
        transaction.savepoint_rollback(whole)

        assert not any(sentence in fault for fault in blind), number
        assert any(sentence in fault for fault in seeing), (number, seeing)
        assert state == "stopped", number


def test_what_is_true_for_a_moment_stops_nothing(broken, bank, marker):
    """The statement shows a payment whose outcome is just being written: looked at a second time."""
    site = broken
    earn(site, site.li_wei)
    account = WageAccount.objects.get()
    reconciliation.reconcile(account, bank, at=clock.now())
    as_superuser(
        "UPDATE settlements_bankentry SET amount_minor = amount_minor + 1 WHERE payout_id > 0"
    )

    first = checker.check(clock.now(), marker)
    second = checker.check(clock.now(), marker)

    assert first == []
    assert "but the bank shows" in second[0]


def test_a_question_that_costs_much_is_asked_less_often(monkeypatch):
    now, asked = [0.0], []

    def slow():
        asked.append(now[0])
        now[0] += 30
        return []

    monkeypatch.setattr(checker, "QUESTIONS", (slow,))
    monkeypatch.setattr(checker.queries, "bank_ties", list)
    monkeypatch.setattr(checker.time, "monotonic", lambda: now[0])
    watch = checker.Watch()
    for _ in range(20):
        watch.faults()
        now[0] += 60

    assert [later - before for before, later in itertools.pairwise(asked)] == [630.0]


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
