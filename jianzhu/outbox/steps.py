"""Putting news into the outbox, within the transaction that made it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from jianzhu.kernel.db import chunks, step
from jianzhu.outbox.models import OutboxMessage
from jianzhu.outbox.registry import listeners_of


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
    due = {"due_at": due_at} if due_at is not None else {}
    rows = [
        OutboxMessage(topic=topic, listener=name, payload=payload, key=key, **due)
        for payload in payloads
        for name in listeners_of(topic)
    ]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=key is not None, batch_size=5_000)


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
