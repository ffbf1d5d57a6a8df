"""The operator's meter: what came in from gates, by day, maker and outcome."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.db import connection

from jianzhu.kernel.db import step

# (maker, name) -> how often. Names: bodies, heartbeats, events, punches, repeats, no_punch,
# parked:<code>, fault:<code>, refused:<why>.
Counts = Counter[tuple[str, str]]

_ADD = """
    INSERT INTO projects_ingestcount ("on", maker, name, count)
    SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[])
    ON CONFLICT ("on", maker, name) DO UPDATE SET count = projects_ingestcount.count + excluded.count
"""


@step
def add(counts: Counts, at: datetime) -> None:
    """Add to the day's counts, in the order of names so that two never wait for each other."""
    rows = sorted((maker, name[:60], count) for (maker, name), count in counts.items() if count)
    if not rows:
        return
    makers, names, numbers = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [at.astimezone(UTC).date(), makers, names, numbers])
