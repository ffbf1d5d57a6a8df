"""`/healthz`: red when the database is away, work is parked, payouts are stopped or clocks differ."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from jianzhu.outbox import clocks

_ASK = """
    SELECT count(*) FILTER (WHERE parked_at IS NOT NULL),
           coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
               FILTER (WHERE parked_at IS NULL AND due_at <= clock_timestamp())), 0)::int,
           (SELECT state FROM settlements_payoutswitch)
    FROM jianzhu_outboxmessage WHERE done_at IS NULL
"""


def health(request: HttpRequest) -> JsonResponse:
    """Database reachable, parked messages, age of the oldest due message and gap of clocks in seconds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ASK)
            parked, oldest, payouts = cursor.fetchone()
        apart = clocks.apart()
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    wrong = parked or payouts not in (None, "running") or abs(apart) > clocks.ALARM
    return JsonResponse(
        {
            "database": "ok",
            "parked": parked,
            "oldest_due_seconds": oldest,
            "payouts": payouts or "running",
            "clock_seconds_apart": round(apart.total_seconds()),
        },
        status=503 if wrong else 200,
    )
