"""What cases do by themselves: look again whenever their statements were evaluated."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.registry import News, listens_to
from settlements.disputes import commands, queries


@listens_to("statement.evaluate", "statement.differ")
def review(news: list[News], at: datetime) -> None:
    """A correction or an acceptance arrived: do the records agree now?"""
    statement_ids = sorted({int(i) for one in news for i in one.payload["statement_ids"]})
    commands.review(dispute_ids=queries.open_on(statement_ids), at=at)
