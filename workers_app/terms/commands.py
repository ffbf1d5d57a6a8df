"""What people do to agreements and rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from workers_app.people.models import Worker
from workers_app.terms import steps
from workers_app.terms.models import Absence, AgreedRate, Agreement, Qualification
from workers_app.terms.steps import NewAgreement, NewQualification, NewRate


@command
def sign_agreement(*, new: NewAgreement, actor: Actor, at: datetime) -> Agreement:
    """Write down the agreement of a worker with their employer on a project."""
    policy.require_organisation(actor, "agreement", "sign", organisation_id=new.employer_id)
    if not Worker.objects.filter(pk=new.worker_id, employer_id=new.employer_id).exists():
        raise NotFound(noun="worker")
    return steps.sign_agreement(new, actor=actor, at=at)[0]


@command
def propose_rate(
    *,
    agreement_id: int,
    rate: str,
    basis: str,
    workday_minutes: int,
    valid_from: date,
    valid_to: date | None = None,
    item: str = "",
    unit: str = "",
    night_percent: int = 0,
    salary_per: str = "week",
    covers_minutes: int | None = None,
    guarantee: str | None = None,
    prevailing: Mapping[str, str] | None = None,
    actor: Actor,
    at: datetime,
) -> AgreedRate:
    """Write down a rate version, like "320.00" in the agreement's currency per hour, 工, month or unit.

    It counts when a second person has agreed. Raises Invalid for what is no amount, or nothing.
    """
    where = policy.whose(actor, "agreed_rate", "propose", on="agreement")
    agreement = lock(Agreement, agreement_id, where)
    currency = agreement.currency
    new = NewRate(
        basis=basis,
        rate_minor=_minor("rate", rate, currency),
        workday_minutes=workday_minutes,
        valid_from=valid_from,
        valid_to=valid_to,
        item=item,
        unit=unit,
        night_percent=night_percent,
        salary_per=salary_per,
        covers_minutes=covers_minutes,
        guarantee_minor=_minor("guarantee", guarantee, currency) if guarantee else None,
        prevailing=_determination(prevailing, currency) if prevailing else None,
    )
    return steps.propose_rate(agreement, new, actor=actor, at=at)[0]


def _minor(field: str, text: str, currency: str, least: int = 1) -> int:
    try:
        minor = Money.parse(text, currency).minor
    except ValueError as error:
        raise Invalid(field=field, problem=str(error)) from error
    if minor < least:
        raise Invalid(field=field, problem="more than nothing")
    return minor


def _determination(said: Mapping[str, str], currency: str) -> dict[str, str | int]:
    """A wage determination as the engine takes it: its reference and amounts per hour."""
    amounts = {
        f"{name}_minor": _minor(f"prevailing.{name}", said.get(name, "0"), currency, least=0)
        for name in ("basic", "fringe", "plan", "cash")
    }
    return {"id": said["reference"], **amounts}


@command
def agree_rate(*, rate_id: int, actor: Actor, at: datetime) -> AgreedRate:
    """Agree: it counts from its first day on."""
    rate = lock(AgreedRate, rate_id, policy.whose(actor, "agreed_rate", "agree"))
    steps.agree_rate(rate, actor=actor, at=at)
    return rate


@command
def refuse_rate(*, rate_id: int, actor: Actor, at: datetime) -> AgreedRate:
    """Don't agree; the former version goes on."""
    rate = lock(AgreedRate, rate_id, policy.whose(actor, "agreed_rate", "refuse"))
    steps.refuse_rate(rate, actor=actor, at=at)
    return rate


@command
def qualify(*, new: NewQualification, actor: Actor, at: datetime) -> Qualification:
    """Write down what a worker can or may do."""
    lock(Worker, new.worker_id, policy.whose(actor, "qualification", "add", on="worker"))
    return steps.qualify(new, actor=actor, at=at)[0]


@command
def report_absence(
    *, worker_id: int, first_on: date, last_on: date, why: str, actor: Actor, at: datetime
) -> Absence:
    """Say that a worker is away; plans that count on the worker are looked at again."""
    lock(Worker, worker_id, policy.whose(actor, "absence", "report", on="worker"))
    return steps.report_absence(
        worker_id=worker_id, first_on=first_on, last_on=last_on, why=why, actor=actor, at=at
    )[0]


@command
def end_absence(*, absence_id: int, on: date, actor: Actor, at: datetime) -> Absence:
    """Say which day was the last one away."""
    absence = lock(Absence, absence_id, policy.whose(actor, "absence", "end"))
    if on > absence.last_on:
        raise Invalid(field="on", problem=f"not after {absence.last_on}")
    steps.end_absence(absence, on=on, actor=actor, at=at)
    return absence
