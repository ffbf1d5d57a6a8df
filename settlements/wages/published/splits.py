"""Regular and overtime hours of a week by day.

Inputs: `hours_mon_to_sun` (up to seven numbers) and `rule`, a text of parts joined by "+", "," or
"and": "weekly 40", "daily 8", "double 12" (over 12 h a day), "seventh 8" or "7th day" (the seventh day
worked in a row, double over 8 h); "california" is all four, "federal" the week alone, "none" no threshold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from settlements.wages.errors import MalformedQuote
from settlements.wages.published.numbers import minutes
from settlements.wages.workweek import Thresholds, split

# What a part of a rule names, by the first word that it has; and the hours where it names none.
NAMES = (("7th", "seventh_double", 8), ("seventh", "seventh_double", 8), ("double", "double", 12),
         ("week", "weekly", 40), ("dail", "daily", 8), ("day", "daily", 8))  # fmt: skip
WHOLE = {"california": "weekly 40 + daily 8 + double 12 + seventh 8", "federal": "weekly 40"}


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
    if rule.strip().lower() == "none":
        return Thresholds(**found)
    for part in re.split(r"[+,;/]|\band\b", WHOLE.get(rule.strip().lower(), rule.lower())):
        name, usual = next(((n, h) for word, n, h in NAMES if word in part), (None, 0))
        hours = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", part)
        if name is None or len(hours) > 1:
            raise MalformedQuote(field="rule", problem=f"{part.strip()!r} names no threshold")
        found[name] = minutes("rule", hours[0] if hours else usual)
    return Thresholds(**found)


def _hours(count: int) -> int | str:
    """Whole hours as a number, others as a fraction text."""
    hours = Fraction(count, 60)
    return hours.numerator if hours.denominator == 1 else str(hours)
