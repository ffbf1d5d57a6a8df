"""What planners and crews do to work packages and assignments."""

from __future__ import annotations

from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from projects.scheduling import steps
from projects.scheduling.models import Assignment, WorkPackage
from projects.scheduling.steps import NewPackage
from projects.sites.models import Project
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@command
def create_package(*, project_id: int, new: NewPackage, actor: Actor, at: datetime) -> WorkPackage:
    """Plan a piece of work."""
    project = lock(Project, project_id, policy.whose(actor, "work_package", "create", on="project"))
    return steps.create_package(project.pk, new, actor=actor, at=at)[0]


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
