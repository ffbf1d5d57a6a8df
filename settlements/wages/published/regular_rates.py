"""Examples of the regular rate: 29 CFR 778.107 to 778.122, 778.200 to 778.325, 531.60, DOL fact sheets.

The inputs are those of `examples`; the engine's own week gives the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from jianzhu.kernel.money import Rounding, round_fraction
from settlements.wages.errors import MalformedQuote
from settlements.wages.published import weeks
from settlements.wages.published.examples import Example, read
from settlements.wages.published.numbers import CENTS, cents, number, text
from settlements.wages.statement import Statement


def solve(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Regular rate, half rate, premium and total, unrounded and by rounded rates."""
    if isinstance(inputs.get("hours"), list):
        # One level only: a list in a list falls to the number reader, which refuses it.
        return {"weeks": [_one({**inputs, "hours": hours}) for hours in inputs["hours"]]}
    return _one(inputs)


def _one(inputs: Mapping[str, Any]) -> dict[str, Any]:
    example = read(inputs)
    found: dict[str, Any] = {}
    if example.salary is not None:
        found |= _salary_facts(example)
    if example.minutes:
        found |= _pay(example)
    if example.minutes and example.segments and not (example.salary or example.pieces):
        found |= _naive(example)
    return found


def _salary_facts(example: Example) -> dict[str, Any]:
    """The salary's hourly rate, and what hours over it earn, before any hours are known."""
    assert example.salary is not None
    weekly = text(example.salary / CENTS)
    found = {"weekly_salary": weekly, "weekly_equivalent": weekly, "weekly": weekly}
    if example.covers:
        rate = example.salary * 60 / example.covers / CENTS
        low, high = example.threshold // 60, example.covers // 60
        found["regular_rate"] = text(rate)
        found[f"rate_per_h_above_{max(low, high)}"] = text(rate * Fraction(3, 2))
        if high > low:
            found[f"half_time_per_h_{low}_to_{high}"] = text(rate / 2)
        if high < low:
            found[f"straight_per_h_{high}_to_{low}"] = text(rate)
    return found


def _pay(example: Example) -> dict[str, Any]:
    """The engine's week, with the rate unrounded and with the rate rounded to the cent first."""
    worked = weeks.days(example.segments)
    settings: dict[str, Any] = {
        "threshold_minutes": example.threshold, "bonus_minor": example.bonus,
        "piece_minor": example.pieces,
    }  # fmt: skip
    # Where an hour is no whole number of cents, no day may be rounded by itself.
    once = "total" if any(rate.basis == "day" for rate in example.rates) else "line"
    exact = weeks.statement(example.rates, worked, **settings, round_at=once)
    if exact.held:
        raise MalformedQuote(field="inputs", problem="some of the hours have no pay")
    rounded = weeks.statement(example.rates, worked, **settings, round_at="rate")
    extra, straight = weeks.of_kind(exact, "premium"), exact.gross_minor
    straight -= extra
    found = _rates(_regular_rate(example, exact, straight))
    total = cents(_with_beside(example, exact.gross_minor))
    found |= {
        "straight": cents(straight - example.bonus),
        "straight_plus_bonus": cents(straight),
        "premium": cents(extra),
        "total": total,
        "total_unrounded": total,
        "total_unrounded_rate": total,
        "total_rounded_rate": cents(_with_beside(example, rounded.gross_minor)),
        "overtime_hours": text(Fraction(_over(example), 60)),
    }
    guarantee = weeks.of_kind(exact, "guarantee")
    if guarantee or any(r.guarantee_minor for r in example.rates):
        found["guaranteed_straight"] = cents(straight)
    return found | _rounded_rate_method(example, _regular_rate(example, exact, straight))


def _regular_rate(example: Example, exact: Statement, straight: int) -> Fraction:
    """As the premium was reckoned on; without a premium, pay by the hours that it was meant for."""
    line = weeks.premium(exact)
    if line is not None:
        return Fraction(line.rate_num * 60, line.rate_den) / CENTS
    meant_for = max(example.minutes, example.covers or 0)
    return Fraction(straight * 60, meant_for) / CENTS


def _with_beside(example: Example, gross: int) -> int:
    """All that is paid: a bonus of a percent of all earnings, and what the regular rate leaves out."""
    percent = round_fraction(gross * example.bonus_percent, Rounding.HALF_UP)
    return gross + percent + example.beside


def _rates(rate: Fraction) -> dict[str, str]:
    """The regular rate, half and one and a half of it; each also from the rounded rate."""
    shown = number("regular_rate", text(rate))
    return {
        "regular_rate": text(rate),
        "half_rate": text(rate / 2),
        "overtime_rate": text(rate * Fraction(3, 2)),
        "regular_rate_rounded": text(shown),
        "half_rate_rounded": text(shown / 2),
        "overtime_rate_rounded": text(shown * Fraction(3, 2)),
    }


def _rounded_rate_method(example: Example, rate: Fraction) -> dict[str, str]:
    """Rate and half rate rounded to the cent first; all hours then paid at the rounded rate."""
    shown = number("regular_rate", text(rate))
    half = number("half_rate", text(shown / 2))
    hours, over = Fraction(example.minutes, 60), Fraction(_over(example), 60)
    return {"total_rounded_rate_method": text(hours * shown + over * half)}


def _over(example: Example) -> int:
    return max(0, example.minutes - example.threshold)


def _naive(example: Example) -> dict[str, str]:
    """What a system pays that multiplies the base rate and forgets the rest."""
    base = {
        rate.item: Fraction(rate.rate_minor, rate.workday_minutes if rate.basis == "day" else 60)
        for rate in example.rates
    }
    parts = (m * base.get(item, Fraction(0)) for m, item in example.segments)
    straight = sum(parts, Fraction(0))
    half = straight / example.minutes * _over(example) / 2
    naive = straight + half + example.bonus
    exact = (straight + example.bonus) * (1 + Fraction(_over(example), 2 * example.minutes))
    return {
        "naive_total": text(naive / CENTS),
        "underpaid": text((exact - naive) / CENTS),
    }
