"""What PostgreSQL itself holds about a wage account, whoever writes: the list, and that wages rank first."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from settlements.ledger.models import Account, PermittedMovement
from settlements.ledger.permitted import TABLE
from tests.funding.test_wage_account import pay_in
from tests.site import DAY, Site

MOVE = """
    WITH t AS (INSERT INTO settlements_transfer (key, digest, kind, phase, amount_minor, currency, at)
               VALUES ('raw', '', %s, 'single', 5, 'CNY', now()) RETURNING id)
    INSERT INTO settlements_entry (transfer_id, account_id, layer, side, amount_minor, currency)
    SELECT id, %s, 'posted', 'D', -5, 'CNY' FROM t UNION ALL
    SELECT id, %s, 'posted', 'C', 5, 'CNY' FROM t"""


@pytest.fixture
def site(db):
    return Site.build(funds=0)


@pytest.fixture
def accepted(site):
    """Two wages were accepted; the money covers one of them."""
    for worker in site.workers:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    pay_in(site, 79_999)
    return site


def account(kind, site):
    return Account.objects.get(kind=kind, project_id=site.project.pk, worker_id=0).pk


def move(site, kind):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MOVE, [kind, account("wage_fund", site), account("outside", site)])


@pytest.mark.parametrize("kind", [p.kind for p in TABLE if p.after_wages])
def test_hand_written_sql_takes_nothing_out_while_an_accepted_wage_is_unfunded(accepted, kind):
    with pytest.raises(DatabaseError, match="rank first"):
        move(accepted, kind)


@pytest.mark.parametrize("kind", [p.kind for p in TABLE if p.after_wages])
def test_nor_while_one_is_released_and_unpaid(accepted, kind):
    pay_in(accepted, 100, reference="B-2")
    accepted.run()  # both are owed now; no bank has paid
    with pytest.raises(DatabaseError, match="rank first"):
        move(accepted, kind)


def test_without_a_wage_that_waits_a_surplus_may_go(site):
    pay_in(site, 100)

    move(site, "return_to_payer")

    assert Account.objects.get(pk=account("wage_fund", site)).balance == 95


@pytest.mark.parametrize("kind", ["loan", "material", "rent", "deposit", "payout", ""])
def test_another_kind_takes_nothing_out_at_all(site, kind):
    pay_in(site, 100)

    with pytest.raises(DatabaseError, match="may not move"):
        move(site, kind)


def test_the_list_in_the_database_is_the_one_in_the_code(db):
    rows = PermittedMovement.objects.values_list("kind", "source", "target", "after_wages")

    assert set(rows) == {(p.kind, p.source, p.target, p.after_wages) for p in TABLE}
