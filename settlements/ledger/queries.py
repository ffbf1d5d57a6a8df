"""Balances, and the proof that they agree with the entries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from settlements.ledger.models import Account, Transfer


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's counters in minor units; `free` is what may still be debited."""

    account_id: int
    currency: str
    posted: int
    reserved: int
    paid_out: int

    @property
    def free(self) -> int:
        return self.posted - self.reserved


NONE = Balance(0, "", 0, 0, 0)


def balance(kind: str, project_id: int, worker_id: int = 0) -> Balance:
    """The balance of one account; zero when it was never opened. One row read, however old."""
    row = Account.objects.filter(kind=kind, project_id=project_id, worker_id=worker_id).first()
    return _balance(row) if row else NONE


def balances(kind: str, project_id: int, worker_ids: list[int]) -> dict[int, Balance]:
    """Balances of many workers' accounts of one kind."""
    rows = Account.objects.filter(kind=kind, project_id=project_id, worker_id__in=worker_ids)
    return {row.worker_id: _balance(row) for row in rows}


def _balance(row: Account) -> Balance:
    return Balance(row.pk, row.currency, row.balance, row.debits_pending, row.debits_posted)


def keys_that_exist(keys: list[str]) -> set[str]:
    """Which of these transfers were made."""
    return set(Transfer.objects.filter(key__in=keys).values_list("key", flat=True))


def transfer_id(key: str) -> int | None:
    """The transfer of this key."""
    return Transfer.objects.filter(key=key).values_list("pk", flat=True).first()


_UNBALANCED = """
    SELECT transfer_id FROM settlements_entry
    GROUP BY transfer_id, layer, currency HAVING sum(amount_minor) <> 0
"""
_BARE = """
    SELECT t.id FROM settlements_transfer t
    WHERE NOT EXISTS (SELECT 1 FROM settlements_entry e WHERE e.transfer_id = t.id)
"""
_DIFFERENT = """
    SELECT a.id FROM settlements_account a LEFT JOIN (
        SELECT account_id,
            sum(-amount_minor) FILTER (WHERE layer = 'posted' AND side = 'D') AS dp,
            sum(amount_minor) FILTER (WHERE layer = 'posted' AND side = 'C') AS cp,
            sum(-amount_minor) FILTER (WHERE layer = 'pending' AND side = 'D') AS dr,
            sum(amount_minor) FILTER (WHERE layer = 'pending' AND side = 'C') AS cr
        FROM settlements_entry GROUP BY account_id) s ON s.account_id = a.id
    WHERE (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
       <> (coalesce(s.dp, 0), coalesce(s.cp, 0), coalesce(s.dr, 0), coalesce(s.cr, 0))
"""


def faults() -> list[str]:
    """What is wrong with the books, a sentence each; empty when every balance follows."""
    return [
        *(f"transfer {i} does not sum to zero" for i in _ids(_UNBALANCED)),
        *(f"transfer {i} has no entries" for i in _ids(_BARE)),
        *(f"account {i} disagrees with its entries" for i in _ids(_DIFFERENT)),
    ]


def _ids(sql: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]
