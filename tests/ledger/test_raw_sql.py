"""PostgreSQL itself keeps the books: hand-written SQL meets the same walls."""

import pytest
from django.db import DatabaseError, connection, transaction

from settlements.ledger.models import Entry, Transfer


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def paid_in(bank):
    bank.pay_in(100, key="d1")
    return bank


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE settlements_entry SET amount_minor = amount_minor * 2",
        "DELETE FROM settlements_entry",
        "TRUNCATE settlements_entry",
        "UPDATE settlements_transfer SET amount_minor = 1",
        "DELETE FROM settlements_transfer",
        "UPDATE settlements_account SET credits_posted = 1000000",
        "DELETE FROM settlements_account",
    ],
)
def test_what_was_booked_cannot_be_edited(paid_in, sql):
    with pytest.raises(DatabaseError):
        run(sql)

    assert paid_in.balance(paid_in.fund) == 100


def test_a_switch_to_ignore_the_triggers_does_nothing(paid_in):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT set_config('pgtrigger.ignore', '{' || string_agg(tgname, ',') || '}',
                          true) FROM pg_trigger WHERE NOT tgisinternal"""
            )
            cursor.execute("DELETE FROM settlements_entry")


def test_legs_that_do_not_sum_to_zero_are_refused(paid_in):  # LG-21
    transfer = Transfer.objects.get(key="d1")

    with pytest.raises(DatabaseError, match="does not sum to zero"):
        run(
            """INSERT INTO settlements_entry
               (transfer_id, account_id, layer, side, amount_minor, currency)
               VALUES (%s, %s, 'posted', 'C', 5, 'CNY')""",
            transfer.pk,
            paid_in.fund,
        )

    assert Entry.objects.count() == 2


def test_an_entry_in_another_currency_than_its_account_is_refused(paid_in):
    transfer = Transfer.objects.get(key="d1")

    with pytest.raises(DatabaseError, match="another currency"):
        run(
            """INSERT INTO settlements_entry
               (transfer_id, account_id, layer, side, amount_minor, currency)
               VALUES (%s, %s, 'posted', 'C', 5, 'USD'), (%s, %s, 'posted', 'D', -5, 'USD')""",
            transfer.pk,
            paid_in.fund,
            transfer.pk,
            paid_in.outside,
        )
