"""The silence clock (rules of pay §1)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.kernel.calendar import add_workdays


def silence_due_at(submitted_at: datetime, days: int, zone: str, country: str) -> datetime:
    """The end of the last of `days` working days after submission, in the site's zone."""
    site = ZoneInfo(zone)
    last = add_workdays(submitted_at.astimezone(site).date(), days, country)
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=site)
