"""Until when a person's records are kept: years after completion and settlement, whichever is later.

Decree 724 (保障农民工工资支付条例) art. 15 asks for at least three years after the works are complete and all
wages are settled. A longer time, or another law's, is a row of `Retention`, by date.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from jianzhu.audit.rebuild import state_since
from projects.sites import queries as sites
from settlements.disputes import queries as disputes
from settlements.evidence.errors import NotErasable, StillOwed
from settlements.evidence.models import Retention
from settlements.payouts import queries as payouts
from settlements.statements import queries as statements
from workers_app.terms import queries as terms

OVER = ("completed", "closed")
YEARS_BY_LAW = 3


def refuse_early(worker_id: int, at: datetime) -> None:
    """Raise StillOwed while anything is open, NotErasable until the retention time is over."""
    until = kept_until(worker_id)
    if at < until:
        raise NotErasable(until=until.date())


def kept_until(worker_id: int) -> datetime:
    """The instant from which the person may be erased. StillOwed while anything is open."""
    ends = [_completed(project_id) for project_id in terms.agreed_projects(worker_id)]
    ends += _settled(worker_id)
    last = max(ends, default=None)
    if last is None:
        raise StillOwed(what="nothing was ever worked")
    rule = Retention.objects.filter(valid_from__lte=last.date()).order_by("-valid_from").first()
    return _years_after(last, rule.years if rule else YEARS_BY_LAW)


def _completed(project_id: int) -> datetime:
    """When the works were completed, as the log has it."""
    project = sites.project(project_id)
    if project.state not in OVER:
        raise StillOwed(what=f"{project.code}: {project.state}")
    return state_since("projects_project", project_id, "completed")


def _settled(worker_id: int) -> list[datetime]:
    """When each payment arrived."""
    for line in statements.lines(Q(statement__worker_id=worker_id)):
        if line.stage != "paid" and line.amount_minor != 0:
            raise StillOwed(what=f"statement_line {line.id}: {line.state}")
    for case in disputes.cases(Q(parties__worker_id=worker_id, ended_at=None)):
        raise StillOwed(what=f"dispute {case.id}: {case.state}")
    sent = payouts.payouts(Q(worker_id=worker_id))
    return [p.settled_at for p in sent if p.settled_at is not None]


def _years_after(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, month=3, day=1)
