"""Accepted work = lines = ledger = bank, per worker: a fault in one of the four is found and named."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from jianzhu.kernel import clock
from settlements.books import ties
from settlements.funding.models import WageAccount
from settlements.payouts import reconciliation
from tests.api.conftest import bank, site  # noqa: F401 - the same small site
from tests.site import DAY

# A tenth of a yuan more for one worker, in one of the four, with every trigger out of the way.
PLANTED = {
    "work": "UPDATE workers_app_agreedrate SET rate_minor = rate_minor + 10 "
    "WHERE agreement_id IN (SELECT id FROM workers_app_agreement WHERE worker_id = %s)",
    "lines": "UPDATE settlements_statementline SET amount_minor = amount_minor + 10 "
    "WHERE statement_id IN (SELECT id FROM settlements_statement WHERE worker_id = %s)",
    "ledger": "UPDATE settlements_account SET credits_posted = credits_posted + 10 "
    "WHERE kind = 'payable' AND worker_id = %s",
    "bank": "UPDATE settlements_bankentry SET amount_minor = amount_minor - 10 "
    "WHERE payout_id IN (SELECT id FROM settlements_payout WHERE worker_id = %s)",
}


@pytest.fixture
def reconciled(site, bank):  # noqa: F811
    """Two wages from the gate to the bank's statement."""
    for worker in site.workers:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    account = WageAccount.objects.get(project=site.project)
    reconciliation.reconcile(account, bank, at=clock.now())
    return site


def plant(sql, worker):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, [worker.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_four_sums_of_each_worker_are_one(reconciled):
    assert [(t.work, t.lines, t.ledger, t.bank) for t in ties.ties()] == [(40_000,) * 4] * 2
    assert ties.faults() == []


@pytest.mark.parametrize("side", PLANTED)
def test_a_planted_fault_is_found_at_its_worker_and_its_side(reconciled, side, capsys):
    plant(PLANTED[side], reconciled.li_wei)

    (broken,) = [t for t in ties.ties() if not t.holds]

    assert broken.worker_id == reconciled.li_wei.pk
    assert broken.odd == (side,)
    assert abs(getattr(broken, side) - 40_000) == 10
    with pytest.raises(SystemExit):
        call_command("books_verify")
    assert f"worker {reconciled.li_wei.pk} on project" in capsys.readouterr().out


def test_what_is_on_its_way_is_no_difference(site, bank):  # noqa: F811
    bank.silent = True
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()

    assert ties.faults() == []
    assert [t.bank for t in ties.ties()] == [40_000]


def test_no_two_that_agree_name_all_four():
    assert ties.Tie(1, 1, 1, 2, 3, 4).odd == ties.SIDES
    assert ties.Tie(1, 1, 1, 1, 2, 2).odd == ties.SIDES
    assert ties.Tie(1, 1, 1, 1, 1, 2).odd == ("bank",)
