"""The clocks that are kept as dated data, and which of them counts in a region on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from settlements.disputes.rules.clock import Clock, Leg

FILE = Path(__file__).with_name("clocks.toml")


@cache
def clocks() -> tuple[Clock, ...]:
    """All of them, as the file has them; ValueError for a row that is no clock."""
    made = tuple(clock(row) for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["clock"])
    for one in made:
        if problem := one.problem():
            raise ValueError(f"{one.stamp}: {problem}")
    return made


def clock(row: dict[str, Any]) -> Clock:
    """A clock from its row of data."""
    legs = {
        name: tuple(Leg(**leg) for leg in row.get(name, ())) for name in ("later_of", "earlier_of")
    }
    closed = tuple((first, last) for first, last in row.get("closed", ()))
    unread = tuple(row.get("not_checked", ()))
    return Clock(**{**row, **legs, "closed": closed, "not_checked": unread})


def clock_of(name: str, regime: str, on: date) -> Clock | None:
    """The clock in force there that day: the nearest region first, then the latest; None where the
    law of the place knows no such clock."""
    found = [
        c for c in clocks() if c.name == name and reaches(c.regime, regime) and c.valid_from <= on
    ]
    return max(found, key=lambda c: (len(c.regime), c.valid_from), default=None)


def reaches(regime: str, region: str) -> bool:
    """ "CN" reaches "CN-33-01"; "" reaches every place."""
    return regime in ("", region) or region.startswith(f"{regime}-")
