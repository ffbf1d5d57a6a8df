"""What pairing reads and tells: punches, the dated rule, days. Frozen values; no rows, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PunchFact:
    """A passage: `at` is aware; `site` tells gates of different sites apart."""

    id: int
    at: datetime
    direction: Direction
    site: int = 0


@dataclass(frozen=True, slots=True)
class DayRule:
    """How punches become a day. Clock times are minutes after local midnight.

    `day_starts`: a passage before it belongs to the day before (a night shift to the day it began).
    `starts`/`ends`: the agreed shift; what is before the start doesn't count, after the end only
    full steps of `after_end_step_minutes` do. Without a shift every minute counts.
    `span`: "first_in_last_out" or "every_pair". The break comes off once the presence is longer than
    `break_after_minutes`. 工 count in quarter steps of `workday_minutes`.
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

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> DayRule:
        """The rule kept as JSON; fields it does not name have their defaults."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in document.items() if name in known})


@dataclass(frozen=True, slots=True)
class Interval:
    """Presence that counts, [start, end), aware instants."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DayException:
    """Why a person has to look: coded, with the punch it is about (0: none)."""

    code: str
    punch_id: int = 0


@dataclass(frozen=True, slots=True)
class DayFact:
    """One work day: minutes without the break, of them at night; 工 in thousandths.

    `punch_ids` made it; `ignored` are (punch, why).
    """

    on: date
    minutes: int
    night_minutes: int
    workday_thousandths: int
    intervals: tuple[Interval, ...]
    exceptions: tuple[DayException, ...]
    punch_ids: tuple[int, ...]
    ignored: tuple[tuple[int, str], ...] = ()
