"""Classes of days from the kept holiday library: workday, rest day, statutory holiday.

A statutory holiday (法定节假日) is not the same as a day off made by a weekend swap (调休) or by
moving a holiday that fell on a weekend (补假): only the former is paid at the holiday rate.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays
import holidays.countries  # all of them now: the library would load them in the first worker's month

# How the library's English names mark a day off that is no statutory holiday.
_NOT_STATUTORY = ("substituted from", "(observed", "Extended Holiday")


@cache
def _calendar(country: str, subdivision: str | None) -> holidays.HolidayBase:
    kept = getattr(holidays, country)
    if subdivision not in (kept.subdivisions or ()):
        subdivision = None
    return holidays.country_holidays(country, subdiv=subdivision, language="en_US")


def day_class(on: date, country: str, region: str) -> str:
    """ "holiday", "saturday", "rest_day" or "workday" in the region ("AU-NSW") of a country."""
    calendar = _calendar(country, _subdivision(region))
    names = calendar.get_list(on)
    if country != "CN" and names:
        return "holiday"  # where a moved holiday is the holiday that counts
    if any(not any(mark in name for mark in _NOT_STATUTORY) for name in names):
        return "holiday"
    if calendar.is_working_day(on):
        return "workday"
    return "saturday" if on.weekday() == calendar_saturday(calendar) else "rest_day"


def calendar_saturday(calendar: holidays.HolidayBase) -> int:
    """The first weekend day, Monday 0."""
    return min(calendar.weekend)


def statutory_holidays(year: int, country: str = "CN") -> list[date]:
    """Every day of the year paid at the holiday rate, in order."""
    found = sorted(_year(year, country, None))
    return [on for on in found if day_class(on, country, country) == "holiday"]


def announced(year: int, country: str = "CN") -> bool:
    """Whether the year's weekend swaps are known yet: the State Council does it each autumn."""
    if country != "CN":
        return True
    return year in _calendar(country, None).special_public_holidays


def _year(year: int, country: str, subdivision: str | None) -> list[date]:
    calendar = _calendar(country, subdivision)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    return [on for on in days if on.year == year and on in calendar]


def _subdivision(region: str) -> str | None:
    return region.split("-", 1)[1] if "-" in region else None
