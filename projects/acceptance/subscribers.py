"""What acceptance does by itself: the silence clock."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.registry import News, listens_to
from projects.acceptance import commands


@listens_to("task_sheet.silence_due")
def silence_ends(news: list[News], at: datetime) -> None:
    """The accepting side's time is over."""
    commands.end_silence(sheet_ids=[int(one.payload["sheet_id"]) for one in news], at=at)
