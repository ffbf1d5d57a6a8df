"""A ledger moves as a file: the same balances, never into another ledger's books (LG-17)."""

import json
from itertools import islice

import pytest
from django.db import connection

from settlements.ledger import journal
from settlements.ledger.models import Account, Transfer
from tests.ledger.conftest import post


@pytest.fixture
def lines(bank):
    bank.pay_in(1_000)
    bank.reserve(123)
    post(keys={"r": ("p", 100)})
    bank.reserve(7, key="r2")
    return list(journal.export())


def forget():
    """Be another, empty ledger: what only a superuser can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM settlements_entry; DELETE FROM settlements_transfer")
        cursor.execute("DELETE FROM settlements_account")
        cursor.execute("SET LOCAL session_replication_role = origin")


def balances():
    names = ("kind", "worker_id", "debits_posted", "credits_posted", "debits_pending")
    return sorted(Account.objects.values_list(*names))


def test_an_imported_ledger_has_the_same_balances_and_exports_the_same(lines):
    before = balances()
    forget()

    assert journal.load(lines) == 4

    assert balances() == before
    assert list(journal.export()) == lines


def test_a_ledger_in_use_refuses_an_import(lines, bank):
    forget()
    journal.load(lines)

    other = [line.replace('"key": "', '"key": "other-') for line in lines]
    with pytest.raises(journal.LedgerInUse):
        journal.load(other)

    assert Transfer.objects.count() == 4


def test_an_import_goes_on_after_a_bad_record_was_mended(lines, monkeypatch):
    before = balances()
    forget()
    monkeypatch.setattr(journal, "islice", lambda it, n: islice(it, 2))
    bad = [*lines[:-1], lines[-1].replace("7]", "8]", 1)]

    with pytest.raises(journal.BadRecord) as refusal:
        journal.load(bad)
    stopped = Transfer.objects.count()
    journal.load(lines)

    assert refusal.value.facts["number"] == len(lines)
    assert stopped < 4
    assert balances() == before


def test_a_record_that_says_other_than_what_stands_is_refused(lines):
    record = json.loads(lines[-1])
    record["digest"] = "00" * 32

    with pytest.raises(journal.LedgerInUse):
        journal.load([*lines[:-1], json.dumps(record)])
