"""The books are looked at every minute by the relay."""

from __future__ import annotations

from datetime import datetime

from jianzhu.outbox.regular import every
from settlements.books import checker


@every(checker.EVERY_SECONDS)
def check(at: datetime) -> None:
    """A fault stops payouts."""
    checker.check(at)
