"""The closed list of movements that may touch wages; PostgreSQL itself refuses every other one.

The rows stand in the database (`PermittedMovement`), brought up to date by every migration; the
role that serves may read them only. A new kind of movement starts here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.kernel import clock
from jianzhu.kernel.db import command

# A transfer with a leg on an account of these kinds has to be on the list.
PROTECTED = ("wage_fund", "payable")


class Permitted(NamedTuple):
    """`kind` may move money from `source` to `target`, which means `meaning`."""

    kind: str
    source: str
    target: str
    meaning: str
    after_wages: bool = False


TABLE = (
    Permitted("deposit", "outside", "wage_fund", "owner or contractor paid in"),
    Permitted("release", "wage_fund", "payable", "a wage is owed to its worker"),
    Permitted("payout", "payable", "bank", "a wage is on its way, then paid"),
    Permitted("forced_return", "receivable", "wage_fund", "a reversal that the worker still owes"),
    Permitted("forced_return", "payable", "wage_fund", "the part of it that had not moved on"),
    Permitted("return_to_payer", "wage_fund", "outside", "a surplus goes back", after_wages=True),
    Permitted(
        "closing", "wage_fund", "outside", "the rest is the contractor's (Decree 724 art. 26)",
        after_wages=True,
    ),
)  # fmt: skip


def renew(**_: Any) -> None:
    """Make the database's list this one; after every migration, as the owner."""
    from django.db import connection

    from settlements.ledger.models import PermittedMovement

    if PermittedMovement._meta.db_table not in connection.introspection.table_names():
        return  # migrated backwards, before there was a list
    wanted = {(p.kind, p.source, p.target): p.after_wages for p in TABLE}
    there = {(p.kind, p.source, p.target): p.after_wages for p in PermittedMovement.objects.all()}
    if there != wanted:
        _write(wanted=wanted, at=clock.now())


@command
def _write(*, wanted: Mapping[tuple[str, str, str], bool], at: datetime) -> None:
    from settlements.ledger.models import PermittedMovement

    for row in PermittedMovement.objects.all():
        if wanted.get((row.kind, row.source, row.target)) != row.after_wages:
            row.delete()
    PermittedMovement.objects.bulk_create(
        [
            PermittedMovement(kind=k, source=s, target=t, after_wages=a)
            for (k, s, t), a in wanted.items()
        ],
        ignore_conflicts=True,
    )
    audit.record("permitted_movement.renew", "permitted_movement", 0, actor=SYSTEM, at=at)
