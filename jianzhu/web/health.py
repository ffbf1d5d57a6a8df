"""`/healthz`: red when the database is away, the disk full, work parked, payouts stopped, clocks apart."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from jianzhu.kernel import disk
from jianzhu.outbox import clocks

_ASK = """
    SELECT count(*) FILTER (WHERE parked_at IS NOT NULL),
           coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
               FILTER (WHERE parked_at IS NULL AND due_at <= clock_timestamp())), 0)::int,
           (SELECT state FROM settlements_payoutswitch)
    FROM jianzhu_outboxmessage WHERE done_at IS NULL
"""


def health(request: HttpRequest) -> JsonResponse:
    """Database reachable, parked messages, age of the oldest due message and gap of clocks in seconds,
    how full the disk is."""
    used = disk.used_percent()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ASK)
            parked, oldest, payouts = cursor.fetchone()
        apart = clocks.apart()
    except DatabaseError:
        return JsonResponse({"database": "away", "disk_used_percent": used}, status=503)
    wrong = parked or payouts not in (None, "running") or abs(apart) > clocks.ALARM
    wrong = wrong or used >= settings.DISK_ALARM_PERCENT
    return JsonResponse(
        {
            "database": "ok",
            "parked": parked,
            "oldest_due_seconds": oldest,
            "payouts": payouts or "running",
            "clock_seconds_apart": round(apart.total_seconds()),
            "disk_used_percent": used,
        },
        status=503 if wrong else 200,
    )
