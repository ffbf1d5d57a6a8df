"""The relay: claims what is due with a lease and has it done, here or by a Celery worker.

Leases run by the database's clock. A relay that dies leaves its lease to run out; whoever claims
the message next does it again, so every listener is idempotent. Every beginning is counted before
the listener is called: a message that keeps failing, hanging or killing its process is parked with
its reason and counted; it holds nothing else up.

Claiming reserves, beginning names who works. What somebody else has begun is left out, and who works
through a long batch renews the lease before every message.
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
        lease = NULL,
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
        attempts = attempts + 1, lease = %(lease)s,
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s),
        parked_at = CASE WHEN attempts >= %(most)s THEN clock_timestamp() END,
        last_error = CASE WHEN attempts >= %(most)s
            THEN 'begun ' || attempts || ' times and never ended; ' || last_error ELSE last_error END
    WHERE id = ANY(%(ids)s) AND done_at IS NULL AND parked_at IS NULL
      AND (lease IS NULL OR lease = %(lease)s OR leased_until < clock_timestamp())
    RETURNING id, parked_at IS NULL
"""
_RENEW = """
    UPDATE jianzhu_outboxmessage SET
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE id = ANY(%(ids)s) AND lease = %(lease)s AND done_at IS NULL AND parked_at IS NULL
    RETURNING id
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
    WHERE id = %(id)s AND lease = %(lease)s AND done_at IS NULL
    RETURNING parked_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages of one listener, reserved for whoever begins them first."""

    listener: str
    news: tuple[News, ...]


def claim(batch: int = BATCH) -> list[Claim]:
    """Lease what is due, grouped by listener in the order it was put."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"seconds": LEASE_SECONDS, "batch": batch})
        rows = sorted(cursor.fetchall())
    groups: dict[str, list[News]] = defaultdict(list)
    for ident, topic, name, payload, attempts in rows:
        groups[name].append(News(ident, topic, json.loads(payload), attempts))
    return [Claim(name, tuple(news)) for name, news in groups.items()]


def deliver(name: str, news: list[News], lease: UUID | None = None) -> None:
    """Have the listener hear it all; what was begun before and not ended is tried by itself, so that
    one poison takes nobody along. The same `lease` may begin again what it began and never ended."""
    work = _Work(name, lease or uuid4())
    fresh = [one for one in news if not one.attempts]
    suspects = [[one] for one in news if one.attempts]
    for group in ([fresh] if fresh else []) + suspects:
        if begun := work.begin(group):
            work.hear(begun)


@dataclass(frozen=True, slots=True)
class _Work:
    """One delivery to one listener, under a lease of its own."""

    listener: str
    lease: UUID

    def begin(self, news: list[News]) -> list[News]:
        """Count this beginning; what was begun too often is parked and left out, and so is what
        somebody else works on."""
        rows = dict(self._leased(_BEGIN, news))
        for one in news:
            if rows.get(one.id) is False:
                self._alarm(one)
        return [one for one in news if rows.get(one.id)]

    def hear(self, news: list[News]) -> None:
        """Call the listener; after a failure one by one, so that one poison parks alone."""
        try:
            with at_most(seconds_of(self.listener)):
                listener(self.listener)(news, clock.now())
        except Exception as error:  # noqa: BLE001 - whatever a listener raises, nothing may be lost
            if len(news) == 1:
                self._failed(news[0], error)
                return
            log.warning("%s failed on %d messages, trying one by one", self.listener, len(news))
            self._one_by_one(news)
        else:
            _execute(_DONE, {"ids": [one.id for one in news]})

    def _one_by_one(self, news: list[News]) -> None:
        """Each by itself, all that still wait under a lease as long as one call may take."""
        for place, one in enumerate(news):
            ours = {row[0] for row in self._leased(_RENEW, news[place:])}
            if one.id in ours:
                self.hear([one])

    def _leased(self, sql: str, news: list[News]) -> list[tuple[Any, ...]]:
        values = {
            "ids": [one.id for one in news],
            "lease": self.lease,
            "most": ATTEMPTS_MAX,
            "seconds": seconds_of(self.listener) + MARGIN_SECONDS,
        }
        return _execute(sql, values)

    def _failed(self, one: News, error: Exception) -> None:
        log.error("message %s failed", one.id, exc_info=error)
        text = f"{type(error).__name__}: {error}"[:2_000]
        values = {"id": one.id, "lease": self.lease, "error": text, "most": ATTEMPTS_MAX}
        if _execute(_FAILED, values) == [(True,)]:
            self._alarm(one)

    def _alarm(self, one: News) -> None:
        """Beside `/healthz`, which is red from now on: somebody has to look."""
        log.critical(
            "message %s (%s for %s) is parked: %d attempts",
            one.id,
            one.topic,
            self.listener,
            ATTEMPTS_MAX,
        )


def _execute(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """In a transaction of its own; the rows that it returns."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


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


def undone(ids: list[int]) -> list[News]:
    """The messages of these ids that nobody has done or parked meanwhile."""
    rows = OutboxMessage.objects.filter(pk__in=ids, done_at=None, parked_at=None)
    return [News(row.pk, row.topic, row.payload, row.attempts) for row in rows.order_by("pk")]
