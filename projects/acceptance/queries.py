"""What was accepted, as wages and pages ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from projects.acceptance.models import Inspection, Signature, TaskSheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """A task sheet as other rooms see it. Quantities in thousandths of the unit."""

    id: int
    project_id: int
    crew_id: int
    number: str
    item: str
    place: str
    unit: str
    work_from: date
    work_to: date
    is_piece: bool
    share_rule: str
    share_points: dict[str, int]
    state: str
    revision: int
    version: int
    planned_thousandths: int
    measured_thousandths: int | None
    accepted_thousandths: int | None
    rejected_thousandths: int | None
    grade: str
    submitted_at: datetime | None
    silence_due_at: datetime | None
    time_due_at: datetime | None
    time_accepted_at: datetime | None
    defect: str
    cure_by: date | None

    def covers(self, day: date) -> bool:
        """Whether the crew's work of the day stands on this sheet."""
        return self.work_from <= day <= self.work_to


def sheets_of(project_id: int, crew_ids: Iterable[int], first: date, last: date) -> list[Sheet]:
    """Every sheet of these crews that touches the days, in order of id."""
    rows = TaskSheet.objects.filter(
        project_id=project_id, crew_id__in=list(crew_ids), work_from__lte=last, work_to__gte=first
    )
    return [_sheet(row) for row in rows.order_by("pk")]


def sheets(where: Q) -> list[Sheet]:
    """Sheets by a filter, newest first."""
    return [_sheet(row) for row in TaskSheet.objects.filter(where).order_by("-pk")]


def sheet(sheet_id: int) -> Sheet:
    """One sheet; DoesNotExist when absent."""
    return _sheet(TaskSheet.objects.get(pk=sheet_id))


def _sheet(row: TaskSheet) -> Sheet:
    return Sheet(**{name: getattr(row, name) for name in Sheet.__slots__})


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody's word on a sheet; `by` as the audit log writes hands, `side` "crew" or "accepting"."""

    sheet_id: int
    side: str
    by: str
    at: datetime


def signatures(sheet_ids: Iterable[int]) -> list[Signed]:
    """Who signed these sheets, in time."""
    rows = Signature.objects.filter(sheet__in=list(sheet_ids)).order_by("at", "pk")
    return [Signed(*row) for row in rows.values_list("sheet_id", "side", "by", "at")]


def piece_crews(project_id: int, first: date, last: date) -> set[int]:
    """Crews with piece sheets that touch these days."""
    rows = TaskSheet.objects.filter(
        project_id=project_id, is_piece=True, work_from__lte=last, work_to__gte=first
    )
    return set(rows.values_list("crew_id", flat=True))


def inspections_of(sheet_id: int) -> list[int]:
    """Ids of the sheet's inspections, oldest first."""
    return list(
        Inspection.objects.filter(sheet=sheet_id).order_by("pk").values_list("pk", flat=True)
    )
