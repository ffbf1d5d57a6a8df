"""Labour cost: what was agreed, what is due each month, and what happens when a clock runs out."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.kernel.db import command, keep, lock, lock_many
from jianzhu.kernel.errors import Invalid, SameHand
from jianzhu.kernel.money import Money
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.funding import chain, duties
from settlements.funding.commands.told import tell
from settlements.funding.coverage import agreement_on, coverage
from settlements.funding.models import (
    Duty,
    LabourCostAgreement,
    Shortfall,
    WageAccount,
)
from settlements.funding.rules import part_of
from settlements.ledger import queries as balances


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
        tell(row, "labour_cost_agreement", "propose", actor, at, project=row.project_id)
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
    tell(row, "labour_cost_agreement", verb, actor, at, project=row.project_id)
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
