"""The relay: claims what is due with a lease and has it done, here or by a Celery worker.

Leases run by the database's clock. A relay that dies leaves its lease to run out; whoever claims
the message next does it again, so every listener is idempotent. A message that keeps failing is
parked with its error and counted; it holds nothing else up.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from jianzhu.outbox.registry import News, listener

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
BATCH = 200
ATTEMPTS_MAX = 5

_CLAIM = """
    UPDATE jianzhu_outboxmessage SET
        lease = %(lease)s, attempts = attempts + 1,
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE id IN (
        SELECT id FROM jianzhu_outboxmessage
        WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= clock_timestamp()
          AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY due_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
    RETURNING id, topic, listener, payload::text, attempts
"""
_DONE = """
    UPDATE jianzhu_outboxmessage SET done_at = clock_timestamp(), last_error = ''
    WHERE id = ANY(%(ids)s) AND done_at IS NULL
"""
# Waits 1, 2, 4, 8 seconds between attempts; then parks.
_FAILED = """
    UPDATE jianzhu_outboxmessage SET
        last_error = %(error)s, leased_until = NULL, lease = NULL,
        due_at = clock_timestamp() + make_interval(secs => power(2, attempts - 1)),
        parked_at = CASE WHEN attempts >= %(most)s THEN clock_timestamp() END
    WHERE id = ANY(%(ids)s) AND done_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages of one listener, leased to us."""

    listener: str
    news: tuple[News, ...]


def claim(batch: int = BATCH) -> list[Claim]:
    """Lease what is due, grouped by listener in the order it was put."""
    lease: UUID = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"lease": lease, "seconds": LEASE_SECONDS, "batch": batch})
        rows = sorted(cursor.fetchall())
    groups: dict[str, list[News]] = defaultdict(list)
    for ident, topic, name, payload, _attempts in rows:
        groups[name].append(News(ident, topic, json.loads(payload)))
    return [Claim(name, tuple(news)) for name, news in groups.items()]


def deliver(name: str, news: list[News]) -> None:
    """Have the listener hear it all; after a failure one by one, so that one poison parks alone."""
    try:
        listener(name)(news, clock.now())
    except Exception as error:  # noqa: BLE001 - whatever a listener raises, nothing may be lost
        if len(news) == 1:
            _failed(news, error)
            return
        log.warning("%s failed on %d messages, trying one by one", name, len(news))
        for one in news:
            deliver(name, [one])
    else:
        _mark(_DONE, {"ids": [one.id for one in news]})


def run_once(batch: int = BATCH) -> int:
    """Claim and deliver one batch here; returns how many messages were claimed."""
    claims = claim(batch)
    for one in claims:
        deliver(one.listener, list(one.news))
    return sum(len(one.news) for one in claims)


def drain(rounds_max: int = 10_000) -> int:
    """Run until nothing is due; for commands and tests that want everything done now."""
    total = 0
    for _ in range(rounds_max):
        done = run_once()
        if not done:
            return total
        total += done
    raise AssertionError(f"the outbox still had due messages after {rounds_max} rounds")


def _failed(news: list[News], error: Exception) -> None:
    log.error("message %s failed", news[0].id, exc_info=error)
    text = f"{type(error).__name__}: {error}"[:2_000]
    _mark(_FAILED, {"ids": [one.id for one in news], "error": text, "most": ATTEMPTS_MAX})


def _mark(sql: str, values: dict[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def undone(ids: list[int]) -> list[News]:
    """The messages of these ids that nobody has done or parked meanwhile."""
    rows = OutboxMessage.objects.filter(pk__in=ids, done_at=None, parked_at=None)
    return [News(row.pk, row.topic, row.payload) for row in rows.order_by("pk")]
