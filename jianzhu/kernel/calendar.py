"""The law's calendar: which days are working days, from a kept holiday library.

A procedural last day moves later, a pay day earlier; both start from `is_workday`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

COUNTRIES = {"CN": "CN", "US": "US", "SG": "SG", "AU": "AU", "GB": "GB"}


@cache
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(COUNTRIES[country])


def is_workday(day: date, country: str) -> bool:
    """Whether the law counts the day as a working day, weekend swaps (调休) included."""
    return bool(_calendar(country).is_working_day(day))


def add_workdays(day: date, count: int, country: str) -> date:
    """The last day of a period of `count` working days that starts the day after `day`."""
    left = count
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day, country)
    return day


def end_of_workdays(at: datetime, count: int, zone: str, country: str) -> datetime:
    """The end, in the zone, of the last of `count` working days after the instant's own day."""
    place = ZoneInfo(zone)
    last = add_workdays(at.astimezone(place).date(), count, country)
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=place)


def on_or_before_workday(day: date, country: str) -> date:
    """The day itself or the last working day before it: pay moves earlier (Decree 724 art. 14)."""
    while not is_workday(day, country):
        day -= timedelta(days=1)
    return day


def on_or_after_workday(day: date, country: str) -> date:
    """The day itself or the next working day: a procedural last day moves later."""
    while not is_workday(day, country):
        day += timedelta(days=1)
    return day
