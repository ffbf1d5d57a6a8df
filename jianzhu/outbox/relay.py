"""The relay: claims what is due with a lease and has it done, here or by a Celery worker.

Leases run by the database's clock. A relay that dies leaves its lease to run out; whoever claims
the message next does it again, so every listener is idempotent. Every beginning is counted before
the listener is called: a message that keeps failing, hanging or killing its process is parked with
its reason and counted; it holds nothing else up.
"""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from jianzhu.outbox.registry import News, listener, seconds_of
from jianzhu.outbox.timing import at_most

log = logging.getLogger(__name__)

LEASE_SECONDS = settings.OUTBOX_LEASE_SECONDS
# Between a listener's limit and the end of its lease.
MARGIN_SECONDS = 5
BATCH = 200
ATTEMPTS_MAX = 5

_CLAIM = """
    UPDATE jianzhu_outboxmessage SET
        lease = %(lease)s,
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE id IN (
        SELECT id FROM jianzhu_outboxmessage
        WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= clock_timestamp()
          AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY due_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
    RETURNING id, topic, listener, payload::text, attempts
"""
# Begun once too often: nobody lived to say why, so that is the reason.
_BEGIN = """
    UPDATE jianzhu_outboxmessage SET
        attempts = attempts + 1,
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s),
        parked_at = CASE WHEN attempts >= %(most)s THEN clock_timestamp() END,
        last_error = CASE WHEN attempts >= %(most)s
            THEN 'begun ' || attempts || ' times and never ended; ' || last_error ELSE last_error END
    WHERE id = ANY(%(ids)s) AND done_at IS NULL AND parked_at IS NULL
    RETURNING CASE WHEN parked_at IS NULL THEN id END
"""
_TAKEN = """
    SELECT EXISTS (SELECT FROM jianzhu_outboxmessage
        WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= clock_timestamp()
          AND leased_until > clock_timestamp())
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
    for ident, topic, name, payload, attempts in rows:
        groups[name].append(News(ident, topic, json.loads(payload), attempts))
    return [Claim(name, tuple(news)) for name, news in groups.items()]


def deliver(name: str, news: list[News]) -> None:
    """Have the listener hear it all; what was begun before and not ended is tried by itself, so that
    one poison takes nobody along."""
    fresh = [one for one in news if not one.attempts]
    suspects = [[one] for one in news if one.attempts]
    for group in ([fresh] if fresh else []) + suspects:
        begun = _begin(name, group)
        if begun:
            _hear(name, begun)


def _begin(name: str, news: list[News]) -> list[News]:
    """Count this beginning; what was begun too often is parked and left out."""
    values: dict[str, Any] = {
        "ids": [one.id for one in news],
        "most": ATTEMPTS_MAX,
        "seconds": seconds_of(name) + MARGIN_SECONDS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BEGIN, values)
        begun = {row[0] for row in cursor.fetchall()}
    return [one for one in news if one.id in begun]


def _hear(name: str, news: list[News]) -> None:
    """Call the listener; after a failure one by one, so that one poison parks alone."""
    try:
        with at_most(seconds_of(name)):
            listener(name)(news, clock.now())
    except Exception as error:  # noqa: BLE001 - whatever a listener raises, nothing may be lost
        if len(news) == 1:
            _failed(news, error)
            return
        log.warning("%s failed on %d messages, trying one by one", name, len(news))
        for one in news:
            _hear(name, [one])
    else:
        _mark(_DONE, {"ids": [one.id for one in news]})


def run_once(batch: int = BATCH) -> int:
    """Claim and deliver one batch here; returns how many messages were claimed."""
    claims = claim(batch)
    for one in claims:
        deliver(one.listener, list(one.news))
    return sum(len(one.news) for one in claims)


def drain(rounds_max: int = 10_000) -> int:
    """Run until nothing is due; for commands and tests that want everything done now.

    What somebody else has taken is waited for: it is done soon, or its taker died and its lease ends.
    """
    total = 0
    for _ in range(rounds_max):
        done = run_once()
        if not done and not _taken():
            return total
        if not done:
            time.sleep(0.1)
        total += done
    raise AssertionError(f"the outbox still had due messages after {rounds_max} rounds")


def _taken() -> bool:
    """Whether something that is due lies with somebody."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN)
        (taken,) = cursor.fetchone()
    return bool(taken)


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
    return [News(row.pk, row.topic, row.payload, row.attempts) for row in rows.order_by("pk")]
