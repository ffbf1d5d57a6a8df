"""The sheet of milestones: each step by the hand that took it; what it tells again was done before."""

from __future__ import annotations

from jianzhu.kernel.sheets import Row
from projects.sites.models import Project
from settlements.imports import named, rows
from settlements.imports.named import Hand, Importer
from settlements.milestones import steps
from settlements.milestones.models import Milestone
from settlements.milestones.steps import NewMilestone


def milestones(row: Row, hand: Hand) -> bool:
    """Planned, handed in and decided, as far as the row tells."""
    project = named.project_of(row)
    milestone, new = steps.plan(
        _terms(row, project), actor=named.user_of(row, "planned_by", hand), at=hand.at
    )
    if milestone.state == "planned" and row.text("submitted_by"):
        steps.submit(
            milestone,
            actor=named.user_of(row, "submitted_by", hand),
            at=named.instant_of(row, "submitted_at", project),
        )
    if milestone.state == "submitted" and row.text("decision"):
        _decide(milestone, row, project, hand)
    return new


def _terms(row: Row, project: Project) -> NewMilestone:
    return NewMilestone(
        project_id=project.pk,
        crew_id=named.crew_of(row).pk,
        contract=row.text("contract"),
        number=row.text("number"),
        name=row.text("name"),
        work_from=row.date("work_from"),
        work_to=row.date("work_to"),
        labour_minor=named.minor_of(row, "labour_amount"),
        retention_minor=0 if row["retention"] is None else named.minor_of(row, "retention"),
        retention_until=None if row["retention_until"] is None else row.date("retention_until"),
        share_rule=row.text("share_rule"),
        share_points=named.points_of(row.text("share_points")),
        sign_days=row.whole("sign_days"),
    )


def _decide(milestone: Milestone, row: Row, project: Project, hand: Hand) -> None:
    actor = named.user_of(row, "decided_by", hand)
    at = named.instant_of(row, "decided_at", project)
    if row.text("decision") == "accepted":
        steps.accept(milestone, actor=actor, at=at)
        return
    defect, cure_by = row.text("defect"), row.date("cure_by")
    if row.text("decision") == "rejected":
        steps.reject(milestone, defect=defect, cure_by=cure_by, actor=actor, at=at)
        return
    steps.accept_partly(
        milestone,
        accepted_minor=named.minor_of(row, "accepted_amount"),
        defect=defect,
        cure_by=cure_by,
        actor=actor,
        at=at,
    )


# In the order in which a new site's sheets build on each other.
KINDS: dict[str, Importer] = {**rows.KINDS, "milestones": milestones}
