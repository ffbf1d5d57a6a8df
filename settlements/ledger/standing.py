"""Transfers that stand already, by the thousand: plain rows, found by arrays instead of long lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from settlements.ledger.rules import Leg


class Standing(NamedTuple):
    """A transfer as it was written."""

    id: int
    key: str
    digest: bytes
    kind: str
    phase: str
    of_id: int | None
    amount_minor: int
    currency: str
    expires_at: datetime | None


_COLUMNS = ", ".join(Standing._fields)


def by_key(keys: Collection[str]) -> dict[str, Standing]:
    """The transfers of these keys, oldest first."""
    return {one.key: one for one in _found("key = ANY(%s)", list(keys))}


def by_id(transfer_ids: Collection[int]) -> list[Standing]:
    """The transfers of these ids, oldest first."""
    return _found("id = ANY(%s)", list(transfer_ids))


def completions(transfer_ids: Collection[int]) -> dict[int, Standing]:
    """What posted, voided or reversed these transfers, by their ids."""
    return {one.of_id or 0: one for one in _found("of_id = ANY(%s)", list(transfer_ids))}


def _found(where: str, values: list[str] | list[int]) -> list[Standing]:
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM settlements_transfer WHERE {where} ORDER BY id", [values]
        )
        return [Standing(*row) for row in cursor.fetchall()]


def legs(transfer_ids: Collection[int], *, layer: str) -> dict[int, tuple[Leg, ...]]:
    """The legs of transfers, rebuilt from their entries: debit and credit stand side by side."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT transfer_id, account_id, amount_minor FROM settlements_entry
               WHERE transfer_id = ANY(%s) AND layer = %s ORDER BY transfer_id, id""",
            [list(transfer_ids), layer],
        )
        sides: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for transfer_id, account_id, amount in cursor.fetchall():
            sides[transfer_id].append((account_id, amount))
    return {
        ident: tuple(
            Leg(debit, credit, amount)
            for (debit, _), (credit, amount) in zip(rows[::2], rows[1::2], strict=True)
        )
        for ident, rows in sides.items()
    }
