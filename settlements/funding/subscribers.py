"""What the wage account does by itself: looks at its coverage, hears of shortfalls, keeps clocks; and
what it answers when a project is to be closed."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.registry import News, listens_to
from projects.sites import closing as projects
from settlements.funding import closing, commands, queries

projects.ask(closing.unsettled)


@listens_to("funding.check", "deposit.record", "wages.unfunded", "wages.funded", "plan.publish")
def look(news: list[News], at: datetime) -> None:
    """The balance, what is owed or what is planned has changed, or a day has passed."""
    for project_id in sorted({int(one.payload["project_id"]) for one in news}):
        commands.check(project_id=project_id, at=at)


@listens_to("duty.due")
def clock_ran_out(news: list[News], at: datetime) -> None:
    """What was not done in time is overdue, and goes on up the chain."""
    ids = sorted({int(i) for one in news for i in one.payload["duty_ids"]})
    commands.lapse(duty_ids=ids, at=at)


@listens_to("payout.confirm")
def arrears_paid(news: list[News], at: datetime) -> None:
    """The bank said yes: a shortfall whose wages have all arrived is covered."""
    ids = {int(i) for one in news for i in one.payload["payout_ids"]}
    for project_id in queries.short_of(ids):
        commands.check(project_id=project_id, at=at)
