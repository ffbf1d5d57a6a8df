"""The silence clock (rules of pay §1)."""

from __future__ import annotations

from datetime import datetime

from jianzhu.kernel.calendar import end_of_workdays


def silence_due_at(submitted_at: datetime, days: int, zone: str, country: str) -> datetime:
    """The end of the last of `days` working days after submission, in the site's zone."""
    return end_of_workdays(submitted_at, days, zone, country)
