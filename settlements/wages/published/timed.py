"""An hourly rate by the second, and by decimal hours.

Inputs: `policy` and `rate_seconds` [[rate, seconds], …] (an expected third place is ignored).
"per-second, 4 dp": rate x seconds / 3600, rounded once. "decimal": the hours are rounded to two
places first, then the amount. "15-minute" (or "minute", "quarter hour"): the time is rounded to those
steps first, to the nearest unless the policy says "floor" or "ceil". "half-even" (banker's) rounds
amounts that way, "truncate" cuts them off; half up is usual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from jianzhu.kernel.money import Rounding, round_fraction
from settlements.wages.published.numbers import number, short, text

HOUR_SECONDS = 3600
PLACES_MAX = 9


def solve(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts in the given order, trailing zeros left off as the source shows them."""
    pairs = inputs.get("rate_seconds") or inputs.get("rate_seconds_expected") or []
    policy = str(inputs.get("policy", ""))
    return {"amounts": [amount(row[0], row[1], policy) for row in pairs]}


def amount(rate: Any, seconds: Any, policy: str) -> str:
    """rate x time under the policy's rounding."""
    decimal = "decimal" in policy
    places = _places(policy, 2 if decimal else 4)
    worked = _stepped(number("seconds", seconds), policy)
    hours = worked / HOUR_SECONDS
    if decimal:
        hours = Fraction(text(hours, 2))
    return short(number("rate", rate) * hours, places, _rounding(policy))


def _stepped(seconds: Fraction, policy: str) -> Fraction:
    """The time in whole steps, where the policy names one: "15-minute", "quarter hour"."""
    named = re.search(r"(\d{1,3})[ -]?min", policy)
    step = int(named[1]) * 60 if named else 900 if "quarter" in policy else 0
    if not step and re.search(r"\bminute", policy):
        step = 60
    if not step:
        return seconds
    way = Rounding.HALF_UP
    if "floor" in policy or "down" in policy:
        way = Rounding.DOWN
    elif "ceil" in policy or re.search(r"(?<!half)[ -]up\b", policy):
        way = Rounding.UP
    return Fraction(round_fraction(seconds / step, way) * step)


def _rounding(policy: str) -> Rounding:
    if re.search(r"half[ -_]?even|banker", policy):
        return Rounding.HALF_EVEN
    return Rounding.DOWN if "trunc" in policy else Rounding.HALF_UP


def _places(policy: str, usual: int) -> int:
    found = re.search(r"(\d+)\s*(?:dp|decimals|digits)", policy)
    return min(int(found.group(1)[:2]), PLACES_MAX) if found else usual
