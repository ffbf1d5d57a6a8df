"""The contractor's wage deposit (工资保证金): reckoned, lodged, drawn, given back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, keep, lock
from jianzhu.kernel.errors import Invalid
from projects.sites import queries as sites
from settlements.funding import duties, errors
from settlements.funding.commands.told import tell
from settlements.funding.coverage import agreement_on
from settlements.funding.models import (
    Duty,
    SecurityDeposit,
    WageAccount,
)
from settlements.funding.rules import Record, part_of, security_basis_points


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
        tell(row, "security_deposit", "require", actor, at, amount=row.amount_minor)
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
    tell(row, "security_deposit", "lodge", actor, at, form=form, reference=reference)
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
    tell(row, "security_deposit", "draw", actor, at, reference=reference)
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
    tell(row, "security_deposit", "return", actor, at)
    return row
