"""October 2026 as the State Council's notice and the two sites' foremen see it."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

YEAR, MONTH = 2026, 10
FIRST, LAST = date(YEAR, MONTH, 1), date(YEAR, MONTH, 31)
CHINA, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")

# National Day: three statutory days (300 %), days off moved around them, a swapped Saturday.
STATUTORY = frozenset({1, 2, 3})
MOVED_OFF = frozenset({5, 6, 7})
MOVED_ON = frozenset({10})


def day(number: int) -> date:
    """The day of the sample month; 32 is the first of the next."""
    return FIRST + timedelta(days=number - 1)


def kind_of(on: date) -> str:
    """holiday, rest or normal, by Chinese law."""
    if on.day in STATUTORY:
        return "holiday"
    if on.day in MOVED_ON:
        return "normal"
    return "rest" if on.weekday() >= 5 or on.day in MOVED_OFF else "normal"


def working_days() -> list[int]:
    """The numbers of the month's normal days."""
    return [number for number in range(1, 32) if kind_of(day(number)) == "normal"]
