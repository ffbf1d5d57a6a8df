"""From punches to day records: read, pair by the dated rule, write what changed. In chunks."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.calendar import add_workdays, is_workday
from jianzhu.kernel.db import advisory_lock, step
from jianzhu.kernel.errors import NotFound
from jianzhu.outbox import steps as outbox
from projects.attendance import errors
from projects.attendance.models import AttendanceRule, Correction, DayRecord, ParkedEvent, Punch
from projects.attendance.rules import (
    DayFact,
    DayRule,
    Direction,
    PunchFact,
    Reader,
    Span,
    instant,
    roster_of,
)
from projects.attendance.steps import Passage, worker_on
from projects.sites import queries as sites
from projects.sites.queries import Enrolled, ProjectFacts, Terminal
from workers_app.people import queries as people

# A shift may begin this long before midnight or end this long after: punches read beyond the days.
MARGIN = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Rules:
    """The dated rules of a project: a crew's own before the project's."""

    versions: Mapping[int | None, Sequence[tuple[date, int, Reader]]]
    default: Reader

    def on(self, crew_id: int | None, day: date) -> tuple[int | None, Reader]:
        """(rule id, its reader) in force for a crew on a day; the default when none was agreed."""
        for owner in dict.fromkeys((crew_id, None)):
            rows = self.versions.get(owner, ())
            place = bisect_right([row[0] for row in rows], day)
            if place:
                return rows[place - 1][1], rows[place - 1][2]
        return None, self.default


def day_key(project_id: int, worker_id: int) -> str:
    """The name under which one worker's days on one project are changed by one hand at a time."""
    return f"days:{project_id}:{worker_id}"


@step
def pair(
    project_id: int, worker_ids: Sequence[int], first: date, last: date, *, at: datetime
) -> int:
    """Bring the day records of these workers and days up to date; returns how many changed."""
    for worker_id in worker_ids:
        advisory_lock(day_key(project_id, worker_id))
    project = sites.project(project_id)
    zone = ZoneInfo(project.zone)
    crews = people.crews_on(worker_ids, first, last)
    punches = _punches(project_id, worker_ids, first, last, zone)
    standing = {
        (d.worker_id, d.on): d
        for d in DayRecord.objects.filter(
            project_id=project_id, worker_id__in=worker_ids, on__gte=first, on__lte=last
        )
    }
    rules = _rules(project)

    new, changed, unfinished = [], [], set()
    for worker_id in worker_ids:
        facts = _worker_days(worker_id, punches[worker_id], rules, crews, first, last)
        for on, (fact, crew_id, rule_id) in facts.items():
            record = standing.pop((worker_id, on), None)
            over = _over(on, zone, at)
            if not over:
                unfinished.add(on)
            if record is None:
                record = DayRecord(
                    worker_id=worker_id,
                    project_id=project_id,
                    on=on,
                    state="open",
                )
                new.append(record)
            elif record.state in ("corrected", "locked") or _same(record, fact, crew_id, over):
                continue
            else:
                changed.append(record)
            _fill(record, fact, crew_id, rule_id, project, at, over=over)
    for record in standing.values():
        if record.state in ("paired", "confirmed", "exception") and record.punch_ids:
            _empty(record, at)
            changed.append(record)

    DayRecord.objects.bulk_create(new, batch_size=1_000)
    _save(changed)
    _tell(new + changed, SYSTEM, at)
    _pair_when_over(project_id, worker_ids, unfinished, zone)
    return len(new) + len(changed)


def _punches(
    project_id: int, worker_ids: Sequence[int], first: date, last: date, zone: ZoneInfo
) -> dict[int, list[PunchFact]]:
    start = datetime.combine(first, time.min, tzinfo=zone) - MARGIN
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone) + MARGIN
    rows = (
        Punch.objects.filter(
            project_id=project_id, worker_id__in=worker_ids, at__gte=start, at__lt=end
        )
        .order_by("worker_id", "at", "pk")
        .values_list("worker_id", "pk", "at", "direction", "site_id")
    )
    found: dict[int, list[PunchFact]] = defaultdict(list)
    for worker_id, ident, at, direction, site_id in rows:
        found[worker_id].append(
            PunchFact(ident, int(at.timestamp()), Direction(direction), site_id)
        )
    return found


def _rules(project: ProjectFacts) -> Rules:
    zone = ZoneInfo(project.zone)

    def is_free(day: date) -> bool:
        return not is_workday(day, project.country)

    versions: dict[int | None, list[tuple[date, int, Reader]]] = defaultdict(list)
    for row in AttendanceRule.objects.filter(project_id=project.id).order_by("valid_from"):
        rule = DayRule.from_document(row.document)
        if rule.holidays == "skip":  # work on a free day is asked about, never left out
            rule = replace(rule, holidays="ask")
        reader = Reader(rule, zone, roster_of(row.document), is_free)
        versions[row.crew_id].append((row.valid_from, row.pk, reader))
    return Rules(versions, Reader(DayRule(), zone))


def _worker_days(
    worker_id: int,
    punches: Sequence[PunchFact],
    rules: Rules,
    crews: Mapping[int, people.CrewDays],
    first: date,
    last: date,
) -> dict[date, tuple[DayFact, int | None, int | None]]:
    """The worker's days within [first, last], each paired by the rule of its crew and date.

    Where rules change inside the span, each rule reads all the punches and gives its own days.
    """
    own = crews.get(worker_id)
    found: dict[date, tuple[DayFact, int | None, int | None]] = {}
    readings: dict[int | None, dict[date, DayFact]] = {}
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        crew_id = own.on(on) if own else None
        rule_id, reader = rules.on(crew_id, on)
        if rule_id not in readings:
            readings[rule_id] = {f.on: f for f in reader.days(punches)}
        fact = readings[rule_id].get(on)
        if fact is not None:
            found[on] = (fact, crew_id, rule_id)
    return found


def _over(on: date, zone: ZoneInfo, at: datetime) -> bool:
    """A day may be judged when a night shift that began on it must have ended."""
    return at >= datetime.combine(on + timedelta(days=1), time(12), tzinfo=zone)


def _same(record: DayRecord, fact: DayFact, crew_id: int | None, over: bool) -> bool:
    return (record.state != "paired" or not over) and (
        record.minutes,
        record.night_minutes,
        record.workday_thousandths,
        record.intervals,
        record.exceptions,
        record.punch_ids,
        record.crew_id,
    ) == (
        fact.minutes,
        fact.night_minutes,
        fact.workday_thousandths,
        _intervals(fact),
        _exceptions(fact),
        list(fact.punch_ids),
        crew_id,
    )


def _intervals(fact: DayFact) -> list[list[str]]:
    return [[instant(a).isoformat(), instant(b).isoformat()] for a, b in fact.intervals]


def _exceptions(fact: DayFact) -> list[str]:
    return [str(e.code) for e in fact.exceptions]


def _fill(
    record: DayRecord,
    fact: DayFact,
    crew_id: int | None,
    rule_id: int | None,
    project: ProjectFacts,
    at: datetime,
    *,
    over: bool,
) -> None:
    record.minutes, record.night_minutes = fact.minutes, fact.night_minutes
    record.workday_thousandths = fact.workday_thousandths
    record.intervals, record.exceptions = _intervals(fact), _exceptions(fact)
    record.punch_ids = list(fact.punch_ids)
    record.crew_id, record.rule_id = crew_id, rule_id
    record.version += 1
    record.updated_at = at
    if not over:
        record.pair()
    elif record.exceptions:
        record.question()
        record.answer_due_on = add_workdays(record.on, project.confirm_days, project.country)
    else:
        record.confirm()
        record.answer_due_on = None


def _empty(record: DayRecord, at: datetime) -> None:
    """Its punches belong to another day by now: nothing was worked on this one."""
    record.minutes = record.night_minutes = record.workday_thousandths = 0
    record.intervals, record.exceptions, record.punch_ids = [], [], []
    record.version += 1
    record.updated_at = at
    record.confirm()


def _save(records: Sequence[DayRecord]) -> None:
    if records:
        DayRecord.objects.bulk_update(
            records,
            [
                "state",
                "minutes",
                "night_minutes",
                "workday_thousandths",
                "intervals",
                "exceptions",
                "punch_ids",
                "crew",
                "rule",
                "correction",
                "version",
                "answer_due_on",
                "updated_at",
            ],
            batch_size=500,
        )


def _tell(records: Iterable[DayRecord], actor: Actor, at: datetime) -> None:
    """One event per worker with all the days that changed, and news of the days for pay."""
    by_worker: dict[tuple[int, int], list[DayRecord]] = defaultdict(list)
    for record in records:
        by_worker[record.project_id, record.worker_id].append(record)
    events, months = [], defaultdict(set)
    for (project_id, worker_id), days in sorted(by_worker.items()):
        told = [
            [
                d.pk,
                d.on.isoformat(),
                d.state,
                d.version,
                d.minutes,
                d.workday_thousandths,
                d.exceptions,
            ]
            for d in sorted(days, key=lambda d: d.on)
        ]
        events.append(
            Event("day_record.pair", "worker", worker_id, {"project": project_id, "days": told})
        )
        for day in days:
            months[project_id, day.on.replace(day=1)].add(worker_id)
    audit.record_many(events, actor=actor, at=at)
    for (project_id, month), workers in sorted(months.items()):
        outbox.put_ids(
            "day_record.pair",
            "worker_ids",
            workers,
            size=200,
            project_id=project_id,
            month=month.isoformat(),
        )


def _pair_when_over(
    project_id: int, worker_ids: Sequence[int], days: Iterable[date], zone: ZoneInfo
) -> None:
    for on in sorted(days):
        due = datetime.combine(on + timedelta(days=1), time(12), tzinfo=zone)
        outbox.put_ids(
            "day_record.end_due",
            "worker_ids",
            worker_ids,
            size=200,
            due_at=due,
            project_id=project_id,
            first=on.isoformat(),
            last=on.isoformat(),
        )


@step
def correct(correction: Correction, *, at: datetime) -> DayRecord:
    """Put an approved correction over the day; the punches and the former figures stay on record."""
    project = sites.project(correction.project_id)
    crews = people.crews_on([correction.worker_id], correction.on, correction.on)
    own = crews.get(correction.worker_id)
    crew_id = own.on(correction.on) if own else None
    rule_id, reader = _rules(project).on(crew_id, correction.on)
    fact = reader.measure(correction.on, _parse(correction.intervals))

    record, _ = DayRecord.objects.get_or_create(
        worker_id=correction.worker_id,
        project_id=correction.project_id,
        on=correction.on,
        defaults={"updated_at": at},
    )
    record.minutes, record.night_minutes = fact.minutes, fact.night_minutes
    record.workday_thousandths = fact.workday_thousandths
    record.intervals, record.exceptions = _intervals(fact), []
    record.crew_id, record.rule_id = crew_id, rule_id
    record.version += 1
    record.answer_due_on, record.updated_at = None, at
    record.correct(correction_id=correction.pk)
    _save([record])
    _tell([record], SYSTEM, at)
    return record


def _parse(intervals: Sequence[Sequence[str]]) -> list[Span]:
    return [(_seconds(a), _seconds(b)) for a, b in intervals]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def check_intervals(
    on: date, intervals: Sequence[tuple[datetime, datetime]], *, zone: str, at: datetime
) -> None:
    """Refuse what can't be one day's work: backwards, overlapping, elsewhere, or still to come."""
    previous = None
    for start, end in sorted(intervals):
        if end <= start:
            raise errors.BadIntervals(on=on, problem="an interval ends before it begins")
        if previous is not None and start < previous:
            raise errors.BadIntervals(on=on, problem="two intervals overlap")
        if start.astimezone(ZoneInfo(zone)).date() != on and start == min(intervals)[0]:
            raise errors.BadIntervals(on=on, problem="the work begins on another day")
        previous = end
    if previous is not None and previous - min(intervals)[0] > timedelta(hours=24):
        raise errors.BadIntervals(on=on, problem="more than 24 hours")
    if previous is not None and previous > at:
        raise errors.FutureDay(on=on)


def check_person(actor: Actor, worker_id: int, project_id: int) -> None:
    """A worker asks for the own day; leader and office for those of their project."""
    if actor.worker_id == worker_id and policy.may(actor, "correction", "request"):
        return
    if "worker" in actor.roles and len(actor.roles) == 1:
        raise NotFound(noun="worker")
    policy.require(actor, "correction", "request", project_id=project_id)


def passage_of(
    event: ParkedEvent,
    terminals: Mapping[int, Terminal],
    enrolments: Mapping[tuple[int, str], Sequence[Enrolled]],
) -> Passage | None:
    """A parked event as a passage, now that its number is known; None if it still is not."""
    terminal = terminals.get(event.body.device_id or 0)
    if terminal is None:
        return None
    said = datetime.fromisoformat(event.event["at"])
    if event.event["local"]:
        said = said.replace(tzinfo=ZoneInfo(terminal.zone))
    at = said - timedelta(seconds=terminal.drift_seconds)
    day = at.astimezone(ZoneInfo(terminal.zone)).date()
    worker_id = worker_on(enrolments.get((terminal.site_id, event.person_no), ()), day)
    if worker_id is None:
        return None
    side = terminal.direction if terminal.direction != "both" else event.event["direction"]
    return Passage(
        body_id=event.body_id,
        device_id=terminal.id,
        site_id=terminal.site_id,
        project_id=terminal.project_id,
        worker_id=worker_id,
        at=at,
        device_at=said,
        received_at=event.body.received_at,
        told_on=datetime.fromisoformat(event.event["at"]).date(),
        direction=side,
        method=event.event["method"],
        source="device",
        key=event.key,
    )
