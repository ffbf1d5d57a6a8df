"""What time does to a task sheet that nobody answers: a warning, then the deemed acceptance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import step
from projects.acceptance import steps, telling
from projects.acceptance.models import WAITING_STATES, TaskSheet
from projects.sites import queries as sites


@step
def warn(sheets: Iterable[TaskSheet], *, at: datetime) -> int:
    """A notice to the accepting side for each sheet that still waits."""
    waiting = [s for s in sheets if s.state in WAITING_STATES]
    for sheet in waiting:
        assert sheet.silence_due_at is not None
        steps.tell(sheet, "warn", SYSTEM, at, due=sheet.silence_due_at.isoformat())
        telling.say(sheet, "task_sheet_silence_soon", telling.ACCEPTING, at, due=_on_site(sheet))
    return len(waiting)


@step
def run_out(sheets: Iterable[TaskSheet], *, at: datetime) -> int:
    """An unanswered sheet is deemed accepted; of one that is quarrelled about, the time is.

    Decree 724 art. 35: a quarrel between companies changes who bears the cost, not the time wages.
    """
    count = 0
    for sheet in sheets:
        if sheet.state in WAITING_STATES and _passed(sheet.silence_due_at, at):
            _deem(sheet, at)
        elif sheet.time_accepted_at is None and _passed(sheet.time_due_at, at):
            _accept_time(sheet, at)
        else:
            continue
        count += 1
    return count


def _passed(due: datetime | None, at: datetime) -> bool:
    return due is not None and due <= at


def _deem(sheet: TaskSheet, at: datetime) -> None:
    sheet.deem(at=at)
    steps.decided(sheet, "deemed", "deem", SYSTEM, at)
    telling.say(sheet, "task_sheet_deemed", (*telling.ACCEPTING, *telling.leader(sheet)), at)


def _accept_time(sheet: TaskSheet, at: datetime) -> None:
    sheet.time_accepted_at = at
    sheet.save(update_fields=["time_accepted_at"])
    steps.tell(sheet, "accept_time", SYSTEM, at)
    telling.say(sheet, "task_sheet_time_accepted", (*telling.ACCEPTING, *telling.leader(sheet)), at)


def _on_site(sheet: TaskSheet) -> str:
    """The end of the clock as the site's clock shows it."""
    assert sheet.silence_due_at is not None
    zone = ZoneInfo(sites.project(sheet.project_id).zone)
    return f"{sheet.silence_due_at.astimezone(zone):%Y-%m-%d %H:%M}"
