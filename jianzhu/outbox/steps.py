"""Putting news into the outbox, within the transaction that made it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from jianzhu.kernel.db import chunks, step
from jianzhu.outbox.registry import listeners_of

# Nearly every command tells something: the ORM would spend more time on making this statement than
# PostgreSQL on obeying it. Only a message with a key can be there already.
_INSERT = """
    INSERT INTO jianzhu_outboxmessage
        (topic, key, due_at, attempts, last_error, listener, payload)
    SELECT %s, %s, coalesce(%s, statement_timestamp()), 0, '', told.*
    FROM unnest(%s::text[], %s::jsonb[]) told
    ON CONFLICT DO NOTHING
"""


@step
def put(
    topic: str, *, due_at: datetime | None = None, key: str | None = None, **payload: Any
) -> None:
    """Tell every listener of the topic, at `due_at` or at once; ids only in the payload."""
    put_many(topic, [payload], due_at=due_at, key=key)


@step
def put_many(
    topic: str,
    payloads: Iterable[dict[str, Any]],
    *,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """One message per payload and listener, in one statement."""
    listeners = listeners_of(topic)
    told = [json.dumps(payload) for payload in payloads]
    if not told or not listeners:
        return
    names = [name for _ in told for name in listeners]
    texts = [text for text in told for _ in listeners]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [topic, key, due_at, names, texts])


@step
def put_ids(
    topic: str,
    name: str,
    ids: Iterable[int],
    *,
    size: int = 1_000,
    due_at: datetime | None = None,
    **more: Any,
) -> None:
    """Tell of many rows in messages of at most `size` ids under the payload's `name`."""
    payloads = ({name: chunk, **more} for chunk in chunks(sorted(set(ids)), size))
    put_many(topic, payloads, due_at=due_at)
