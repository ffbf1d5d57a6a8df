"""An hourly rate by the second, and by decimal hours.

Inputs: `policy` and `rate_seconds` [[rate, seconds], …] (an expected third place is ignored).
"per-second, 4 dp": rate x seconds / 3600, rounded once. "decimal": the hours are rounded to two
places first, then the amount.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

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
    hours = number("seconds", seconds) / HOUR_SECONDS
    if decimal:
        hours = Fraction(text(hours, 2))
    return short(number("rate", rate) * hours, places)


def _places(policy: str, usual: int) -> int:
    found = re.search(r"(\d+)\s*(?:dp|decimals|digits)", policy)
    return min(int(found.group(1)[:2]), PLACES_MAX) if found else usual
