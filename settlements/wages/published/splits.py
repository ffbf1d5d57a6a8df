"""Regular and overtime hours of a week by day.

Inputs: `hours_mon_to_sun` (seven numbers) and `rule`, a text of parts joined by "+": "weekly 40",
"daily 8", "double 12", "seventh 8" (the seventh day worked in a row).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from settlements.wages.errors import MalformedQuote
from settlements.wages.published.numbers import minutes
from settlements.wages.workweek import Thresholds, split

NAMES = {"weekly": "weekly", "daily": "daily", "double": "double", "seventh": "seventh_double"}


def solve(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Hours by day as [regular, overtime] and as [regular, overtime, double]."""
    days = [minutes("hours_mon_to_sun", hours) for hours in inputs["hours_mon_to_sun"]]
    found = split(days, thresholds(inputs["rule"]))
    three = [[_hours(part) for part in parts] for parts in found]
    doubled = any(parts[2] for parts in found)
    return {
        "expected_regular_ot_double": three if doubled else [parts[:2] for parts in three],
        "regular_ot_double": three,
        "totals": [_hours(sum(parts[place] for parts in found)) for place in range(3)],
    }


def thresholds(rule: str) -> Thresholds:
    """The thresholds that a rule text names; those not named don't apply."""
    found: dict[str, int | None] = {"weekly": None}
    for part in rule.lower().replace(",", "+").replace("double daily", "double").split("+"):
        words = part.split()
        name = next((NAMES[word] for word in words if word in NAMES), None)
        hours = next((word for word in words if word.replace(".", "").isdigit()), None)
        if name is None or hours is None:
            raise MalformedQuote(field="rule", problem=f"{part.strip()!r} names no threshold")
        found[name] = minutes("rule", hours)
    return Thresholds(**found)


def _hours(count: int) -> int | str:
    """Whole hours as a number, others as a fraction text."""
    hours = Fraction(count, 60)
    return hours.numerator if hours.denominator == 1 else str(hours)
