"""Punches to days. Any order and any repetition of the same punches gives the same days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from projects.attendance.rules import counting
from projects.attendance.rules.facts import (
    DayException,
    DayFact,
    DayRule,
    PunchFact,
    Shift,
    Span,
)
from projects.attendance.rules.frames import MINUTE, Frame, Frames, Window, place
from projects.attendance.rules.sides import Ignored, pairs, without_doubles

IsFree = Callable[[date], bool]


def never_free(day: date) -> bool:
    """A calendar without holidays."""
    return False


class Reader:
    """Reads the punches of many workers by one rule; the dates are worked out once."""

    def __init__(
        self,
        rule: DayRule,
        zone: ZoneInfo,
        roster: Iterable[Shift] = (),
        is_free: IsFree = never_free,
    ) -> None:
        self.rule, self.is_free = rule, is_free
        self.frames = Frames(rule, zone, roster)

    def days(self, punches: Iterable[PunchFact]) -> tuple[DayFact, ...]:
        """The work days of one worker's punches, by date."""
        once = sorted({p.id: p for p in punches}.values(), key=_in_time)
        groups: dict[date, dict[Window | None, list[PunchFact]]] = {}
        for punch, on, window in place(once, self.frames):
            groups.setdefault(on, {}).setdefault(window, []).append(punch)
        found = (self._day(on, groups[on]) for on in sorted(groups))
        return tuple(fact for fact in found if fact is not None)

    def measure(self, on: date, intervals: Iterable[Span]) -> DayFact:
        """A day whose intervals are given (an approved correction): every minute of them counts."""
        spans = sorted(intervals)
        return self._fact(_Day(presence=spans, counted=spans, worked=spans), self.frames.on(on))

    def given(self, on: date, presence: Iterable[Span]) -> DayFact:
        """A day of presence that was paired elsewhere: breaks and rounding by the rule, no shift."""
        day, frame = _Day(), self.frames.on(on)
        self._count(day, None, sorted(presence), [], frame)
        return self._fact(day, frame)

    def _day(self, on: date, groups: dict[Window | None, list[PunchFact]]) -> DayFact | None:
        frame, day = self.frames.on(on), _Day()
        free = self.rule.holidays != "count" and self.is_free(on)
        if free and self.rule.holidays == "skip":
            return None
        for window, punches in groups.items():
            if window is None and self.rule.match == "shift_window":
                day.exceptions += [DayException("outside_shift", p.id) for p in punches]
                day.punch_ids += [p.id for p in punches]
            else:
                self._group(day, window, punches, frame)
        if free:
            day.exceptions.append(DayException("holiday", day.punch_ids[0]))
        if any(b - a > self.rule.interval_minutes_max * MINUTE for a, b in day.presence):
            day.exceptions.append(DayException("overlong"))
        return self._fact(day, frame)

    def _group(
        self, day: _Day, window: Window | None, punches: list[PunchFact], frame: Frame
    ) -> None:
        """Add the passages of one shift to the day."""
        rule = self.rule
        kept, ignored = without_doubles(punches, rule)
        by_site = _by_site(kept) if rule.sites == "each" else [kept]
        presence: list[Span] = []
        breaks: list[Span] = []
        for own in by_site:
            spans, away, doubts = pairs(own, rule, ignored)
            if rule.paid_break_minutes:
                spans, away = counting.joined(spans, rule), counting.unpaid(away, rule)
            presence += spans
            breaks += away
            day.exceptions += doubts
        if len(by_site) > 1:
            presence.sort()
            if any(a[1] > b[0] for a, b in pairwise(presence)):
                day.exceptions.append(DayException("two_places_at_once", kept[-1].id))
        elif rule.sites == "ask" and any(p.site != kept[0].site for p in kept):
            day.exceptions.append(DayException("two_sites", kept[-1].id))
        self._count(day, window, presence, breaks, frame)
        day.punch_ids += [p.id for p in kept]
        day.ignored += ignored
        day.marks += [m for m in counting.marks(presence, window, rule) if m not in day.marks]

    def _count(
        self,
        day: _Day,
        window: Window | None,
        presence: list[Span],
        breaks: list[Span],
        frame: Frame,
    ) -> None:
        rule = self.rule
        day.presence += presence
        counted = [
            c
            for span in presence
            if (c := counting.within_shift(counting.rounded_punch(span, rule), window, rule))
        ]
        if not counted:
            return
        worked = counted
        if breaks or frame.breaks:
            worked = counting.without(counted, [*breaks, *frame.breaks])
        day.counted += counted
        day.worked += counting.without_fixed_break(worked, counted, rule)

    def _fact(self, day: _Day, frame: Frame) -> DayFact:
        rule = self.rule
        minutes = counting.rounded(
            counting.minutes_of(day.worked), rule.round_minutes, rule.rounding
        )
        return DayFact(
            on=frame.on,
            minutes=minutes,
            night_minutes=min(minutes, counting.night_minutes(day.worked, frame)),
            workday_thousandths=minutes * 4 // rule.workday_minutes * 250,
            intervals=tuple(day.counted),
            exceptions=tuple(day.exceptions),
            punch_ids=tuple(day.punch_ids),
            ignored=tuple(day.ignored),
            worked=tuple(day.worked),
            status=counting.status(minutes, rule),
            marks=tuple(day.marks),
        )


class _Day:
    """What is known of a day while its shifts are read one after the other."""

    __slots__ = ("counted", "exceptions", "ignored", "marks", "presence", "punch_ids", "worked")

    def __init__(
        self,
        presence: Sequence[Span] = (),
        counted: Sequence[Span] = (),
        worked: Sequence[Span] = (),
    ) -> None:
        self.presence, self.counted, self.worked = list(presence), list(counted), list(worked)
        self.exceptions: list[DayException] = []
        self.punch_ids: list[int] = []
        self.ignored: Ignored = []
        self.marks: list[str] = []


def pair(punches: Sequence[PunchFact], rule: DayRule, zone: ZoneInfo) -> tuple[DayFact, ...]:
    """The work days of one worker's punches, by date."""
    return Reader(rule, zone).days(punches)


def measure(on: date, intervals: Iterable[Span], rule: DayRule, zone: ZoneInfo) -> DayFact:
    """A day whose intervals are given: every minute of them counts."""
    return Reader(rule, zone).measure(on, intervals)


def _in_time(punch: PunchFact) -> tuple[int, int]:
    return punch.at, punch.id


def _by_site(kept: Iterable[PunchFact]) -> list[list[PunchFact]]:
    sites: dict[int, list[PunchFact]] = {}
    for punch in kept:
        sites.setdefault(punch.site, []).append(punch)
    return list(sites.values())
