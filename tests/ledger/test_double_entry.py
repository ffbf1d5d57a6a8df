"""Worked examples of double entry, and what reversals may and may not do."""

from datetime import timedelta

import pytest

from settlements.ledger import errors
from settlements.ledger.models import Account, Transfer
from settlements.ledger.rules import Leg, Movement
from tests.ledger.conftest import AT, close, expire, move, open_, post, reverse

NAMES = ("world", "cash", "other", "result")


@pytest.fixture
def books(db):
    """Accounts without a guard, by name; a balance is debits less credits, as for assets."""
    keys = {name: ("trial", 0, number) for number, name in enumerate(NAMES)}
    ids = open_(keys=keys.values())
    return {name: ids[key] for name, key in keys.items()}


def pay(books, *legs):
    """(source, target, amount) each; the target is debited, as an accountant books it."""
    for number, (source, target, amount) in enumerate(legs):
        leg = Leg(books[target], books[source], amount)
        move(movements=[Movement(f"{number}", "trial", "single", (leg,), "CNY")])


def worth(books, name):
    return -Account.objects.get(pk=books[name]).balance


def test_an_asset_that_gained_is_sold(books):  # LG-18
    pay(
        books,
        ("world", "cash", 100_000),
        ("cash", "other", 100_000),
        ("result", "other", 10_000),
        ("result", "other", 20_000),
        ("other", "cash", 130_000),
    )

    assert worth(books, "cash") == 130_000
    assert worth(books, "other") == 0
    assert worth(books, "result") == -30_000


def test_what_was_prepaid_is_used_in_three_months(books):  # LG-19
    pay(books, ("cash", "other", 3_000), *[("other", "result", 1_000)] * 3)

    assert [worth(books, n) for n in ("cash", "result", "other")] == [-3_000, 3_000, 0]


def test_what_accrued_is_paid(books):  # LG-20
    pay(books, *[("other", "result", 100)] * 3, ("cash", "other", 300))

    assert [worth(books, n) for n in ("cash", "result", "other")] == [-300, 300, 0]


def test_a_forced_reversal_leaves_a_debt_and_no_overdraft(bank):  # LG-14
    bank.pay_in(100, key="d1")
    move(movements=[bank.movement("wage", bank.fund, bank.liwei, 60)])

    reverse(original="d1", key="back", force=True)

    assert bank.balance(bank.fund) == 0
    assert Account.objects.get(kind="receivable").balance == -60
    assert Transfer.objects.get(key="back").of.key == "d1"


def test_a_reversal_may_be_dated_as_its_original(bank):  # LG-16
    bank.pay_in(100, key="d1")

    reverse(original="d1", key="back", at=AT + timedelta(days=9), as_original=True)

    assert Transfer.objects.get(key="back").at == AT


def test_a_retry_finds_what_its_key_made(bank):  # LG-13
    movement = bank.movement("d1", bank.outside, bank.fund, 5)

    first, again = move(movements=[movement]), move(movements=[movement])

    assert first == again == {"d1": Transfer.objects.get().pk}


def test_expired_reserves_are_given_back_once(bank):
    bank.pay_in(100)
    bank.reserve(60, key="r1", expires_at=AT + timedelta(seconds=1))
    bank.reserve(40, key="r2")

    assert expire(at=AT + timedelta(seconds=1)) == 1
    assert expire(at=AT + timedelta(seconds=2)) == 0

    assert bank.counters(bank.fund)["debits_pending"] == 40
    with pytest.raises(errors.Expired):
        post(keys={"r1": ("p", None)})


def test_a_closed_account_stays_closed_for_every_later_movement(bank):
    bank.pay_in(100)
    close(account=bank.liwei)

    with pytest.raises(errors.AccountClosed):
        move(movements=[bank.movement("wage", bank.fund, bank.liwei, 60)])
    move(movements=[bank.movement("wage", bank.fund, bank.zhang, 60)])

    assert bank.balance(bank.zhang) == 60
