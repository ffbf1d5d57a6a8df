"""From stored bodies to punches, within a command. Everything is set-based: one body or a thousand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import advisory_locks, step
from jianzhu.outbox import steps as outbox
from projects.attendance import day_rows
from projects.attendance.devices import DeviceEvent, Direction
from projects.attendance.models import DeviceBody, ParkedEvent
from projects.sites.queries import Enrolled, Terminal

# Further from the time of receipt than this, a device's clock says nothing (1970, 2099).
CLOCK_AHEAD_MAX = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Passage:
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


@dataclass(slots=True)
class Sorted:
    """What the events of some bodies became."""

    passages: list[Passage] = field(default_factory=list)
    parked: list[ParkedEvent] = field(default_factory=list)


def digest(body: bytes) -> bytes:
    """SHA-256 of a raw body."""
    return hashlib.sha256(body).digest()


def place(event: DeviceEvent, terminal: Terminal) -> tuple[datetime, datetime]:
    """(true time, device time) of an event: local times take the device's zone, drift comes off."""
    said = event.at.replace(tzinfo=ZoneInfo(terminal.zone)) if event.local else event.at
    return said - timedelta(seconds=terminal.drift_seconds), said


def direction(event: DeviceEvent, terminal: Terminal) -> str:
    """The gate's own side first; a key that a person pressed only where the gate serves both."""
    if terminal.direction != "both":
        return terminal.direction
    return {Direction.IN: "in", Direction.OUT: "out"}.get(event.direction, "unknown")


def sort_event(
    into: Sorted,
    body: DeviceBody,
    event: DeviceEvent,
    terminal: Terminal | None,
    enrolments: Mapping[tuple[int, str], Sequence[Enrolled]],
    at: datetime,
) -> None:
    """One event becomes a passage, or is parked with the reason; a refused face is neither."""
    if not event.verified or not event.person_no:
        return
    if terminal is None:
        into.parked.append(parked(body, event, None, "unknown_device", at))
        return
    true_at, device_at = place(event, terminal)
    if event.doubts or true_at > body.received_at + CLOCK_AHEAD_MAX:
        code = event.doubts[0] if event.doubts else "clock_ahead"
        into.parked.append(parked(body, event, terminal, code, at))
        return
    day = true_at.astimezone(ZoneInfo(terminal.zone)).date()
    worker_id = worker_on(enrolments.get((terminal.site_id, event.person_no), ()), day)
    if worker_id is None:
        into.parked.append(parked(body, event, terminal, "unknown_person", at))
        return
    into.passages.append(
        Passage(
            body_id=body.pk,
            device_id=terminal.id,
            site_id=terminal.site_id,
            project_id=terminal.project_id,
            worker_id=worker_id,
            at=true_at,
            device_at=device_at,
            received_at=body.received_at,
            told_on=event.at.date(),
            direction=direction(event, terminal),
            method=str(event.method),
            source="device",
            key=event.key,
        )
    )


def sort_written(
    into: Sorted,
    body: DeviceBody,
    person_no: str,
    moment: datetime,
    side: str,
    terminal: Terminal,
    enrolments: Mapping[tuple[int, str], Sequence[Enrolled]],
    at: datetime,
) -> None:
    """One written row becomes a passage, or is parked when nobody has the number."""
    day = moment.astimezone(ZoneInfo(terminal.zone)).date()
    worker_id = worker_on(enrolments.get((terminal.site_id, person_no), ()), day)
    key = f"{person_no}@{moment.isoformat()}/{side}"
    if worker_id is None:
        said = {
            "person_no": person_no,
            "at": moment.isoformat(),
            "local": False,
            "direction": side,
            "method": "sheet",
        }
        into.parked.append(
            ParkedEvent(
                body=body,
                site_id=terminal.site_id,
                code="unknown_person",
                key=key,
                person_no=person_no,
                created_at=at,
                event=said,
            )
        )
        return
    into.passages.append(
        Passage(
            body_id=body.pk,
            device_id=terminal.id,
            site_id=terminal.site_id,
            project_id=terminal.project_id,
            worker_id=worker_id,
            at=moment,
            device_at=moment,
            received_at=body.received_at,
            told_on=moment.date(),
            direction=side,
            method="sheet",
            source="sheet",
            key=key,
        )
    )


def worker_on(enrolled: Iterable[Enrolled], day: date) -> int | None:
    """Who had the number that day."""
    for one in enrolled:
        if one.valid_from <= day and (one.valid_to is None or day < one.valid_to):
            return one.worker_id
    return None


def parked(
    body: DeviceBody, event: DeviceEvent, terminal: Terminal | None, code: str, at: datetime
) -> ParkedEvent:
    """An event set aside, with all it said."""
    return ParkedEvent(
        body=body,
        site_id=terminal.site_id if terminal else None,
        code=code,
        key=event.key,
        person_no=event.person_no,
        created_at=at,
        event={
            "person_no": event.person_no,
            "at": event.at.isoformat(),
            "local": event.local,
            "direction": str(event.direction),
            "method": str(event.method),
        },
    )


_COLUMNS = (
    "worker_id",
    "project_id",
    "site_id",
    "device_id",
    "body_id",
    "at",
    "device_at",
    "received_at",
    "told_on",
    "direction",
    "method",
    "source",
    "key",
    "created_at",
)
_NAMES = ", ".join(_COLUMNS)
_INSERT = f"""
    INSERT INTO projects_punch ({_NAMES})
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                         %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::date[],
                         %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
    ON CONFLICT (device_id, key, told_on) DO NOTHING
    RETURNING body_id, project_id, worker_id, at
"""
_PARTITIONS = "SELECT punch_partition(month) FROM unnest(%s::date[]) month"


def months(days: Iterable[date]) -> list[date]:
    """The first days of these days' months, in order."""
    return sorted({day.replace(day=1) for day in days})


@step
def write_punches(passages: Sequence[Passage], *, at: datetime) -> dict[int, int]:
    """Write what is new, tell who has to be paired; returns how many were new, by body.

    The same event any number of times, in any order, is one punch: (device, key, told day) is unique.
    """
    if not passages:
        return {}
    columns: list[list[Any]] = [[getattr(p, name) for p in passages] for name in _COLUMNS[:-1]]
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, [months(p.told_on for p in passages)])
        cursor.execute(_INSERT, [*columns, [at] * len(passages)])
        rows = cursor.fetchall()
    _announce(rows, at)
    new: dict[int, int] = defaultdict(int)
    for body_id, *_ in rows:
        new[body_id] += 1
    return new


def _announce(rows: Iterable[tuple[int, int, int, datetime]], at: datetime) -> None:
    spans: dict[int, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for _, project_id, worker_id, punched_at in rows:
        spans[project_id][worker_id].append(punched_at)
    for project_id, workers in spans.items():
        moments = [moment for times in workers.values() for moment in times]
        audit.record_many(
            [
                Event(
                    "punch.record",
                    "worker",
                    worker_id,
                    {"project": project_id, "at": [t.isoformat() for t in sorted(times)]},
                )
                for worker_id, times in sorted(workers.items())
            ],
            actor=SYSTEM,
            at=at,
        )
        outbox.put_ids(
            "punch.record",
            "worker_ids",
            workers,
            size=200,
            project_id=project_id,
            first=(min(moments).date() - timedelta(days=1)).isoformat(),
            last=(max(moments).date() + timedelta(days=1)).isoformat(),
        )


@step
def lock_days(
    project_id: int, worker_ids: Iterable[int], first: date, last: date, *, at: datetime
) -> int:
    """The period is settled: its answered days are locked; returns how many.

    Passages that come later are noted beside the day; only a correction changes it.
    """
    ids = sorted(set(worker_ids))
    advisory_locks(day_rows.day_key(project_id, worker_id) for worker_id in ids)
    rows = [
        row
        for row in day_rows.read(project_id, ids, first, last).values()
        if row.state in ("confirmed", "corrected")
    ]
    for row in rows:
        row.move("lock")
    day_rows.write(project_id, [], rows, at, verb="lock")
    return len(rows)
