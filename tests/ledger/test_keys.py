"""Idempotency is a comparison: the same key with the same content is the same transfer."""

import pytest

from settlements.ledger import errors
from settlements.ledger.models import Transfer
from tests.ledger.conftest import move, post, reverse


def test_the_same_key_and_content_is_the_same_transfer(bank):  # LG-10
    first = bank.pay_in(100, key="d1")

    again = bank.pay_in(100, key="d1")

    assert first == again
    assert bank.balance(bank.fund) == 100


def test_the_same_key_with_another_amount_is_refused(bank):  # LG-11
    bank.pay_in(100, key="d1")

    with pytest.raises(errors.KeyReused) as refusal:
        bank.pay_in(200, key="d1")

    assert refusal.value.status == 422
    assert bank.balance(bank.fund) == 100


def test_two_reversals_of_different_transfers_cannot_share_a_key(bank):  # LG-12
    bank.pay_in(100, key="d1")
    bank.pay_in(100, key="d2")
    reverse(original="d1", key="back")

    with pytest.raises(errors.KeyReused):
        reverse(original="d2", key="back")


def test_a_posted_part_may_be_asked_for_again(bank):
    bank.pay_in(500)
    bank.reserve(123)

    assert post(keys={"r": ("p", 100)}) == post(keys={"r": ("p", 100)})
    assert bank.balance(bank.liwei) == 100


def test_a_batch_with_old_and_new_keys_writes_only_the_new(bank):
    bank.pay_in(100, key="d1")

    move(
        movements=[
            bank.movement("d1", bank.outside, bank.fund, 100),
            bank.movement("d2", bank.outside, bank.fund, 5),
        ]
    )

    assert bank.balance(bank.fund) == 105
    assert Transfer.objects.count() == 2
