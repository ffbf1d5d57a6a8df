"""Planning packages and moving assignments, within a command."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import advisory_lock, keep, step
from jianzhu.outbox import steps as outbox
from projects.scheduling import errors
from projects.scheduling.models import (
    Assignment,
    PackageLink,
    SchedulingRule,
    StopDay,
    WorkPackage,
)
from projects.scheduling.rules import SiteRule, first_circle


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
    site_id: int | None = None
    days: int | None = None
    headcount: int = 1
    level: int = 0
    certificate: str = ""
    more_needs: list[dict[str, Any]] = field(default_factory=list)
    norm_thousandths: int | None = None
    outdoor: bool = True
    due_on: date | None = None
    late_minor: int = 0


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
def link(package: WorkPackage, before: list[WorkPackage], *, actor: Actor, at: datetime) -> None:
    """The package starts when these are over. Raises Circle, which names the packages."""
    advisory_lock(f"package-links:{package.project_id}")
    known: dict[int, list[int]] = defaultdict(list)
    rows = PackageLink.objects.filter(package__project_id=package.project_id)
    for id_, earlier in rows.values_list("package_id", "before_id"):
        known[id_].append(earlier)
    known[package.pk] += [one.pk for one in before]
    if circle := first_circle(known, package.pk):
        codes = dict(WorkPackage.objects.filter(pk__in=circle).values_list("pk", "code"))
        raise errors.Circle(packages=" → ".join(codes[id_] for id_ in circle))
    for one in before:
        _, made = keep(PackageLink, {"package_id": package.pk, "before_id": one.pk})
        if made:
            audit.record(
                "work_package.link", "work_package", package.pk, actor=actor, at=at, before=one.pk
            )


@step
def set_rule(
    *,
    project_id: int,
    site_id: int | None,
    valid_from: date,
    rule: SiteRule,
    actor: Actor,
    at: datetime,
) -> tuple[SchedulingRule, bool]:
    """What plans have to keep from that day on, and whether it is new."""
    row, made = keep(
        SchedulingRule,
        {"project_id": project_id, "site_id": site_id, "valid_from": valid_from},
        {"document": rule.document()},
        {"made_by": str(actor)},
    )
    if made:
        audit.record(
            "scheduling_rule.set", "scheduling_rule", row.pk, actor=actor, at=at,
            project=project_id, **rule.document(),
        )  # fmt: skip
    return row, made


@step
def declare_stop_day(
    *, project_id: int, site_id: int | None, on: date, why: str, actor: Actor, at: datetime
) -> tuple[StopDay, bool]:
    """Outdoor work stands still that day, and whether that is news."""
    row, made = keep(
        StopDay,
        {"project_id": project_id, "site_id": site_id, "on": on},
        {"why": why},
        {"made_by": str(actor), "created_at": at},
    )
    if made:
        audit.record(
            "stop_day.declare", "stop_day", row.pk, actor=actor, at=at, project=project_id,
            on=on.isoformat(), why=why,
        )  # fmt: skip
        outbox.put("stop_day.declare", stop_day_id=row.pk, project_id=project_id)
    return row, made


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
