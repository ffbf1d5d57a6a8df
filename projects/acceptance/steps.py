"""Drafting and deciding task sheets within a command; used by single commands and by imports."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.outbox import steps as outbox
from projects.acceptance import errors, photos, rules, signing, telling
from projects.acceptance.models import FINAL_STATES, Inspection, Photo, TaskSheet, sheet_machine
from projects.acceptance.photos import Picture
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
    unit: str
    work_from: date
    work_to: date
    planned_thousandths: int
    building: str = ""
    floor: str = ""
    axis: str = ""
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
    """Hand the sheet over, signed by this; from now the silence clock runs."""
    project = sites.project(sheet.project_id)
    on = at.astimezone(ZoneInfo(project.zone)).date()
    days = sites.policy_on(sheet.project_id, on).silence_days
    due = rules.silence_due_at(at, days, project.zone, project.country)

    sheet.submit(at=at, silence_due_at=due)
    sheet.save(update_fields=["state", "revision", "submitted_at", "silence_due_at", "time_due_at"])

    _sign(sheet, "crew", actor, at)
    tell(sheet, "submit", actor, at, silence_due_at=due.isoformat(), revision=sheet.revision)
    outbox.put(
        "task_sheet.silence_soon",
        due_at=rules.warn_at(at, days, project.zone, project.country),
        sheet_id=sheet.pk,
        revision=sheet.revision,
    )
    outbox.put("task_sheet.silence_due", due_at=due, sheet_id=sheet.pk, submitted_at=at.isoformat())


@step
def inspect(
    sheet: TaskSheet, *, measured_thousandths: int, grade: str = "", actor: Actor, at: datetime
) -> None:
    """What was measured on site: the whole, also where a part was accepted before."""
    _refuse_own(sheet, actor)
    if measured_thousandths < (sheet.accepted_thousandths or 0):
        raise errors.TooLittle(accepted=(sheet.accepted_thousandths or 0) / 1000)
    sheet.inspect(measured_thousandths=measured_thousandths, grade=grade)
    sheet.save(update_fields=["state", "measured_thousandths", "grade"])
    _inspected(sheet, "measured", actor, at)
    tell(sheet, "inspect", actor, at, measured=measured_thousandths, grade=sheet.grade)


@step
def accept(sheet: TaskSheet, *, grade: str = "", actor: Actor, at: datetime) -> None:
    """The whole measured quantity is accepted."""
    _refuse_own(sheet, actor)
    sheet.accept(at=at, by=str(actor), grade=grade)
    decided(sheet, "accepted", "accept", actor, at)


@step
def accept_partly(
    sheet: TaskSheet,
    *,
    accepted_thousandths: int,
    defect: str,
    cure_by: date,
    grade: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """A part is accepted and paid at once; the rest names its defect and the day for cure."""
    _refuse_own(sheet, actor)
    if not sheet_machine.may("accept_partly", sheet.state):
        raise sheet_machine.refusal("accept_partly", sheet.state, sheet.pk)
    if not 0 < accepted_thousandths < sheet.whole_thousandths:
        raise errors.TooMuch(measured=sheet.whole_thousandths / 1000)
    if accepted_thousandths < (sheet.accepted_thousandths or 0):
        raise errors.TooLittle(accepted=(sheet.accepted_thousandths or 0) / 1000)
    sheet.accept_partly(
        at=at,
        by=str(actor),
        accepted_thousandths=accepted_thousandths,
        defect=defect,
        cure_by=cure_by,
        grade=grade,
    )
    decided(sheet, "partly_accepted", "accept_partly", actor, at)
    telling.ask_to_cure(sheet, at=at)


@step
def reject(
    sheet: TaskSheet,
    *,
    defect: str,
    cure_by: date,
    grade: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Nothing more is accepted; the time of the days still becomes payable when the clock ends."""
    _refuse_own(sheet, actor)
    sheet.reject(at=at, by=str(actor), defect=defect, cure_by=cure_by, grade=grade)
    decided(sheet, "rejected", "reject", actor, at)
    telling.ask_to_cure(sheet, at=at)


@step
def attach(
    sheet: TaskSheet, picture: Picture, *, caption: str, actor: Actor, at: datetime
) -> Photo:
    """Keep a picture of the work; the same picture again is the same photo."""
    if sheet.state in FINAL_STATES:
        raise errors.SheetIsFinal(number=sheet.number)
    if sheet.photos.count() >= photos.PHOTOS_MAX:
        raise errors.TooManyPhotos(most=photos.PHOTOS_MAX)
    photos.keep(picture)
    photo, new = Photo.objects.get_or_create(
        sheet=sheet,
        digest=picture.digest,
        defaults={
            "media_type": picture.media_type,
            "size": len(picture.content),
            "caption": caption,
            "by": str(actor),
            "at": at,
        },
    )
    if new:
        tell(sheet, "attach", actor, at, photo=photo.digest, size=photo.size)
    return photo


def _refuse_own(sheet: TaskSheet, actor: Actor) -> None:
    if sheet.made_by == str(actor):
        raise SameHand(noun="task_sheet")


@step
def decided(sheet: TaskSheet, result: str, verb: str, actor: Actor, at: datetime) -> None:
    """Save a decision, keep it as an inspection, sign it, tell it."""
    sheet.save(
        update_fields=[
            "state",
            "version",
            "measured_thousandths",
            "accepted_thousandths",
            "grade",
            "decided_at",
            "decided_by",
            "time_accepted_at",
            "defect",
            "cure_by",
        ]
    )
    _inspected(sheet, result, actor, at)
    _sign(sheet, "accepting", actor, at)
    tell(sheet, verb, actor, at, accepted=sheet.accepted_thousandths, version=sheet.version)


def _sign(sheet: TaskSheet, side: str, actor: Actor, at: datetime) -> None:
    """Handing in and deciding are signing; the platform itself signs nothing."""
    if actor.kind == "user":
        signing.sign(sheet, side, actor=actor, at=at)


def _inspected(sheet: TaskSheet, result: str, actor: Actor, at: datetime) -> None:
    Inspection.objects.create(
        sheet=sheet,
        revision=sheet.revision,
        version=sheet.version,
        at=at,
        by=str(actor),
        result=result,
        measured_thousandths=sheet.measured_thousandths,
        accepted_thousandths=sheet.accepted_thousandths,
        rejected_thousandths=sheet.rejected_thousandths,
        grade=sheet.grade,
        defect=sheet.defect,
        cure_by=sheet.cure_by,
    )


@step
def tell(sheet: TaskSheet, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    """One audit event and one piece of news about the sheet."""
    audit.record(
        f"task_sheet.{verb}", "task_sheet", sheet.pk, actor=actor, at=at, state=sheet.state, **facts
    )
    outbox.put(f"task_sheet.{verb}", sheet_id=sheet.pk)
