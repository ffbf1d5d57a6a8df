"""B2: the database is put back to yesterday, and the bank has today's payments."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import transaction

from jianzhu.kernel import clock
from settlements.books import checker
from settlements.halt import commands as halt
from settlements.halt import errors
from settlements.halt.models import PayoutSwitch
from settlements.payouts import breaks, reconciliation
from settlements.payouts.models import Break
from tests.faults.simulation.world import SECOND, World

pytestmark = pytest.mark.fault("B2")
WORKERS = 3


@pytest.fixture
def restored(db, monkeypatch, tmp_path):
    """Day 0 was paid and seen; day 1 was paid, too; then the tables are those of day 0 again."""
    world = World(monkeypatch, workers=WORKERS)
    world.bank.honest, world.marker = True, tmp_path / "books.json"
    pay(world, 0)
    reconciliation.reconcile(world.account, world.bank, at=clock.now())
    yesterday = transaction.savepoint()
    pay(world, 1)
    assert look(world) == []
    transaction.savepoint_rollback(yesterday)
    world.time.pass_(timedelta(hours=1))
    return world


def pay(world, number):
    for worker in range(WORKERS):
        world.work(worker, number)
    world.hand_in(number)
    world.accept(number)
    world.work_off()


def look(world):
    return checker.check(clock.now(), world.marker)


def test_nothing_goes_before_all_that_the_bank_paid_meanwhile_was_found_and_closed(restored):
    world = restored
    paid = len(world.bank.books.payments)
    look(world)
    pay(world, 2)

    with pytest.raises(errors.NotReadBack):
        halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())
    reconciliation.reconcile(world.account, world.bank, at=clock.now())
    found = list(Break.objects.filter(kind="only_at_bank"))
    with pytest.raises(errors.NotReadBack, match=str(found[0].pk)):
        halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())

    assert (PayoutSwitch.objects.get().state, PayoutSwitch.objects.get().restored) == (
        "stopped",
        True,
    )
    assert len(found) == WORKERS, "every payment that the database forgot, and no other"
    assert len(world.bank.books.payments) == paid, "nothing went out meanwhile"
    assert world.bank.books.doubles() == []


def test_two_people_start_again_once_it_is_closed_and_the_next_look_agrees(restored):
    world = restored
    look(world)
    world.time.pass_(timedelta(minutes=5))
    reconciliation.reconcile(world.account, world.bank, at=clock.now())
    for row in Break.objects.filter(kind="only_at_bank"):
        breaks.explain(
            break_id=row.pk, evidence="paid before the restore", actor=world.site.operator,
            at=clock.now(),
        )  # fmt: skip
        breaks.close(break_id=row.pk, actor=SECOND, at=clock.now())

    halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())
    halt.start(switch_id=1, actor=SECOND, at=clock.now())
    os.utime(world.marker, (0, 0))  # the simulated time is earlier than the file's
    look(world)

    assert PayoutSwitch.objects.get().state == "running"
    assert not PayoutSwitch.objects.get().restored


def test_the_control_that_skips_the_reading_pays_again(restored, monkeypatch):
    world = restored
    look(world)
    monkeypatch.setattr(halt, "_refuse_unread", lambda row: None)

    halt.ask(switch_id=1, actor=world.site.operator, at=clock.now())
    halt.start(switch_id=1, actor=SECOND, at=clock.now())
    world.worked -= {(worker, world.day(1)) for worker in range(WORKERS)}
    world.sheets.pop(world.day(1))
    paid = len(world.bank.books.payments)
    pay(world, 1)  # the gates tell that day once more

    assert len(world.bank.books.payments) == paid + WORKERS
