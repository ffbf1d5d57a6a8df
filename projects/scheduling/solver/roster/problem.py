"""What a roster is made from. Days count from 0, a Monday; lengths are minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# A row per person, a shift or "" per day.
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift, and which may not come on the day after it."""

    id: str
    minutes: int
    not_before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Person:
    """One person's rules. `most`: shifts at most by kind. Runs at the edges of the roster may go on
    outside it, so the least run lengths bind only runs that begin and end inside."""

    id: str
    most: Mapping[str, int]
    minutes_max: int
    minutes_min: int
    run_max: int
    run_min: int
    rest_min: int
    weekends_max: int
    off: frozenset[int]


@dataclass(frozen=True, slots=True)
class Wish:
    """A shift on a day wished for (`on`) or against; not kept costs `weight`."""

    person: str
    day: int
    shift: str
    weight: int
    on: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """People wanted on a day and shift, and what each too few or too many costs."""

    day: int
    shift: str
    wanted: int
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class Roster:
    """All of it."""

    days: int
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    wishes: tuple[Wish, ...]
    cover: tuple[Cover, ...]
    name: str = ""


def penalty(roster: Roster, rows: Rows) -> int:
    """What a roster costs: wishes not kept and cover missed."""
    at = {person.id: n for n, person in enumerate(roster.people)}
    total = sum(w.weight for w in roster.wishes if (rows[at[w.person]][w.day] == w.shift) != w.on)
    for cover in roster.cover:
        there = sum(row[cover.day] == cover.shift for row in rows)
        total += cover.under * max(0, cover.wanted - there) + cover.over * max(
            0, there - cover.wanted
        )
    return total
