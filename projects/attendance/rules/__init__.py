"""From punches to days, by a dated rule; pure."""

from projects.attendance.rules.facts import (
    DayException,
    DayFact,
    DayRule,
    Direction,
    Interval,
    PunchFact,
)
from projects.attendance.rules.pairing import measure, pair

__all__ = [
    "DayException",
    "DayFact",
    "DayRule",
    "Direction",
    "Interval",
    "PunchFact",
    "measure",
    "pair",
]
