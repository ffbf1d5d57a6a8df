"""Everything that a month's wages are made from, read in a fixed number of queries per chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from projects.acceptance import queries as acceptance
from projects.acceptance.queries import Sheet
from projects.attendance import queries as attendance
from projects.attendance.queries import Day
from projects.sites.queries import ProjectFacts
from settlements.adjustments import queries as adjustments
from settlements.adjustments.queries import Agreed
from settlements.milestones import queries as milestones
from settlements.milestones.queries import ShareDue
from settlements.statements import averaged
from settlements.statements.averaged import Averaged
from settlements.statements.models import month_after
from settlements.wages import rulesets
from workers_app.people import queries as people
from workers_app.terms import queries as terms
from workers_app.terms.queries import RateVersion

T = TypeVar("T")
WEEK = 7


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """The records of some workers' month on one project.

    `crew_days`: the days of every sharer of the piece sheets, also of workers outside the chunk.
    """

    project: ProjectFacts
    month: date
    worker_ids: tuple[int, ...]
    days: Mapping[int, Sequence[Day]]
    sheets: Mapping[int, Sequence[Sheet]]  # by crew
    crew_days: Mapping[int, Sequence[Day]]  # by crew
    rates: Mapping[int, Sequence[RateVersion]]
    # Days beside the month that belong to a workweek of it, where the law reckons by workweeks.
    around: Mapping[int, Sequence[Day]] = field(default_factory=dict)
    adjustments: Mapping[int, Sequence[Agreed]] = field(default_factory=dict)
    # By worker, of all milestones whose work touches the month; due are those that end in it.
    milestones: Mapping[int, Sequence[ShareDue]] = field(default_factory=dict)
    # Minor units of milestones, also unfinished ones, that were earned by this month's work.
    counted: Mapping[int, int] = field(default_factory=dict)
    by_weeks: bool = False
    averaged: Mapping[int, Averaged] = field(default_factory=dict)

    def covering(self, day: Day) -> list[Sheet]:
        """The sheets on which the crew's work of this day stands."""
        if day.crew_id is None:
            return []
        return [s for s in self.sheets.get(day.crew_id, ()) if s.covers(day.on)]


def read(project: ProjectFacts, month: date, worker_ids: Iterable[int]) -> MonthFacts:
    """The facts of these workers' month; the same number of queries for one worker or a thousand."""
    ids = tuple(sorted(set(worker_ids)))
    last = month_after(month) - timedelta(days=1)
    shares = milestones.dues(project.id, ids, month, last)
    margin = timedelta(days=WEEK - 1 if by_weeks(project) else 0)
    first_known, last_known = month - margin, last + margin
    known = attendance.figures_of(project.id, ids, first_known, last_known)
    days = [d for d in known if month <= d.on <= last]
    around = [d for d in known if not month <= d.on <= last]
    crews = {d.crew_id for d in known if d.crew_id is not None}
    crews |= people.crew_ids(ids, month, last)
    sheets = acceptance.sheets_of(project.id, crews, first_known, last_known)
    piece_crews = {s.crew_id for s in sheets if s.is_piece}
    return MonthFacts(
        project=project,
        month=month,
        worker_ids=ids,
        days=_by(days, "worker_id"),
        sheets=_by(sheets, "crew_id"),
        crew_days=_by(_sharers(project.id, piece_crews, sheets), "crew_id"),
        rates=_by(terms.rates(ids, project.id, first_known, last_known), "worker_id"),
        around=_by(around, "worker_id"),
        adjustments=_by(adjustments.agreed(project.id, ids, month, last), "worker_id"),
        milestones=shares,
        counted=counted(project.id, shares, month, last),
        by_weeks=by_weeks(project),
        averaged=averaged.read(project, month, ids),
    )


def counted(
    project_id: int, shares: Mapping[int, Sequence[ShareDue]], first: date, last: date
) -> dict[int, int]:
    """By worker, the part of known shares of milestones that the days of [first, last] earned.

    A milestone over several months is pay for all of them, by the minutes worked in each; rounded
    down. What is kept back or objected to is no pay: the minimum wage doesn't wait for it.
    """
    known = {w: [s for s in own if _goes_out(s)] for w, own in shares.items()}
    spans = [s for own in known.values() for s in own]
    if not spans:
        return {}
    begin, end = min(s.work_from for s in spans), max(s.work_to for s in spans)
    days = _by(attendance.figures_of(project_id, known, begin, end), "worker_id")
    return {w: sum(_earned_in(s, days[w], first, last) for s in own) for w, own in known.items()}


def _goes_out(share: ShareDue) -> bool:
    """Whether the amount is known, and paid now or as soon as the clock of the signature runs out."""
    return share.amount_minor is not None and share.reason in ("", "share_unsigned")


def _earned_in(share: ShareDue, days: Sequence[Day], first: date, last: date) -> int:
    assert share.amount_minor is not None
    span = [d for d in days if share.work_from <= d.on <= share.work_to and d.minutes]
    inside = sum(d.minutes for d in span if first <= d.on <= last)
    whole = sum(d.minutes for d in span)
    if not whole:  # agreed shares need no minutes: then it is pay of the month in which it ended
        return share.amount_minor if first <= share.work_to <= last else 0
    return share.amount_minor * inside // whole


def by_weeks(project: ProjectFacts) -> bool:
    """Whether the project's law pays premiums by the workweek, which may reach past the month."""
    return rulesets.load(project.rule_set).method == "regular_rate"


def _sharers(project_id: int, crew_ids: set[int], sheets: Sequence[Sheet]) -> list[Day]:
    """Days of the piece crews over the spans of their sheets, which may reach past the month."""
    spans = [s for s in sheets if s.is_piece]
    if not spans:
        return []
    first, last = min(s.work_from for s in spans), max(s.work_to for s in spans)
    return attendance.days_of_crews(project_id, crew_ids, first, last)


def _by(rows: Iterable[T], name: str) -> defaultdict[int, list[T]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
