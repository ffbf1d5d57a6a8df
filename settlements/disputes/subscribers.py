"""What cases do by themselves: look again at every arrival, keep their clocks, follow their money."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.registry import News, listens_to
from settlements.disputes import commands, queries


@listens_to("statement.evaluate", "statement.differ")
def review(news: list[News], at: datetime) -> None:
    """A correction or an acceptance arrived: do the records agree now?"""
    statement_ids = sorted({int(i) for one in news for i in one.payload["statement_ids"]})
    commands.review(dispute_ids=queries.open_on(statement_ids), at=at)


@listens_to("case_clock.due")
def clock_ran_out(news: list[News], at: datetime) -> None:
    """What was not done in time: silence has its effect."""
    ids = sorted({int(i) for one in news for i in one.payload["clock_ids"]})
    commands.lapse(clock_ids=ids, at=at)


@listens_to("payout.confirm")
def money_arrived(news: list[News], at: datetime) -> None:
    """What a decision ordered was paid."""
    ids = {int(i) for one in news for i in one.payload["payout_ids"]}
    cases = queries.paid_by(ids)
    if cases:
        commands.follow_payments(dispute_ids=cases, at=at)
