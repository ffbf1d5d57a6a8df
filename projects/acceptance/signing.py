"""Two signatures over one content. Handing in and deciding sign; `sign` adds the other side's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.content import digest as named
from jianzhu.kernel.db import step
from jianzhu.kernel.errors import SameHand
from projects.acceptance import errors
from projects.acceptance.models import Signature, TaskSheet


def content(sheet: TaskSheet) -> dict[str, Any]:
    """Everything that a signature covers, JSON-ready: the work, the figures, the pictures."""
    return {
        "project": sheet.project_id,
        "crew": sheet.crew_id,
        "number": sheet.number,
        "item": sheet.item,
        "building": sheet.building,
        "floor": sheet.floor,
        "axis": sheet.axis,
        "unit": sheet.unit,
        "work_from": sheet.work_from.isoformat(),
        "work_to": sheet.work_to.isoformat(),
        "planned": sheet.planned_thousandths,
        "measured": sheet.measured_thousandths,
        "accepted": sheet.accepted_thousandths,
        "grade": sheet.grade,
        "defect": sheet.defect,
        "cure_by": None if sheet.cure_by is None else sheet.cure_by.isoformat(),
        "revision": sheet.revision,
        "share_rule": sheet.share_rule if sheet.is_piece else "",
        "share_points": sheet.share_points if sheet.is_piece else {},
        "photos": sorted(photo.digest for photo in sheet.photos.all()),
    }


def digest(sheet: TaskSheet) -> str:
    """The name of the sheet's present content."""
    return named(content(sheet))


def refuse_unseen(sheet: TaskSheet, seen: str) -> None:
    """ContentChanged unless what was read (its digest; "" asks nothing) is what stands here."""
    if seen and seen != digest(sheet):
        raise errors.ContentChanged


def side_of(sheet: TaskSheet, actor: Actor) -> str:
    """For whom the actor signs: those who may accept are the accepting side."""
    accepting = any(
        policy.reaches(actor, row.role, sheet.project_id)
        for row in policy.rows(actor, "task_sheet", "accept")
    )
    return "accepting" if accepting else "crew"


@step
def sign(sheet: TaskSheet, side: str, *, actor: Actor, at: datetime) -> Signature:
    """One signature; signing the same content again is signing it once."""
    signature, new = Signature.objects.get_or_create(
        sheet=sheet, by=str(actor), digest=digest(sheet), defaults={"side": side, "at": at}
    )
    if signature.side != side:
        raise SameHand(noun="task_sheet")
    if new:
        audit.record(
            "task_sheet.sign",
            "task_sheet",
            sheet.pk,
            actor=actor,
            at=at,
            side=side,
            digest=signature.digest,
        )
    return signature
