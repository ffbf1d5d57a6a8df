"""From punches to day records: read, pair by the dated rule, write what changed. In chunks."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.kernel.calendar import add_workdays, is_workday
from jianzhu.kernel.db import advisory_locks, step
from jianzhu.outbox import steps as outbox
from projects.attendance import day_rows
from projects.attendance.day_rows import DayRow, day_key
from projects.attendance.models import AttendanceRule
from projects.attendance.phones import signals
from projects.attendance.rules import (
    DayException,
    DayFact,
    DayRule,
    PunchFact,
    Reader,
    instant,
    roster_of,
)
from projects.attendance.rules.trust import ASK_BELOW
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from workers_app.people import queries as people

# A shift may begin this long before midnight or end this long after: punches read beyond the days.
MARGIN = timedelta(hours=20)
# A passage came after two people had said what the day was: they are asked again.
AFTER_CORRECTION = "punch_after_correction"


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


@dataclass(frozen=True, slots=True)
class Read:
    """A day as its punches say it, with the crew and rule that it was read by."""

    fact: DayFact
    crew_id: int | None
    rule_id: int | None


@step
def pair(
    project_id: int, worker_ids: Sequence[int], first: date, last: date, *, at: datetime
) -> int:
    """Bring the day records of these workers and days up to date; returns how many changed."""
    advisory_locks(day_key(project_id, worker_id) for worker_id in worker_ids)
    project = sites.project(project_id)
    zone = ZoneInfo(project.zone)
    read = read_days(project, worker_ids, first, last)
    _doubt_low_trust(read, project, worker_ids, first, last, at)
    standing = day_rows.read(project_id, worker_ids, first, last)

    new, changed, unfinished = [], [], set()
    ended = {on: _over(on, zone, at) for _, on in read}
    for (worker_id, on), day in read.items():
        over = ended[on]
        if not over:
            unfinished.add(on)
        row = standing.pop((worker_id, on), None)
        if row is None:
            row = DayRow(worker_id=worker_id, on=on)
            new.append(row)
        elif not _is_news(row, day, over):
            continue
        else:
            changed.append(row)
        _read_into(row, day, project, over=over)
    for row in standing.values():
        if row.state in ("paired", "confirmed", "exception") and row.punch_ids:
            _empty(row)
            changed.append(row)

    day_rows.write(project_id, new, changed, at)
    _pair_when_over(project_id, worker_ids, unfinished, zone)
    return len(new) + len(changed)


def read_days(
    project: ProjectFacts, worker_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], Read]:
    """What the punches say of these workers' days, by worker and date."""
    start, end = _reach(first, last, ZoneInfo(project.zone))
    punches = day_rows.punches(project.id, worker_ids, start, end)
    crews, rules = people.crews_on(worker_ids, first, last), rules_of(project)
    found: dict[tuple[int, date], Read] = {}
    for worker_id, own in sorted(punches.items()):
        for day in _worker_days(own, rules, crews.get(worker_id), first, last):
            found[worker_id, day.fact.on] = day
    return found


def _reach(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when passages may belong to the days."""
    start = datetime.combine(first, time.min, tzinfo=zone) - MARGIN
    return start, datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone) + MARGIN


def _doubt_low_trust(
    read: dict[tuple[int, date], Read],
    project: ProjectFacts,
    worker_ids: Sequence[int],
    first: date,
    last: date,
    at: datetime,
) -> None:
    """A day with a punch of low trust goes to a person; its minutes stay as they are.

    What is to be told of gates was told before, of the whole project at once (`gates.signals`).
    """
    zone = ZoneInfo(project.zone)
    start, end = _reach(first, last, zone)
    rows = signals.phoned(project.id, worker_ids, start, end)
    if rows:
        crews = people.crew_ids({row.worker_id for row in rows}, first, last)
        mates = people.workers_of_crews(crews, first, last) | {row.worker_id for row in rows}
        signals.of_the_day(rows, mates, start, end, zone, at=at)
    scores = signals.scores(worker_ids, start, end)
    low = {punch_id for punch_id, score in scores.items() if score < ASK_BELOW}
    if not low:
        return
    for key, day in read.items():
        doubts = [i for i in day.fact.punch_ids if i in low]
        if doubts:
            doubt = DayException("low_trust", doubts[0])
            fact = replace(day.fact, exceptions=(*day.fact.exceptions, doubt))
            read[key] = replace(day, fact=fact)


def rules_of(project: ProjectFacts) -> Rules:
    """The project's dated rules, each with a reader in the project's zone."""
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
    punches: Sequence[PunchFact],
    rules: Rules,
    crews: people.CrewDays | None,
    first: date,
    last: date,
) -> Iterable[Read]:
    """The worker's days within [first, last], each paired by the rule of its crew and date.

    Where rules change inside the span, each rule reads all the punches and gives its own days.
    """
    readings: dict[int | None, dict[date, DayFact]] = {}
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        crew_id = crews.on(on) if crews else None
        rule_id, reader = rules.on(crew_id, on)
        if rule_id not in readings:
            readings[rule_id] = {f.on: f for f in reader.days(punches)}
        fact = readings[rule_id].get(on)
        if fact is not None:
            yield Read(fact, crew_id, rule_id)


def _over(on: date, zone: ZoneInfo, at: datetime) -> bool:
    """A day may be judged when a night shift that began on it must have ended."""
    return at >= datetime.combine(on + timedelta(days=1), time(12), tzinfo=zone)


def _is_news(row: DayRow, day: Read, over: bool) -> bool:
    """Whether what the punches say now changes what stands."""
    fact = day.fact
    if row.state == "locked":
        return bool(set(fact.punch_ids) - {*row.punch_ids, *row.late_punch_ids})
    if row.correction_id is not None:
        return bool(set(fact.punch_ids) - set(row.punch_ids))
    return (row.state == "paired" and over) or (
        row.minutes,
        row.night_minutes,
        row.workday_thousandths,
        row.intervals,
        row.exceptions,
        row.punch_ids,
        row.crew_id,
    ) != (
        fact.minutes,
        fact.night_minutes,
        fact.workday_thousandths,
        shown(fact),
        _codes(fact),
        list(fact.punch_ids),
        day.crew_id,
    )


def shown(fact: DayFact) -> list[list[str]]:
    """The intervals as ISO instants in UTC."""
    return [[instant(a).isoformat(), instant(b).isoformat()] for a, b in fact.intervals]


def _codes(fact: DayFact) -> list[str]:
    return [e.code for e in fact.exceptions]


def _read_into(row: DayRow, day: Read, project: ProjectFacts, *, over: bool) -> None:
    """Put what the punches say into the row, so far as its state lets them speak."""
    if row.state == "locked":
        known = {*row.punch_ids, *row.late_punch_ids}
        row.late_punch_ids += [i for i in day.fact.punch_ids if i not in known]
    elif row.correction_id is not None:
        _doubt(row, day.fact, project)
    else:
        fill(row, day)
        _judge(row, project, over=over)


def _doubt(row: DayRow, fact: DayFact, project: ProjectFacts) -> None:
    """New passages beside a correction: unless they say the same, its approval has to be given anew."""
    row.punch_ids = list(fact.punch_ids)
    if fact.exceptions or fact.minutes != row.minutes:
        row.exceptions = [AFTER_CORRECTION]
        row.version += 1
        row.move("question")
        row.answer_due_on = add_workdays(row.on, project.confirm_days, project.country)


def fill(row: DayRow, day: Read) -> None:
    """Put the figures into the row."""
    fact = day.fact
    row.minutes, row.night_minutes = fact.minutes, fact.night_minutes
    row.workday_thousandths = fact.workday_thousandths
    row.intervals, row.exceptions = shown(fact), _codes(fact)
    row.punch_ids = list(fact.punch_ids)
    row.crew_id, row.rule_id = day.crew_id, day.rule_id
    row.version += 1


def _judge(row: DayRow, project: ProjectFacts, *, over: bool) -> None:
    if not over:
        row.move("pair")
    elif row.exceptions:
        row.move("question")
        row.answer_due_on = add_workdays(row.on, project.confirm_days, project.country)
    else:
        row.move("confirm")
        row.answer_due_on = None


def _empty(row: DayRow) -> None:
    """Its punches belong to another day by now: nothing was worked on this one."""
    row.minutes = row.night_minutes = row.workday_thousandths = 0
    row.intervals, row.exceptions, row.punch_ids = [], [], []
    row.version += 1
    row.move("confirm")


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
