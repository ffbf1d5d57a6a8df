"""Reading the log, and proving it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from jianzhu.audit.events import canonical
from jianzhu.audit.merkle import Frontier, leaf_hash
from jianzhu.audit.models import AuditEvent, AuditSeal


@dataclass(frozen=True, slots=True)
class Told:
    """An event as pages show it."""

    at: datetime
    actor: str
    verb: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: `faults` is empty when the log is whole."""

    events: int
    leaves: int
    seals: int
    unsealed: int
    root: str
    faults: tuple[str, ...]


def history(subject_type: str, subject_id: int) -> list[Told]:
    """Everything that was done to one row, oldest first."""
    rows = AuditEvent.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return [Told(e.at, e.actor, e.verb, e.data) for e in rows.order_by("id")]


def verify() -> Verification:
    """Recompute every leaf from its event and every sealed root from the leaves."""
    with transaction.atomic():
        seals = {s.tree_size: bytes(s.root) for s in AuditSeal.objects.all()}
        frontier, faults = Frontier(), []
        for seq, event_id, kept, made in _leaves():
            if seq != frontier.size:
                faults.append(f"leaf {frontier.size} is missing")
            if made is None:
                faults.append(f"event {event_id} was deleted (leaf {seq})")
            elif made != kept:
                faults.append(f"event {event_id} was changed (leaf {seq})")
            frontier.extend([kept])
            sealed = seals.pop(frontier.size, None)
            if sealed is not None and sealed != frontier.root:
                faults.append(f"the head at size {frontier.size} does not fit its leaves")
        faults += [f"the head at size {size} has lost its leaves" for size in sorted(seals)]
        events = AuditEvent.objects.count()
    return Verification(
        events=events,
        leaves=frontier.size,
        seals=AuditSeal.objects.count(),
        unsealed=events - frontier.size,
        root=frontier.root.hex(),
        faults=tuple(faults),
    )


def _leaves() -> Iterator[tuple[int, int, bytes, bytes | None]]:
    """(leaf, event id, kept hash, hash made anew or None), streamed in the tree's order."""
    cursor = connection.cursor()
    with cursor.connection.cursor("audit_verify") as stream:
        stream.itersize = 10_000
        stream.execute(
            """SELECT l.id, l.event_id, l.hash, e.id, e.at, e.actor, e.verb,
                      e.subject_type, e.subject_id, e.data::text, e.request_id
               FROM jianzhu_auditleaf l LEFT JOIN jianzhu_auditevent e ON e.id = l.event_id
               ORDER BY l.id"""
        )
        for seq, event_id, kept, *event in stream:
            made = leaf_hash(canonical(tuple(event))) if event[0] is not None else None
            yield seq, event_id, bytes(kept), made
