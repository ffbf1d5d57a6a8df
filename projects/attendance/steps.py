"""From stored bodies to punches, within a command. Everything is set-based: one body or a thousand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from jianzhu.kernel.db import advisory_locks, step
from projects.attendance import day_rows
from projects.attendance.devices import DeviceEvent, Direction
from projects.attendance.models import DeviceBody, ParkedEvent
from projects.attendance.writing import Passage, write_punches, write_rows
from projects.sites.queries import Enrolled, Terminal

__all__ = [
    "Passage",
    "Sorted",
    "digest",
    "sort_event",
    "sort_written",
    "worker_on",
    "write_punches",
    "write_rows",
]

# Further from the time of receipt than this, a device's clock says nothing (1970, 2099).
CLOCK_AHEAD_MAX = timedelta(days=1)


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
    said = said.astimezone(UTC)
    return said - terminal.drift_at(said), said


def direction(event: DeviceEvent, terminal: Terminal) -> str:
    """The gate's own side first; a key that a person pressed only where the gate serves both."""
    if terminal.direction != "both":
        return terminal.direction
    return {Direction.IN: "in", Direction.OUT: "out"}.get(event.direction, "unknown")


def sort_event(
    into: Sorted,
    body: DeviceBody,
    serial: str,
    event: DeviceEvent,
    terminal: Terminal | None,
    enrolments: Mapping[tuple[int, str], Sequence[Enrolled]],
    at: datetime,
) -> None:
    """One event becomes a passage, or is parked with the reason; a refused face is neither."""
    if not event.verified or not event.person_no:
        return
    if terminal is None:
        into.parked.append(parked(body, serial, event, None, "unknown_device", at))
        return
    true_at, device_at = place(event, terminal)
    if event.doubts or true_at > body.received_at + CLOCK_AHEAD_MAX:
        code = event.doubts[0] if event.doubts else "clock_ahead"
        into.parked.append(parked(body, serial, event, terminal, code, at))
        return
    day = true_at.astimezone(ZoneInfo(terminal.zone)).date()
    worker_id = worker_on(enrolments.get((terminal.site_id, event.person_no), ()), day)
    if worker_id is None:
        into.parked.append(parked(body, serial, event, terminal, "unknown_person", at))
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
                device_id=terminal.id,
                maker=terminal.kind,
                serial=terminal.serial,
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
    body: DeviceBody,
    serial: str,
    event: DeviceEvent,
    terminal: Terminal | None,
    code: str,
    at: datetime,
) -> ParkedEvent:
    """An event set aside, with all it said."""
    return ParkedEvent(
        body=body,
        site_id=terminal.site_id if terminal else None,
        device_id=terminal.id if terminal else None,
        maker=body.kind,
        serial=serial or body.serial,
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


# Parked for want of a device or a person: these may become punches; the others wait for a word.
READ_AGAIN = ("unknown_device", "unknown_person")


def passage_of(
    event: ParkedEvent,
    terminals: Mapping[int, Terminal],
    enrolments: Mapping[tuple[int, str], Sequence[Enrolled]],
) -> Passage | None:
    """A parked event as a passage, now that device and number are known; None if they aren't."""
    terminal = terminals.get(event.device_id or event.body.device_id or 0)
    if terminal is None or event.code not in READ_AGAIN:
        return None
    told = datetime.fromisoformat(event.event["at"])
    said = told.replace(tzinfo=ZoneInfo(terminal.zone)) if event.event["local"] else told
    said = said.astimezone(UTC)
    at = said - terminal.drift_at(said)
    day = at.astimezone(ZoneInfo(terminal.zone)).date()
    worker_id = worker_on(enrolments.get((terminal.site_id, event.person_no), ()), day)
    if worker_id is None:
        return None
    side = terminal.direction if terminal.direction != "both" else event.event["direction"]
    return Passage(
        body_id=event.body_id,
        device_id=terminal.id,
        site_id=terminal.site_id,
        project_id=terminal.project_id,
        worker_id=worker_id,
        at=at,
        device_at=said,
        received_at=event.body.received_at,
        told_on=told.date(),
        direction=side,
        method=event.event["method"],
        source="sheet" if terminal.kind == "sheet" else "device",
        key=event.key,
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
