"""Comprehensive hours (综合计算工时): the period over which time is averaged, and its normal time.

Periods are those of the calendar: the month, the quarter, the year. Working days of a period are its
share of the year's (人社部发〔2025〕2号: 248 a year, 62 a quarter), eight hours each. Whoever works under
the terms for a part of the period only has that part of its normal time: nobody who comes in the last
month of a quarter works three months without overtime.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from settlements.wages.law import Law

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period(averaging: str, on: date) -> tuple[date, date]:
    """First and last day of the averaging period around the day."""
    months = MONTHS[averaging]
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    year, month = divmod(first.month - 1 + months, 12)
    return first, date(first.year + year, month + 1, 1) - timedelta(days=1)


def cap(law: Law, averaging: str, on: date) -> int:
    """Normal minutes of the whole period around the day: its share of the year's working days."""
    days = int(law.value("workdays_per_year", on).value)
    return days * law.workday_steps(on)[0].until * MONTHS[averaging] // 12


def cap_of_part(law: Law, averaging: str, on: date, covered: Callable[[date], bool]) -> int | None:
    """Normal minutes where only the `covered` days of the period count; None where all do.

    By working days of the calendar, rounded down: the worker's way.
    """
    days = [day for month in _months(averaging, on) for day in law.workdays(month)]
    inside = sum(map(covered, days))
    if inside == len(days):
        return None
    return cap(law, averaging, on) * inside // len(days)


def _months(averaging: str, on: date) -> list[date]:
    first, _ = period(averaging, on)
    return [date(first.year, first.month + n, 1) for n in range(MONTHS[averaging])]
