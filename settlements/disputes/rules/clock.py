"""A clock as data, and the one way to reckon by it.

The event's own day does not count unless the clock says so; the last day ends at the midnight after
it, at the place. A last day off is moved later in procedure, earlier for pay, or not at all. Time
under a recorded order does not count, from its own day to the day before it ends.
Sources of each clock stand beside it in `clocks.toml`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from settlements.disputes.rules.calendars import Calendar, move_earlier, move_later

# day: every day; weekday: Monday to Friday, holidays too; open_day: every day but public holidays;
# workday: working or business day.
DAY_UNITS = ("day", "weekday", "open_day", "workday")
LONG_UNITS = ("week", "month", "quarter", "year")
UNITS = ("minute", "hour", *DAY_UNITS, *LONG_UNITS)
STARTS = ("next_day", "same_day", "next_workday")
MOVES = ("none", "later", "earlier")
ANCHORS = ("", "week_end", "month_end", "quarter_end", "year_end")
# Longer than any clock of a case; what reckons further is a mistake.
SPAN_MAX = 3_660
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Leg:
    """`count` units after (or before) an event."""

    after: str
    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Clock:
    """By when something has to happen, after which event, who owes it, and what silence does.

    `at_least`: not before so many units either (a window). `later_of`, `earlier_of`: further legs,
    of which the latest or the earliest day counts. `extension`: how much an approval may add.
    `pausable` False: no order stops it. `cutoff`: what happens at or after this hour, or on a day
    off, counts as of the next working day. `before`: reckoned back from the event; `clear`: that
    many whole days lie between. `not_checked`: what of it was not read in the source.
    """

    name: str
    after: str
    count: int
    unit: str
    regime: str = ""
    step: str = ""
    valid_from: date = date(1900, 1, 1)
    calendar: str = ""
    closed: tuple[tuple[str, str], ...] = ()
    start: str = "next_day"
    moves: str = "none"
    anchor: str = ""
    before: bool = False
    clear: bool = False
    at_least: int | None = None
    later_of: tuple[Leg, ...] = ()
    earlier_of: tuple[Leg, ...] = ()
    extension: int = 0
    pausable: bool = True
    cutoff: str = ""
    owed_by: str = ""
    on_silence: str = ""
    source: str = ""
    not_checked: tuple[str, ...] = ()

    @property
    def cited(self) -> str:
        """The source, with what of the row was not read there."""
        if not self.not_checked:
            return self.source
        return f"{self.source} [not checked: {', '.join(self.not_checked)}]"

    @property
    def stamp(self) -> str:
        """Which dated clock this is: "CN/answer@2017-07-01"."""
        return f"{self.regime}/{self.name}@{self.valid_from}"

    def problem(self) -> str:
        """What is wrong with it as data; "" when nothing is."""
        for name, value, known in (
            ("start", self.start, STARTS),
            ("moves", self.moves, MOVES),
            ("anchor", self.anchor, ANCHORS),
            *(("unit", leg.unit, UNITS) for leg in self.legs),
        ):
            if value not in known:
                return f"{name}: {value} is none of {', '.join(known)}"
        if any(leg.count < 0 for leg in self.legs) or self.extension < 0:
            return "count: 0 or more"
        if self.later_of and self.earlier_of:
            return "later_of and earlier_of exclude each other"
        if self.before and (self.at_least is not None or self.extension or self.cutoff):
            return "before: has no window, extension or cutoff"
        if self.at_least is not None and self.at_least > self.count:
            return "at_least: more than count"
        if unknown := set(self.not_checked) - {one.name for one in fields(self)}:
            return f"not_checked: {min(unknown)} is no part of a clock"
        return ""

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Its own leg first, then those it is compared with."""
        return (Leg(self.after, self.count, self.unit), *self.later_of, *self.earlier_of)


@dataclass(frozen=True, slots=True)
class Pause:
    """Time under an order does not count: from the day of `since` to the day before `until`'s."""

    since: datetime
    until: datetime | None
    order: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the clock runs: its zone, and the calendar of days that count there."""

    zone: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Due:
    """The answer. `due_at` is the first instant that is too late; None while an order stands.

    `unmoved`: the last day before a day off moved it; `skipped`: the days that did not count, and
    why; `opens_on`: the first day of a window.
    """

    first_day: date | None
    unmoved: date | None
    last_day: date | None
    due_at: datetime | None
    skipped: tuple[tuple[date, str], ...] = ()
    opens_on: date | None = None
    after: str = ""

    def late(self, moment: datetime) -> bool:
        """Whether this is too late."""
        return self.due_at is not None and moment >= self.due_at


def deadline(
    clock: Clock,
    events: Mapping[str, datetime],
    place: Place,
    *,
    pauses: Sequence[Pause] = (),
    extended: int = 0,
) -> Due:
    """When the clock runs out. ValueError names an event that is missing, an order that the clock
    does not know, or an extension that is longer than it allows."""
    _check(clock, events, pauses, extended)
    dues = [_leg(clock, leg, events, place, pauses, extended) for leg in clock.legs]
    if any(due.due_at is None for due in dues):
        return next(due for due in dues if due.due_at is None)
    pick = min if clock.earlier_of else max
    return pick(dues, key=lambda due: due.due_at or datetime.max.replace(tzinfo=UTC))


def _check(
    clock: Clock, events: Mapping[str, datetime], pauses: Sequence[Pause], extended: int
) -> None:
    if problem := clock.problem():
        raise ValueError(problem)
    missing = [leg.after for leg in clock.legs if leg.after not in events]
    if missing:
        raise ValueError(f"{clock.name}: the event {missing[0]} is missing")
    if pauses and not clock.pausable:
        raise ValueError(f"{clock.name}: no order stops this clock")
    if any(not pause.order for pause in pauses):
        raise ValueError(f"{clock.name}: time stops by a recorded order alone; name it")
    if any(p.until is not None and p.until < p.since for p in pauses):
        raise ValueError(f"{clock.name}: an order ends before it begins")
    if not 0 <= extended <= clock.extension:
        raise ValueError(f"{clock.name}: may be extended by {clock.extension} at most")


def _leg(
    clock: Clock,
    leg: Leg,
    events: Mapping[str, datetime],
    place: Place,
    pauses: Sequence[Pause],
    extended: int,
) -> Due:
    moment = events[leg.after]
    if leg.unit in ("minute", "hour"):
        return _exact(clock, leg, moment, place, pauses, extended)
    day = _own_day(clock, moment, place)
    if clock.before:
        return _back(clock, leg, day, place)
    count = Count(leg.unit, place.calendar, _paused(pauses, place), clock.start)
    last = count.forward(day, leg.count + extended)
    if last is None:
        return Due(count.first(day), None, None, None, after=leg.after)
    opens = None if clock.at_least is None else count.forward(day, clock.at_least)
    return Due(
        first_day=count.first(day),
        unmoved=last,
        last_day=_moved(last, clock.moves, place.calendar),
        due_at=_end_of(_moved(last, clock.moves, place.calendar), place),
        skipped=tuple(count.skipped(day, last)),
        opens_on=opens,
        after=leg.after,
    )


def _own_day(clock: Clock, moment: datetime, place: Place) -> date:
    """The day from which it counts: the event's, or what the cutoff or the anchor makes of it."""
    local = moment.astimezone(ZoneInfo(place.zone))
    day = local.date()
    if clock.cutoff:
        late = local.timetz().replace(tzinfo=None) >= time.fromisoformat(clock.cutoff)
        day = move_later(day + timedelta(days=late), place.calendar)
    if clock.anchor == "week_end":
        return day + timedelta(days=6 - day.weekday())
    if clock.anchor:
        months = {"month_end": 1, "quarter_end": 3, "year_end": 12}[clock.anchor]
        month = -(-day.month // months) * months
        return date(day.year, month, monthrange(day.year, month)[1])
    return day


@dataclass(frozen=True, slots=True)
class Count:
    """Counts days of one unit, over what an order takes out."""

    unit: str
    calendar: Calendar
    paused: tuple[tuple[date, date | None], ...] = ()
    start: str = "next_day"

    def first(self, day: date) -> date:
        """The first day that may count."""
        if self.start == "same_day":
            return day
        following = day + timedelta(days=1)
        return move_later(following, self.calendar) if self.start == "next_workday" else following

    def why_not(self, day: date) -> str:
        """ "" when the day counts, else why it doesn't."""
        for since, until in self.paused:
            if since <= day and (until is None or day < until):
                return "order"
        if self.unit == "workday":
            return self.calendar.why_not(day)
        if self.unit == "weekday":
            return "weekend" if day.weekday() >= 5 else ""
        if self.unit == "open_day":
            return "holiday" if self.calendar.is_holiday(day) else ""
        return ""

    def forward(self, day: date, count: int) -> date | None:
        """The day on which the count is full; None while an order that stands keeps it from that."""
        left = self._days(day, count) if self.unit in LONG_UNITS else count
        last = day
        one = self.first(day)
        for _ in range(SPAN_MAX):
            if left <= 0:
                return last
            why = self.why_not(one)
            if why == "order" and self._for_ever(one):
                return None
            left -= not why
            last = one
            one += timedelta(days=1)
        raise ValueError(f"a clock of {count} {self.unit} does not end within ten years")

    def _for_ever(self, day: date) -> bool:
        return any(until is None and since <= day for since, until in self.paused)

    def _days(self, day: date, count: int) -> int:
        """Calendar units in days: to the same day of the week, month or year; the month's last day
        where there is no such day."""
        if self.unit == "week":
            return 7 * count
        months = day.month - 1 + _MONTHS[self.unit] * count
        year, month = day.year + months // 12, months % 12 + 1
        end = date(year, month, min(day.day, monthrange(year, month)[1]))
        return (end - day).days

    def skipped(self, day: date, last: date) -> Iterable[tuple[date, str]]:
        """The days on the way that did not count."""
        one = self.first(day)
        while one <= last:
            if why := self.why_not(one):
                yield one, why
            one += timedelta(days=1)


def _back(clock: Clock, leg: Leg, day: date, place: Place) -> Due:
    """The last day on which it may still happen so that `count` days lie before the event."""
    count = Count(leg.unit, place.calendar)
    one, left = day, leg.count + clock.clear
    skipped = []
    while left > 0:
        one -= timedelta(days=1)
        why = count.why_not(one)
        if why:
            skipped.append((one, why))
        left -= not why
    last = _moved(one, clock.moves, place.calendar)
    return Due(one, one, last, _end_of(last, place), tuple(skipped), after=leg.after)


def _exact(
    clock: Clock,
    leg: Leg,
    moment: datetime,
    place: Place,
    pauses: Sequence[Pause],
    extended: int,
) -> Due:
    """Minutes and hours run by the instant, and stand still under an order by the instant too."""
    length = timedelta(**{f"{leg.unit}s": leg.count + extended})
    due = moment - length if clock.before else moment + length
    for pause in sorted(pauses, key=lambda p: p.since):
        if pause.since < due and (pause.until is None or pause.until > moment):
            if pause.until is None:
                return Due(None, None, None, None, after=leg.after)
            due += pause.until - max(pause.since, moment)
    zone = ZoneInfo(place.zone)
    last = due.astimezone(zone).date()
    return Due(moment.astimezone(zone).date(), last, last, due.astimezone(UTC), after=leg.after)


def _paused(pauses: Sequence[Pause], place: Place) -> tuple[tuple[date, date | None], ...]:
    zone = ZoneInfo(place.zone)
    return tuple(
        (p.since.astimezone(zone).date(), p.until.astimezone(zone).date() if p.until else None)
        for p in pauses
    )


def _moved(day: date, moves: str, calendar: Calendar) -> date:
    if moves == "later":
        return move_later(day, calendar)
    return move_earlier(day, calendar) if moves == "earlier" else day


def _end_of(day: date, place: Place) -> datetime:
    return datetime.combine(
        day + timedelta(days=1), time.min, tzinfo=ZoneInfo(place.zone)
    ).astimezone(UTC)
