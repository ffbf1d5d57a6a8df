"""Planning packages and moving assignments, within a command."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import keep, step
from jianzhu.outbox import steps as outbox
from projects.scheduling.models import Assignment, WorkPackage


@dataclass(frozen=True, slots=True)
class NewPackage:
    """A piece of work: what, how much (thousandths of the unit), in which window (inclusive)."""

    code: str
    name: str
    trade: str
    starts_on: date
    ends_on: date
    item: str = ""
    unit: str = ""
    planned_thousandths: int = 0


@step
def create_package(
    project_id: int, new: NewPackage, *, actor: Actor, at: datetime
) -> tuple[WorkPackage, bool]:
    """A work package of the project, and whether it is new."""
    values = asdict(new)
    key = {"project_id": project_id, "code": values.pop("code")}
    package, made = keep(WorkPackage, key, values)
    if made:
        audit.record(
            "work_package.create",
            "work_package",
            package.pk,
            actor=actor,
            at=at,
            project=project_id,
            code=new.code,
        )
        outbox.put("work_package.create", work_package_id=package.pk)
    return package, made


@step
def propose(
    *,
    work_package_id: int,
    crew_id: int,
    starts_on: date,
    ends_on: date,
    headcount: int,
    actor: Actor,
    at: datetime,
) -> tuple[Assignment, bool]:
    """A crew for a package, seen by planners alone, and whether it is new."""
    assignment, made = keep(
        Assignment,
        {"work_package_id": work_package_id, "crew_id": crew_id, "starts_on": starts_on},
        {"ends_on": ends_on, "headcount": headcount},
        {"created_at": at},
    )
    if made:
        _tell(assignment, "propose", actor, at)
    return assignment, made


@step
def move(assignment: Assignment, verb: str, *, actor: Actor, at: datetime, **values: Any) -> None:
    """publish, withdraw or finish; WrongState when it can't be."""
    getattr(assignment, verb)(**values)
    assignment.save(update_fields=["state", "reason"])
    _tell(assignment, verb, actor, at, reason=assignment.reason)


@step
def answer(assignment: Assignment, verb: str, *, actor: Actor, at: datetime, **values: Any) -> None:
    """accept or decline, by the crew; WrongState when it is not theirs to say any more."""
    getattr(assignment, verb)(at=at, **values)
    assignment.save(update_fields=["state", "reason", "answered_at"])
    _tell(assignment, verb, actor, at, reason=assignment.reason)


def _tell(assignment: Assignment, verb: str, actor: Actor, at: datetime, **data: Any) -> None:
    audit.record(
        f"assignment.{verb}",
        "assignment",
        assignment.pk,
        actor=actor,
        at=at,
        state=assignment.state,
        crew=assignment.crew_id,
        package=assignment.work_package_id,
        **data,
    )
    outbox.put(f"assignment.{verb}", assignment_id=assignment.pk, crew_id=assignment.crew_id)
