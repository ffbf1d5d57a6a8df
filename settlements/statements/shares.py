"""A worker's part of a crew's accepted quantity, or what it still waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jianzhu.kernel.errors import Refusal
from projects.acceptance.queries import Sheet
from projects.attendance.queries import Day
from settlements.statements import rules
from settlements.statements.facts import MonthFacts
from settlements.statements.models import month_after
from settlements.statements.rules import Hold
from settlements.wages.shares import share


@dataclass(frozen=True, slots=True)
class Share:
    """A worker's part of a piece sheet, or what it still waits for (`why`: the refusal's code)."""

    sheet: Sheet
    quantity_thousandths: int
    hold: Hold | None
    why: str = ""


def shares_of(facts: MonthFacts, worker_id: int) -> list[Share]:
    """The worker's part of each piece sheet that ends in the month."""
    found, last = [], month_after(facts.month)
    for crew_id, sheets in facts.sheets.items():
        for sheet in sheets:
            if sheet.is_piece and facts.month <= sheet.work_to < last:
                days = [d for d in facts.crew_days.get(crew_id, ()) if sheet.covers(d.on)]
                part = _share(sheet, days, worker_id)
                if part is not None:
                    found.append(part)
    return found


def _share(sheet: Sheet, days: Sequence[Day], worker_id: int) -> Share | None:
    """The worker's part by the agreed rule; never a guess where the rule names who was not there."""
    points: dict[int | str, int] = {
        int(worker): int(part) for worker, part in sheet.share_points.items()
    }
    if worker_id not in {d.worker_id for d in days} and worker_id not in points:
        return None
    hold = rules.piece_hold(sheet, days)
    if hold is not None:
        return Share(sheet, 0, hold)
    assert sheet.accepted_thousandths is not None
    named = points if sheet.share_rule == "points" else {}
    try:
        parts = share(sheet.accepted_thousandths, sheet.share_rule, _worked(days), named)
    except Refusal as refusal:
        return Share(sheet, 0, Hold("wage_refused", "crew_leader"), refusal.code)
    return Share(sheet, parts.get(worker_id, 0), None)


def _worked(days: Iterable[Day]) -> dict[int | str, int]:
    """Confirmed thousandths of 工 in the sheet's span by worker."""
    worked: dict[int | str, int] = {}
    for day in days:
        worked[day.worker_id] = worked.get(day.worker_id, 0) + day.workday_thousandths
    return worked


def piece_key(sheet: Sheet) -> str:
    """The key under which the engine pays a share of this sheet."""
    return f"{sheet.work_to}/piece/{sheet.id}"
