"""The silence clock (rules of pay §1), its warning, and what a signature covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

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


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of JSON-ready content, hexadecimal: keys sorted, no space, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
