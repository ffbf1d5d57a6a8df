"""Whom acceptance tells what, in rows that they see on their page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from jianzhu.kernel.db import step
from jianzhu.notices import queries as notices
from jianzhu.notices import steps as notice
from jianzhu.notices.steps import To
from projects.acceptance.models import TaskSheet
from workers_app.people import queries as people

notices.sentences(
    {
        "task_sheet_silence_soon": gettext_noop(
            "Task sheet %(number)s waits for your answer; without one it counts as accepted from %(due)s on."
        ),
        "task_sheet_deemed": gettext_noop(
            "Nobody answered task sheet %(number)s in time: it counts as accepted (%(quantity)s %(unit)s)."
        ),
        "task_sheet_time_accepted": gettext_noop(
            "Task sheet %(number)s is still in dispute; the time worked on it is paid all the same."
        ),
        "task_sheet_to_cure": gettext_noop(
            "Task sheet %(number)s: %(quantity)s %(unit)s not accepted (%(defect)s); cure by %(cure_by)s."
        ),
    }
)
ACCEPTING = (To(role="owner"), To(role="general_contractor"))


@step
def ask_to_cure(sheet: TaskSheet, *, at: datetime) -> None:
    """The crew leader: what was not accepted, why, and until when it may be cured."""
    assert sheet.cure_by is not None
    say(
        sheet,
        "task_sheet_to_cure",
        leader(sheet),
        at,
        defect=sheet.defect,
        cure_by=sheet.cure_by.isoformat(),
    )


def leader(sheet: TaskSheet) -> tuple[To, ...]:
    """The crew's leader."""
    return (To(worker_id=people.leader_of(sheet.crew_id)),)


@step
def say(sheet: TaskSheet, code: str, to: Iterable[To], at: datetime, **facts: Any) -> None:
    """One notice of this revision and decision to each addressee."""
    rejected = sheet.rejected_thousandths
    quantity = sheet.accepted_thousandths if rejected is None else rejected
    notice.tell(
        code,
        project_id=sheet.project_id,
        to=to,
        subject_type="task_sheet",
        subject_id=sheet.pk,
        once=f"{sheet.revision}.{sheet.version}",
        at=at,
        number=sheet.number,
        unit=sheet.unit,
        quantity=f"{(quantity or 0) / 1000:.3f}".rstrip("0").rstrip("."),
        **facts,
    )
