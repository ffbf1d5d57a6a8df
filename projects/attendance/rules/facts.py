"""What pairing reads and tells: punches, the dated rule, days. Frozen values; no rows, no clock.

Instants are whole seconds since 1970-01-01T00:00Z, so that what passed is a difference whatever the
clocks on the wall were set to meanwhile; clock times are minutes after local midnight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

Span = tuple[int, int]  # [start, end) in seconds


class Direction(StrEnum):
    """The side of a passage; `break` and `return` bound a break that the person punched."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"
    BREAK = "break"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class PunchFact:
    """A passage at `at` seconds; `site` tells gates of different sites apart."""

    id: int
    at: int
    direction: Direction
    site: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift rostered for one date; `ends` up to or before `starts` is on the next day."""

    on: date
    starts: int
    ends: int
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class DayRule:
    """How punches become a day.

    Which day a passage belongs to, `match`: "day_starts" cuts the days at one clock time (a night
    shift belongs to the day it began); "shift_window" gives each passage to the shift whose window
    (its times with `before_minutes` and `after_minutes` around) it falls into.
    `starts`/`ends`: the agreed shift. `count` "within_shift": what is before the start doesn't
    count, after the end only full steps of `after_end_step_minutes` do; "presence" counts all.
    `sides`: "typed" takes each passage as in or out as it says, "alternate" takes them in turn,
    "auto" is typed where every passage says its side, and doubtful days count nothing until answered.
    `span`: "first_in_last_out" or "every_pair".
    `sites`: a day on two sites is asked about ("ask") or paired per site ("each").
    `break_minutes` come off once the presence is longer than `break_after_minutes`, less what was
    away already; where a law or contract names several lengths, `breaks_by_length` holds (longer than,
    break) pairs and the longest that applies counts; `break_windows` are clock times that never count;
    punched breaks count where `punched_breaks` is "paid", and any break or gap of up to
    `paid_break_minutes` always does (29 CFR 785.18: 20). `round_minutes` rounds the day's sum,
    `round_punch_minutes` each time, in by `rounding_in` and out by `rounding_out`.
    `grace` "counts": who comes or goes within the grace is taken to be on time.
    `half_day_below`/`absent_below` name a short day; they take no minute off.
    `holidays`: passages on days that the calendar calls free "count", are asked about, or are skipped.
    工 count in quarter steps of `workday_minutes`.
    """

    starts: int | None = None
    ends: int | None = None
    day_starts: int = 240
    span: str = "first_in_last_out"
    break_minutes: int = 0
    break_after_minutes: int = 300
    after_end_step_minutes: int = 30
    duplicate_seconds: int = 120
    interval_minutes_max: int = 960
    workday_minutes: int = 480
    night_starts: int = 1_320
    night_ends: int = 360
    match: str = "day_starts"
    before_minutes: int = 60
    after_minutes: int = 60
    count: str = "within_shift"
    sides: str = "auto"
    sites: str = "ask"
    break_windows: tuple[tuple[int, int], ...] = ()
    punched_breaks: str = "unpaid"
    round_minutes: int = 0
    rounding: str = "down"
    round_punch_minutes: int = 0
    rounding_in: str = "nearest"
    rounding_out: str = "nearest"
    paid_break_minutes: int = 0
    breaks_by_length: tuple[tuple[int, int], ...] = ()
    grace: str = "marks"
    half_day_below: int | None = None
    absent_below: int | None = None
    late_grace_minutes: int | None = None
    early_grace_minutes: int | None = None
    holidays: str = "count"

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> DayRule:
        """The rule kept as JSON; fields it does not name have their defaults."""
        known = {field.name for field in fields(cls)}
        given = {name: value for name, value in document.items() if name in known}
        for name in ("break_windows", "breaks_by_length"):
            if name in given:
                given[name] = tuple((a, b) for a, b in given[name])
        return cls(**given)


def roster_of(document: Mapping[str, Any]) -> tuple[Shift, ...]:
    """The dated shifts kept beside a rule: {"roster": [{"on", "starts", "ends"}, …]} in minutes."""
    return tuple(
        Shift(date.fromisoformat(one["on"]), one["starts"], one["ends"])
        for one in document.get("roster", ())
    )


CHOICES: dict[str, tuple[str, ...]] = {
    "match": ("day_starts", "shift_window"),
    "span": ("first_in_last_out", "every_pair"),
    "count": ("within_shift", "presence"),
    "sides": ("auto", "typed", "alternate"),
    "sites": ("ask", "each"),
    "punched_breaks": ("unpaid", "paid"),
    "rounding": ("down", "nearest", "up"),
    "rounding_in": ("down", "nearest", "up"),
    "rounding_out": ("down", "nearest", "up"),
    "grace": ("marks", "counts"),
    "holidays": ("count", "ask", "skip"),
}


@dataclass(frozen=True, slots=True)
class DayException:
    """Why a person has to look: coded, with the punch it is about (0: none)."""

    code: str
    punch_id: int = 0


@dataclass(frozen=True, slots=True)
class DayFact:
    """One work day: minutes without the breaks, of them at night; 工 in thousandths.

    `intervals` is the presence that counts, breaks included; `worked` the same without them.
    `punch_ids` made it; `ignored` are (punch, why). `status` is "present", "half_day" or "absent";
    `marks` may hold "late_in" and "early_out".
    """

    on: date
    minutes: int
    night_minutes: int
    workday_thousandths: int
    intervals: tuple[Span, ...]
    exceptions: tuple[DayException, ...]
    punch_ids: tuple[int, ...]
    ignored: tuple[tuple[int, str], ...] = ()
    worked: tuple[Span, ...] = ()
    status: str = "present"
    marks: tuple[str, ...] = ()
