"""Arithmetic of the wage account: clocks as dated data, days of wages ahead, the security deposit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jianzhu.kernel.calendar import end_of_workdays

CLOCKS = Path(__file__).with_name("clocks.toml")
# How far the plan is looked at.
HORIZON_DAYS = 92
BASIS_POINTS = 10_000
# 人社部发〔2021〕65号, in basis points of the contract sum.
SECURITY_MIN, SECURITY_MAX = 100, 300
SECURITY_FLOOR_SEVERAL = 50
SECURITY_SMALL_MINOR = 3_000_000_00


@dataclass(frozen=True, slots=True)
class Clock:
    """`count` days or working days until `name` has to have happened, in force from `valid_from`."""

    name: str
    region: str
    valid_from: date
    count: int
    unit: str
    owed_by: str
    source: str
    on: str = ""

    def due_at(self, at: datetime, zone: str, country: str) -> datetime:
        """The end, on the site, of the last day; a procedural day never ends early."""
        if self.unit == "workday" and self.count:
            return end_of_workdays(at, self.count, zone, country)
        place = ZoneInfo(zone)
        last = at.astimezone(place).date() + timedelta(days=self.count)
        return datetime.combine(last + timedelta(days=1), time.min, tzinfo=place)


@cache
def clocks() -> tuple[Clock, ...]:
    """All of them, as the file has them."""
    return tuple(Clock(**row) for row in tomllib.loads(CLOCKS.read_text())["clock"])


def clock_of(name: str, region: str, on: date) -> Clock | None:
    """The clock in force in the region that day: the nearest region first, then the latest."""
    found = [
        c for c in clocks() if c.name == name and region.startswith(c.region) and c.valid_from <= on
    ]
    return max(found, key=lambda c: (len(c.region), c.valid_from), default=None)


def clocks_on(event: str, region: str, on: date) -> list[Clock]:
    """The clocks that an event starts in the region."""
    names = sorted({c.name for c in clocks() if c.on == event and region.startswith(c.region)})
    found = [clock_of(name, region, on) for name in names]
    return [c for c in found if c is not None]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Days of wages that the money covers; `runs_out_on` None while the plan is covered."""

    days: int
    runs_out_on: date | None


def days_ahead(free_minor: int, accrued_minor: int, costs: Iterable[tuple[date, int]]) -> Ahead:
    """Whole planned days that are covered after the work already done, in order of date.

    `costs`: (day, wages planned for it in minor units). Work already done ranks first: when even
    that is not covered, no day is.
    """
    left, days = free_minor - accrued_minor, 0
    for day, cost in costs:
        left -= cost
        if left < 0:
            return Ahead(days, day)
        days += 1
    return Ahead(days, None)


@dataclass(frozen=True, slots=True)
class WeekAhead:
    """A calendar week's planned wages, and what of them the money does not reach, in minor units."""

    monday: date
    planned_minor: int
    short_minor: int


def weeks_ahead(
    free_minor: int, accrued_minor: int, costs: Iterable[tuple[date, int]]
) -> list[WeekAhead]:
    """The same money, week by week: what one week takes the next does not have."""
    left = max(0, free_minor - accrued_minor)
    planned: dict[date, int] = {}
    for day, cost in costs:
        monday = day - timedelta(days=day.weekday())
        planned[monday] = planned.get(monday, 0) + cost
    found = []
    for monday, cost in sorted(planned.items()):
        paid = min(left, cost)
        left -= paid
        found.append(WeekAhead(monday, cost, cost - paid))
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """What the authority knows of the contractor: whole years, and what is wrong."""

    years_without_arrears: int = 0
    arrears_in_two_years: bool = False
    blacklisted: bool = False
    several_projects: bool = False
    real_name_and_account: bool = False


def security_basis_points(contract_minor: int, base: int, record: Record) -> int:
    """The rate of the wage deposit (工资保证金) by 人社部发〔2021〕65号; 0 when exempt.

    `base` is the region's own rate, 100 to 300 basis points. Arrears raise it by half at least, the
    blacklist doubles it; two clean years halve it, three with real-name record and account exempt.
    """
    if not SECURITY_MIN <= base <= SECURITY_MAX:
        raise ValueError(f"{base} basis points: the region's rate lies from 100 to 300")
    if record.blacklisted:
        return base * 2
    if record.arrears_in_two_years:
        return -(-base * 3 // 2)
    if record.years_without_arrears >= 3 and record.real_name_and_account:
        return 0
    if contract_minor < SECURITY_SMALL_MINOR and record.years_without_arrears >= 1:
        return 0
    if record.years_without_arrears >= 2:
        return -(-base // 2)
    return max(base // 2, SECURITY_FLOOR_SEVERAL) if record.several_projects else base


def part_of(amount_minor: int, basis_points: int) -> int:
    """A share in basis points, rounded up: never less than was agreed."""
    return -(-amount_minor * basis_points // BASIS_POINTS)
