"""The silence clock (rules of pay §1) and its warning."""

from __future__ import annotations

from datetime import datetime

from jianzhu.kernel.calendar import end_of_workdays

# The warning goes out this many working days before the clock ends.
WARN_DAYS_BEFORE = 1


def silence_due_at(submitted_at: datetime, days: int, zone: str, country: str) -> datetime:
    """The end of the last of `days` working days after submission, in the site's zone."""
    return end_of_workdays(submitted_at, days, zone, country)


def warn_at(submitted_at: datetime, days: int, zone: str, country: str) -> datetime:
    """When the last working day of the clock begins, or at once where it has only one."""
    if days <= WARN_DAYS_BEFORE:
        return submitted_at
    return end_of_workdays(submitted_at, days - WARN_DAYS_BEFORE, zone, country)
