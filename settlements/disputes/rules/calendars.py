"""Which days count where: rest days, public holidays with their swaps, and the days a statute closes.

A calendar is named like a region ("CN", "AU-QLD", "GB-ENG"); holidays come from the kept library, as
for wages. No framework, no rows, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

# Regions whose law reckons by a part of the country; elsewhere the whole country's days count.
PARTS = {
    "AU": ("ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"),
    "CA": ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"),
    "GB": ("ENG", "NIR", "SCT", "WLS"),
    "US": ("CA", "FL", "IL", "NY", "TX", "WA"),
}
COUNTRIES = ("AE", "AU", "CA", "CN", "DE", "FR", "GB", "HK", "IE", "NZ", "SG", "US")
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`closed`: spans of the year, ("12-22", "01-10") both included, in which no day is a working
    day; `off` and `on`: single days that the asker knows of beside the library's."""

    name: str
    closed: tuple[tuple[str, str], ...] = ()
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether the law counts the day as a working or business day."""
        return self.why_not(day) == ""

    def is_holiday(self, day: date) -> bool:
        """Whether it is a public holiday, whatever day of the week."""
        if day in self.on:
            return False
        return day in self.off or day in _library(self.name)

    def why_not(self, day: date) -> str:
        """ "" for a working day, or "holiday", "closed", "weekend"."""
        if day in self.on:
            return ""
        if self.is_holiday(day):
            return "holiday"
        if any(_within(day, span) for span in self.closed):
            return "closed"
        return "" if _library(self.name).is_working_day(day) else "weekend"


@cache
def _library(name: str) -> holidays.HolidayBase:
    country, part = split(name)
    return holidays.country_holidays(country, subdiv=part)


def split(name: str) -> tuple[str, str | None]:
    """(country, part whose own days count or None); ValueError for a calendar nobody keeps."""
    country, _, rest = name.partition("-")
    if country not in COUNTRIES:
        raise ValueError(f"no calendar of {name}; known: {', '.join(COUNTRIES)}")
    part = rest.partition("-")[0]
    return country, part if part in PARTS.get(country, ()) else None


def _within(day: date, span: tuple[str, str]) -> bool:
    first, last = span
    today = f"{day:%m-%d}"
    if first <= last:
        return first <= today <= last
    return today >= first or today <= last  # over the turn of the year


def move_later(day: date, calendar: Calendar) -> date:
    """The day itself or the next working day: how procedure moves a last day."""
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def move_earlier(day: date, calendar: Calendar) -> date:
    """The day itself or the last working day before: how a pay day moves."""
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day
