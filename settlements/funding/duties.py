"""Duties with clocks, within a command: opened when their cause happens, met when it is answered."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.sites.queries import ProjectFacts
from settlements.funding import rules, telling
from settlements.funding.models import Duty


@step
def require(
    project: ProjectFacts,
    name: str,
    key: str,
    *,
    at: datetime,
    due_at: datetime | None = None,
    organisation_id: int | None = None,
    amount_minor: int | None = None,
) -> Duty | None:
    """Open a duty by its clock, once per key; None where the project's law knows no such clock.

    `due_at` overrules the clock's own day where the parties agreed on one.
    """
    clock = rules.clock_of(name, project.region, at.date())
    if clock is None:
        return None
    duty, new = Duty.objects.get_or_create(
        project_id=project.id,
        name=name,
        key=key,
        defaults={
            "owed_by": clock.owed_by,
            "organisation_id": organisation_id,
            "amount_minor": amount_minor,
            "source": clock.source,
            "since": at,
            "due_at": due_at or clock.due_at(at, project.zone, project.country),
        },
    )
    if new:
        _tell(duty, "require", SYSTEM, at)
        if name == "top_up":
            telling.tell_duty(duty, "account_low", at=at)
        outbox.put("duty.due", due_at=duty.due_at, key=f"duty:{duty.pk}", duty_ids=[duty.pk])
    return duty


@step
def on(event: str, project: ProjectFacts, key: str, *, at: datetime) -> list[Duty]:
    """Open what the event starts in the project's region."""
    found = rules.clocks_on(event, project.region, at.date())
    opened = [require(project, clock.name, key, at=at) for clock in found]
    return [duty for duty in opened if duty is not None]


@step
def meet(
    project_id: int, name: str, key: str, *, actor: Actor, at: datetime, note: str = ""
) -> None:
    """What was owed was done; nothing happens where it was not owed."""
    rows = Duty.objects.select_for_update(no_key=True).filter(
        project_id=project_id, name=name, key=key, state__in=["open", "overdue"]
    )
    for duty in rows.order_by("pk"):
        done(duty, actor=actor, at=at, note=note)


@step
def done(duty: Duty, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Meet a locked duty."""
    duty.meet(by=str(actor), note=note, at=at)
    duty.save(update_fields=["state", "met_by", "note", "met_at"])
    _tell(duty, "meet", actor, at)


@step
def lapse(duty: Duty, *, at: datetime) -> None:
    """The clock of a locked duty ran out."""
    duty.lapse()
    duty.save(update_fields=["state"])
    _tell(duty, "lapse", SYSTEM, at)
    telling.tell_duty(duty, "duty_overdue", at=at)


def _tell(duty: Duty, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"duty.{verb}",
        "duty",
        duty.pk,
        actor=actor,
        at=at,
        state=duty.state,
        name=duty.name,
        project=duty.project_id,
        amount=duty.amount_minor,
        due=duty.due_at.isoformat(),
    )
    outbox.put(f"duty.{verb}", duty_id=duty.pk, project_id=duty.project_id)
