"""What people, and the silence clock, do to a task sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock, lock_many
from jianzhu.kernel.errors import NotFound
from projects.acceptance import clocks, signing, steps
from projects.acceptance.models import Photo, Signature, TaskSheet
from projects.acceptance.photos import Picture
from projects.acceptance.steps import Draft
from workers_app.people import queries as people


@command
def draft(*, new: Draft, actor: Actor, at: datetime) -> TaskSheet:
    """Draft a task sheet of a crew that is the actor's; the same draft again is the same sheet."""
    policy.require(actor, "task_sheet", "draft", project_id=new.project_id)
    if not people.crew_exists(new.crew_id, policy.whose(actor, "task_sheet", "draft", on="crew")):
        raise NotFound(noun="crew")
    sheet, _ = steps.draft(new, actor=actor, at=at)
    return sheet


@command
def submit(*, sheet_id: int, actor: Actor, at: datetime) -> TaskSheet:
    """Hand it to the accepting side, first or again after cure."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "submit"))
    steps.submit(sheet, actor=actor, at=at)
    return sheet


@command
def inspect(
    *, sheet_id: int, measured_thousandths: int, actor: Actor, at: datetime, grade: str = ""
) -> TaskSheet:
    """Write down what was measured."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "inspect"))
    steps.inspect(sheet, measured_thousandths=measured_thousandths, grade=grade, actor=actor, at=at)
    return sheet


@command
def accept(
    *, sheet_id: int, actor: Actor, at: datetime, grade: str = "", seen: str = ""
) -> TaskSheet:
    """Accept the whole. `seen`: the digest of what was read; ContentChanged when it is another."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "accept"))
    signing.refuse_unseen(sheet, seen)
    steps.accept(sheet, grade=grade, actor=actor, at=at)
    return sheet


@command
def accept_partly(
    *,
    sheet_id: int,
    accepted_thousandths: int,
    defect: str,
    cure_by: date,
    actor: Actor,
    at: datetime,
    grade: str = "",
    seen: str = "",
) -> TaskSheet:
    """Accept a part; the rest has a defect and a day for cure."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "accept"))
    signing.refuse_unseen(sheet, seen)
    steps.accept_partly(
        sheet,
        accepted_thousandths=accepted_thousandths,
        defect=defect,
        cure_by=cure_by,
        grade=grade,
        actor=actor,
        at=at,
    )
    return sheet


@command
def reject(
    *, sheet_id: int, defect: str, cure_by: date, actor: Actor, at: datetime, grade: str = ""
) -> TaskSheet:
    """Accept nothing more than before."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "accept"))
    steps.reject(sheet, defect=defect, cure_by=cure_by, grade=grade, actor=actor, at=at)
    return sheet


@command
def sign(*, sheet_id: int, seen: str, actor: Actor, at: datetime) -> Signature:
    """Sign what was read, for the side one is on; ContentChanged when it is not that any more."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "sign"))
    signing.refuse_unseen(sheet, seen)
    return signing.sign(sheet, signing.side_of(sheet, actor), actor=actor, at=at)


@command
def attach(*, sheet_id: int, picture: Picture, caption: str, actor: Actor, at: datetime) -> Photo:
    """Add a picture; the same picture again is the same photo."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "attach"))
    return steps.attach(sheet, picture, caption=caption, actor=actor, at=at)


@command
def warn_of_silence(*, revisions: Mapping[int, int], at: datetime) -> int:
    """{sheet: revision} whose clock ends soon: tell whoever has to answer those that still wait."""
    sheets = lock_many(TaskSheet, revisions)
    return clocks.warn([s for s in sheets if s.revision == revisions[s.pk]], at=at)


@command
def end_silence(*, sheet_ids: list[int], at: datetime) -> int:
    """Deem what nobody answered until its clock ran out; a newer submission has its own clock."""
    return clocks.run_out(lock_many(TaskSheet, sheet_ids), at=at)
