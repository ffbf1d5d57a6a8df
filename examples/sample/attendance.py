"""Who really worked when, and what of it the gates saw: the truth, then the planted faults."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sample.dates import CHINA, NEW_YORK, day, working_days
from sample.people import CARPENTERS, CONCRETE, FRAMERS, HELPER, MASONS, REBAR, Person, crew_on

BREAK_MINUTES = 90
DAY_SHIFT = (time(7, 0), time(16, 30))
LATE_END = time(18, 30)
NIGHT_SHIFT = (time(22, 0), time(6, 0))
SHIFT_B = (time(7, 0), time(15, 30))
LONG_END_B = time(17, 30)
BREAK_MINUTES_B = 30

ABSENT_SHARE = 0.04
REBAR_ON_HOLIDAY = 9  # the first nine of the crew worked on 1 October
REBAR_DAYS = (*working_days(), 17)
CARPENTER_DAYS = (*working_days(), 24)
CARPENTER_LATE = frozenset({13, 20, 27})
MASON_DAYS = (*working_days(), 17, 24)
CONCRETE_NIGHTS = (8, 9, 12, 14, 16, 20, 22, 26, 28, 31)
FRAMER_DAYS = (*range(5, 10), *range(12, 17), 17, *range(19, 24), *range(26, 31))
FRAMER_LONG = frozenset({7, 21, 28})

MISSING_OUT = {("W-A-004", 9), ("W-A-017", 14), ("W-A-030", 21), ("W-A-043", 20)}
MISSING_IN = {("W-A-008", 13)}
DOUBLE_IN = {("W-A-002", 8): (25, 70)}  # seconds after the first
DOUBLE_OUT = {("W-A-020", 15): (40,)}
OUT_AT_UNKNOWN_DEVICE = ("W-A-022", 16)
OUT_AT_OTHER_GATE = ("W-A-009", 28)
# On these days what the faults touch has to be there.
NEVER_ABSENT = {
    "W-A-004",
    "W-A-017",
    "W-A-030",
    "W-A-043",
    "W-A-008",
    "W-A-002",
    "W-A-020",
    "W-A-022",
    "W-A-009",
    HELPER,
}


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's work on one day. `minutes` is what the project's rule counts."""

    person: Person
    on: date
    starts: datetime
    ends: datetime
    break_minutes: int

    @property
    def minutes(self) -> int:
        return int((self.ends - self.starts).total_seconds()) // 60 - self.break_minutes

    @property
    def name(self) -> tuple[str, int]:
        return self.person.code, self.on.day


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of a gate, in true time."""

    shift: Shift
    at: datetime
    direction: str

    @property
    def person(self) -> Person:
        return self.shift.person


def shifts(everybody: list[Person], rng: random.Random) -> list[Shift]:
    """Every shift that was really worked, ordered by day and person."""
    found = []
    for number in range(1, 32):
        for person in everybody:
            absent = rng.random() < ABSENT_SHARE and person.code not in NEVER_ABSENT
            shift = _shift(person, number)
            if shift and not absent:
                found.append(shift)
    return found


def _shift(person: Person, number: int) -> Shift | None:
    crew = crew_on(person, day(number))
    rank = int(person.code[-3:])
    if crew == REBAR and (number in REBAR_DAYS or (number == 1 and rank <= REBAR_ON_HOLIDAY)):
        return _between(person, number, *DAY_SHIFT)
    if crew == CARPENTERS and number in CARPENTER_DAYS:
        end = LATE_END if number in CARPENTER_LATE else DAY_SHIFT[1]
        return _between(person, number, DAY_SHIFT[0], end)
    if crew == MASONS and number in MASON_DAYS:
        return _between(person, number, *DAY_SHIFT)
    if crew == CONCRETE and number in CONCRETE_NIGHTS:
        return _between(person, number, *NIGHT_SHIFT)
    if crew == FRAMERS and number in FRAMER_DAYS:
        end = LONG_END_B if number in FRAMER_LONG else SHIFT_B[1]
        return _between(person, number, SHIFT_B[0], end)
    return None


def _between(person: Person, number: int, start: time, end: time) -> Shift:
    on = day(number)
    zone = CHINA if person.on_a else NEW_YORK
    ends_on = on + timedelta(days=end < start)
    pause = BREAK_MINUTES if person.on_a else BREAK_MINUTES_B
    return Shift(
        person,
        on,
        datetime.combine(on, start, zone),
        datetime.combine(ends_on, end, zone),
        0 if end < start else pause,
    )


def passages(worked: list[Shift], rng: random.Random) -> list[Passage]:
    """What happened at the gates, faults of people included, in the order of true time."""
    found: list[Passage] = []
    for shift in worked:
        early, late = rng.randint(3 * 60, 18 * 60), rng.randint(60, 14 * 60)
        came = Passage(shift, shift.starts - timedelta(seconds=early), "in")
        went = Passage(shift, shift.ends + timedelta(seconds=late), "out")
        if shift.name not in MISSING_IN:
            found += [came, *_again(came, DOUBLE_IN.get(shift.name, ()))]
        if shift.name not in MISSING_OUT:
            found += [went, *_again(went, DOUBLE_OUT.get(shift.name, ()))]
    return sorted(found, key=lambda p: (p.at, p.person.code))


def _again(passage: Passage, after: tuple[int, ...]) -> list[Passage]:
    return [replace(passage, at=passage.at + timedelta(seconds=seconds)) for seconds in after]


def unclear(shift: Shift) -> str:
    """Why a person has to answer for the day; empty for a clean day."""
    if shift.name in MISSING_OUT or shift.name == OUT_AT_UNKNOWN_DEVICE:
        return "missing_out"
    return "missing_in" if shift.name in MISSING_IN else ""
