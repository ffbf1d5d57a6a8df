"""Decimal texts in and out of the published examples; exact fractions between."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from jianzhu.kernel.money import Rounding, round_fraction
from settlements.wages.errors import MalformedQuote

CENTS = 100
DECIMAL = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,12})?")


def number(field: str, value: Any) -> Fraction:
    """An exact number from a decimal text or a JSON number (read by its shortest decimal form)."""
    shown = str(value)
    # No exponents: "1e999999999" is a short text and a very long number.
    if not DECIMAL.fullmatch(shown):
        raise MalformedQuote(field=field, problem=f"{shown[:40]!r} is no decimal number")
    return Fraction(shown)


def minor(field: str, value: Any) -> int:
    """Minor units of a decimal text; more digits than cents are refused."""
    found = number(field, value) * CENTS
    if found.denominator != 1:
        raise MalformedQuote(field=field, problem=f"{value} has more digits than cents")
    return found.numerator


def minutes(field: str, hours: Any) -> int:
    """Whole minutes of a number of hours."""
    found = number(field, hours) * 60
    if found.denominator != 1 or found < 0:
        raise MalformedQuote(field=field, problem=f"{hours} h is no whole number of minutes")
    return found.numerator


def text(value: Fraction, places: int = 2, rounding: Rounding = Rounding.HALF_UP) -> str:
    """A decimal text with exactly `places` digits."""
    scaled = round_fraction(value * 10**places, rounding)
    sign, scaled = ("-", -scaled) if scaled < 0 else ("", scaled)
    if not places:
        return f"{sign}{scaled}"
    return f"{sign}{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def short(value: Fraction, places: int, rounding: Rounding = Rounding.HALF_UP) -> str:
    """A decimal text of at most `places` digits, trailing zeros left off."""
    found = text(value, places, rounding)
    return found.rstrip("0").rstrip(".") if "." in found else found


def cents(amount: int) -> str:
    """Minor units as a decimal text."""
    return text(Fraction(amount, CENTS))
