"""What people do to adjustments: one proposes, another agrees."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, keep, lock
from jianzhu.kernel.errors import Invalid, NotFound, SameHand
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.adjustments.models import Adjustment
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """See `models.Adjustment`; `amount_minor` in the project's currency."""

    worker_id: int
    project_id: int
    kind: str
    amount_minor: int
    first: date
    last: date
    label: str
    reference: str
    in_regular_rate: bool = False
    in_minimum: bool = False
    percent: int = 100


@command
def propose(*, new: NewAdjustment, actor: Actor, at: datetime) -> Adjustment:
    """Write down an amount and what it rests on; the same reference again is the same amount."""
    policy.require(actor, "adjustment", "propose", project_id=new.project_id)
    if not terms.has_agreement(new.worker_id, new.project_id):
        raise NotFound(noun="worker")
    if new.amount_minor <= 0:
        raise Invalid(field="amount", problem="more than nothing")
    values = asdict(new)
    names = ("worker_id", "project_id", "kind", "reference", "last")
    row, made = keep(
        Adjustment,
        {name: values.pop(name) for name in names},
        {**values, "currency": sites.project(new.project_id).currency},
        {"made_by": str(actor), "created_at": at},
    )
    if made:
        _tell(row, "propose", actor, at)
    return row


@command
def agree(*, adjustment_id: int, actor: Actor, at: datetime) -> Adjustment:
    """A second person agrees; it enters the statement of its month."""
    row = _lock_for_second(adjustment_id, "agree", actor)
    row.agree(by=str(actor))
    return _saved(row, "agree", actor, at)


@command
def refuse(*, adjustment_id: int, actor: Actor, at: datetime) -> Adjustment:
    """A second person does not."""
    row = _lock_for_second(adjustment_id, "refuse", actor)
    row.refuse(by=str(actor))
    return _saved(row, "refuse", actor, at)


@command
def revoke(*, adjustment_id: int, actor: Actor, at: datetime) -> Adjustment:
    """Take back what was agreed; what went out for it becomes a signed difference."""
    row = _lock_for_second(adjustment_id, "revoke", actor)
    row.revoke(by=str(actor))
    return _saved(row, "revoke", actor, at)


def _lock_for_second(adjustment_id: int, verb: str, actor: Actor) -> Adjustment:
    row = lock(Adjustment, adjustment_id, policy.whose(actor, "adjustment", verb))
    if row.made_by == str(actor):
        raise SameHand(noun="adjustment")
    return row


def _saved(row: Adjustment, verb: str, actor: Actor, at: datetime) -> Adjustment:
    row.save(update_fields=["state", "checked_by"])
    _tell(row, verb, actor, at)
    return row


def _tell(row: Adjustment, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"adjustment.{verb}",
        "adjustment",
        row.pk,
        actor=actor,
        at=at,
        state=row.state,
        kind=row.kind,
        amount=row.amount_minor,
        worker=row.worker_id,
        project=row.project_id,
        reference=row.reference,
    )
    outbox.put(
        f"adjustment.{verb}",
        adjustment_id=row.pk,
        worker_id=row.worker_id,
        project_id=row.project_id,
        month=row.last.replace(day=1).isoformat(),
    )
