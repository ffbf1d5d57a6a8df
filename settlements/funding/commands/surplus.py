"""A surplus goes back by two people, and never before wages of work already done."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, SameHand
from jianzhu.kernel.money import Money
from projects.sites import queries as sites
from settlements.funding import errors
from settlements.funding.commands.told import move_out, tell
from settlements.funding.models import (
    WageAccount,
    Withdrawal,
)


@command
def ask_withdrawal(
    *,
    project_id: int,
    payee_id: int,
    amount: Money,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Withdrawal:
    """Ask for a surplus back; nothing moves yet."""
    policy.require(actor, "withdrawal", "ask", project_id=project_id)
    account = WageAccount.objects.filter(project_id=project_id).first()
    if account is None:
        raise errors.NoWageAccount(project=project_id)
    if payee_id not in sites.party_organisations(project_id):
        raise Invalid(field="payee_id", problem="not a party of this project")
    row = Withdrawal.objects.create(
        wage_account=account,
        payee_id=payee_id,
        amount_minor=amount.minor,
        currency=account.currency,
        reason=reason,
        made_by=str(actor),
        created_at=at,
    )
    tell(row, "withdrawal", "ask", actor, at, project=project_id, amount=amount.minor)
    return row


@command
def answer_withdrawal(*, withdrawal_id: int, yes: bool, actor: Actor, at: datetime) -> Withdrawal:
    """A second person agrees, and the surplus is booked out; or not. WagesFirst while a wage waits."""
    row = lock(Withdrawal, withdrawal_id, policy.whose(actor, "withdrawal", "approve"))
    if row.made_by == str(actor):
        raise SameHand(noun="withdrawal")
    if yes:
        row.approve(by=str(actor))
    else:
        row.refuse(by=str(actor))
    row.save(update_fields=["state", "checked_by"])
    if yes:
        account = lock(WageAccount, row.wage_account_id)
        move_out(account, f"withdrawal:{row.pk}", "return_to_payer", row.amount_minor, at)
    verb = "approve" if yes else "refuse"
    tell(row, "withdrawal", verb, actor, at, amount=row.amount_minor)
    return row
