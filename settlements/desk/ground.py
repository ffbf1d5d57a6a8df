"""The records that the disputed days of cases are held against: each kind is read once for all cases
of a page, so that a queue of hundreds asks no more questions than one case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q

from jianzhu.access import queries as access
from projects.acceptance import queries as acceptance
from projects.acceptance.queries import Sheet, Signed
from projects.attendance import queries as attendance
from projects.attendance.phones import queries as phones
from projects.attendance.phones.queries import Used
from projects.attendance.queries import Day, Passed
from projects.scheduling import queries as scheduling
from projects.scheduling.queries import Heads
from projects.sites import queries as sites
from settlements.disputes.queries import Case
from settlements.statements import queries as statements
from workers_app.people import queries as people
from workers_app.people.queries import CrewDays, Shared

DAY = timedelta(days=1)


class Records:
    """Everything about the claimants of these cases within the days in dispute."""

    def __init__(self, cases: Sequence[Case]) -> None:
        ids = [n.line_id for case in cases for n in case.lines]
        self.lines = {n.id: n for n in statements.lines(Q(pk__in=ids))} if ids else {}
        self.projects = {
            p.id: p for p in sites.projects(Q(pk__in={case.project_id for case in cases}))
        }
        self.workers = {n.worker_id for n in self.lines.values()}
        self.first = min((n.on for n in self.lines.values()), default=date.max)
        self.last = max((n.until for n in self.lines.values()), default=date.min)

    @cached_property
    def instants(self) -> tuple[datetime, datetime]:
        """The days in dispute in whatever zone."""
        start = datetime.combine(self.first - DAY, time.min, tzinfo=UTC)
        return start, datetime.combine(self.last + 2 * DAY, time.min, tzinfo=UTC)

    @cached_property
    def punches(self) -> dict[int, list[Passed]]:
        """By worker, also those of other projects: two sites need two."""
        start, end = self.instants
        return _by_worker(
            attendance.punches(Q(worker_id__in=self.workers, at__gte=start, at__lt=end))
        )

    @cached_property
    def days(self) -> dict[int, list[Day]]:
        """By project."""
        return {
            ident: attendance.days_of(ident, self.workers, self.first, self.last)
            for ident in self.projects
        }

    @cached_property
    def plans(self) -> dict[int, list[Heads]]:
        """By project."""
        return {
            ident: scheduling.planned_heads(ident, self.first, self.last) for ident in self.projects
        }

    @cached_property
    def crews(self) -> dict[int, CrewDays]:
        return people.crews_on(self.workers, self.first, self.last)

    @cached_property
    def sheets(self) -> dict[int, list[Sheet]]:
        """By project."""
        crews = people.crew_ids(self.workers, self.first, self.last)
        return {
            ident: acceptance.sheets_of(ident, crews, self.first, self.last)
            for ident in self.projects
        }

    @cached_property
    def signed(self) -> dict[int, list[Signed]]:
        """By sheet."""
        found: dict[int, list[Signed]] = defaultdict(list)
        for one in acceptance.signatures(s.id for own in self.sheets.values() for s in own):
            found[one.sheet_id].append(one)
        return found

    @cached_property
    def hands(self) -> dict[str, int]:
        """{hand: worker} of who signed."""
        return access.workers_of_hands({s.by for own in self.signed.values() for s in own})

    @cached_property
    def signers(self) -> dict[int, list[Passed]]:
        """By worker, on the days of all these sheets."""
        sheets = [s for own in self.sheets.values() for s in own]
        if not sheets or not self.hands:
            return {}
        first, last = min(s.work_from for s in sheets), max(s.work_to for s in sheets)
        start = datetime.combine(first - DAY, time.min, tzinfo=UTC)
        end = datetime.combine(last + 2 * DAY, time.min, tzinfo=UTC)
        workers = set(self.hands.values())
        return _by_worker(attendance.punches(Q(worker_id__in=workers, at__gte=start, at__lt=end)))

    @cached_property
    def read_from(self) -> dict[int, Passed]:
        """The punches that the days were read from, by id: a night shift ends on the next day."""
        days = [day for own in self.days.values() for day in own]
        return {p.id: p for p in attendance.punches_of(days)}

    @cached_property
    def shared(self) -> list[Shared]:
        return people.sharing(self.workers)

    @cached_property
    def phones(self) -> list[Used]:
        return phones.uses(self.workers, *self.instants)


def _by_worker(punches: Iterable[Passed]) -> dict[int, list[Passed]]:
    found: dict[int, list[Passed]] = defaultdict(list)
    for punch in punches:
        found[punch.worker_id].append(punch)
    return found


class Ground:
    """What of the records is about one case."""

    def __init__(self, case: Case, records: Records) -> None:
        self.case, self.records = case, records
        self.zone = ZoneInfo(records.projects[case.project_id].zone)
        own = (records.lines.get(n.line_id) for n in case.lines)
        # (worker, first, last) of every line.
        self.spans = {(n.worker_id, n.on, n.until) for n in own if n is not None}
        self.workers = {worker_id for worker_id, _, _ in self.spans}

    @cached_property
    def days_in_dispute(self) -> set[tuple[int, date]]:
        """(worker, day) of every line."""
        return {
            (worker_id, first + k * DAY)
            for worker_id, first, last in self.spans
            for k in range((last - first).days + 1)
        }

    @cached_property
    def span(self) -> tuple[date, date]:
        return min(first for _, first, _ in self.spans), max(last for _, _, last in self.spans)

    def within(self, at: datetime, first: date, last: date) -> bool:
        """Whether an instant is of these days at the site."""
        return first <= at.astimezone(self.zone).date() <= last

    @cached_property
    def punches(self) -> dict[int, list[Passed]]:
        """By worker, in time."""
        return {
            worker_id: [
                p for p in self.records.punches.get(worker_id, ()) if self.within(p.at, *self.span)
            ]
            for worker_id in self.workers
        }

    @cached_property
    def _by_day(self) -> dict[tuple[int, date], list[Passed]]:
        by_day: dict[tuple[int, date], list[Passed]] = defaultdict(list)
        for worker_id, punches in self.punches.items():
            for punch in punches:
                by_day[worker_id, punch.at.astimezone(self.zone).date()].append(punch)
        return by_day

    def of_day(self, worker_id: int, day: date) -> list[Passed]:
        return self._by_day.get((worker_id, day), [])

    @cached_property
    def plan(self) -> list[Heads]:
        first, last = self.span
        plan = self.records.plans[self.case.project_id]
        return [h for h in plan if h.first <= last and h.last >= first]

    @cached_property
    def disputed(self) -> list[Day]:
        days = self.records.days[self.case.project_id]
        return [d for d in days if (d.worker_id, d.on) in self.days_in_dispute]

    def crew_on(self, worker_id: int, day: date) -> int | None:
        own = self.records.crews.get(worker_id)
        return own.on(day) if own else None

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Of every crew that a claimant was in on any of the days."""
        first, last = self.span
        days = [first + k * DAY for k in range((last - first).days + 1)]
        crews = {self.crew_on(worker_id, day) for worker_id in self.workers for day in days}
        sheets = self.records.sheets[self.case.project_id]
        return [
            s for s in sheets if s.crew_id in crews and s.work_from <= last and s.work_to >= first
        ]

    def present(self, worker_id: int, first: date, last: date) -> bool:
        """Whether the worker punched on any of these days, wherever."""
        punches = self.records.signers.get(worker_id, ())
        return any(self.within(p.at, first, last) for p in punches)

    @cached_property
    def one_phone(self) -> list[set[int]]:
        """Groups of people who punched with one phone within the days, a claimant among them."""
        people_of: dict[int, set[int]] = defaultdict(set)
        for one in self.records.phones:
            if self.within(one.at, *self.span):
                people_of[one.phone_id].add(one.worker_id)
        return [g for g in people_of.values() if len(g) > 1 and g & self.workers]
