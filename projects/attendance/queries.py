"""What was worked, as wages and pages ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.attendance.models import DayRecord


@dataclass(frozen=True, slots=True)
class Day:
    """A day record: minutes worked, of them at night, 工 in thousandths; `version` of the figures."""

    id: int
    worker_id: int
    project_id: int
    crew_id: int | None
    on: date
    state: str
    version: int
    minutes: int
    night_minutes: int
    workday_thousandths: int
    exceptions: list[Any]
    answer_due_on: date | None


def days_of(
    project_id: int, worker_ids: Iterable[int], first: date, last: date
) -> list[Day]:
    """Day records of these workers from `first` to `last`, by worker and date."""
    rows = DayRecord.objects.filter(
        project_id=project_id, worker_id__in=list(worker_ids), on__gte=first, on__lte=last
    ).order_by("worker_id", "on")
    return [_day(row) for row in rows]


def days_of_crews(
    project_id: int, crew_ids: Iterable[int], first: date, last: date
) -> list[Day]:
    """Day records worked in these crews, by worker and date."""
    rows = DayRecord.objects.filter(
        project_id=project_id, crew_id__in=list(crew_ids), on__gte=first, on__lte=last
    ).order_by("worker_id", "on")
    return [_day(row) for row in rows]


def _day(row: DayRecord) -> Day:
    return Day(
        row.pk, row.worker_id, row.project_id, row.crew_id, row.on, row.state, row.version,
        row.minutes, row.night_minutes, row.workday_thousandths, row.exceptions,
        row.answer_due_on,
    )
