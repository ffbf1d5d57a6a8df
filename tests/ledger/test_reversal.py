"""What was posted is undone only by a new, linked transfer, and only while the money is there."""

import pytest

from settlements.ledger import errors
from settlements.ledger.models import Transfer
from tests.ledger.conftest import move, reverse


def test_a_correction_is_a_new_linked_transfer(bank):  # LG-9
    bank.pay_in(20_000)
    move(
        movements=[
            bank.movement("wage", bank.fund, bank.liwei, 10_000),
            bank.movement("fee", bank.fund, bank.zhang, 50),
        ]
    )

    move(
        movements=[
            bank.movement("fix-wage", bank.liwei, bank.fund, 1_000),
            bank.movement("fix-fee", bank.zhang, bank.fund, 5),
        ]
    )

    assert bank.balance(bank.liwei) == 9_000
    assert bank.balance(bank.zhang) == 45
    assert Transfer.objects.get(key="wage").amount_minor == 10_000


def test_a_reversal_puts_everything_back_and_names_its_original(bank):
    bank.pay_in(100, key="d1")

    reverse(original="d1", key="back")

    assert bank.balance(bank.fund) == 0
    assert Transfer.objects.get(key="back").of.key == "d1"


def test_money_that_moved_on_cannot_be_reversed(bank):  # LG-14
    bank.pay_in(100, key="d1")
    move(movements=[bank.movement("wage", bank.fund, bank.liwei, 60)])

    with pytest.raises(errors.Overdrawn):
        reverse(original="d1", key="back")

    assert bank.balance(bank.fund) == 40


def test_a_transfer_is_reversed_once(bank):  # LG-15
    bank.pay_in(100, key="d1")
    bank.pay_in(100, key="d2")
    reverse(original="d1", key="back")

    with pytest.raises(errors.AlreadyCompleted):
        reverse(original="d1", key="back-again")
