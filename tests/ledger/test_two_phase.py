"""Reserve, then post all or part, void, or expire: the published behaviours of two-phase transfers."""

from datetime import timedelta

import pytest

from settlements.ledger import errors
from tests.ledger.conftest import AT, move, post, void


@pytest.fixture
def funded(bank):
    bank.pay_in(10_000)
    return bank


def test_posting_a_whole_reserve_moves_all_of_it(funded):  # LG-1
    funded.reserve(123)

    post(keys={"r": ("p", None)})

    assert funded.counters(funded.fund)["debits_posted"] == 123
    assert funded.counters(funded.liwei)["credits_posted"] == 123
    assert funded.counters(funded.fund)["debits_pending"] == 0
    assert funded.counters(funded.liwei)["credits_pending"] == 0


def test_posting_a_part_gives_the_rest_back(funded):  # LG-2
    funded.reserve(123)

    post(keys={"r": ("p", 100)})

    assert funded.counters(funded.fund) == {
        "debits_posted": 100,
        "credits_posted": 10_000,
        "debits_pending": 0,
        "credits_pending": 0,
    }
    assert funded.balance(funded.liwei) == 100


def test_voiding_gives_everything_back(funded):  # LG-3
    funded.reserve(123)

    void(keys={"r": "v"})

    assert funded.counters(funded.fund)["debits_posted"] == 0
    assert funded.counters(funded.fund)["debits_pending"] == 0
    assert funded.balance(funded.liwei) == 0


def test_more_than_was_reserved_cannot_be_posted(funded):  # LG-4
    funded.reserve(123)

    with pytest.raises(errors.ExceedsReserve):
        post(keys={"r": ("p", 124)})

    assert funded.counters(funded.fund)["debits_pending"] == 123


def test_a_reserve_is_posted_once(funded):  # LG-5
    funded.reserve(123)
    post(keys={"r": ("p", None)})

    with pytest.raises(errors.AlreadyCompleted) as refusal:
        post(keys={"r": ("p2", None)})

    assert refusal.value.facts["phase"] == "post"
    assert funded.balance(funded.liwei) == 123


def test_a_voided_reserve_cannot_be_posted(funded):  # LG-6
    funded.reserve(123)
    void(keys={"r": "v"})

    with pytest.raises(errors.AlreadyCompleted) as refusal:
        post(keys={"r": ("p", None)})

    assert refusal.value.facts["phase"] == "void"


def test_an_expired_reserve_cannot_be_posted_but_given_back(funded):  # LG-7
    funded.reserve(123, expires_at=AT + timedelta(seconds=1))

    with pytest.raises(errors.Expired):
        post(keys={"r": ("p", None)}, at=AT + timedelta(seconds=2))
    void(keys={"r": "v"}, at=AT + timedelta(seconds=2))

    assert funded.counters(funded.fund)["debits_pending"] == 0


def test_an_overdraft_is_refused_at_the_reserve(bank):  # LG-8
    bank.pay_in(100)
    move(movements=[bank.movement("spent", bank.fund, bank.zhang, 70)])

    with pytest.raises(errors.Overdrawn) as refusal:
        bank.reserve(50)

    assert refusal.value.facts["missing"] == "0.20"
    assert bank.counters(bank.fund)["debits_pending"] == 0


def test_what_is_reserved_is_not_free_a_second_time(funded):
    funded.reserve(9_999)

    with pytest.raises(errors.Overdrawn):
        funded.reserve(2, key="r2")
