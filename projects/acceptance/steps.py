"""Drafting and deciding task sheets within a command; used by single commands and by imports."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.outbox import steps as outbox
from projects.acceptance import errors, rules
from projects.acceptance.models import Inspection, TaskSheet
from projects.scheduling.models import WorkPackage
from projects.sites import queries as sites
from workers_app.people import queries as people


@dataclass(frozen=True, slots=True)
class Draft:
    """A new task sheet; quantities in thousandths of the unit, days inclusive."""

    project_id: int
    crew_id: int
    work_package_id: int
    number: str
    item: str
    place: str
    unit: str
    work_from: date
    work_to: date
    planned_thousandths: int
    is_piece: bool = False
    share_rule: str = "workdays"
    share_points: dict[str, int] = field(default_factory=dict)


@step
def draft(new: Draft, *, actor: Actor, at: datetime) -> tuple[TaskSheet, bool]:
    """A drafted sheet, and whether it is new; the same draft again is the same sheet."""
    if not WorkPackage.objects.filter(pk=new.work_package_id, project_id=new.project_id).exists():
        raise NotFound(noun="work_package")
    if not people.crew_exists(new.crew_id):
        raise NotFound(noun="crew")
    values = asdict(new)
    sheet, made = TaskSheet.objects.get_or_create(
        project_id=new.project_id,
        number=new.number,
        defaults={**values, "made_by": str(actor)},
    )
    if not made and any(getattr(sheet, name) != value for name, value in values.items()):
        raise errors.SheetDiffers(number=new.number)
    if made:
        audit.record(
            "task_sheet.draft",
            "task_sheet",
            sheet.pk,
            actor=actor,
            at=at,
            project=new.project_id,
            crew=new.crew_id,
            number=new.number,
            planned=new.planned_thousandths,
        )
    return sheet, made


@step
def submit(sheet: TaskSheet, *, actor: Actor, at: datetime) -> None:
    """Hand the sheet over; from now the silence clock runs."""
    project = sites.project(sheet.project_id)
    days = sites.policy_on(sheet.project_id, at.date()).silence_days
    due = rules.silence_due_at(at, days, project.zone, project.rule_set)

    sheet.submit(at=at, silence_due_at=due)
    sheet.save(update_fields=["state", "submitted_at", "silence_due_at"])

    _tell(sheet, "submit", actor, at, silence_due_at=due.isoformat())
    outbox.put("task_sheet.silence_due", due_at=due, sheet_id=sheet.pk, submitted_at=at.isoformat())


@step
def inspect(sheet: TaskSheet, *, measured_thousandths: int, actor: Actor, at: datetime) -> None:
    """What was measured on site."""
    _refuse_own(sheet, actor)
    sheet.inspect(measured_thousandths=measured_thousandths)
    sheet.save(update_fields=["state", "measured_thousandths"])
    _inspected(sheet, "measured", actor, at)
    _tell(sheet, "inspect", actor, at, measured=measured_thousandths)


@step
def accept(sheet: TaskSheet, *, actor: Actor, at: datetime) -> None:
    """The whole measured quantity is accepted."""
    _refuse_own(sheet, actor)
    sheet.accept(at=at, by=str(actor))
    _decided(sheet, "accepted", "accept", actor, at)


@step
def accept_partly(
    sheet: TaskSheet,
    *,
    accepted_thousandths: int,
    defect: str,
    cure_by: date,
    actor: Actor,
    at: datetime,
) -> None:
    """A part is accepted and paid at once; the rest names its defect and the day for cure."""
    _refuse_own(sheet, actor)
    measured = sheet.measured_thousandths
    most = sheet.planned_thousandths if measured is None else measured
    if not 0 < accepted_thousandths < most:
        raise errors.TooMuch(measured=most / 1000)
    sheet.accept_partly(
        at=at,
        by=str(actor),
        accepted_thousandths=accepted_thousandths,
        defect=defect,
        cure_by=cure_by,
    )
    _decided(sheet, "partly_accepted", "accept_partly", actor, at)


@step
def reject(sheet: TaskSheet, *, defect: str, cure_by: date, actor: Actor, at: datetime) -> None:
    """Nothing is accepted; the time of the days still becomes payable when the clock runs out."""
    _refuse_own(sheet, actor)
    sheet.reject(at=at, by=str(actor), defect=defect, cure_by=cure_by)
    _decided(sheet, "rejected", "reject", actor, at)


@step
def stay_silent(sheet: TaskSheet, *, at: datetime) -> None:
    """The clock ran out: an unanswered sheet is deemed accepted; of a rejected one, the time is.

    Decree 724 art. 35: a quarrel between companies changes who bears the cost, not the time wages.
    """
    if sheet.state in ("submitted", "inspected"):
        sheet.deem(at=at)
        _decided(sheet, "deemed", "deem", SYSTEM, at)
    elif sheet.time_accepted_at is None:
        sheet.time_accepted_at = at
        sheet.save(update_fields=["time_accepted_at"])
        _tell(sheet, "accept_time", SYSTEM, at)


def _refuse_own(sheet: TaskSheet, actor: Actor) -> None:
    if sheet.made_by == str(actor):
        raise SameHand(noun="task_sheet")


def _decided(sheet: TaskSheet, result: str, verb: str, actor: Actor, at: datetime) -> None:
    sheet.save(
        update_fields=[
            "state",
            "version",
            "measured_thousandths",
            "accepted_thousandths",
            "decided_at",
            "decided_by",
            "time_accepted_at",
            "defect",
            "cure_by",
        ]
    )
    _inspected(sheet, result, actor, at)
    _tell(sheet, verb, actor, at, accepted=sheet.accepted_thousandths, version=sheet.version)


def _inspected(sheet: TaskSheet, result: str, actor: Actor, at: datetime) -> None:
    Inspection.objects.create(
        sheet=sheet,
        at=at,
        by=str(actor),
        result=result,
        measured_thousandths=sheet.measured_thousandths,
        accepted_thousandths=sheet.accepted_thousandths,
        defect=sheet.defect,
        cure_by=sheet.cure_by,
    )


def _tell(sheet: TaskSheet, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    audit.record(
        f"task_sheet.{verb}", "task_sheet", sheet.pk, actor=actor, at=at, state=sheet.state, **facts
    )
    outbox.put(f"task_sheet.{verb}", sheet_id=sheet.pk)
