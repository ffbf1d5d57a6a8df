"""The queue, the people who may take a case, and the figures of the desk."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from jianzhu.access import queries as access
from jianzhu.audit import queries as audit
from projects.sites import queries as sites
from settlements.desk import contradictions, rules
from settlements.disputes import conflicts
from settlements.disputes import queries as disputes
from settlements.disputes.models import Decision, Dispute, DisputedLine
from settlements.disputes.queries import Case
from settlements.statements import queries as statements

MINIMUM = "minimum_wage_month"
# Cases of one queue; who has more open ones than this has another problem first.
QUEUE_MAX = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the queue: how urgent, and why. `why` are keys of `rules.SENTENCES`."""

    case: Case
    currency: str
    level: str
    points: int
    why: tuple[str, ...]
    contradictions: int


def queue(where: Q, at: datetime) -> list[Waiting]:
    """Open cases: those whose clock ran out first, then by day of the clock, then by weight."""
    cases = disputes.cases(where & Q(ended_at=None), limit=QUEUE_MAX)
    against = contradictions.of_all(cases)
    projects = {p.id: p for p in sites.projects(Q(pk__in={case.project_id for case in cases}))}
    minima = {
        region: statements.regional_value(MINIMUM, region, at.date())
        for region in {p.region for p in projects.values()}
    }
    found = []
    for case in cases:
        project = projects[case.project_id]
        minimum = minima[project.region]
        found.append(_waiting(case, project.currency, minimum, len(against[case.id]), at))
    return sorted(
        found,
        key=lambda w: (
            bool(w.case.suspended_at),
            w.case.due_at > at,
            w.case.due_at.date() if w.case.due_at > at else at.date(),
            -w.points,
            w.case.due_at,
            w.case.id,
        ),
    )


def _waiting(case: Case, currency: str, minimum: int | None, against: int, at: datetime) -> Waiting:
    facts = rules.Facts(
        due_at=case.due_at,
        filed_at=case.filed_at,
        claimants=len(case.claimants) or 1,
        disputed_minor=case.disputed_minor,
        minimum_month_minor=minimum,
        contradictions=against,
        assigned=case.assigned_to_id is not None,
        suspended=case.suspended_at is not None,
    )
    why = rules.urgency(facts, at)
    return Waiting(case, currency, rules.level(why), rules.points(why), why, against)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who decides cases, with how many are theirs now, and every tie to this case."""

    user_id: int
    name: str
    open_cases: int
    conflicts: tuple[str, ...]


def candidates(case_id: int, at: datetime) -> list[Candidate]:
    """Who may decide this case: neutral ones first, the one with the fewest cases on top."""
    case = Dispute.objects.get(pk=case_id)
    found = [
        Candidate(
            user_id,
            name,
            Dispute.objects.filter(assigned_to=user_id, ended_at=None).count(),
            tuple(str(tie) for tie in conflicts.found(case, user_id, at)),
        )
        for user_id, name in access.holders("arbitrator", at).items()
    ]
    return sorted(found, key=lambda c: (len(c.conflicts) > 0, c.open_cases, c.name))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the desk: `value` in `unit` ("hours", "per_mille", "minor", "cases"), over
    `count` cases; None where there was nothing to count."""

    name: str
    stage: str
    unit: str
    value: int | None
    count: int
    currency: str = ""


def figures(where: Q, since: datetime, at: datetime) -> list[Figure]:
    """What the desk did with the cases filed since: time by stage, by data, on time, overturned, paid."""
    rows = Dispute.objects.filter(where, filed_at__gte=since).order_by("pk")
    cases = list(rows.prefetch_related("lines"))
    ended = [c for c in cases if c.ended_at is not None]
    by_data = [c for c in ended if _ended_by(c) == "data"]
    in_time = [c for c in ended if c.ended_at is not None and c.ended_at <= c.due_at]
    late = [c for c in cases if c.ended_at is None and c.due_at <= at]
    return [
        Figure("open", "", "cases", len(cases) - len(ended), len(cases)),
        *_stages(cases, at),
        Figure("by_data", "", "per_mille", rules.per_mille(len(by_data), len(ended)), len(ended)),
        Figure(
            "on_time",
            "",
            "per_mille",
            rules.per_mille(len(in_time), len(ended) + len(late)),
            len(ended) + len(late),
        ),
        _overturned(cases),
        *_released(cases),
    ]


def _ended_by(case: Dispute) -> str:
    outcomes = {row.outcome for row in case.lines.all()}
    return outcomes.pop() if len(outcomes) == 1 else "mixed"


def _stages(cases: Iterable[Dispute], at: datetime) -> list[Figure]:
    """How long cases stood in each state, median in whole hours, from the log."""
    stood: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        moves = [
            (told.at, str(told.data["state"]))
            for told in audit.history("dispute", case.pk)
            if "state" in told.data and told.actor != "database"
        ]
        for (start, state), (end, _following) in itertools.pairwise(moves):
            if end > start:
                stood[state].append(int((end - start).total_seconds()) // 3_600)
        if case.ended_at is not None:
            stood["whole"].append(int((case.ended_at - case.filed_at).total_seconds()) // 3_600)
    return [
        Figure("time_to_close", state, "hours", rules.median(hours), len(hours))
        for state, hours in stood.items()
    ]


def _overturned(cases: Iterable[Dispute]) -> Figure:
    """Of the decisions that a court looked at or whose windows are over, how many fell."""
    rows = Decision.objects.filter(dispute__in=[c.pk for c in cases], kind__in=("award", "partial"))
    firm = rows.filter(state__in=("in_force", "enforcing", "performed")).count()
    fell = rows.filter(state="annulled").count()
    return Figure("overturned", "", "per_mille", rules.per_mille(fell, firm + fell), firm + fell)


def _released(cases: Iterable[Dispute]) -> list[Figure]:
    """What went out to workers through cases, by currency, minor units."""
    total: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    rows = DisputedLine.objects.filter(dispute__in=[c.pk for c in cases], live=False)
    for row in rows.exclude(outcome="withdrawn").select_related("line__statement"):
        paid = row.awarded_minor if row.awarded_minor is not None else row.line.amount_minor
        if paid:
            total[row.line.statement.currency] += paid
            count[row.line.statement.currency] += 1
    return [Figure("released", "", "minor", total[c], count[c], c) for c in sorted(total)]
