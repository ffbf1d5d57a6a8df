"""What a plan has to keep on a site, and how days are told as slots. Arithmetic only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from statistics import median
from typing import Any

from jianzhu.kernel.calendar import is_workday

# Labour Law art. 38: at least one day of rest in a week.
WEEK_DAYS_MAX = 6
# How far behind the last window a plan may look for a way out, in days of the calendar.
BEYOND_DAYS = 60
# From so many sheets on what was made says more than what was assumed.
SAMPLE_MIN = 3


@dataclass(frozen=True, slots=True)
class SiteRule:
    """`headcount`: people at once. `opens_on` to `closes_on`: when the site may be worked on at all.

    `due_on` and `late_minor`: the agreed price of every working day that the last package ends later.
    `week_days_max`: days of work of one person in a calendar week. `rest_days`: free days between two
    packages. `fare_minor`: a kilometre of the way to work, a day. `weekends`: every day of the week is a
    working day. `crews_may_split`: people of one crew may be at two packages at once. `answer_hours`:
    until when an offer has to be answered.
    """

    headcount: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    due_on: date | None = None
    late_minor: int = 0
    week_days_max: int = WEEK_DAYS_MAX
    rest_days: int = 0
    weekends: bool = False
    crews_may_split: bool = False
    answer_hours: int = 24
    fare_minor: int = 0

    def document(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> SiteRule:
        """A rule from a row; fields that are not there have their defaults."""
        names = {f.name for f in fields(cls)}
        days = ("opens_on", "closes_on", "due_on")
        values = {name: value for name, value in document.items() if name in names}
        values |= {name: date.fromisoformat(values[name]) for name in days if values.get(name)}
        return cls(**values)


DEFAULT = SiteRule()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that are slots, in order: slot 0 is the first of them."""

    days: tuple[date, ...]

    @classmethod
    def of(cls, first: date, last: date, country: str, *, weekends: bool = False) -> Calendar:
        """The working days from `first` to `last`, or all of them."""
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return cls(tuple(day for day in span if weekends or is_workday(day, country)))

    def slot(self, day: date) -> int:
        """The first slot that is not before the day."""
        return bisect_left(self.days, day)

    def after(self, day: date) -> int:
        """The first slot behind the day: how many slots end by it."""
        return bisect_right(self.days, day)

    def day(self, slot: int) -> date:
        """The day of a slot; behind the last one days go on without a gap."""
        if slot < len(self.days):
            return self.days[max(0, slot)]
        return self.days[-1] + timedelta(days=slot - len(self.days) + 1)

    def last(self, start: int, duration: int) -> date:
        """The last day of work that starts at a slot."""
        return self.day(start + duration - 1)

    def count(self, first: date, last: date) -> int:
        """Slots from `first` to `last`, both inclusive."""
        return max(0, self.after(last) - self.slot(first))

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """The days of the calendar from `first` to `last`, both inclusive."""
        return self.days[self.slot(first) : self.after(last)]

    def weeks(self) -> list[tuple[int, int]]:
        """[first, last) of each calendar week."""
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for slot, day in enumerate(self.days):
            found[day.isocalendar()[:2]].append(slot)
        return [(slots[0], slots[-1] + 1) for slots in found.values()]


@dataclass(frozen=True, slots=True)
class Made:
    """What an accepted sheet says: so much of an item in so many person-minutes."""

    trade: str
    item: str
    unit: str
    thousandths: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What one person makes a day of eight hours, in thousandths of the unit.

    The median of `sample` accepted sheets, so that one strange sheet moves nothing; half of them lie
    between `low` and `high`.
    """

    trade: str
    item: str
    unit: str
    thousandths: int
    low: int
    high: int
    sample: int


DAY_MINUTES = 480


def paces(made: Iterable[Made]) -> list[Pace]:
    """The pace of each trade, item and unit, by its name."""
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in made:
        if one.thousandths > 0 and one.minutes > 0:
            rate = one.thousandths * DAY_MINUTES // one.minutes
            found[one.trade, one.item, one.unit].append(max(1, rate))
    return [
        Pace(*key, round(median(rates)), *_middle_half(rates), len(rates))
        for key, rates in sorted(found.items())
    ]


def _middle_half(rates: list[int]) -> tuple[int, int]:
    ordered = sorted(rates)
    quarter = len(ordered) // 4
    return ordered[quarter], ordered[-1 - quarter]


def first_circle(before: Mapping[int, Iterable[int]], start: int) -> list[int]:
    """A circle through `start` in what packages wait for, in the order of waiting; [] when none."""
    came: dict[int, int] = {}
    queue = [start]
    for one in queue:
        for earlier in before.get(one, ()):
            if earlier == start:
                path = [one]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return [*reversed(path), start]
            if earlier not in came:
                came[earlier] = one
                queue.append(earlier)
    return []
