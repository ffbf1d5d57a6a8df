"""What people do to a wage account."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid
from jianzhu.kernel.money import Money
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.funding import steps
from settlements.funding.models import Deposit, WageAccount


@command
def open_wage_account(
    *, project_id: int, rail: str, bank_account: str, currency: str, actor: Actor, at: datetime
) -> WageAccount:
    """Open the project's wage account."""
    policy.require(actor, "wage_account", "open", project_id=project_id)
    return steps.open_wage_account(
        project_id=project_id,
        rail=rail,
        bank_account=bank_account,
        currency=currency,
        actor=actor,
        at=at,
    )


@command
def record_deposit(
    *, project_id: int, payer_id: int, reference: str, amount: Money, actor: Actor, at: datetime
) -> Deposit:
    """Record money that the bank reported on the wage account."""
    policy.require(actor, "deposit", "record", project_id=project_id)
    if payer_id not in sites.party_organisations(project_id):
        raise Invalid(field="payer_id", problem="not a party of this project")
    deposit, _ = steps.record_deposit(
        project_id=project_id,
        payer_id=payer_id,
        reference=reference,
        amount=amount,
        actor=actor,
        at=at,
    )
    return deposit


@command
def freeze(*, wage_account_id: int, reason: str, actor: Actor, at: datetime) -> WageAccount:
    """Stop every payout of the account."""
    where = policy.whose(actor, "wage_account", "freeze")
    account = lock(WageAccount, wage_account_id, where)

    account.freeze()
    account.save(update_fields=["state"])

    audit.record(
        "wage_account.freeze", "wage_account", account.pk, actor=actor, at=at, reason=reason
    )
    return account


@command
def unfreeze(*, wage_account_id: int, reason: str, actor: Actor, at: datetime) -> WageAccount:
    """Let payouts leave again."""
    where = policy.whose(actor, "wage_account", "unfreeze")
    account = lock(WageAccount, wage_account_id, where)

    account.unfreeze()
    account.save(update_fields=["state"])

    outbox.put("wage_account.unfreeze", project_id=account.project_id)
    audit.record(
        "wage_account.unfreeze", "wage_account", account.pk, actor=actor, at=at, reason=reason
    )
    return account
