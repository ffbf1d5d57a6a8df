"""Opening the wage account and recording deposits, within a command."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import keep, step
from jianzhu.kernel.errors import Invalid
from jianzhu.kernel.money import Money
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.funding import duties, errors
from settlements.funding.models import Deposit, WageAccount
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement


@step
def open_wage_account(
    *, project_id: int, rail: str, bank_account: str, currency: str, actor: Actor, at: datetime
) -> WageAccount:
    """The project's one wage account and its two books; opening it again finds it."""
    account, new = keep(
        WageAccount,
        {"project_id": project_id},
        {"rail": rail, "bank_account": bank_account, "currency": currency},
        {"opened_at": at},
    )
    if new:
        ledger.open_accounts(fund_keys(project_id), currency=currency, at=at)
        duties.meet(project_id, "open_account", "account", actor=actor, at=at)
        duties.require(sites.project(project_id), "file_account", "account", at=at)
        outbox.put("funding.check", key=f"funding:{project_id}:opened", project_id=project_id)
        audit.record(
            "wage_account.open",
            "wage_account",
            account.pk,
            actor=actor,
            at=at,
            project=project_id,
            rail=rail,
        )
    return account


@step
def record_deposit(
    *, project_id: int, payer_id: int, reference: str, amount: Money, actor: Actor, at: datetime
) -> tuple[Deposit, bool]:
    """Book a deposit that the bank reported; the same reference again is the same deposit.

    Returns the deposit and whether it is new. Raises NoWageAccount, DepositDiffers.
    """
    if amount.minor <= 0:
        raise Invalid(field="amount", problem=str(amount))
    account = WageAccount.objects.filter(project_id=project_id, currency=amount.currency).first()
    if account is None:
        raise errors.NoWageAccount(project=project_id)
    deposit, new = Deposit.objects.get_or_create(
        wage_account=account,
        reference=reference,
        defaults={
            "payer_id": payer_id,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "at": at,
            "made_by": str(actor),
        },
    )
    if (deposit.payer_id, deposit.amount_minor) != (payer_id, amount.minor):
        raise errors.DepositDiffers(reference=reference)
    if new:
        _book(deposit, project_id, actor, at)
    return deposit, new


def _book(deposit: Deposit, project_id: int, actor: Actor, at: datetime) -> None:
    ids = ledger.open_accounts(fund_keys(project_id), currency=deposit.currency, at=at)
    outside, fund = (ids[key] for key in fund_keys(project_id))
    movement = Movement(
        key=f"deposit:{deposit.pk}",
        kind="deposit",
        phase="single",
        legs=(Leg(outside, fund, deposit.amount_minor),),
        currency=deposit.currency,
    )
    ledger.transfer([movement], at=at)
    audit.record(
        "deposit.record",
        "deposit",
        deposit.pk,
        actor=actor,
        at=at,
        project=project_id,
        amount=deposit.amount_minor,
        reference=deposit.reference,
    )
    project = sites.project(project_id)
    duties.on("deposit", project, f"deposit:{deposit.pk}", at=at)
    # The posting above is the record that a trust has to keep.
    duties.meet(project_id, "record_movement", f"deposit:{deposit.pk}", actor=actor, at=at)
    outbox.put("deposit.record", project_id=project_id, deposit_id=deposit.pk)


def fund_keys(project_id: int) -> list[tuple[str, int, int]]:
    """The books of a wage account: where deposits come from, and the fund itself."""
    return [("outside", project_id, 0), ("wage_fund", project_id, 0)]
