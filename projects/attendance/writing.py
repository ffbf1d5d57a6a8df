"""Punches into their table: what is new is written, and whoever has to pair is told.

Set-based, one event or a hundred thousand. Rows that are all new go straight in by COPY. COPY can't
leave out what is there already; then the same rows go into a table of the session and from there in
one statement past the unique key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
    """An understood event on its way to a punch; times are aware.

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


class Group(NamedTuple):
    """What one body brings to one project: its people, and between which instants."""

    first: datetime
    last: datetime
    worker_ids: frozenset[int]


class Written(NamedTuple):
    """What one body brought to one project that was not there before."""

    body_id: int
    project_id: int
    punches: int
    first: datetime
    last: datetime
    worker_ids: Sequence[int]


# (device id, key, told day in ISO form): what makes a punch one.
Ident = tuple[int, str, str]


@dataclass(slots=True)
class Rows:
    """Rows for the table as COPY's text, by what makes each one; of two with one name the first.

    `groups` is what they come to by (body, project), `counts` how many each has.
    """

    texts: dict[Ident, str] = field(default_factory=dict)
    groups: dict[tuple[int, int], Group] = field(default_factory=dict)
    counts: dict[tuple[int, int], int] = field(default_factory=dict)


# The columns in the order of a row's text: what a body's rows have in common stands at its ends.
COLUMNS = (
    "body_id, device_id, site_id, project_id, worker_id, at, device_at, told_on, direction, method, "
    "key, source, received_at, created_at"
)
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
        INSERT INTO projects_punch ({COLUMNS})
        SELECT {COLUMNS} FROM punch_told ORDER BY device_id, key
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
    return write_rows(rows_of(passages, at), at=at)


@step
def write_rows(rows: Rows, *, at: datetime) -> dict[int, int]:
    """As `write_punches`, of rows that are text already."""
    if not rows.texts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, [sorted({f"{day[:7]}-01" for _, _, day in rows.texts})])
    # In this order the unique key's index is written fastest, and two writers of the same rows wait
    # for each other instead of falling into a deadlock.
    text = "".join([rows.texts[ident] for ident in sorted(rows.texts)])
    written = _straight(rows, text) if len(rows.texts) >= STRAIGHT_FROM else None
    if written is None:
        written = _aside(text)
    _announce(written, at)
    new: dict[int, int] = defaultdict(int)
    for one in written:
        new[one.body_id] += one.punches
    return new


def rows_of(passages: Iterable[Passage], at: datetime) -> Rows:
    """Passages as the table's rows."""
    rows, created = Rows(), stamp_text(at)
    groups: dict[tuple[int, int], list[Passage]] = defaultdict(list)
    for p in passages:
        ident = (p.device_id, p.key, p.told_on.isoformat())
        if ident not in rows.texts:
            rows.texts[ident] = _text(p, created)
            groups[p.body_id, p.project_id].append(p)
    for name, own in groups.items():
        moments = [p.at for p in own]
        people = frozenset(p.worker_id for p in own)
        rows.groups[name] = Group(min(moments), max(moments), people)
        rows.counts[name] = len(own)
    return rows


def _text(p: Passage, created: str) -> str:
    at = p.at.isoformat()
    device_at = at if p.device_at is p.at else p.device_at.isoformat()
    return (
        f"{p.body_id}\t{p.device_id}\t{p.site_id}\t{p.project_id}\t{p.worker_id}\t"
        f"{at}\t{device_at}\t{p.told_on}\t{p.direction}\t{p.method}\t{escaped(p.key)}\t"
        f"{p.source}\t{p.received_at}\t{created}\n"
    )


def stamp_text(at: datetime) -> str:
    """An instant as COPY reads it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"


def escaped(key: str) -> str:
    """A key as COPY reads it; no other text of a punch may hold what COPY escapes."""
    if key.isprintable() and "\\" not in key:
        return key
    for raw, mark in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        key = key.replace(raw, mark)
    return key


def _straight(rows: Rows, text: str) -> list[Written] | None:
    """COPY; None, with nothing written, when a row is there already."""
    try:
        with transaction.atomic():
            _copy("projects_punch", text)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != "23505":  # anything but a repeat is a bug
            raise
        return None
    return [
        Written(*name, rows.counts[name], group.first, group.last, sorted(group.worker_ids))
        for name, group in sorted(rows.groups.items())
    ]


def _aside(text: str) -> list[Written]:
    """Past the unique key: what is there already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(_ASIDE)
        cursor.execute("DELETE FROM punch_told")
        _copy("punch_told", text)
        cursor.execute(_INSERT)
        return [Written(*row) for row in cursor.fetchall()]


def _copy(table: str, text: str) -> None:
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(f'COPY "{table}" ({COLUMNS}) FROM STDIN') as copy,
    ):
        copy.write(text)


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
