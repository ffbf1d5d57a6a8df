"""The account itself: opened, paid into, frozen, and closed after its notice."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, SameHand
from jianzhu.kernel.money import Money
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.funding import closing, errors, steps, telling
from settlements.funding.commands.told import move_out, tell_account
from settlements.funding.models import (
    Deposit,
    WageAccount,
)
from settlements.funding.rules import clock_of
from settlements.ledger import queries as balances
from settlements.ledger import steps as ledger


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


@command
def announce_closing(
    *, wage_account_id: int, promise: str, actor: Actor, at: datetime
) -> WageAccount:
    """Publish the notice that the account will be closed, with the promise that nobody is owed."""
    account = lock(WageAccount, wage_account_id, policy.whose(actor, "wage_account", "announce"))
    project = sites.project(account.project_id)
    clock = clock_of("closing_notice", project.region, at.date())
    until = clock.due_at(at, project.zone, project.country) if clock else at

    account.announce(by=str(actor), promise=promise, at=at, until=until)
    account.save()

    tell_account(account, "announce", actor, at, promise=promise, until=until.isoformat())
    telling.tell_closing(account, at=at)
    return account


@command
def call_off_closing(*, wage_account_id: int, actor: Actor, at: datetime) -> WageAccount:
    """Take the notice back."""
    account = lock(WageAccount, wage_account_id, policy.whose(actor, "wage_account", "announce"))
    account.call_off()
    account.save()
    tell_account(account, "call_off", actor, at)
    return account


@command
def close(*, wage_account_id: int, actor: Actor, at: datetime) -> WageAccount:
    """Close the account after its notice: nothing owed, no case open; the rest is the contractor's.

    By somebody else than who promised that nobody is owed anything. CannotClose names what stands
    against it.
    """
    account = lock(WageAccount, wage_account_id, policy.whose(actor, "wage_account", "close"))
    if account.promised_by == str(actor):
        raise SameHand(noun="wage_account")
    ledger.lock_account("wage_fund", account.project_id)
    why = closing.against(account, at) if account.state == "closing" else []
    if why:
        raise errors.CannotClose(why="; ".join(f"{gettext(what)} ({n})" for what, n in why))

    account.close(at=at)
    account.save()

    rest = balances.balance("wage_fund", account.project_id).free
    if rest:
        move_out(account, f"closing:{account.pk}", "closing", rest, at)
    fund = ledger.open_accounts(
        [("wage_fund", account.project_id, 0)], currency=account.currency, at=at
    )
    ledger.close_account(next(iter(fund.values())), made_by=str(actor), at=at)
    tell_account(account, "close", actor, at, rest=rest)
    return account
