"""What in the records of a case does not fit together, found by the product.

A contradiction proves nothing against anybody; it says where to look. Each names its rows.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_noop

from jianzhu.access import queries as access
from projects.acceptance import queries as acceptance
from projects.acceptance.queries import Sheet
from projects.attendance import queries as attendance
from projects.attendance.phones import queries as phones
from projects.attendance.queries import Day, Passed
from projects.scheduling import queries as scheduling
from projects.sites import queries as sites
from settlements.disputes.queries import Case
from settlements.evidence.elements import ACCEPTED_SHEETS
from settlements.statements import queries as statements
from workers_app.people import queries as people

SENTENCES = {
    "punch_without_roster": gettext_noop("Punched on a day for which the plan has no crew of theirs."),
    "acceptance_without_punch": gettext_noop("Work of these days was accepted, and the worker has no punch."),
    "account": gettext_noop("One bank account was named for several people."),
    "phone": gettext_noop("One phone number was given by several people."),
    "one_phone": gettext_noop("Several people punched with one phone."),
    "two_sites": gettext_noop("At two sites within a time in which nobody gets from one to the other."),
    "signed_absent": gettext_noop("Signed the sheet without a punch on any of its days."),
    "day_beyond_punches": gettext_noop("More minutes are recorded than lie between the day's punches."),
}  # fmt: skip
# Nobody leaves one site and enters another in less.
BETWEEN_SITES = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`code` is a key of SENTENCES; `on` None where it is of no day; rows by noun."""

    code: str
    worker_ids: tuple[int, ...]
    on: date | None
    rows: dict[str, list[int]]


def found(case: Case) -> list[Contradiction]:
    """Everything that contradicts in the days and people of a case, by day."""
    ground = _Ground(case)
    told = [one for look in _LOOKS for one in look(ground)] if ground.days_in_dispute else []
    unique = {(c.code, c.worker_ids, c.on, str(c.rows)): c for c in told}
    return sorted(unique.values(), key=lambda c: (c.on or date.min, c.code, c.worker_ids))


def told_to(worker_id: int | None, found: Iterable[Contradiction]) -> list[Contradiction]:
    """A worker is told of the own only: the others' names are theirs."""
    return [c for c in found if worker_id is None or c.worker_ids == (worker_id,)]


class _Ground:
    """The records of the claimants' disputed days, read once each."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.zone = ZoneInfo(sites.project(case.project_id).zone)

    @cached_property
    def spans(self) -> set[tuple[int, date, date]]:
        """(worker, first, last) of every line."""
        lines = statements.lines(Q(pk__in=[n.line_id for n in self.case.lines]))
        return {(n.worker_id, n.on, n.until) for n in lines}

    @cached_property
    def days_in_dispute(self) -> set[tuple[int, date]]:
        """(worker, day) of every line."""
        return {
            (worker_id, first + timedelta(days=k))
            for worker_id, first, last in self.spans
            for k in range((last - first).days + 1)
        }

    @cached_property
    def workers(self) -> set[int]:
        return {worker for worker, _ in self.days_in_dispute}

    @cached_property
    def span(self) -> tuple[date, date]:
        days = [day for _, day in self.days_in_dispute]
        return min(days), max(days)

    @cached_property
    def instants(self) -> tuple[datetime, datetime]:
        first, last = self.span
        start = datetime.combine(first, time.min, tzinfo=self.zone)
        end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=self.zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    @cached_property
    def punches(self) -> list[Passed]:
        """The workers' own, also those of other projects: two sites need two."""
        start, end = self.instants
        return attendance.punches(Q(worker_id__in=self.workers, at__gte=start, at__lt=end))

    def of_day(self, worker_id: int, day: date) -> list[Passed]:
        return self._by_day.get((worker_id, day), [])

    @cached_property
    def _by_day(self) -> dict[tuple[int, date], list[Passed]]:
        by_day: dict[tuple[int, date], list[Passed]] = defaultdict(list)
        for punch in self.punches:
            by_day[punch.worker_id, punch.at.astimezone(self.zone).date()].append(punch)
        return by_day

    @cached_property
    def records(self) -> list[Day]:
        first, last = self.span
        return attendance.days_of(self.case.project_id, self.workers, first, last)

    @cached_property
    def crews(self) -> dict[int, people.CrewDays]:
        return people.crews_on(self.workers, *self.span)

    def crew_on(self, worker_id: int, day: date) -> int | None:
        own = self.crews.get(worker_id)
        return own.on(day) if own else None

    @cached_property
    def sheets(self) -> list[Sheet]:
        crews = people.crew_ids(self.workers, *self.span)
        return acceptance.sheets_of(self.case.project_id, crews, *self.span)


def _punch_without_roster(g: _Ground) -> Iterator[Contradiction]:
    plan = scheduling.planned_heads(g.case.project_id, *g.span)
    if not plan:
        return  # a project that plans nothing contradicts nothing
    for worker_id, day in sorted(g.days_in_dispute):
        punches = g.of_day(worker_id, day)
        crew = g.crew_on(worker_id, day)
        planned = any(h.crew_id == crew and h.first <= day <= h.last for h in plan)
        if punches and not planned:
            rows = {"punch": [p.id for p in punches]}
            yield Contradiction("punch_without_roster", (worker_id,), day, rows)


def _acceptance_without_punch(g: _Ground) -> Iterator[Contradiction]:
    for worker_id, first, last in sorted(g.spans):
        days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
        if any(g.of_day(worker_id, day) for day in days):
            continue  # of a span, rest days have no punch and contradict nothing
        accepted = [s.id for s in g.sheets if _stands_on(g, s, worker_id, days)]
        if accepted:
            yield Contradiction(
                "acceptance_without_punch", (worker_id,), first, {"task_sheet": accepted}
            )


def _stands_on(g: _Ground, sheet: Sheet, worker_id: int, days: Iterable[date]) -> bool:
    return sheet.state in ACCEPTED_SHEETS and any(
        sheet.covers(day) and g.crew_on(worker_id, day) == sheet.crew_id for day in days
    )


def _shared(g: _Ground) -> Iterator[Contradiction]:
    for shared in people.sharing(g.workers):
        rows = {"worker": list(shared.worker_ids)}
        yield Contradiction(shared.kind, shared.worker_ids, None, rows)


def _one_phone(g: _Ground) -> Iterator[Contradiction]:
    for group in phones.people_of_phones(g.workers, *g.instants):
        workers = tuple(sorted(group))
        yield Contradiction("one_phone", workers, None, {"worker": list(workers)})


def _two_sites(g: _Ground) -> Iterator[Contradiction]:
    own: dict[int, list[Passed]] = defaultdict(list)
    for punch in g.punches:
        own[punch.worker_id].append(punch)
    for worker_id, punches in own.items():
        for one, other in itertools.pairwise(punches):
            if one.site != other.site and other.at - one.at < BETWEEN_SITES:
                day = one.at.astimezone(g.zone).date()
                rows = {"punch": [one.id, other.id]}
                yield Contradiction("two_sites", (worker_id,), day, rows)


def _signed_absent(g: _Ground) -> Iterator[Contradiction]:
    signed = acceptance.signatures(s.id for s in g.sheets)
    hands = access.workers_of_hands({s.by for s in signed})
    sheets = {s.id: s for s in g.sheets}
    for one in signed:
        worker_id = hands.get(one.by)
        if worker_id is None or one.side != "crew":
            continue
        sheet = sheets[one.sheet_id]
        if not _present(g, worker_id, sheet.work_from, sheet.work_to):
            rows = {"task_sheet": [sheet.id]}
            yield Contradiction("signed_absent", (worker_id,), sheet.work_to, rows)


def _present(g: _Ground, worker_id: int, first: date, last: date) -> bool:
    start = datetime.combine(first, time.min, tzinfo=g.zone)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=g.zone)
    return bool(attendance.punches(Q(worker_id=worker_id, at__gte=start, at__lt=end)))


def _beyond_punches(g: _Ground) -> Iterator[Contradiction]:
    # A night shift ends on the next day: what a day was read from is asked for by id.
    disputed = [
        d for d in g.records if (d.worker_id, d.on) in g.days_in_dispute and not d.correction_id
    ]
    passed = {p.id: p for p in attendance.punches_of(disputed)}
    for day in disputed:
        read = sorted((passed[i] for i in day.punch_ids if i in passed), key=lambda p: p.at)
        between = (read[-1].at - read[0].at) // MINUTE if read else 0
        if day.minutes > between:
            rows = {"day_record": [day.id], "punch": [p.id for p in read]}
            yield Contradiction("day_beyond_punches", (day.worker_id,), day.on, rows)


_LOOKS: tuple[Callable[[_Ground], Iterable[Contradiction]], ...] = (
    _punch_without_roster,
    _acceptance_without_punch,
    _shared,
    _one_phone,
    _two_sites,
    _signed_absent,
    _beyond_punches,
)
