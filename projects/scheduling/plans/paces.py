"""What people really make a day, learnt from accepted quantities and the time behind them."""

from __future__ import annotations

from collections.abc import Iterable

from projects.acceptance.models import TaskSheet
from projects.attendance import queries as attendance
from projects.scheduling.rules import Made, Pace, paces

# So many of the latest sheets of a project: older ones were made by other people.
SHEETS_MAX = 400


def paces_of(project_id: int) -> list[Pace]:
    """The pace of each trade, item and unit on a project, with the size of its sample."""
    return paces(_made(project_id))


def _made(project_id: int) -> Iterable[Made]:
    sheets = TaskSheet.objects.filter(project_id=project_id, accepted_thousandths__gt=0)
    for sheet in sheets.select_related("work_package").order_by("-pk")[:SHEETS_MAX]:
        minutes = minutes_behind(sheet)
        yield Made(
            sheet.work_package.trade,
            sheet.item,
            sheet.unit,
            sheet.accepted_thousandths or 0,
            minutes,
        )


def minutes_behind(sheet: TaskSheet) -> int:
    """The crew's recorded minutes on the days of a sheet, shared among its sheets of those days.

    A crew with two sheets on one day gave each half of it: nobody writes down more.
    """
    days = attendance.days_of_crews(
        sheet.project_id, [sheet.crew_id], sheet.work_from, sheet.work_to
    )
    total = 0
    others = TaskSheet.objects.filter(
        project_id=sheet.project_id,
        crew_id=sheet.crew_id,
        work_from__lte=sheet.work_to,
        work_to__gte=sheet.work_from,
    )
    spans = list(others.values_list("work_from", "work_to"))
    for day in days:
        shared = sum(first <= day.on <= last for first, last in spans)
        total += day.minutes // max(1, shared)
    return total
