"""When a phone's punch really was, from the phone's two clocks and the server's one.

The wall clock can be set by anybody; the monotonic clock of one run of the phone's program only ever
counts on. What the phone said stands while both agree; where they don't, the monotonic clock wins, and
without one the error that the wall clock shows on arrival comes off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# A phone that is set by its network is within seconds; two minutes are an error or a hand.
ERROR_MAX = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """The phone's clocks when it sent, and the server's when that came in."""

    wall: datetime
    boot: str
    monotonic_ms: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """`at` is the time to count with; `how` is "as_said", "monotonic" or "wall"."""

    at: datetime
    how: str


def corrected(said: datetime, boot: str, monotonic_ms: int, sent: Sent) -> Corrected:
    """The time of a punch that the phone says was at `said`, never after it came in.

    Corrections are whole minutes, so that a slower network does not make another time of it.
    """
    if boot and boot == sent.boot and monotonic_ms <= sent.monotonic_ms:
        elapsed = timedelta(milliseconds=sent.monotonic_ms - monotonic_ms)
        how, error = "monotonic", said - (sent.received_at - elapsed)
    else:
        how, error = "wall", sent.wall - sent.received_at
    if abs(error) <= ERROR_MAX:
        return Corrected(min(said, sent.received_at), "as_said")
    return Corrected(min(said - round(error / MINUTE) * MINUTE, sent.received_at), how)
