"""Whether a statement can be believed: it foots, it follows the former, its amounts are of its currency.

ISO 20022 lets an amount have five decimals; the rule of its amount types is that it has no more than
ISO 4217 gives the currency. Amounts come as the text that was written, because 18.150 and 18.15 are
equal and only one of them was written by somebody who knows the currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from jianzhu.kernel.money import DIGITS, PLAIN

DOES_NOT_FOOT = "does_not_foot"
DOES_NOT_CHAIN = "does_not_chain"
DECIMALS = "decimals"
UNREADABLE = "unreadable_amount"
CURRENCY = "unknown_currency"


@dataclass(frozen=True, slots=True)
class Written:
    """A statement as it was written: opening, signed entries and closing as decimal texts."""

    currency: str
    opening: str
    entries: tuple[str, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Check:
    """`gap` is closing − (opening + entries), `jump` opening − the former closing, both exact."""

    foots: bool
    chains: bool
    fits_decimals: bool
    gap: Fraction
    jump: Fraction
    reasons: tuple[str, ...]

    @property
    def is_taken(self) -> bool:
        """Anything else is parked with its gap shown."""
        return not self.reasons


def check_chain(statements: Sequence[Written], before: str | None = None) -> list[Check]:
    """Check statements that follow each other; `before` is the closing of the last one taken."""
    checks = []
    for one in statements:
        checks.append(_check(one, before))
        before = one.closing
    return checks


def _check(one: Written, before: str | None) -> Check:
    texts = (one.opening, *one.entries, one.closing)
    if one.currency not in DIGITS:
        return Check(False, False, False, Fraction(0), Fraction(0), (CURRENCY,))
    if not all(PLAIN.fullmatch(text) for text in (*texts, *([before] if before else ()))):
        return Check(False, False, False, Fraction(0), Fraction(0), (UNREADABLE,))
    gap = Fraction(one.closing) - Fraction(one.opening) - sum(Fraction(e) for e in one.entries)
    jump = Fraction(0) if before is None else Fraction(one.opening) - Fraction(before)
    fits = all(_decimals(text) <= DIGITS[one.currency] for text in texts)
    reasons = [
        reason
        for reason, holds in (
            (DOES_NOT_FOOT, not gap),
            (DOES_NOT_CHAIN, not jump),
            (DECIMALS, fits),
        )
        if not holds
    ]
    return Check(not gap, not jump, fits, gap, jump, tuple(reasons))


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])
