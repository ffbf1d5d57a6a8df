"""Whom milestones tell what, in rows that they see on their page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from jianzhu.kernel.db import step
from jianzhu.kernel.money import Money
from jianzhu.notices import queries as notices
from jianzhu.notices import steps as notice
from jianzhu.notices.steps import To
from settlements.milestones.models import Milestone
from workers_app.people import queries as people

notices.sentences(
    {
        "milestone_silence_soon": gettext_noop(
            "Milestone %(number)s waits for your answer; without one it counts as accepted from %(due)s on."
        ),
        "milestone_deemed": gettext_noop(
            "Nobody answered milestone %(number)s in time: it counts as accepted."
        ),
        "milestone_to_cure": gettext_noop(
            "Milestone %(number)s: %(amount)s not accepted (%(defect)s); cure by %(cure_by)s."
        ),
        "milestone_sign": gettext_noop(
            "Your share of milestone %(number)s waits for your look until %(due)s; then it goes out."
        ),
        "milestone_objected": gettext_noop(
            "A worker objects to the share-out of milestone %(number)s: %(words)s"
        ),
        "milestone_retention": gettext_noop(
            "The kept part of milestone %(number)s is due and goes out."
        ),
    }
)
ACCEPTING = (To(role="owner"), To(role="general_contractor"))
EMPLOYING = (To(role="subcontractor"), To(role="general_contractor"))


def leader(milestone: Milestone) -> To:
    """The crew's leader."""
    return To(worker_id=people.leader_of(milestone.crew_id))


@step
def say(
    milestone: Milestone, code: str, to: Iterable[To], once: object, at: datetime, **facts: Any
) -> None:
    """One notice of this occasion to each addressee."""
    notice.tell(
        code,
        project_id=milestone.project_id,
        to=to,
        subject_type="milestone",
        subject_id=milestone.pk,
        once=str(once),
        at=at,
        number=milestone.number,
        **facts,
    )


@step
def ask_to_cure(milestone: Milestone, *, at: datetime) -> None:
    """The crew leader: how much was not accepted, why, and until when it may be cured."""
    assert milestone.cure_by is not None
    left = Money(milestone.labour_minor - milestone.accepted_minor, milestone.currency)
    say(
        milestone,
        "milestone_to_cure",
        [leader(milestone)],
        milestone.revision,
        at,
        amount=f"{left} {milestone.currency}",
        defect=milestone.defect,
        cure_by=milestone.cure_by.isoformat(),
    )


@step
def ask_to_sign(
    milestone: Milestone, workers: Iterable[int], due: datetime, *, at: datetime
) -> None:
    """Every sharer: there is a share-out to look at."""
    to = [To(worker_id=worker) for worker in workers]
    when = f"{due:%Y-%m-%d %H:%M}"
    say(milestone, "milestone_sign", to, milestone.share_version, at, due=when)
