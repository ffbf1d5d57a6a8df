"""Punches into their table: what is new is written, and whoever has to pair is told.

Set-based, one event or a hundred thousand. Rows that are all new go straight in by COPY. COPY can't
leave out what is there already; then the same rows go into a table of the session and from there in
one statement past the unique key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox

# Who has to be paired is told in messages of this many people.
PAIRED_TOGETHER = 200
# From this many rows on it is worth trying whether they are all new.
STRAIGHT_FROM = 200


class Passage(NamedTuple):
    """An understood event on its way to a punch; times are aware. The columns, in COPY's order.

    `told_on` is the date in the event's own words, before zone and drift: the same for every copy.
    """

    body_id: int
    device_id: int
    site_id: int
    project_id: int
    worker_id: int
    at: datetime
    device_at: datetime
    received_at: datetime
    told_on: date
    direction: str
    method: str
    source: str
    key: str


class Written(NamedTuple):
    """What one body brought to one project that was not there before."""

    body_id: int
    project_id: int
    punches: int
    first: datetime
    last: datetime
    worker_ids: Sequence[int]


_NAMES = ", ".join(Passage._fields)
_PARTITIONS = "SELECT punch_partition(month) FROM unnest(%s::date[]) month"
# The session keeps the table, each transaction empties it.
_ASIDE = """
    CREATE TEMP TABLE IF NOT EXISTS punch_told (
        body_id bigint, device_id bigint, site_id bigint, project_id bigint, worker_id bigint,
        at timestamptz, device_at timestamptz, received_at timestamptz, told_on date,
        direction text, method text, source text, key text, created_at timestamptz
    ) ON COMMIT DELETE ROWS
"""
_INSERT = f"""
    WITH added AS (
        INSERT INTO projects_punch ({_NAMES}, created_at)
        SELECT {_NAMES}, created_at FROM punch_told ORDER BY device_id, key
        ON CONFLICT (device_id, key, told_on) DO NOTHING
        RETURNING body_id, project_id, worker_id, at)
    SELECT body_id, project_id, count(*), min(at), max(at), array_agg(DISTINCT worker_id)
    FROM added GROUP BY body_id, project_id ORDER BY body_id, project_id
"""


@step
def write_punches(passages: Sequence[Passage], *, at: datetime) -> dict[int, int]:
    """Write what is new, tell who has to be paired; returns how many were new, by body.

    The same event any number of times, in any order, is one punch: (device, key, told day) is unique.
    """
    if not passages:
        return {}
    rows = {(p.device_id, p.key, p.told_on): p for p in reversed(passages)}
    ordered = sorted(rows.values(), key=_place)
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, [months(p.told_on for p in ordered)])
    written = _straight(ordered, at) if len(rows) >= STRAIGHT_FROM else None
    if written is None:
        written = _aside(ordered, at)
    _announce(written, at)
    new: dict[int, int] = defaultdict(int)
    for one in written:
        new[one.body_id] += one.punches
    return new


def _place(passage: Passage) -> tuple[int, str]:
    """Where a row stands in the unique key: in this order its index is written fastest, and two
    writers of the same rows wait for each other instead of falling into a deadlock."""
    return passage.device_id, passage.key


def months(days: Iterable[date]) -> list[date]:
    """The first days of these days' months, in order."""
    return sorted({day.replace(day=1) for day in set(days)})


def _straight(passages: Sequence[Passage], at: datetime) -> list[Written] | None:
    """COPY; None, with nothing written, when a row is there already."""
    try:
        with transaction.atomic():
            _copy("projects_punch", passages, at)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != "23505":  # anything but a repeat is a bug
            raise
        return None
    return _summed(passages)


def _aside(passages: Iterable[Passage], at: datetime) -> list[Written]:
    """Past the unique key: what is there already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(_ASIDE)
        cursor.execute("DELETE FROM punch_told")
        _copy("punch_told", passages, at)
        cursor.execute(_INSERT)
        return [Written(*row) for row in cursor.fetchall()]


def _copy(table: str, passages: Iterable[Passage], at: datetime) -> None:
    created = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00\n"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(f'COPY "{table}" ({_NAMES}, created_at) FROM STDIN') as copy,
    ):
        copy.write("".join([_row(p) + created for p in passages]))


def _row(p: Passage) -> str:
    """A row in COPY's text form without its last column. Only a key may hold what COPY escapes."""
    key, at = p.key, p.at.isoformat()
    if not key.isprintable() or "\\" in key:
        for raw, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            key = key.replace(raw, escaped)
    device_at = at if p.device_at is p.at else p.device_at.isoformat()
    return (
        f"{p.body_id}\t{p.device_id}\t{p.site_id}\t{p.project_id}\t{p.worker_id}\t"
        f"{at}\t{device_at}\t{p.received_at}\t{p.told_on}\t"
        f"{p.direction}\t{p.method}\t{p.source}\t{key}\t"
    )


def _summed(passages: Iterable[Passage]) -> list[Written]:
    groups: dict[tuple[int, int], list[Passage]] = defaultdict(list)
    for p in passages:
        groups[p.body_id, p.project_id].append(p)
    return [_written(*group, rows) for group, rows in sorted(groups.items())]


def _written(body_id: int, project_id: int, rows: Sequence[Passage]) -> Written:
    moments = [p.at for p in rows]
    workers = sorted({p.worker_id for p in rows})
    return Written(body_id, project_id, len(rows), min(moments), max(moments), workers)


def _announce(written: Sequence[Written], at: datetime) -> None:
    """The log hears of each body once, pairing of each worker."""
    audit.record_many(
        [
            Event(
                "punch.record",
                "device_body",
                one.body_id,
                {"project": one.project_id, "punches": one.punches},
            )
            for one in written
        ],
        actor=SYSTEM,
        at=at,
    )
    by_project: dict[int, list[Written]] = defaultdict(list)
    for one in written:
        by_project[one.project_id].append(one)
    for project_id, ones in by_project.items():
        outbox.put_ids(
            "punch.record",
            "worker_ids",
            {worker for one in ones for worker in one.worker_ids},
            size=PAIRED_TOGETHER,
            project_id=project_id,
            first=(min(one.first for one in ones).date() - timedelta(days=1)).isoformat(),
            last=(max(one.last for one in ones).date() + timedelta(days=1)).isoformat(),
        )
