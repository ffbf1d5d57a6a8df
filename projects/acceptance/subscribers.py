"""What acceptance does by itself: the silence clock."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.registry import News, listens_to
from projects.acceptance import commands


@listens_to("task_sheet.silence_soon")
def silence_ends_soon(news: list[News], at: datetime) -> None:
    """The last working day of the accepting side's time has begun."""
    revisions = {int(one.payload["sheet_id"]): int(one.payload["revision"]) for one in news}
    commands.warn_of_silence(revisions=revisions, at=at)


@listens_to("task_sheet.silence_due")
def silence_ends(news: list[News], at: datetime) -> None:
    """The accepting side's time is over."""
    commands.end_silence(sheet_ids=[int(one.payload["sheet_id"]) for one in news], at=at)
