"""Setting up the sample month from its sheets, as anybody would: import, then a second person approves."""

from __future__ import annotations

from datetime import UTC, datetime

from jianzhu.access import queries as access
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.access.models import Membership, Role, User
from jianzhu.kernel.db import command
from jianzhu.web.staff import steps as staff
from projects.sites.models import Party, Project
from settlements.imports.commands import Report, approve_proposals, import_sheet
from settlements.imports.milestones import KINDS
from settlements.month import files

# The sites were set up before the month began.
AT = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)


def load(kind: str) -> Report:
    """Import one sheet of the sample; BadSheet names what is wrong with it."""
    file = files.sheet(kind)
    report = import_sheet(kind=kind, name=file.name, content=file.read_bytes(), actor=SYSTEM, at=AT)
    if report.faults:
        raise files.BadSheet(report.faults)
    return report


def approve() -> int:
    """Each project's contractor agrees to the rates and checks the accounts."""
    return sum(
        approve_proposals(project_id=project.pk, actor=checker(project.pk), at=AT)
        for project in Project.objects.order_by("pk")
    )


@command
def let_staff_in(*, password: str, at: datetime) -> int:
    """Whoever of the staff has no password yet gets the trial machine's; returns how many."""
    waiting = list(User.objects.filter(password="", worker_id=None).order_by("pk"))
    for user in waiting:
        staff.set_password(user.pk, password, actor=SYSTEM, at=at)
    return len(waiting)


def checker(project_id: int) -> Actor:
    """The second person: somebody of the project's general contractor."""
    parties = Party.objects.filter(project_id=project_id, role="general_contractor")
    member = Membership.objects.filter(
        organisation__in=parties.values("organisation"), role=Role.GENERAL_CONTRACTOR
    ).first()
    if member is None:
        raise LookupError(f"project {project_id} has nobody of the general contractor")
    return access.actor_of(member.user, AT)


ORDER = tuple(KINDS)
