"""What is planned, as pages ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from projects.scheduling.models import Assignment, WorkPackage
from projects.scheduling.plans import wages


@dataclass(frozen=True, slots=True)
class Planned:
    """A crew's part of a package, days inclusive."""

    id: int
    project: str
    package: str
    crew: str
    starts_on: date
    ends_on: date
    headcount: int
    state: str
    reason: str


def assignments(where: Q) -> list[Planned]:
    """Assignments by a filter, the next to come first."""
    rows = Assignment.objects.select_related("work_package__project", "crew").filter(where)
    return [
        Planned(
            r.pk,
            r.work_package.project.name,
            r.work_package.name,
            r.crew.name,
            r.starts_on,
            r.ends_on,
            r.headcount,
            r.state,
            r.reason,
        )
        for r in rows.order_by("-starts_on", "pk")
    ]


@dataclass(frozen=True, slots=True)
class Package:
    """A piece of work of a project, with the item and the unit that it is measured in."""

    id: int
    project_id: int
    project: str
    name: str
    item: str
    unit: str


def packages(where: Q) -> list[Package]:
    """Work packages by a filter, by project and code."""
    rows = WorkPackage.objects.select_related("project").filter(where)
    return [
        Package(r.pk, r.project_id, r.project.name, r.name, r.item, r.unit)
        for r in rows.order_by("project", "code")
    ]


@dataclass(frozen=True, slots=True)
class Heads:
    """People of a crew that the published plan wants from `first` to `last`, both inclusive."""

    crew_id: int
    first: date
    last: date
    headcount: int


def planned_heads(project_id: int, first: date, last: date) -> list[Heads]:
    """Crews that were assigned by hand; whom a published plan asks is in `planned_wages`."""
    rows = Assignment.objects.filter(
        work_package__project_id=project_id,
        plan=None,
        state__in=["published", "accepted"],
        starts_on__lte=last,
        ends_on__gte=first,
    ).order_by("starts_on", "pk")
    return [Heads(r.crew_id, r.starts_on, r.ends_on, r.headcount) for r in rows]


def planned_wages(
    project_id: int, first: date, last: date, plan_id: int | None = None
) -> list[tuple[date, int]]:
    """(working day, wages in minor units) of everybody whom the published plan asks, or whom another
    plan of the project would."""
    if plan_id is None:
        return wages.planned(project_id, first, last)
    return wages.would_be(project_id, plan_id, first, last)
