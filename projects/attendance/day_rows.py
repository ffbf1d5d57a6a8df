"""Day records by the thousand: read and written as plain rows, in a fixed number of statements.

A day moves in memory through the same machine as a single row, and its changes are told for each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import copy_rows, step, take_ids
from jianzhu.outbox import steps as outbox
from projects.attendance.models import DayRecord, day_machine
from projects.attendance.rules import Direction, PunchFact


@dataclass(slots=True)
class DayRow:
    """A day record in memory; `id` 0 while it is not written. Fields as in `models.DayRecord`."""

    worker_id: int
    on: date
    id: int = 0
    crew_id: int | None = None
    rule_id: int | None = None
    correction_id: int | None = None
    state: str = "open"
    version: int = 0
    minutes: int = 0
    night_minutes: int = 0
    workday_thousandths: int = 0
    intervals: list[list[str]] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    punch_ids: list[int] = field(default_factory=list)
    late_punch_ids: list[int] = field(default_factory=list)
    answer_due_on: date | None = None

    def move(self, verb: str) -> None:
        """Go where the machine's table leads; refuses like a method of the row."""
        self.state = day_machine.target(verb, self.state, self.id)


def day_key(project_id: int, worker_id: int) -> str:
    """The name under which one worker's days on one project are changed by one hand at a time."""
    return f"days:{project_id}:{worker_id}"


_FIELDS = tuple(f.name for f in fields(DayRow))
_JSON = frozenset(("intervals", "exceptions", "punch_ids", "late_punch_ids"))
_SIDES = {str(side): side for side in Direction}

# extract(epoch) counts the seconds that pairing counts in; at the server it costs a third.
_PUNCHES = """
    SELECT worker_id,
           array_agg(id ORDER BY at, id),
           array_agg(floor(extract(epoch FROM at))::bigint ORDER BY at, id),
           array_agg(direction ORDER BY at, id),
           array_agg(site_id ORDER BY at, id)
      FROM projects_punch
     WHERE project_id = %s AND worker_id = ANY(%s) AND at >= %s AND at < %s
     GROUP BY worker_id
"""


def punches(
    project_id: int, worker_ids: Sequence[int], start: datetime, end: datetime
) -> dict[int, list[PunchFact]]:
    """The passages of [start, end) in time, by worker."""
    with connection.cursor() as cursor:
        cursor.execute(_PUNCHES, [project_id, list(worker_ids), start, end])
        return {
            worker_id: [
                PunchFact(ident, at, _SIDES[side], site)
                for ident, at, side, site in zip(*columns, strict=True)
            ]
            for worker_id, *columns in cursor.fetchall()
        }


def read(
    project_id: int, worker_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], DayRow]:
    """What stands, by worker and date."""
    rows = DayRecord.objects.filter(
        project_id=project_id, worker_id__in=list(worker_ids), on__gte=first, on__lte=last
    )
    found = (DayRow(**dict(zip(_FIELDS, row, strict=True))) for row in rows.values_list(*_FIELDS))
    return {(row.worker_id, row.on): row for row in found}


@step
def write(
    project_id: int,
    new: Sequence[DayRow],
    changed: Sequence[DayRow],
    at: datetime,
    *,
    actor: Actor = SYSTEM,
    verb: str = "pair",
) -> None:
    """Insert and update the rows, and tell of each in the log and to whoever computes pay."""
    for row, ident in zip(new, take_ids(DayRecord, len(new)) if new else (), strict=True):
        row.id = ident
    copy_rows(
        DayRecord, ("project_id", *_FIELDS, "updated_at"), (_copied(project_id, r, at) for r in new)
    )
    _update(changed, at)
    _tell(project_id, [*new, *changed], actor, at, verb)


_values = attrgetter(*_FIELDS)
_PLACES = tuple(n for n, name in enumerate(_FIELDS) if name in _JSON)


def _copied(project_id: int, row: DayRow, at: datetime) -> tuple[Any, ...]:
    values = [project_id, *_values(row), at]
    for place in _PLACES:
        value = values[place + 1]
        values[place + 1] = json.dumps(value) if value else "[]"
    return tuple(values)


_CHANGING = tuple(name for name in _FIELDS if name not in ("id", "worker_id", "on"))
_TYPES = {
    "state": "text",
    "answer_due_on": "date",
    **dict.fromkeys(_JSON, "jsonb"),
}
_UPDATE = f"""
    UPDATE projects_dayrecord d
       SET {", ".join(f"{n} = r.{n}" for n in _CHANGING)}, updated_at = %s
      FROM jsonb_to_recordset(%s::jsonb)
           AS r(id bigint, {", ".join(f"{n} {_TYPES.get(n, 'bigint')}" for n in _CHANGING)})
     WHERE d.id = r.id
"""


def _update(rows: Iterable[DayRow], at: datetime) -> None:
    said = [{name: getattr(row, name) for name in ("id", *_CHANGING)} for row in rows]
    if said:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [at, json.dumps(said, default=str)])


def _tell(project_id: int, rows: Iterable[DayRow], actor: Actor, at: datetime, verb: str) -> None:
    """One event per worker with all the days that changed, and news of the days for pay."""
    by_worker: dict[int, list[DayRow]] = defaultdict(list)
    months: dict[date, set[int]] = defaultdict(set)
    for row in rows:
        by_worker[row.worker_id].append(row)
        months[row.on.replace(day=1)].add(row.worker_id)
    events = [
        Event(
            f"day_record.{verb}",
            "worker",
            worker_id,
            {"project": project_id, "days": [_told(d) for d in sorted(days, key=lambda d: d.on)]},
        )
        for worker_id, days in sorted(by_worker.items())
    ]
    audit.record_many(events, actor=actor, at=at)
    for month, workers in sorted(months.items()):
        outbox.put_ids(
            f"day_record.{verb}",
            "worker_ids",
            workers,
            size=200,
            project_id=project_id,
            month=month.isoformat(),
        )


def _told(day: DayRow) -> list[Any]:
    figures = [day.minutes, day.workday_thousandths, day.exceptions]
    late = [day.late_punch_ids] if day.late_punch_ids else []
    return [day.id, day.on.isoformat(), day.state, day.version, *figures, *late]
