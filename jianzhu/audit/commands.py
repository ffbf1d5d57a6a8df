"""Sealing: the events whose transactions have ended become leaves, in one order for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from jianzhu.audit.events import canonical
from jianzhu.audit.merkle import Frontier, leaf_hash
from jianzhu.audit.models import AuditLeaf, AuditSeal
from jianzhu.kernel.db import advisory_lock, command, copy_rows

_UNSEALED = """
    SELECT id, at, actor, verb, subject_type, subject_id, data::text, request_id
    FROM jianzhu_auditevent e
    WHERE transaction_id < %(upto)s AND {from_where}
    ORDER BY transaction_id, id
"""
_SINCE = "transaction_id >= %(since)s"
# After a restore into a new cluster transaction ids start again, so the horizon says nothing.
_ANY = "NOT EXISTS (SELECT 1 FROM jianzhu_auditleaf l WHERE l.event_id = e.id)"


@command
def seal(*, at: datetime) -> int:
    """Append every ended transaction's events to the tree; returns how many. No writer waits."""
    advisory_lock("audit.seal")
    last = AuditSeal.objects.order_by("-tree_size").first()
    frontier = Frontier.load(last.tree_size, bytes(last.peaks)) if last else Frontier()
    since, upto = (last.horizon if last else 0), _horizon()
    rows = _unsealed(since, upto)
    if not rows:
        return 0

    hashes = [leaf_hash(canonical(row)) for row in rows]
    first = frontier.size
    copy_rows(
        AuditLeaf,
        ("id", "event_id", "hash"),
        ((first + i, row[0], h) for i, (row, h) in enumerate(zip(rows, hashes, strict=True))),
    )
    frontier.extend(hashes)
    AuditSeal.objects.create(
        at=at,
        tree_size=frontier.size,
        root=frontier.root,
        peaks=frontier.packed,
        horizon=upto,
    )
    return len(rows)


def _horizon() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _unsealed(since: int, upto: int) -> list[Any]:
    where = _SINCE if since <= upto else _ANY
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED.format(from_where=where), {"since": since, "upto": upto})
        return list(cursor.fetchall())
