"""B2: the database is put back to yesterday, and the bank has today's payments."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from jianzhu.kernel import clock
from settlements.books import checker, queries, ties
from settlements.halt import commands as halt
from settlements.halt import errors
from settlements.halt.models import PayoutSwitch
from settlements.payouts import breaks, lost, reconciliation
from settlements.payouts.models import BankEntry, Break, Payout
from settlements.statements.models import StatementLine
from tests.faults.simulation.world import SECOND, World

pytestmark = pytest.mark.fault("B2")
WORKERS = 3
DAY_WAGE = 40_000


@pytest.fixture
def restored(db, monkeypatch, tmp_path):
    """Day 0 was paid and seen; days 1 and 2 were paid, too; then the tables are those of day 0 again."""
    world = World(monkeypatch, workers=WORKERS)
    world.bank.honest, world.marker = True, tmp_path / "books.json"
    pay(world, 0)
    reconciliation.reconcile(world.account, world.bank, at=clock.now())
    yesterday = transaction.savepoint()
    known = world.worked.copy(), world.sheets.copy()
    pay(world, 1)
    pay(world, 2)
    assert look(world) == []
    transaction.savepoint_rollback(yesterday)
    numbers_go_back()
    world.worked, world.sheets = known
    world.time.pass_(timedelta(hours=1))
    return world


def numbers_go_back(beyond=0):
    """A restore puts the sequences back as well, which a savepoint does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('settlements_payout', 'id'), max(id) + %s) "
            "FROM settlements_payout",
            [beyond],
        )


def pay(world, number):
    tell(world, number)
    world.work_off()


def tell(world, number):
    """The gates and the site say once more what they said."""
    for worker in range(WORKERS):
        world.work(worker, number)
    world.hand_in(number)
    world.accept(number)


def look(world):
    return checker.check(clock.now(), world.marker)


def read(world):
    """The bank's statement, a little later."""
    world.time.pass_(timedelta(minutes=5))
    reconciliation.reconcile(world.account, world.bank, at=clock.now())
    return list(Break.objects.filter(kind="only_at_bank").order_by("pk"))


def adopt(world, row, worker_id=None):
    """Two people say whose wage it was; the bank itself says whose account it went to."""
    breaks.explain(
        break_id=row.pk,
        evidence="on the bank's statement, from before the restore",
        worker_id=worker_id or row.entry.payee.worker_id,
        actor=world.site.operator,
        at=clock.now(),
    )
    breaks.close(break_id=row.pk, actor=SECOND, at=clock.now())


def start(world):
    halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())
    halt.start(switch_id=1, actor=SECOND, at=clock.now())
    os.utime(world.marker, (0, 0))  # the simulated time is earlier than the file's
    look(world)


def at_the_bank(world):
    """{account: what the bank's own journal says went there}, returned money taken off."""
    got = Counter()
    for entry in world.bank.books.accounts[world.account.bank_account].entries:
        if entry["key"]:
            payment = world.bank.books.payments[entry["key"]]
            got[payment.said["payee_account"]] -= entry["amount_minor"]
    return got


def broken():
    """What the eight truths and the four-way tie say."""
    found = [f for truth in queries.truths() for f in truth.faults]
    return [*found, *ties.faults()]


def test_nothing_goes_before_all_that_the_bank_paid_meanwhile_was_found_and_closed(restored):
    world = restored
    paid = len(world.bank.books.payments)
    look(world)
    pay(world, 3)

    with pytest.raises(errors.NotReadBack):
        halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())
    found = read(world)
    with pytest.raises(errors.NotReadBack, match=str(found[0].pk)):
        halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())

    switch = PayoutSwitch.objects.get()
    assert (switch.state, switch.restored) == ("stopped", True)
    assert len(found) == 2 * WORKERS, "every payment that the database forgot, and no other"
    assert len(world.bank.books.payments) == paid, "nothing went out meanwhile"
    assert world.bank.books.doubles() == []


@pytest.mark.parametrize("told", ["before the bank is read", "after payouts started", "day by day"])
def test_the_same_work_told_again_is_the_payment_that_the_bank_made(restored, told):
    """However the news comes again, and in whatever bundles: each worker has each day's wage once."""
    world = restored
    look(world)
    if told == "before the bank is read":
        tell(world, 1), tell(world, 2)
        world.work_off()
        waiting = StatementLine.objects.filter(state="matched", reason="bank_not_read")
        assert waiting.count() == 2 * WORKERS
    for row in read(world):
        adopt(world, row)
    start(world)
    world.work_off()
    if told == "after payouts started":
        tell(world, 2), tell(world, 1)
    elif told == "day by day":
        pay(world, 2)
        pay(world, 1)
    world.work_off()
    pay(world, 3)
    reconciliation.reconcile(world.account, world.bank, at=clock.now())

    assert set(at_the_bank(world).values()) == {4 * DAY_WAGE}
    assert world.bank.books.doubles() == []
    assert Payout.objects.exclude(state="paid").count() == 0
    assert Break.objects.exclude(adopted=None).count() == 2 * WORKERS
    assert PayoutSwitch.objects.get().state == "running"
    assert broken() == []


def test_lines_that_do_not_come_to_what_was_paid_wait_for_those_that_do(restored, monkeypatch):
    """Days 1 and 2 were paid in one sum: either alone must not go out beside it."""
    world = restored
    look(world)
    entries = world.bank.books.accounts[world.account.bank_account].entries
    _as_one(world, entries)
    for row in read(world):
        adopt(world, row)
    start(world)

    pay(world, 1)
    assert set(at_the_bank(world).values()) == {3 * DAY_WAGE}
    assert StatementLine.objects.filter(reason="paid_before_restore").count() == WORKERS
    pay(world, 2)
    reconciliation.reconcile(world.account, world.bank, at=clock.now())

    assert set(at_the_bank(world).values()) == {3 * DAY_WAGE}
    assert StatementLine.objects.exclude(state="released").count() == 0
    assert broken() == []


def _as_one(world, entries):
    """As if the bank had been told of both days at once."""
    first = {}
    for entry in [e for e in entries if e["key"]][WORKERS:]:
        account = world.bank.books.payments[entry["key"]].said["payee_account"]
        if account in first:
            first[account]["amount_minor"] += entry["amount_minor"]
            entries.remove(entry)
        else:
            first[account] = entry


def test_a_payment_that_comes_back_after_all_is_owed_again_and_goes_out_once_more(restored):
    world = restored
    look(world)
    for row in read(world):
        adopt(world, row)
    start(world)
    tell(world, 1), tell(world, 2)
    world.work_off()
    row = Break.objects.order_by("pk").first()
    back = world.bank.books._entry(
        "return", world.account.bank_account, "R-1", row.entry.key, DAY_WAGE, "account_closed"
    )
    world.bank.books._write([back])

    reconciliation.reconcile(world.account, world.bank, at=clock.now())
    row.refresh_from_db()
    assert row.adopted.state == "returned"
    world.change_payee(row.worker_id - world.site.workers[0].pk, 1)
    world.time.pass_(timedelta(days=4))
    world.work_off()
    reconciliation.reconcile(world.account, world.bank, at=clock.now())

    row.adopted.refresh_from_db()
    assert (row.adopted.state, row.adopted.attempt) == ("paid", 2)
    assert sum(at_the_bank(world).values()) == 3 * WORKERS * DAY_WAGE
    assert broken() == []


def test_a_number_that_the_bank_knows_is_never_given_to_another_payout(restored):
    world = restored
    look(world)
    forgotten = {row.entry.key for row in read(world)}
    for row in Break.objects.filter(kind="only_at_bank"):
        adopt(world, row)
    start(world)
    pay(world, 3)
    tell(world, 1), tell(world, 2)
    world.work_off()

    assert forgotten.isdisjoint(p.key for p in Payout.objects.all())


def test_nobody_says_alone_whose_wage_it_was_nor_against_the_bank(restored):
    world = restored
    look(world)
    row = read(world)[0]
    other = next(w for w in world.site.workers if w.pk != row.entry.payee.worker_id)

    with pytest.raises(breaks.NotTheirWage):
        adopt(world, row, other.pk)
    with transaction.atomic(), pytest.raises(IntegrityError, match="break_adopted_by_two"):
        Break.objects.filter(pk=row.pk).update(
            adopted=Payout.objects.first(), adopted_as="payout:1:1", worker=other
        )
    adopt(world, row)
    with (
        transaction.atomic(),
        pytest.raises((InternalError, ProgrammingError), match="is final"),
    ):
        Break.objects.filter(pk=row.pk).update(worker=other)


def test_no_account_number_is_kept_of_what_the_bank_says(restored):
    world = restored
    look(world)
    row = read(world)[0]
    statement = row.wage_account.statements.order_by("-pk").first()

    accounts = {p.said["payee_account"] for p in world.bank.books.payments.values()}
    assert BankEntry.objects.exclude(payee=None).count() == 2 * WORKERS
    assert not any(number in str(statement.entries) for number in accounts)


def test_the_control_that_adopts_nothing_pays_again(restored, monkeypatch):
    world = restored
    look(world)
    monkeypatch.setattr(lost, "waiting", lambda *_: {})
    for row in read(world):
        adopt(world, row)
    start(world)
    tell(world, 1), tell(world, 2)
    world.work_off()

    assert set(at_the_bank(world).values()) == {5 * DAY_WAGE}


def test_the_control_that_skips_the_reading_pays_again(restored, monkeypatch):
    world = restored
    look(world)
    numbers_go_back(beyond=1_000)  # what a bank would do that takes files and knows no keys
    monkeypatch.setattr(halt, "_refuse_unread", lambda row: None)

    halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())
    halt.start(switch_id=1, actor=SECOND, at=clock.now())
    pay(world, 1)

    assert len(world.bank.books.payments) == 4 * WORKERS
    assert set(at_the_bank(world).values()) == {4 * DAY_WAGE}
