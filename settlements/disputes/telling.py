"""Whom a case tells what, in rows that they find on their page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from jianzhu.kernel.db import step
from jianzhu.notices import queries as notices
from jianzhu.notices import steps as notice
from jianzhu.notices.steps import To
from projects.sites import queries as sites
from settlements.disputes.models import Dispute

notices.sentences(
    {
        "case_filed": gettext_noop(
            "Case %(case)s: %(lines)s line(s) are objected to and wait; say what is so until %(due)s."
        ),
        "case_asked": gettext_noop(
            "Case %(case)s waits until %(due)s for what only you have; silence counts against its holder."
        ),
        "case_offered": gettext_noop(
            "Case %(case)s: a result is offered. Without a no it counts from %(due)s on."
        ),
        "case_stage": gettext_noop("Case %(case)s: %(verb)s. The next day to keep is %(due)s."),
        "case_ended": gettext_noop("Case %(case)s has ended: %(verb)s."),
        "case_suspended": gettext_noop("Case %(case)s is suspended: %(reason)s. Its clocks stand."),
        "case_resumed": gettext_noop("Case %(case)s goes on; the next day to keep is %(due)s."),
        "case_may_sue": gettext_noop(
            "Case %(case)s: the time limit is over without an answer. The court is open to you."
        ),
        "case_overdue": gettext_noop("Case %(case)s: %(clock)s is overdue since %(due)s."),
        "case_decided": gettext_noop(
            "Case %(case)s is decided. A side may go to court until %(due)s."
        ),
    }
)


def _to(case: Dispute, side: str) -> list[To]:
    parties = case.parties.all()
    if side == "claimant":
        return [To(worker_id=p.worker_id) for p in parties if p.worker_id and not p.outcome]
    roles = {p.role for p in parties if p.side == "respondent"}
    return [To(role=role) for role in sorted(roles)]


@step
def say(
    case: Dispute, code: str, sides: Iterable[str], once: object, at: datetime, **facts: Any
) -> None:
    """One notice of this occasion to everybody of these sides."""
    to = [one for side in sides for one in _to(case, side)]
    notice.tell(
        code,
        project_id=case.project_id,
        to=to,
        subject_type="dispute",
        subject_id=case.pk,
        once=str(once),
        at=at,
        case=case.number or case.pk,
        **facts,
    )


def day(case: Dispute, due_at: datetime) -> str:
    """The last moment at which it is in time, on the site."""
    zone = ZoneInfo(sites.project(case.project_id).zone)
    return f"{due_at.astimezone(zone):%Y-%m-%d %H:%M}"


@step
def ask(case: Dispute, side: str, due_at: datetime, *, at: datetime) -> None:
    """The side that has what is missing."""
    say(case, "case_asked", [side], f"{side}:{due_at.isoformat()}", at, due=day(case, due_at))


@step
def stage(case: Dispute, verb: str, *, at: datetime) -> None:
    """Both sides: where the case stands now."""
    code = "case_ended" if case.ended_at else "case_stage"
    facts = {} if case.ended_at else {"due": day(case, case.due_at)}
    say(case, code, ("claimant", "respondent"), f"{verb}:{at.isoformat()}", at, verb=verb, **facts)
