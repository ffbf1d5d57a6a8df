"""What planners and crews do to work packages and assignments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from projects.scheduling import steps
from projects.scheduling.models import Assignment, SchedulingRule, StopDay, WorkPackage
from projects.scheduling.rules import SiteRule
from projects.scheduling.steps import NewPackage
from projects.sites.models import Project, Site
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@command
def create_package(
    *,
    project_id: int,
    new: NewPackage,
    after: Iterable[int] = (),
    late_per_day: str | None = None,
    actor: Actor,
    at: datetime,
) -> WorkPackage:
    """Plan a piece of work that starts when the packages `after` are over."""
    project = lock(Project, project_id, policy.whose(actor, "work_package", "create", on="project"))
    _site_of(project.pk, new.site_id)
    if late_per_day is not None:
        new = replace(new, late_minor=_minor("late_per_day", late_per_day, project.currency))
    package = steps.create_package(project.pk, new, actor=actor, at=at)[0]
    steps.link(package, _packages(project.pk, after), actor=actor, at=at)
    return package


@command
def link_package(
    *, package_id: int, after: Iterable[int], actor: Actor, at: datetime
) -> WorkPackage:
    """Let a package wait for others."""
    package = lock(WorkPackage, package_id, policy.whose(actor, "work_package", "link"))
    steps.link(package, _packages(package.project_id, after), actor=actor, at=at)
    return package


def _packages(project_id: int, ids: Iterable[int]) -> list[WorkPackage]:
    wanted = sorted(set(ids))
    rows = {p.pk: p for p in WorkPackage.objects.filter(project_id=project_id, pk__in=wanted)}
    if missing := [id_ for id_ in wanted if id_ not in rows]:
        raise NotFound(noun=f"work_package {missing[0]}")
    return [rows[id_] for id_ in wanted]


def _site_of(project_id: int, site_id: int | None) -> None:
    if site_id is not None and not Site.objects.filter(pk=site_id, project_id=project_id).exists():
        raise NotFound(noun="site")


def _minor(name: str, text: str, currency: str) -> int:
    try:
        minor = Money.parse(text, currency).minor
    except ValueError as error:
        raise Invalid(field=name, problem=str(error)) from error
    if minor < 0:
        raise Invalid(field=name, problem="not below nothing")
    return minor


@command
def set_rule(
    *,
    project_id: int,
    site_id: int | None,
    valid_from: date,
    rule: SiteRule,
    late_per_day: str,
    fare_per_km: str = "0",
    actor: Actor,
    at: datetime,
) -> SchedulingRule:
    """Say what plans have to keep on the project, or on one of its sites."""
    where = policy.whose(actor, "scheduling_rule", "set", on="project")
    project = lock(Project, project_id, where)
    _site_of(project.pk, site_id)
    rule = replace(
        rule,
        late_minor=_minor("late_per_day", late_per_day, project.currency),
        fare_minor=_minor("fare_per_km", fare_per_km, project.currency),
    )
    return steps.set_rule(
        project_id=project.pk, site_id=site_id, valid_from=valid_from, rule=rule, actor=actor, at=at
    )[0]


@command
def declare_stop_day(
    *, project_id: int, site_id: int | None, on: date, why: str, actor: Actor, at: datetime
) -> StopDay:
    """Say that outdoor work stands still on a day; published plans are looked at again."""
    project = lock(Project, project_id, policy.whose(actor, "stop_day", "declare", on="project"))
    _site_of(project.pk, site_id)
    return steps.declare_stop_day(
        project_id=project.pk, site_id=site_id, on=on, why=why, actor=actor, at=at
    )[0]


@command
def propose(
    *,
    work_package_id: int,
    crew_id: int,
    starts_on: date,
    ends_on: date,
    headcount: int,
    actor: Actor,
    at: datetime,
) -> Assignment:
    """Propose a crew of the project for a package, within the package's window."""
    where = policy.whose(actor, "assignment", "propose", on="work_package")
    package = lock(WorkPackage, work_package_id, where)
    if not package.starts_on <= starts_on <= ends_on <= package.ends_on:
        raise Invalid(
            field="starts_on", problem=f"within {package.starts_on} and {package.ends_on}"
        )
    crew = people.workers_of_crews([crew_id], starts_on, ends_on)
    if not terms.rates(crew, package.project_id, starts_on, ends_on):
        raise NotFound(noun="crew")
    return steps.propose(
        work_package_id=package.pk,
        crew_id=crew_id,
        starts_on=starts_on,
        ends_on=ends_on,
        headcount=headcount,
        actor=actor,
        at=at,
    )[0]


@command
def publish(*, assignment_id: int, actor: Actor, at: datetime) -> Assignment:
    """Show it to the crew."""
    assignment = lock(Assignment, assignment_id, policy.whose(actor, "assignment", "publish"))
    steps.move(assignment, "publish", actor=actor, at=at)
    return assignment


@command
def accept(*, assignment_id: int, actor: Actor, at: datetime) -> Assignment:
    """The crew will do it."""
    assignment = lock(Assignment, assignment_id, policy.whose(actor, "assignment", "accept"))
    steps.answer(assignment, "accept", actor=actor, at=at)
    return assignment


@command
def decline(*, assignment_id: int, reason: str, actor: Actor, at: datetime) -> Assignment:
    """The crew will not."""
    assignment = lock(Assignment, assignment_id, policy.whose(actor, "assignment", "decline"))
    steps.answer(assignment, "decline", actor=actor, at=at, reason=reason)
    return assignment


@command
def withdraw(*, assignment_id: int, reason: str, actor: Actor, at: datetime) -> Assignment:
    """Take it back before the crew has answered."""
    assignment = lock(Assignment, assignment_id, policy.whose(actor, "assignment", "withdraw"))
    steps.move(assignment, "withdraw", actor=actor, at=at, reason=reason)
    return assignment


@command
def finish(*, assignment_id: int, actor: Actor, at: datetime) -> Assignment:
    """The work is over."""
    assignment = lock(Assignment, assignment_id, policy.whose(actor, "assignment", "finish"))
    steps.move(assignment, "finish", actor=actor, at=at)
    return assignment
