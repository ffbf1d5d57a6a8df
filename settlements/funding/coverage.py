"""How many days of wages ahead the account covers, from the published plan and the agreed rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from jianzhu.kernel.calendar import is_workday
from projects.scheduling import queries as scheduling
from projects.scheduling.queries import Heads
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.funding import rules
from settlements.funding.models import LabourCostAgreement
from settlements.funding.rules import WeekAhead
from settlements.ledger import queries as ledger
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Coverage:
    """Minor units; `days` counts planned working days that are paid for, `planned_days` all of them.

    `accrued`: wages of work already recorded that have not left the account's free balance yet.
    `weeks`: the planned wages by calendar week, with what the money does not reach.
    """

    project_id: int
    currency: str
    free: int
    accrued: int
    days: int
    planned_days: int
    planned_minor: int
    runs_out_on: date | None
    floor_days: int
    is_low: bool
    weeks: tuple[WeekAhead, ...] = ()


def coverage(project_id: int, at: datetime, plan_id: int | None = None) -> Coverage:
    """The project's coverage at this instant; queries do not grow with workers or days.

    `plan_id`: as it would be if this plan of the project were the published one.
    """
    project = sites.project(project_id)
    today = at.astimezone(ZoneInfo(project.zone)).date()
    costs = _costs(project, today, plan_id)
    free, accrued = ledger.balance("wage_fund", project_id).free, _accrued(project_id)
    ahead = rules.days_ahead(free, accrued, costs)
    agreed = agreement_on(project_id, today)
    floor = agreed.floor_days if agreed else 0
    low = ahead.runs_out_on is not None and ahead.days < floor
    return Coverage(
        project_id=project_id,
        currency=project.currency,
        free=free,
        accrued=accrued,
        days=ahead.days,
        planned_days=len(costs),
        planned_minor=sum(cost for _, cost in costs),
        runs_out_on=ahead.runs_out_on,
        floor_days=floor,
        is_low=low or (free < accrued and floor > 0),
        weeks=tuple(rules.weeks_ahead(free, accrued, costs)),
    )


def agreement_on(project_id: int, on: date) -> LabourCostAgreement | None:
    """The labour-cost agreement in force that day."""
    rows = LabourCostAgreement.objects.filter(
        project_id=project_id, state="agreed", valid_from__lte=on
    )
    return rows.order_by("-valid_from").first()


def in_arrears(project_id: int, today: date) -> dict[int, dict[int, int]]:
    """Accepted wages that somebody has to answer for, {employer: {worker: minor units}}: what the
    account could not cover, and what was not paid by its day (Decree 724 art. 29, 30)."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for employer_id, worker_id, total in _ask(_IN_ARREARS, project_id, today, project_id, today):
        found[int(employer_id)][int(worker_id)] = int(total)
    return {e: own for e, own in found.items() if sum(own.values()) > 0}


def _accrued(project_id: int) -> int:
    ((total,),) = _ask(_ACCRUED, project_id)
    return int(total)


# The rooms above keep their rows; money asks their tables, as the books do.
_ACCRUED = """
    SELECT coalesce(sum(l.amount_minor), 0) FROM settlements_statementline l
    JOIN settlements_statement s ON s.id = l.statement_id
    WHERE s.project_id = %s AND l.state IN ('held', 'matched', 'disputed')
"""
# What failed for the payee's own account is not the payer's arrears: it has clocks of its own.
_IN_ARREARS = """
    SELECT w.employer_id, w.id, sum(owed.amount_minor) FROM (
        SELECT s.worker_id, l.amount_minor FROM settlements_statementline l
        JOIN settlements_statement s ON s.id = l.statement_id
        WHERE s.project_id = %s AND l.state = 'matched'
          AND (l.reason = 'unfunded' OR s.pay_on < %s)
        UNION ALL
        SELECT s.worker_id, l.amount_minor FROM settlements_payout p
        JOIN settlements_statementline l ON l.payout_id = p.id
        JOIN settlements_statement s ON s.id = l.statement_id
        WHERE p.project_id = %s AND p.state IN ('ready', 'sent', 'unknown') AND s.pay_on < %s
    ) owed
    JOIN workers_app_worker w ON w.id = owed.worker_id
    GROUP BY w.employer_id, w.id ORDER BY w.employer_id, w.id
"""


def _ask(sql: str, *values: int | date) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _costs(project: ProjectFacts, today: date, plan_id: int | None) -> list[tuple[date, int]]:
    """What each working day of the published plan will cost, from tomorrow on."""
    first, last = today + timedelta(days=1), today + timedelta(days=rules.HORIZON_DAYS)
    heads = scheduling.planned_heads(project.id, first, last)
    daily = _daily_wages(project, heads, first, last)
    found: dict[date, int] = defaultdict(int)
    for part in heads:
        day = max(part.first, first)
        while day <= min(part.last, last):
            if is_workday(day, project.country):
                found[day] += part.headcount * daily[part.crew_id]
            day += timedelta(days=1)
    for day, minor in scheduling.planned_wages(project.id, first, last, plan_id):
        found[day] += minor
    return sorted(found.items())


def _daily_wages(
    project: ProjectFacts, heads: Iterable[Heads], first: date, last: date
) -> Mapping[int, int]:
    """The average agreed day's wage of each crew, rounded up; of a crew without time rates that of
    the whole project."""
    crews = {part.crew_id for part in heads}
    members = {crew: people.workers_of_crews([crew], first, last) for crew in crews}
    everybody = terms.workers_of(project.id) if crews else set()
    wages: dict[int, int] = {}
    for rate in terms.rates(everybody, project.id, first, last):
        if rate.day_minor is not None:
            wages[rate.worker_id] = rate.day_minor
    overall = _average(wages.values())
    return {
        crew: _average(wages[w] for w in workers if w in wages) or overall
        for crew, workers in members.items()
    }


def _average(amounts: Iterable[int]) -> int:
    known = list(amounts)
    return -(-sum(known) // len(known)) if known else 0
