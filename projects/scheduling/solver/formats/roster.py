"""Rosters `.txt` of Curtois' set, schedulingbenchmarks.org; solutions in its XML, one `Assign` a shift."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats.lines import Line, lines
from projects.scheduling.solver.roster.problem import (
    Cover,
    Person,
    Roster,
    Rows,
    Shift,
    Wish,
    penalty,
)

SECTIONS = (
    "HORIZON", "SHIFTS", "STAFF", "DAYS_OFF", "SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS", "COVER",
)  # fmt: skip
DAYS_MAX = 400


def read(text: str, file: str) -> Roster:
    """The roster of a `.txt` file."""
    parts = _sections(lines(text, file))
    for name in SECTIONS:
        if name not in parts or (
            name in ("HORIZON", "SHIFTS", "STAFF", "COVER") and not parts[name]
        ):
            raise Fault("cut", file=file, missing=f"SECTION_{name}")
    first = parts["HORIZON"][0]
    days = first.integer(first.text)
    if not 1 <= days <= DAYS_MAX:
        raise first.fault(first.text, f"a number of days from 1 to {DAYS_MAX}")
    shifts = tuple(_shift(line) for line in parts["SHIFTS"])
    off = _days_off(parts["DAYS_OFF"], days)
    people = tuple(_person(line, off, days) for line in parts["STAFF"])
    known = {p.id for p in people}, {s.id for s in shifts}, days
    wishes = [_wish(line, True, known) for line in parts["SHIFT_ON_REQUESTS"]]
    wishes += [_wish(line, False, known) for line in parts["SHIFT_OFF_REQUESTS"]]
    cover = tuple(_cover(line, known) for line in parts["COVER"])
    missing = {(d, s.id) for d in range(days) for s in shifts} - {(c.day, c.shift) for c in cover}
    if missing:
        day, shift = min(missing)
        raise Fault("cut", file=file, missing=f"the cover of day {day}, shift {shift}")
    return Roster(days, shifts, people, tuple(wishes), cover, file)


def _sections(rows: list[Line]) -> dict[str, list[Line]]:
    parts: dict[str, list[Line]] = {}
    name = ""
    for line in rows:
        if line.text.startswith("#"):
            continue
        if line.text.startswith("SECTION_"):
            name = line.text.strip().removeprefix("SECTION_")
            parts[name] = []
        elif name:
            parts[name].append(line)
    return parts


def _words(line: Line, count: int, expected: str) -> list[str]:
    words = [word.strip() for word in line.text.split(",")]
    if len(words) != count:
        raise line.fault(line.text.strip(), expected)
    return words


def _shift(line: Line) -> Shift:
    name, minutes, after = _words(line, 3, "a shift: id, minutes, shifts that can't follow")
    return Shift(name, line.integer(minutes), frozenset(x for x in after.split("|") if x))


def _person(line: Line, off: dict[str, set[int]], days: int) -> Person:
    name, most, *numbers = _words(line, 8, "a person with all eight rules")
    by_shift = {}
    for word in most.split("|"):
        shift, equals, count = word.partition("=")
        if not equals:
            raise line.fault(word, "shift=number")
        by_shift[shift] = line.integer(count)
    top, least, run, short, rest, weekends = (line.integer(word) for word in numbers)
    return Person(
        name, by_shift, top, least, run, short, rest, weekends, frozenset(off.get(name, ()))
    )


def _days_off(rows: list[Line], days: int) -> dict[str, set[int]]:
    off: dict[str, set[int]] = defaultdict(set)
    for line in rows:
        name, *words = (word.strip() for word in line.text.split(","))
        off[name] |= {_day(line, word, days) for word in words if word}
    return off


def _day(line: Line, word: str, days: int) -> int:
    day = line.integer(word)
    if not 0 <= day < days:
        raise line.fault(word, f"a day from 0 to {days - 1}")
    return day


Known = tuple[set[str], set[str], int]


def _named(line: Line, word: str, known: set[str], noun: str) -> str:
    if word not in known:
        raise line.fault(word, f"a {noun} of this file")
    return word


def _wish(line: Line, on: bool, known: Known) -> Wish:
    who, day, shift, weight = _words(line, 4, "a wish: person, day, shift, weight")
    return Wish(
        _named(line, who, known[0], "person"), _day(line, day, known[2]),
        _named(line, shift, known[1], "shift"), line.integer(weight), on,
    )  # fmt: skip


def _cover(line: Line, known: Known) -> Cover:
    day, shift, *numbers = _words(line, 5, "cover: day, shift, people, two weights")
    wanted, under, over = (line.integer(word) for word in numbers)
    name = _named(line, shift, known[1], "shift")
    return Cover(_day(line, day, known[2]), name, wanted, under, over)


def write(roster: Roster, rows: Rows) -> str:
    """The set's XML."""
    text = ['<?xml version="1.0" encoding="utf-8"?>', "<Roster>"]
    text.append(f"  <SchedulingPeriodFile>{escape(roster.name)}</SchedulingPeriodFile>")
    text.append(f"  <Penalty>{penalty(roster, rows)}</Penalty>")
    for person, row in zip(roster.people, rows, strict=True):
        text.append(f'  <Employee ID="{escape(person.id)}">')
        text += [
            f"    <Assign><Day>{d}</Day><Shift>{escape(shift)}</Shift></Assign>"
            for d, shift in enumerate(row)
            if shift
        ]
        text.append("  </Employee>")
    return "\n".join([*text, "</Roster>", ""])
