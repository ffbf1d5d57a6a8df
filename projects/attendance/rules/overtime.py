"""Hours beyond what was agreed, by day, by week and by clock, each minute counted once.

Overtime of a day or a week is its last part; where the parts of several rules overlap, the minutes
are one line that names them all (the method of Odoo's hr_attendance rule sets).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from projects.attendance.rules.counting import minutes_of, without
from projects.attendance.rules.facts import Span
from projects.attendance.rules.frames import DAY, DAY_MINUTES, MINUTE, local_date, wall

KINDS = ("day", "week", "clock", "outside_schedule")
DAYS = ("all", "working", "free")
WEEK = 7


@dataclass(frozen=True, slots=True)
class OvertimeRule:
    """One way in which minutes become overtime.

    "day" and "week": what is over `over_minutes`. "clock": what lies between `begins` and `ends` on
    `days`. "outside_schedule": what lies outside `schedule`, on free days everything.
    An excess up to `tolerance_minutes` is none at all; a greater one counts whole.
    """

    name: str
    kind: str
    over_minutes: int = 0
    tolerance_minutes: int = 0
    begins: int = 0
    ends: int = DAY_MINUTES
    days: str = "all"
    schedule: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """The work of one date, breaks cut out."""

    on: date
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class OvertimeLine:
    """A stretch of overtime and the rules that call it so."""

    on: date
    start: int
    end: int
    rules: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """Whole minutes that passed."""
        return (self.end - self.start) // MINUTE


def overtime(
    days: Iterable[Worked],
    rules: Sequence[OvertimeRule],
    zone: ZoneInfo,
    is_free: Callable[[date], bool],
    week_starts: int = 0,
) -> tuple[OvertimeLine, ...]:
    """The lines, in time. `week_starts`: 0 is Monday."""
    worked = sorted(days, key=lambda d: d.on)
    claims: list[tuple[Span, str, date]] = []
    for rule in rules:
        for on, span in _claimed(rule, worked, zone, is_free, week_starts):
            claims.append((span, rule.name, on))
    return tuple(_lines(claims))


def undertime(day: Worked, expected_minutes: int, tolerance_minutes: int) -> int:
    """Minutes that a day lacks; a lack up to the tolerance is none at all."""
    lack = expected_minutes - minutes_of(day.spans)
    return lack if lack > max(0, tolerance_minutes) else 0


def by_calendar_day(days: Iterable[Worked], zone: ZoneInfo) -> list[Worked]:
    """The same work cut at local midnight, each part on its own date."""
    parts: dict[date, list[Span]] = defaultdict(list)
    for day in days:
        for since, end in day.spans:
            start = since
            while start < end:
                on = local_date(start, zone)
                midnight = min(end, wall(on + DAY, 0, zone))
                parts[on].append((start, midnight))
                start = midnight
    return [Worked(on, tuple(sorted(parts[on]))) for on in sorted(parts)]


def reset_by(
    approved: Iterable[date], touched: date, rules: Iterable[OvertimeRule], week_starts: int = 0
) -> tuple[date, ...]:
    """The approved dates that a new punch on `touched` opens again: that day's, and where a rule
    goes by the week, the whole week's."""
    weekly = any(rule.kind == "week" for rule in rules)
    return tuple(
        sorted(
            on
            for on in set(approved)
            if on == touched
            or (weekly and week_of(on, week_starts) == week_of(touched, week_starts))
        )
    )


def week_of(on: date, week_starts: int) -> date:
    """The first day of the date's week."""
    return on - timedelta(days=(on.weekday() - week_starts) % WEEK)


def _claimed(
    rule: OvertimeRule,
    worked: Sequence[Worked],
    zone: ZoneInfo,
    is_free: Callable[[date], bool],
    week_starts: int,
) -> list[tuple[date, Span]]:
    periods: dict[date, list[Worked]] = defaultdict(list)
    for day in worked:
        periods[week_of(day.on, week_starts) if rule.kind == "week" else day.on].append(day)
    found: list[tuple[date, Span]] = []
    for period in periods.values():
        if rule.kind in ("day", "week"):
            parts = _last_part(period, rule.over_minutes)
        elif rule.kind == "clock":
            parts = [part for day in period for part in _at_clock(day, rule, zone, is_free)]
        else:
            parts = [part for day in period for part in _outside(day, rule, zone, is_free)]
        if minutes_of(span for _, span in parts) > rule.tolerance_minutes:
            found += parts
    return found


def _last_part(period: Sequence[Worked], over_minutes: int) -> list[tuple[date, Span]]:
    """What follows the first `over_minutes` of the period's work."""
    left = over_minutes * MINUTE
    found = []
    for day in period:
        for start, end in day.spans:
            regular = min(left, end - start)
            left -= regular
            if start + regular < end:
                found.append((day.on, (start + regular, end)))
    return found


def _at_clock(
    day: Worked, rule: OvertimeRule, zone: ZoneInfo, is_free: Callable[[date], bool]
) -> list[tuple[date, Span]]:
    found = []
    for on in _dates(day, zone):
        if rule.days != "all" and is_free(on) != (rule.days == "free"):
            continue
        for begins, ends in _clock_spans(on, rule.begins, rule.ends, zone):
            found += [(day.on, span) for span in _overlap(day.spans, begins, ends)]
    return found


def _clock_spans(on: date, begins: int, ends: int, zone: ZoneInfo) -> list[Span]:
    """The clock times within one date; over midnight they are its first and its last part."""
    if begins < ends:
        return [(wall(on, begins, zone), wall(on, ends, zone))]
    return [
        (wall(on, 0, zone), wall(on, ends, zone)),
        (wall(on, begins, zone), wall(on, DAY_MINUTES, zone)),
    ]


def _outside(
    day: Worked, rule: OvertimeRule, zone: ZoneInfo, is_free: Callable[[date], bool]
) -> list[tuple[date, Span]]:
    scheduled = [
        (wall(on, begins, zone), wall(on, ends, zone))
        for on in _dates(day, zone)
        if not is_free(on)
        for begins, ends in rule.schedule
    ]
    return [(day.on, span) for span in without(day.spans, scheduled)]


def _dates(day: Worked, zone: ZoneInfo) -> list[date]:
    if not day.spans:
        return []
    first, last = local_date(day.spans[0][0], zone), local_date(day.spans[-1][1] - 1, zone)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _overlap(spans: Iterable[Span], begins: int, ends: int) -> list[Span]:
    return [
        (max(start, begins), min(end, ends))
        for start, end in spans
        if min(end, ends) > max(start, begins)
    ]


def _lines(claims: Sequence[tuple[Span, str, date]]) -> list[OvertimeLine]:
    """Between any two edges the set of claiming rules is constant; equal neighbours are one line."""
    edges = sorted({edge for span, _, _ in claims for edge in span})
    found: list[OvertimeLine] = []
    for start, end in pairwise(edges):
        over = [(on, name) for (a, b), name, on in claims if a <= start and end <= b]
        if not over:
            continue
        line = OvertimeLine(over[0][0], start, end, tuple(dict.fromkeys(n for _, n in over)))
        last = found[-1] if found else None
        if last and (last.end, last.on, last.rules) == (line.start, line.on, line.rules):
            line = OvertimeLine(last.on, last.start, line.end, line.rules)
            found.pop()
        found.append(line)
    return found
