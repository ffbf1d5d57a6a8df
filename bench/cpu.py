"""Processor time: what a stage costs whoever else uses the machine, where the clock tells of both.

Two cores that do nothing else need at least half of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes so far; nothing where there is no /proc."""
    return sum(_of(pid) for pid in pids)


def _of(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = said.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def backends() -> list[int]:
    """PostgreSQL's processes that serve this database, on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [row[0] for row in cursor.fetchall()]
