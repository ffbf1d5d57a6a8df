"""What sites do by themselves: look for gates that fell silent."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.registry import News, listens_to
from projects.sites import commands


@listens_to("device.watch_due")
def look_for_silence(news: list[News], at: datetime) -> None:
    """An hour has passed: which gates that usually speak in it did not?"""
    commands.look_for_silence(at=at)
