"""Slips whose shown lines must sum to the shown total.

Inputs: `lines`, each a product "38.25 x 17.51" or "10.75 x 17.51 x 2", or one product under any name
(`pay`, `overtime`, `night`); or `net` and `adjustment` (or `adjustments`); or `contract` and `days`,
the month's pay spread over the days to sum to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from jianzhu.kernel.money import Rounding, round_fraction, round_ratio
from settlements.wages.errors import MalformedQuote
from settlements.wages.published.numbers import CENTS, cents, minor, number

DAYS_MAX = 366
PRODUCT = re.compile(r"\s*-?[0-9]+(\.[0-9]+)?\s*[x×*]\s*[0-9]")


def solve(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Shown lines and the gross they sum to."""
    if "contract" in inputs:
        return _spread(inputs)
    if "net" in inputs:
        names = ("net", "adjustment", "adjustments")
        parts = [part for name in names if name in inputs for part in _amounts(name, inputs[name])]
        return {"expected_final": cents(sum(parts))}
    products = inputs.get("lines") or [one for one in inputs.values() if _is_product(one)]
    return _sum(products)


def _is_product(said: Any) -> bool:
    return isinstance(said, str) and PRODUCT.match(said) is not None


def _amounts(name: str, value: Any) -> list[int]:
    """Minor units of one amount or of a list of them."""
    return [minor(name, one) for one in (value if isinstance(value, list) else [value])]


def _sum(products: Sequence[str]) -> dict[str, Any]:
    """Each line is rounded as it is shown; the total is their sum, nothing else."""
    shown = [round_fraction(product(line) * CENTS, Rounding.HALF_UP) for line in products]
    total = cents(sum(shown))
    exact = sum((product(line) for line in products), Fraction(0))
    return {
        "shown": [cents(one) for one in shown],
        "expected_gross": total,
        "expected_total": total,
        # What a system shows that rounds the sum instead of the lines: then they don't add up.
        "rounded_once": cents(round_fraction(exact * CENTS, Rounding.HALF_UP)),
    }


def product(line: str) -> Fraction:
    """The exact product of "a x b x c"; what follows "=" is a comment."""
    factors = re.split(r"\s*[x×*]\s*", line.partition("=")[0].strip())
    return prod((number("line", factor) for factor in factors), start=Fraction(1))


def _spread(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Day shares as differences of the rounded running total."""
    contract, days = minor("contract", inputs["contract"]), int(inputs["days"])
    if not 1 <= days <= DAYS_MAX:
        raise MalformedQuote(field="days", problem=f"{days} is not 1 to {DAYS_MAX}")
    upto = [round_ratio(contract * n, days, Rounding.HALF_UP) for n in range(days + 1)]
    shares = [upto[n + 1] - upto[n] for n in range(days)]
    unit = round_ratio(contract, days, Rounding.HALF_UP)
    return {
        "shares": [cents(one) for one in shares],
        "total": cents(sum(shares)),
        "rounded_unit": cents(unit),
        "rounded_unit_x_days": cents(unit * days),
    }
