"""Two connections at once: one of them wins, and the sums are as if they had come in turn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from jianzhu.kernel.db import command
from jianzhu.kernel.errors import Refusal
from settlements.ledger import queries, steps
from settlements.ledger.models import Account, Entry, Transfer
from tests.ledger.conftest import AT, Bank, move, open_, post, void


@pytest.fixture
def bank(transactional_db):
    keys = [("trial", 0, 0), *(("trial_guarded", 0, n) for n in (1, 11, 12))]
    ids = open_(keys=keys)
    made = Bank(*(ids[key] for key in keys))
    made.pay_in(100)
    yield made
    assert queries.faults() == []


def at_once(*works):
    """Run them in threads with connections of their own; each one's result or refusal."""
    start = threading.Barrier(len(works))

    def run(work):
        try:
            start.wait(timeout=10)
            return work()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_reserves_of_all_the_money_one_is_refused(bank):  # LG-8
    answers = at_once(lambda: bank.reserve(100, "r1"), lambda: bank.reserve(100, "r2"))

    assert sorted(str(a) for a in answers if a == "overdrawn") == ["overdrawn"]
    assert bank.counters(bank.fund)["debits_pending"] == 100


def test_of_a_post_and_a_void_one_wins(bank):  # LG-5, LG-6
    bank.reserve(60)

    answers = at_once(lambda: post(keys={"r": ("p", None)}), lambda: void(keys={"r": "v"}))

    assert answers.count("already_completed") == 1
    assert bank.counters(bank.fund)["debits_pending"] == 0
    assert Transfer.objects.filter(phase__in=["post", "void"]).count() == 1


def test_the_same_key_at_once_is_one_transfer(bank):  # LG-10
    movement = bank.movement("wage", bank.fund, bank.liwei, 60)

    first, second = at_once(lambda: move(movements=[movement]), lambda: move(movements=[movement]))

    assert first == second
    assert bank.balance(bank.liwei) == 60


def test_the_same_key_with_other_content_at_once_is_refused_once(bank):  # LG-11
    answers = at_once(
        lambda: move(movements=[bank.movement("wage", bank.fund, bank.liwei, 60)]),
        lambda: move(movements=[bank.movement("wage", bank.fund, bank.liwei, 40)]),
    )

    assert answers.count("transfer_key_reused") == 1
    assert bank.balance(bank.liwei) in (60, 40)


def test_the_same_post_at_once_is_one_post(bank):
    bank.reserve(60)

    first, second = at_once(*[lambda: post(keys={"r": ("p", 50)})] * 2)

    assert first == second
    assert bank.balance(bank.liwei) == 50


def test_a_balance_is_whole_though_two_writers_were_open(bank):  # LG-22
    """A inserts and stays open, B inserts and commits, A commits: nothing of A is missed."""
    inserted, go_on = threading.Event(), threading.Event()

    @command
    def slow():
        steps.transfer([bank.movement("a", bank.outside, bank.zhang, 5)], at=AT)
        inserted.set()
        assert go_on.wait(timeout=10)

    def first():
        slow()
        connection.close()

    writer = threading.Thread(target=first)
    writer.start()
    assert inserted.wait(timeout=10)
    other = threading.Thread(target=lambda: (_pay(bank), close_old_connections()))
    other.start()
    go_on.set()
    writer.join(timeout=10)
    other.join(timeout=10)

    account = Account.objects.get(pk=bank.zhang)
    entries = Entry.objects.filter(account=account).values_list("amount_minor", flat=True)
    assert account.balance == sum(entries) == 16


def _pay(bank):
    move(movements=[bank.movement("b", bank.outside, bank.zhang, 11)])
    connection.close()
