"""When data settle a case, and by when a person must."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.kernel.calendar import add_workdays

# Working days from filing until arbitration staff decide what data did not settle.
DECIDE_WITHIN_DAYS = 5


def due_at(filed_at: datetime, zone: str, country: str) -> datetime:
    """The end of the last working day of the case's clock, in the site's zone."""
    site = ZoneInfo(zone)
    last = add_workdays(filed_at.astimezone(site).date(), DECIDE_WITHIN_DAYS, country)
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=site)


def settled_by_data(
    *, state_filed: str, version_filed: int, version: int, holds: bool, differs: bool
) -> bool:
    """Whether the records answer the objection by themselves.

    A line that waited is settled as soon as nothing holds it any more. A line that already matched
    needs news: its figures changed since. A line that was paid needs a difference made since.
    """
    if state_filed == "released":
        return differs
    if holds:
        return False
    return state_filed == "held" or version > version_filed
