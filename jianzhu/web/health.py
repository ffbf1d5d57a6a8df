"""`/healthz`: red when the database is away or work is parked."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

_ASK = """
    SELECT count(*) FILTER (WHERE parked_at IS NOT NULL),
           coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
               FILTER (WHERE parked_at IS NULL AND due_at <= clock_timestamp())), 0)::int
    FROM jianzhu_outboxmessage WHERE done_at IS NULL
"""


def health(request: HttpRequest) -> JsonResponse:
    """Database reachable, parked messages, age of the oldest due message in seconds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ASK)
            parked, oldest = cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse(
        {"database": "ok", "parked": parked, "oldest_due_seconds": oldest},
        status=503 if parked else 200,
    )
