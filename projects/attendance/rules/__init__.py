"""From punches to days, by a dated rule; pure."""

from projects.attendance.rules.facts import (
    DayException,
    DayFact,
    DayRule,
    Direction,
    PunchFact,
    Shift,
    Span,
    roster_of,
)
from projects.attendance.rules.frames import instant
from projects.attendance.rules.pairing import Reader, measure, pair

__all__ = [
    "DayException",
    "DayFact",
    "DayRule",
    "Direction",
    "PunchFact",
    "Reader",
    "Shift",
    "Span",
    "instant",
    "measure",
    "pair",
    "roster_of",
]
