"""Writing events: always within the transaction of the change they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from jianzhu.access.actor import Actor
from jianzhu.audit.events import Event, request_id
from jianzhu.audit.models import AuditEvent
from jianzhu.kernel.db import copy_rows, step

# Below this, one INSERT is quicker than opening a COPY.
COPY_FROM = 20
_COLUMNS = ("at", "actor", "verb", "subject_type", "subject_id", "data", "request_id")
# Every command writes events: the ORM would spend more time on making this statement than PostgreSQL
# on obeying it.
_INSERT = """
    INSERT INTO jianzhu_auditevent (at, actor, request_id, verb, subject_type, subject_id, data)
    SELECT %s, %s, %s, told.*
    FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::jsonb[]) told
"""


@step
def record(
    verb: str, subject_type: str, subject_id: int, *, actor: Actor, at: datetime, **data: Any
) -> None:
    """Write one event."""
    record_many([Event(verb, subject_type, subject_id, data)], actor=actor, at=at)


@step
def record_many(events: Iterable[Event], *, actor: Actor, at: datetime) -> None:
    """Write events of one actor and instant in one statement."""
    events = list(events)
    hand, request = str(actor), request_id.get()
    if not events:
        return
    if len(events) < COPY_FROM:
        told = [(e.verb, e.subject_type, e.subject_id, json.dumps(e.data)) for e in events]
        columns = [list(column) for column in zip(*told, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [at, hand, request, *columns])
        return
    copy_rows(
        AuditEvent,
        _COLUMNS,
        (
            (at, hand, e.verb, e.subject_type, e.subject_id, json.dumps(e.data), request)
            for e in events
        ),
    )
