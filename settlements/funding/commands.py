"""What people do to a wage account."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, keep, lock, lock_many
from jianzhu.kernel.errors import Invalid, SameHand
from jianzhu.kernel.money import Money
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.funding import chain, closing, duties, errors, steps
from settlements.funding.coverage import agreement_on, coverage
from settlements.funding.models import (
    Deposit,
    Duty,
    LabourCostAgreement,
    SecurityDeposit,
    Shortfall,
    WageAccount,
    Withdrawal,
)
from settlements.funding.rules import Record, clock_of, part_of, security_basis_points
from settlements.ledger import queries as balances
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement


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

    _tell_account(account, "announce", actor, at, promise=promise, until=until.isoformat())
    return account


@command
def call_off_closing(*, wage_account_id: int, actor: Actor, at: datetime) -> WageAccount:
    """Take the notice back."""
    account = lock(WageAccount, wage_account_id, policy.whose(actor, "wage_account", "announce"))
    account.call_off()
    account.save()
    _tell_account(account, "call_off", actor, at)
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
        _move_out(account, f"closing:{account.pk}", "closing", rest, at)
    fund = ledger.open_accounts(
        [("wage_fund", account.project_id, 0)], currency=account.currency, at=at
    )
    ledger.close_account(next(iter(fund.values())), made_by=str(actor), at=at)
    _tell_account(account, "close", actor, at, rest=rest)
    return account


def _move_out(account: WageAccount, key: str, kind: str, amount: int, at: datetime) -> None:
    """Out of the fund to whoever paid in; PostgreSQL refuses while a wage waits."""
    outside, fund = steps.fund_keys(account.project_id)
    ids = ledger.open_accounts([outside, fund], currency=account.currency, at=at)
    leg = Leg(ids[fund], ids[outside], amount)
    ledger.transfer([Movement(key, kind, "single", (leg,), account.currency)], at=at)


def _tell_account(
    account: WageAccount, verb: str, actor: Actor, at: datetime, **facts: Any
) -> None:
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


@dataclass(frozen=True, slots=True)
class NewLabourCost:
    """See `models.LabourCostAgreement`; amounts in minor units of the project's currency."""

    project_id: int
    valid_from: date
    due_day: int
    floor_days: int
    contract_minor: int
    contract_signed_on: date
    monthly_minor: int = 0
    share_basis_points: int = 0


@command
def propose_labour_cost(*, new: NewLabourCost, actor: Actor, at: datetime) -> LabourCostAgreement:
    """One company writes down what was agreed; it counts when the other has signed."""
    policy.require(actor, "labour_cost_agreement", "propose", project_id=new.project_id)
    if not new.monthly_minor and not new.share_basis_points:
        raise Invalid(field="monthly", problem="a sum or a share")
    values = asdict(new)
    key = {name: values.pop(name) for name in ("project_id", "valid_from")}
    values["currency"] = sites.project(new.project_id).currency
    row, made = keep(LabourCostAgreement, key, values, {"made_by": str(actor), "created_at": at})
    if made:
        _tell(row, "labour_cost_agreement", "propose", actor, at, project=row.project_id)
    return row


@command
def answer_labour_cost(
    *, agreement_id: int, yes: bool, actor: Actor, at: datetime
) -> LabourCostAgreement:
    """The other side signs, or does not; signing starts the clocks that hang on the contract."""
    where = policy.whose(actor, "labour_cost_agreement", "agree")
    row = lock(LabourCostAgreement, agreement_id, where)
    if row.made_by == str(actor):
        raise SameHand(noun="labour_cost_agreement")
    if yes:
        row.agree(by=str(actor))
    else:
        row.refuse(by=str(actor))
    row.save(update_fields=["state", "checked_by"])
    verb = "agree" if yes else "refuse"
    _tell(row, "labour_cost_agreement", verb, actor, at, project=row.project_id)
    if yes:
        _start_clocks(row, at)
    return row


def _start_clocks(row: LabourCostAgreement, at: datetime) -> None:
    """Open the account, lodge the security; and each month the labour cost."""
    project = sites.project(row.project_id)
    signed = datetime.combine(row.contract_signed_on, time(12), tzinfo=ZoneInfo(project.zone))
    if not WageAccount.objects.filter(project_id=project.id).exists():
        duties.require(project, "open_account", "account", at=signed)
    duties.require(project, "security_deposit", "security", at=signed)
    outbox.put("funding.check", key=f"funding:{project.id}:{row.pk}", project_id=project.id)


@command
def check(*, project_id: int, at: datetime) -> None:
    """Look at the account as every day: this month's due, coverage, shortfall, and again tomorrow."""
    project = sites.project(project_id)
    today = at.astimezone(ZoneInfo(project.zone)).date()
    agreed = agreement_on(project_id, today)
    if agreed is not None and agreed.monthly_minor:
        _month_due(project, today, agreed.monthly_minor, agreed.due_day, at)
    _meet_dues(project_id, at)
    _watch_floor(project, today, at)
    chain.look(project_id, at=at)
    if WageAccount.objects.filter(project_id=project_id).exclude(state="closed").exists():
        tomorrow = datetime.combine(
            today + timedelta(days=1), time(6), tzinfo=ZoneInfo(project.zone)
        )
        key = f"funding:{project_id}:{tomorrow.date()}"
        outbox.put("funding.check", due_at=tomorrow, key=key, project_id=project_id)


def _month_due(
    project: ProjectFacts, month: date, amount: int, due_day: int, at: datetime, key: str = ""
) -> None:
    last = monthrange(month.year, month.month)[1]
    on = month.replace(day=min(due_day, last))
    end = datetime.combine(on + timedelta(days=1), time.min, tzinfo=ZoneInfo(project.zone))
    owner = sites.companies(project.id).get("owner", [None])[0]
    duties.require(
        project,
        "labour_cost",
        key or f"{month:%Y-%m}",
        at=at,
        due_at=max(end, at),
        organisation_id=owner,
        amount_minor=amount,
    )


@command
def record_progress(
    *, project_id: int, month: date, reference: str, amount: Money, actor: Actor, at: datetime
) -> Duty:
    """Progress money of a month: the agreed share of it is labour cost, due on the agreed day.

    Where a monthly sum is agreed too, what the share comes to above it is due in addition.
    """
    policy.require(actor, "duty", "record", project_id=project_id)
    project = sites.project(project_id)
    agreed = agreement_on(project_id, at.astimezone(ZoneInfo(project.zone)).date())
    if agreed is None or not agreed.share_basis_points:
        raise Invalid(field="project_id", problem="no share of progress money is agreed")
    share = part_of(amount.minor, agreed.share_basis_points)
    more = share - agreed.monthly_minor
    if more <= 0:
        raise Invalid(field="amount", problem="the agreed monthly sum covers this share already")
    key = f"{month:%Y-%m}/{reference}"
    _month_due(project, at.date(), more, agreed.due_day, at, key)
    _meet_dues(project_id, at)
    return Duty.objects.get(project_id=project_id, name="labour_cost", key=key)


def _meet_dues(project_id: int, at: datetime) -> None:
    """What was paid in, all together, meets the dues in their order; a part meets none."""
    fund = balances.balance("wage_fund", project_id)
    left = fund.posted + fund.paid_out
    rows = Duty.objects.select_for_update(no_key=True).filter(
        project_id=project_id, name="labour_cost"
    )
    for duty in rows.exclude(state="dropped").order_by("due_at", "pk"):
        left -= duty.amount_minor or 0
        if left < 0:
            return
        if duty.state != "met":
            duties.done(duty, actor=SYSTEM, at=at, note="deposits")


def _watch_floor(project: ProjectFacts, today: date, at: datetime) -> None:
    """Under the agreed floor an alarm with a clock; met when the account is above it again."""
    found = coverage(project.id, at)
    open_ = Duty.objects.filter(
        project_id=project.id, name="top_up", state__in=["open", "overdue"]
    ).first()
    if found.is_low and open_ is None:
        owner = sites.companies(project.id).get("owner", [None])[0]
        duties.require(
            project,
            "top_up",
            f"{today}",
            at=at,
            organisation_id=owner,
            amount_minor=max(found.accrued + found.planned_minor - found.free, 0),
        )
    elif open_ is not None and not found.is_low:
        duties.meet(project.id, "top_up", open_.key, actor=SYSTEM, at=at)


@command
def lapse(*, duty_ids: Iterable[int], at: datetime) -> int:
    """Clocks that ran out: the duty is overdue, and a shortfall goes to the next in the chain."""
    late = [d for d in lock_many(Duty, duty_ids) if d.state == "open" and d.due_at <= at]
    for duty in late:
        duties.lapse(duty, at=at)
        if duty.key.startswith("shortfall:") and duty.name in chain.CLOCKS.values():
            row = lock(Shortfall, int(duty.key.partition(":")[2]))
            if chain.CLOCKS.get(row.state) == duty.name:
                chain.escalate(row, at=at)
    return len(late)


@command
def fulfil(*, duty_id: int, note: str, actor: Actor, at: datetime) -> Duty:
    """Somebody says what was done and where the proof lies; sums are met by deposits alone."""
    duty = lock(Duty, duty_id, policy.whose(actor, "duty", "fulfil"))
    if duty.amount_minor is not None:
        raise Invalid(field="duty", problem="it is met by money, not by a note")
    duties.done(duty, actor=actor, at=at, note=note)
    return duty


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
    _tell(row, "withdrawal", "ask", actor, at, project=project_id, amount=amount.minor)
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
        _move_out(account, f"withdrawal:{row.pk}", "return_to_payer", row.amount_minor, at)
    verb = "approve" if yes else "refuse"
    _tell(row, "withdrawal", verb, actor, at, amount=row.amount_minor)
    return row


@command
def require_security(
    *, project_id: int, base_basis_points: int, record: Record, actor: Actor, at: datetime
) -> SecurityDeposit:
    """Reckon the wage deposit (工资保证金) of a project by its contract sum and the record."""
    policy.require(actor, "security_deposit", "require", project_id=project_id)
    agreed = agreement_on(project_id, at.date())
    if agreed is None:
        raise Invalid(field="project_id", problem="no contract sum is agreed yet")
    try:
        rate = security_basis_points(agreed.contract_minor, base_basis_points, record)
    except ValueError as error:
        raise Invalid(field="base_basis_points", problem=str(error)) from error
    row, new = keep(
        SecurityDeposit,
        {"project_id": project_id},
        {
            "basis_points": rate,
            "amount_minor": part_of(agreed.contract_minor, rate),
            "currency": agreed.currency,
        },
        {"since": at, "made_by": str(actor), "state": "required" if rate else "exempt"},
    )
    if new:
        _tell(row, "security_deposit", "require", actor, at, amount=row.amount_minor)
        if not rate:
            duties.meet(
                project_id, "security_deposit", "security", actor=actor, at=at, note="exempt"
            )
    return row


@command
def lodge_security(
    *, security_deposit_id: int, form: str, reference: str, actor: Actor, at: datetime
) -> SecurityDeposit:
    """Cash or a letter was lodged, or what was drawn was filled up again."""
    row = lock(
        SecurityDeposit, security_deposit_id, policy.whose(actor, "security_deposit", "lodge")
    )
    row.lodge(form=form, reference=reference)
    row.save()
    for name in ("security_deposit", "security_refill"):
        for duty in Duty.objects.filter(
            project_id=row.project_id, name=name, state__in=["open", "overdue"]
        ):
            duties.meet(row.project_id, name, duty.key, actor=actor, at=at, note=reference)
    _tell(row, "security_deposit", "lodge", actor, at, form=form, reference=reference)
    return row


@command
def draw_security(
    *, security_deposit_id: int, reference: str, actor: Actor, at: datetime
) -> SecurityDeposit:
    """The authority ordered its use: the bank pays within its clock, the contractor refills."""
    row = lock(
        SecurityDeposit, security_deposit_id, policy.whose(actor, "security_deposit", "draw")
    )
    row.draw(reference=reference)
    row.save()
    project = sites.project(row.project_id)
    for name in ("security_payout", "security_refill"):
        duties.require(project, name, reference[:60], at=at)
    _tell(row, "security_deposit", "draw", actor, at, reference=reference)
    return row


@command
def return_security(*, security_deposit_id: int, actor: Actor, at: datetime) -> SecurityDeposit:
    """Back to the contractor: the wage account was closed, so nobody is owed anything."""
    row = lock(
        SecurityDeposit, security_deposit_id, policy.whose(actor, "security_deposit", "return")
    )
    account = WageAccount.objects.filter(project_id=row.project_id).first()
    if account is None or account.state != "closed":
        raise errors.CannotClose(why=gettext("the wage account is not closed yet"))
    row.give_back()
    row.save()
    _tell(row, "security_deposit", "return", actor, at)
    return row


def _tell(row: Any, noun: str, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    audit.record(f"{noun}.{verb}", noun, row.pk, actor=actor, at=at, state=row.state, **facts)
    outbox.put(f"{noun}.{verb}", **{f"{noun}_id": row.pk})
