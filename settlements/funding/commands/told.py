"""What the commands of the room have in common: the event, the news, and money out of the fund."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from settlements.funding import steps
from settlements.funding.models import (
    WageAccount,
)
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement


@step
def move_out(account: WageAccount, key: str, kind: str, amount: int, at: datetime) -> None:
    """Out of the fund to whoever paid in; PostgreSQL refuses while a wage waits."""
    outside, fund = steps.fund_keys(account.project_id)
    ids = ledger.open_accounts([outside, fund], currency=account.currency, at=at)
    leg = Leg(ids[fund], ids[outside], amount)
    ledger.transfer([Movement(key, kind, "single", (leg,), account.currency)], at=at)


@step
def tell_account(account: WageAccount, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    audit.record(
        f"wage_account.{verb}",
        "wage_account",
        account.pk,
        actor=actor,
        at=at,
        state=account.state,
        **facts,
    )
    outbox.put(f"wage_account.{verb}", project_id=account.project_id)


@step
def tell(row: Any, noun: str, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    audit.record(f"{noun}.{verb}", noun, row.pk, actor=actor, at=at, state=row.state, **facts)
    outbox.put(f"{noun}.{verb}", **{f"{noun}_id": row.pk})
