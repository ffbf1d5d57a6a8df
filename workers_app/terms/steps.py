"""Signing agreements and agreeing on rates, within a command."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import keep, step
from jianzhu.kernel.errors import SameHand
from jianzhu.outbox import steps as outbox
from workers_app.terms.models import Absence, AgreedRate, Agreement, Qualification


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A written work agreement (Decree 724 art. 6)."""

    worker_id: int
    project_id: int
    employer_id: int
    trade: str
    rule_set: str
    region: str
    currency: str
    pay_day: int
    signed_on: date


@dataclass(frozen=True, slots=True)
class NewRate:
    """One rate version over [valid_from, valid_to), in minor units per hour, 工, month or unit."""

    basis: str
    rate_minor: int
    workday_minutes: int
    valid_from: date
    valid_to: date | None = None
    item: str = ""
    unit: str = ""
    night_percent: int = 0
    salary_per: str = "week"
    covers_minutes: int | None = None
    guarantee_minor: int | None = None
    prevailing: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewQualification:
    """A skill with its level, or a certificate; `valid_until` is its last day."""

    worker_id: int
    kind: str
    name: str
    valid_from: date
    level: int = 1
    valid_until: date | None = None
    reference: str = ""


@step
def sign_agreement(new: NewAgreement, *, actor: Actor, at: datetime) -> tuple[Agreement, bool]:
    """The worker's agreement on the project, and whether it is new."""
    agreement, made = Agreement.objects.get_or_create(
        worker_id=new.worker_id,
        project_id=new.project_id,
        defaults={
            "employer_id": new.employer_id,
            "trade": new.trade,
            "rule_set": new.rule_set,
            "region": new.region,
            "currency": new.currency,
            "pay_day": new.pay_day,
            "signed_on": new.signed_on,
            "created_at": at,
        },
    )
    if made:
        audit.record(
            "agreement.sign",
            "agreement",
            agreement.pk,
            actor=actor,
            at=at,
            worker=new.worker_id,
            project=new.project_id,
        )
    return agreement, made


@step
def propose_rate(
    agreement: Agreement, new: NewRate, *, actor: Actor, at: datetime
) -> tuple[AgreedRate, bool]:
    """A rate version until a second person agrees, and whether it is new."""
    rate, made = AgreedRate.objects.get_or_create(
        agreement=agreement,
        basis=new.basis,
        item=new.item,
        valid_from=new.valid_from,
        rate_minor=new.rate_minor,
        night_percent=new.night_percent,
        salary_per=new.salary_per,
        covers_minutes=new.covers_minutes,
        guarantee_minor=new.guarantee_minor,
        # No determination is no value at all, not the JSON null that `prevailing=None` would look for.
        **(
            {"prevailing__isnull": True}
            if new.prevailing is None
            else {"prevailing": new.prevailing}
        ),
        defaults={
            "unit": new.unit,
            "workday_minutes": new.workday_minutes,
            "valid_to": new.valid_to,
            "made_by": str(actor),
            "created_at": at,
        },
    )
    if made:
        _tell(rate, "propose", actor, at)
    return rate, made


@step
def agree_rate(rate: AgreedRate, *, actor: Actor, at: datetime) -> None:
    """A second person agrees; the version in force at its start ends there."""
    if rate.made_by == str(actor):
        raise SameHand(noun="agreed_rate")
    former = AgreedRate.objects.select_for_update(no_key=True).filter(
        Q(valid_to=None) | Q(valid_to__gt=rate.valid_from),
        agreement=rate.agreement,
        item=rate.item,
        state="agreed",
        valid_from__lt=rate.valid_from,
    )
    for one in former.order_by("pk"):
        one.end(on=rate.valid_from)
        one.save(update_fields=["state", "valid_to"])
        _tell(one, "end", actor, at)
    rate.agree(by=str(actor))
    rate.save(update_fields=["state", "checked_by"])
    _tell(rate, "agree", actor, at)


@step
def refuse_rate(rate: AgreedRate, *, actor: Actor, at: datetime) -> None:
    """A second person does not agree."""
    if rate.made_by == str(actor):
        raise SameHand(noun="agreed_rate")
    rate.refuse(by=str(actor))
    rate.save(update_fields=["state", "checked_by"])
    _tell(rate, "refuse", actor, at)


def _tell(rate: AgreedRate, verb: str, actor: Actor, at: datetime) -> None:
    own = rate.agreement
    audit.record(
        f"agreed_rate.{verb}",
        "agreed_rate",
        rate.pk,
        actor=actor,
        at=at,
        state=rate.state,
        worker=own.worker_id,
        project=own.project_id,
        basis=rate.basis,
        item=rate.item,
        rate=rate.rate_minor,
        valid_from=rate.valid_from.isoformat(),
    )
    outbox.put(
        f"agreed_rate.{verb}", rate_id=rate.pk, worker_id=own.worker_id, project_id=own.project_id
    )


@step
def qualify(new: NewQualification, *, actor: Actor, at: datetime) -> tuple[Qualification, bool]:
    """The skill or certificate, and whether it is new."""
    values = asdict(new)
    key = {name: values.pop(name) for name in ("worker_id", "kind", "name", "valid_from")}
    row, made = keep(Qualification, key, values, {"made_by": str(actor), "created_at": at})
    if made:
        audit.record(
            "qualification.add",
            "qualification",
            row.pk,
            actor=actor,
            at=at,
            worker=new.worker_id,
            kind=new.kind,
            name=new.name,
        )
        outbox.put("qualification.add", worker_id=new.worker_id)
    return row, made


@step
def report_absence(
    *, worker_id: int, first_on: date, last_on: date, why: str, actor: Actor, at: datetime
) -> tuple[Absence, bool]:
    """Somebody is away from `first_on` to `last_on`, and whether that is news."""
    row, made = keep(
        Absence,
        {"worker_id": worker_id, "first_on": first_on, "why": why},
        {"last_on": last_on},
        {"made_by": str(actor), "created_at": at},
    )
    if made:
        _tell_absence(row, "report", actor, at)
    return row, made


@step
def end_absence(absence: Absence, *, on: date, actor: Actor, at: datetime) -> None:
    """Back: `on` is the last day away, not before the first."""
    absence.last_on = max(absence.first_on, on)
    absence.save(update_fields=["last_on"])
    _tell_absence(absence, "end", actor, at)


def _tell_absence(absence: Absence, verb: str, actor: Actor, at: datetime) -> None:
    # Why somebody is ill is nobody's business: the log has the days.
    audit.record(
        f"absence.{verb}",
        "absence",
        absence.pk,
        actor=actor,
        at=at,
        worker=absence.worker_id,
        first_on=absence.first_on.isoformat(),
        last_on=absence.last_on.isoformat(),
    )
    outbox.put(f"absence.{verb}", absence_id=absence.pk, worker_id=absence.worker_id)
