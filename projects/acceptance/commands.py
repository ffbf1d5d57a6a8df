"""What people, and the silence clock, do to a task sheet."""

from __future__ import annotations

from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock, lock_many
from projects.acceptance import steps
from projects.acceptance.models import TaskSheet
from projects.acceptance.steps import Draft


@command
def draft(*, new: Draft, actor: Actor, at: datetime) -> TaskSheet:
    """Draft a task sheet; the same draft again is the same sheet."""
    policy.require(actor, "task_sheet", "draft", project_id=new.project_id)
    sheet, _ = steps.draft(new, actor=actor, at=at)
    return sheet


@command
def submit(*, sheet_id: int, actor: Actor, at: datetime) -> TaskSheet:
    """Hand it to the accepting side, first or again after cure."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "submit"))
    steps.submit(sheet, actor=actor, at=at)
    return sheet


@command
def inspect(*, sheet_id: int, measured_thousandths: int, actor: Actor, at: datetime) -> TaskSheet:
    """Write down what was measured."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "inspect"))
    steps.inspect(sheet, measured_thousandths=measured_thousandths, actor=actor, at=at)
    return sheet


@command
def accept(*, sheet_id: int, actor: Actor, at: datetime) -> TaskSheet:
    """Accept the whole."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "accept"))
    steps.accept(sheet, actor=actor, at=at)
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
) -> TaskSheet:
    """Accept a part; the rest has a defect and a day for cure."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "accept"))
    steps.accept_partly(
        sheet,
        accepted_thousandths=accepted_thousandths,
        defect=defect,
        cure_by=cure_by,
        actor=actor,
        at=at,
    )
    return sheet


@command
def reject(*, sheet_id: int, defect: str, cure_by: date, actor: Actor, at: datetime) -> TaskSheet:
    """Accept nothing."""
    sheet = lock(TaskSheet, sheet_id, policy.whose(actor, "task_sheet", "accept"))
    steps.reject(sheet, defect=defect, cure_by=cure_by, actor=actor, at=at)
    return sheet


@command
def end_silence(*, sheet_ids: list[int], at: datetime) -> int:
    """Deem what nobody answered until its clock ran out; a newer submission has its own clock."""
    due = [
        sheet
        for sheet in lock_many(TaskSheet, sheet_ids)
        if sheet.silence_due_at is not None and sheet.silence_due_at <= at
    ]
    for sheet in due:
        steps.stay_silent(sheet, at=at)
    return len(due)
