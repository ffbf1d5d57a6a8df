"""A date on the site's clock: where its day begins, its shifts with their windows, its nights.

A frame is made once per date and rule and then read for every worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from projects.attendance.rules.facts import DayRule, Direction, PunchFact, Shift, Span

DAY = timedelta(days=1)
DAY_MINUTES = 1_440
MINUTE = 60


def wall(on: date, minutes: int, zone: ZoneInfo) -> int:
    """The instant at which the zone's clock shows this time; minutes may reach over midnight.

    A time that the clock leaps over is the instant it would have been; of a time shown twice it is
    the first.
    """
    on += timedelta(days=minutes // DAY_MINUTES)
    minutes %= DAY_MINUTES
    local = datetime.combine(on, time(minutes // 60, minutes % 60), tzinfo=zone)
    return int(local.timestamp())


def local_date(at: int, zone: ZoneInfo) -> date:
    """The date that the zone's calendar shows at the instant."""
    return datetime.fromtimestamp(at, zone).date()


def instant(at: int) -> datetime:
    """The aware instant in UTC."""
    return datetime.fromtimestamp(at, UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """One shift of one date: its times, the span in which its passages fall, and that span cut where
    a neighbour's begins (`cut_from`..`cut_until`, both belonging to it)."""

    on: date
    starts: int
    ends: int
    opens: int
    closes: int
    cut_from: int
    cut_until: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A date: [begins, ends) by its day cut; its windows; spans that are night, spans that are break."""

    on: date
    begins: int
    ends: int
    windows: tuple[Window, ...]
    nights: tuple[Span, ...]
    breaks: tuple[Span, ...]


class Frames:
    """The frames of a rule in a zone; `roster` replaces the rule's own shift on the dates it names."""

    def __init__(self, rule: DayRule, zone: ZoneInfo, roster: Iterable[Shift] = ()) -> None:
        self.rule, self.zone = rule, zone
        self._roster: dict[date, list[Shift]] = defaultdict(list)
        for shift in roster:
            self._roster[shift.on].append(shift)
        self._frames: dict[date, Frame] = {}
        self._raw: dict[date, tuple[Window, ...]] = {}

    @property
    def rostered(self) -> bool:
        """Whether the roster names any date."""
        return bool(self._roster)

    def on(self, day: date) -> Frame:
        """The frame of a date."""
        found = self._frames.get(day)
        if found is None:
            found = self._frames[day] = self._frame(day)
        return found

    def _frame(self, day: date) -> Frame:
        rule, zone = self.rule, self.zone
        return Frame(
            on=day,
            begins=wall(day, rule.day_starts, zone),
            ends=wall(day + DAY, rule.day_starts, zone),
            windows=self._cut(day),
            nights=tuple(_spans(day, ((rule.night_starts, rule.night_ends),), zone)),
            breaks=tuple(sorted(_spans(day, rule.break_windows, zone))),
        )

    def _windows(self, day: date) -> tuple[Window, ...]:
        found = self._raw.get(day)
        if found is None:
            shifts = self._roster.get(day) or self._standing(day)
            found = self._raw[day] = tuple(sorted(map(self._window, shifts), key=_order))
        return found

    def _standing(self, day: date) -> list[Shift]:
        rule = self.rule
        if rule.starts is None or rule.ends is None:
            return []
        return [Shift(day, rule.starts, rule.ends)]

    def _window(self, shift: Shift) -> Window:
        rule = self.rule
        over_midnight = DAY_MINUTES if shift.ends <= shift.starts else 0
        starts = wall(shift.on, shift.starts, self.zone)
        ends = wall(shift.on, shift.ends + over_midnight, self.zone)
        before = rule.before_minutes if shift.before is None else shift.before
        after = rule.after_minutes if shift.after is None else shift.after
        opens, closes = starts - before * MINUTE, ends + after * MINUTE
        return Window(shift.on, starts, ends, opens, closes, opens, closes)

    def _cut(self, day: date) -> tuple[Window, ...]:
        """Where margins overlap, a window opens when the shift before it has ended, and the former
        closes there (frappe/hrms, shift_assignment)."""
        around = [w for d in (day - DAY, day, day + DAY) for w in self._windows(d)]
        around.sort(key=_order)
        froms = [w.opens for w in around]
        untils = [w.closes for w in around]
        for n in range(1, len(around)):
            former = around[n - 1]
            if around[n].opens <= former.closes:
                froms[n] = max(around[n].opens, former.ends)
                untils[n - 1] = min(former.closes, froms[n])
        return tuple(
            Window(w.on, w.starts, w.ends, w.opens, w.closes, froms[n], untils[n])
            for n, w in enumerate(around)
            if w.on == day
        )


def _order(window: Window) -> tuple[int, int]:
    return window.starts, window.ends


def _spans(day: date, clock: Iterable[tuple[int, int]], zone: ZoneInfo) -> Iterator[Span]:
    """These clock times on the date and its neighbours, as instants."""
    for starts, ends in clock:
        over_midnight = DAY_MINUTES if ends <= starts else 0
        for on in (day - DAY, day, day + DAY):
            yield wall(on, starts, zone), wall(on, ends + over_midnight, zone)


Group = tuple[date, Window | None]


def place(
    punches: Iterable[PunchFact], frames: Frames
) -> Iterator[tuple[PunchFact, date, Window | None]]:
    """Each passage, given in time, with its work day, and its shift where shifts have windows.

    A passage in nobody's window has no window; its day is then that of the calendar.
    """
    if frames.rule.match == "day_starts":
        yield from _by_day_starts(punches, frames)
    else:
        yield from _by_window(punches, frames)


def _by_day_starts(
    punches: Iterable[PunchFact], frames: Frames
) -> Iterator[tuple[PunchFact, date, Window | None]]:
    frame: Frame | None = None
    for punch in punches:
        if frame is None or not frame.begins <= punch.at < frame.ends:
            frame = frames.on(local_date(punch.at, frames.zone))
            if punch.at < frame.begins:
                frame = frames.on(frame.on - DAY)
        yield punch, frame.on, frame.windows[0] if frame.windows else None


def _by_window(
    punches: Iterable[PunchFact], frames: Frames
) -> Iterator[tuple[PunchFact, date, Window | None]]:
    inside: Window | None = None  # the shift of the last passage in, while nobody went out
    for punch in punches:
        window = _window_of(punch, frames)
        if punch.direction is Direction.OUT and inside is not None and punch.at <= inside.closes:
            window = inside  # whoever came for a shift leaves from it, though the next has opened
        if punch.direction is Direction.IN:
            inside = window
        elif punch.direction is Direction.OUT:
            inside = None
        yield punch, window.on if window else local_date(punch.at, frames.zone), window


def _window_of(punch: PunchFact, frames: Frames) -> Window | None:
    today = local_date(punch.at, frames.zone)
    for day in (today - DAY, today, today + DAY):
        for window in frames.on(day).windows:
            if window.cut_from <= punch.at <= window.cut_until:
                return window
    return None
