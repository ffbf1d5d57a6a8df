"""Sealing: the events whose transactions have ended become leaves, in one order for ever; and the
witness's signature under a sealed head."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from jianzhu.audit.events import CONTENT, canonical
from jianzhu.audit.keys import log_signer
from jianzhu.audit.merkle import Frontier, leaf_hash
from jianzhu.audit.models import AuditLeaf, AuditNode, AuditSeal, Cosignature
from jianzhu.audit.notes import PublicKey, verify
from jianzhu.kernel.db import advisory_lock, command, copy_rows, keep

# Of the tree's inner nodes those of heights 8, 16, 24, … are kept.
NODE_STEP = 8
# More events than this are sealed under several heads, so that memory stays bounded.
SEAL_MAX = 50_000

# An event may tell of a thousand rows: so many are in memory at a time.
EVENTS_AT_ONCE = 200

_UNSEALED = f"""
    SELECT {CONTENT}
    FROM jianzhu_auditevent e
    WHERE transaction_id >= %(since)s
      AND NOT EXISTS (SELECT 1 FROM jianzhu_auditleaf l WHERE l.event_id = e.id)
    ORDER BY transaction_id, id LIMIT %(most)s
"""


@command
def seal(*, at: datetime) -> int:
    """Append every ended transaction's events to the tree; returns how many. No writer waits."""
    advisory_lock("audit.seal")
    last = AuditSeal.objects.order_by("-tree_size").first()
    frontier = Frontier.load(last.tree_size, bytes(last.peaks)) if last else Frontier()
    since, horizon = last.horizon if last else 0, _horizon()
    made = _unsealed(since, horizon)
    if not made:
        return 0

    hashes = [leaf for _, leaf in made]
    first = frontier.size
    copy_rows(
        AuditLeaf,
        ("id", "event_id", "hash"),
        ((first + i, event_id, leaf) for i, (event_id, leaf) in enumerate(made)),
    )
    nodes = [one for one in frontier.grow(hashes) if one[0] % NODE_STEP == 0]
    copy_rows(AuditNode, ("height", "number", "hash"), nodes)
    AuditSeal.objects.create(
        at=at,
        tree_size=frontier.size,
        root=frontier.root,
        peaks=frontier.packed,
        horizon=horizon if len(made) < SEAL_MAX else since,
        note=log_signer().note(frontier.size, frontier.root),
    )
    return len(made)


def _horizon() -> int:
    """The oldest transaction still open anywhere on the server: events of all older ones are visible
    to this sealing, so the next one need not look at them again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _unsealed(since: int, horizon: int) -> list[tuple[int, bytes]]:
    """(id, leaf hash) of every visible event that has no leaf yet. After a restore into a new cluster
    transaction ids start again, so the horizon of before says nothing and all events are looked at."""
    since = since if since <= horizon else 0
    with connection.connection.cursor("audit_seal") as stream:
        stream.itersize = EVENTS_AT_ONCE
        stream.execute(_UNSEALED, {"since": since, "most": SEAL_MAX})
        return [(row[0], leaf_hash(canonical(row))) for row in stream]


@command
def cosign(*, tree_size: int, line: str, witness: PublicKey, at: datetime) -> None:
    """Keep the witness's line under a head; BadNote when it is not over this head."""
    head = AuditSeal.objects.get(tree_size=tree_size)
    verify(head.note + line, witness)
    keep(
        Cosignature,
        {"tree_size": tree_size, "witness": witness.name},
        first={"line": line, "at": at},
    )
