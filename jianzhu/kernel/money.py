"""Money in whole minor units (分, cents) with its currency, and the few ways it may be divided.

No float comes near it. Every division names its rounding, and every split shares out the last unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Self

# ISO 4217 minor-unit digits of the currencies the product pays in.
# Minor units of ISO 4217, by how many decimals; those first that the product pays in.
_CURRENCIES = {
    2: "CNY USD EUR GBP AUD SGD HKD AED BDT BRL CAD CHF CZK DKK EGP HUF IDR ILS INR KES KZT LKR MAD"
    " MOP MXN MYR NGN NOK NPR NZD PEN PHP PKR PLN QAR RON RUB SAR SEK THB TRY TWD TZS UAH UZS ZAR",
    0: "JPY KRW VND CLP ISK PYG UGX XAF XOF XPF",
    3: "KWD BHD OMR JOD TND IQD LYD",
}
DIGITS = {code: digits for digits, codes in _CURRENCIES.items() for code in codes.split()}

PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,8})?")


class Rounding(Enum):
    """How a fraction of a minor unit becomes a whole one."""

    HALF_UP = "half_up"  # ties away from zero (四舍五入)
    HALF_EVEN = "half_even"
    DOWN = "down"  # toward zero
    UP = "up"  # away from zero


class CurrencyMix(ValueError):
    """Two currencies met in one sum: convert nothing, refuse."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount: `minor` whole minor units (may be negative) of `currency` (ISO 4217 code)."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, got {self.minor!r}")
        if self.currency not in DIGITS:
            raise ValueError(f"unknown currency {self.currency!r}; known: {', '.join(DIGITS)}")

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Self:
        """Exact amount from a decimal text like "38.00"; more digits than the currency has are refused."""
        if not PLAIN.fullmatch(text):  # no exponents, fractions or texts without end
            raise ValueError(f"write an amount like 12500.50, not {text[:30]!r}")
        exact = Fraction(text) * 10 ** DIGITS[currency]
        if exact.denominator != 1:
            raise ValueError(f"{text} has more decimals than {currency} ({DIGITS[currency]})")
        return cls(exact.numerator, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __str__(self) -> str:
        """Plain decimal text without the currency: "1234.50"."""
        digits = DIGITS[self.currency]
        sign, whole = "-" if self.minor < 0 else "", abs(self.minor)
        if digits == 0:
            return f"{sign}{whole}"
        return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMix(f"{self.currency} and {other.currency} in one sum")
        return other.minor


def round_fraction(value: Fraction, rounding: Rounding) -> int:
    """The whole number that `rounding` makes of an exact fraction."""
    return round_ratio(value.numerator, value.denominator, rounding)


def round_ratio(numerator: int, denominator: int, rounding: Rounding) -> int:
    """`numerator / denominator` (denominator > 0) as a whole number; integers only, for hot loops."""
    sign, size = (-1, -numerator) if numerator < 0 else (1, numerator)
    whole, rest = divmod(size, denominator)
    if rounding is Rounding.HALF_UP:
        up = 2 * rest >= denominator
    elif rounding is Rounding.HALF_EVEN:
        up = 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    else:
        up = rounding is Rounding.UP and rest > 0
    return sign * (whole + up)


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split whole units by weight so that the parts sum to `total`: the largest remainder method.

    Ties in the remainder go to the larger weight, then to the earlier place, so callers that
    sort by a stable id get the same parts in any order. Weights are >= 0 and not all zero.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a share weight is negative")
    pool = sum(weights)
    if pool == 0:
        raise ValueError("nobody has a share: all weights are zero")
    sign, size = (-1, -total) if total < 0 else (1, total)
    parts = [size * weight // pool for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % pool), -weights[i], i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
