"""What is in dispute, computed from the claimant's facts and the line's own terms; nothing is typed.

amount = round(quantity × rate_num / rate_den × percent / 100), as on the line itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from jianzhu.kernel.money import Rounding, round_fraction

THOUSANDTH = 1_000
MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """The agreed rate of the day: minor units per `basis` ("day", "hour", …)."""

    basis: str
    rate_minor: int
    workday_minutes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A line's own figures; None where nobody could compute them yet."""

    amount_minor: int | None
    unit: str
    rate_num: int | None
    rate_den: int | None
    percent: int
    workday_minutes: int


def claimed_minor(line: Figures, rate: Rate | None, claimed: Mapping[str, int]) -> int | None:
    """What the line would be by the claimant's facts: {"minutes": …} or {"quantity": thousandths}.

    Who claims nothing in figures claims the line as it stands, or, where it has no figures for lack
    of a datum, one normal day at the agreed rate. None where no agreed rate says anything.
    """
    if not claimed and line.amount_minor is not None:
        return line.amount_minor
    if line.rate_num and line.rate_den and line.unit:
        quantity = _quantity(line, claimed)
        return _rounded(Fraction(quantity * line.rate_num * line.percent, line.rate_den * 100))
    if rate is None or rate.basis not in ("day", "lump_day", "hour"):
        return None
    minutes = claimed.get("minutes", rate.workday_minutes)
    per = MINUTES_PER_HOUR if rate.basis == "hour" else rate.workday_minutes
    return _rounded(Fraction(minutes * rate.rate_minor, per))


def disputed_minor(*, state: str, amount_minor: int | None, claimed: int | None) -> int | None:
    """How much of the line is in dispute: all that is claimed of one that waits, what is missing of
    one that was paid."""
    if claimed is None:
        return None
    return claimed - (amount_minor or 0) if state == "released" else claimed


def _quantity(line: Figures, claimed: Mapping[str, int]) -> int:
    if line.unit != "min":
        if "minutes" in claimed:
            return _rounded(Fraction(claimed["minutes"] * THOUSANDTH, line.workday_minutes))
        return claimed.get("quantity", THOUSANDTH)
    return claimed.get("minutes", line.workday_minutes)


def _rounded(value: Fraction) -> int:
    return round_fraction(value, Rounding.HALF_UP)
