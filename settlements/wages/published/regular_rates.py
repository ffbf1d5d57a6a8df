"""Examples of the regular rate: 29 CFR 778.110 to 778.115, 778.209, 778.325, DOL fact sheets.

Inputs (decimal texts, hours as numbers):
  segments            [[hours, rate], …] straight time; several rates are averaged
  piece_earnings      and `hours`; optional `guarantee_rate`
  salary              and `covers_h` (fixed) or `hours` alone (fluctuating); `salary_period`
  total_comp          and `hours`: all remuneration as one sum
  bonus, commission   enter the regular rate
  X_h with X_rate     further hours at a rate of their own, inside `hours` (waiting time);
                      also X as [[hours, rate], …]; X_h without a rate are hours like any other
  pieces, piece_rate  instead of `piece_earnings`
  threshold_h         weekly threshold, 40 unless told
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from settlements.wages.errors import MalformedQuote
from settlements.wages.facts import Rate
from settlements.wages.published import weeks
from settlements.wages.published.numbers import CENTS, cents, minor, minutes, number, text
from settlements.wages.salary import PERIODS_A_YEAR, weekly_minor

PERIODS = {
    "weekly": "week", "biweekly": "two_weeks", "semimonthly": "half_month", "monthly": "month",
    "annual": "year", "yearly": "year",
}  # fmt: skip
# Named like hours, but none that were worked.
NO_HOURS = ("threshold", "covers", "overtime", "ot")
EXTRAS = ("bonus", "commission", "shift_differential", "nondiscretionary_bonus", "hazard_pay")


@dataclass(slots=True)
class Example:
    """An example in the engine's terms; `salary` is the weekly equivalent in minor units."""

    rates: list[Rate] = field(default_factory=list)
    segments: list[tuple[int, str]] = field(default_factory=list)
    threshold: int = weeks.WEEK_MINUTES
    bonus: int = 0
    pieces: int = 0
    salary: Fraction | None = None
    covers: int | None = None

    @property
    def minutes(self) -> int:
        return sum(part for part, _ in self.segments)


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
    if example.minutes and not example.salary and not example.pieces:
        found |= _naive(example)
    return found


def read(inputs: Mapping[str, Any]) -> Example:
    """The example behind the inputs."""
    example = Example(threshold=minutes("threshold_h", inputs.get("threshold_h", 40)))
    example.bonus = sum(minor(name, inputs[name]) for name in EXTRAS if name in inputs)
    for place, (hours, rate) in enumerate(inputs.get("segments", [])):
        _add_hours(example, f"{place}", hours, rate)
    _extra_hours(example, inputs)
    left = minutes("hours", inputs.get("hours", 0)) - example.minutes
    if left < 0 and "hours" in inputs:
        raise MalformedQuote(field="hours", problem="less than the hours listed")
    earned = _piece_earnings(inputs)
    if earned is not None:
        example.pieces = earned
        guarantee = inputs.get("guarantee_rate")
        example.rates.append(
            _rate(
                "piece",
                "piece",
                1,
                "piece",
                minor("guarantee_rate", guarantee) if guarantee else None,
            )
        )
    _salary(example, inputs)
    if left > 0:
        example.segments.append((left, ""))
    return example


def _rate(
    own_id: str, basis: str, amount: int, item: str = "", guarantee: int | None = None
) -> Rate:
    return Rate(
        own_id, basis, amount, "USD", weeks.MONDAY, item=item, guarantee_minor=guarantee
    )  # fmt: skip


def _piece_earnings(inputs: Mapping[str, Any]) -> int | None:
    """The week's piece earnings, given as a sum or as pieces and their rate; minor units."""
    if "pieces" in inputs and "piece_rate" in inputs:
        earned = number("pieces", inputs["pieces"]) * number("piece_rate", inputs["piece_rate"])
        return minor("pieces x piece_rate", text(earned))
    if "piece_earnings" in inputs:
        return minor("piece_earnings", inputs["piece_earnings"])
    return None


def _add_hours(example: Example, name: str, hours: Any, rate: Any) -> None:
    example.rates.append(_rate(name, "hour", minor("rate", rate), item=name))
    example.segments.append((minutes("hours", hours), name))


def _extra_hours(example: Example, inputs: Mapping[str, Any]) -> None:
    """Hours of a kind with a rate of their own: waiting_h with waiting_rate, or pairs in a list."""
    for name, value in inputs.items():
        if name not in ("segments", "hours") and isinstance(value, list):
            for place, (hours, rate) in enumerate(value):
                _add_hours(example, f"{name}-{place}", hours, rate)
    for key in inputs:
        stem = key.removesuffix("_h").removesuffix("_hours")
        if stem == key or stem in NO_HOURS:
            continue
        if f"{stem}_rate" in inputs:
            _add_hours(example, stem, inputs[key], inputs[f"{stem}_rate"])
        elif "hours" not in inputs and not isinstance(inputs[key], list):
            example.segments.append((minutes(key, inputs[key]), ""))


def _salary(example: Example, inputs: Mapping[str, Any]) -> None:
    """A salary of any period, or all remuneration as one sum, as a weekly salary."""
    name = next((n for n in inputs if n.endswith("salary") or n.startswith("salary_")), None)
    period = inputs.get("salary_period", inputs.get("period", "week"))
    if "total_comp" in inputs:
        name, period = "total_comp", "week"
    for word in PERIODS:
        if name is not None and word in name:
            period = word
    if name is None or name == "salary_period":
        name = "salary" if "salary" in inputs else None
    if name is None:
        return
    period = PERIODS.get(period, period)
    if period not in PERIODS_A_YEAR:
        raise MalformedQuote(field="salary_period", problem=f"{period} is unknown")
    amount = minor(name, inputs[name])
    example.salary = weekly_minor(amount, period)
    if "covers_h" in inputs:
        example.covers = minutes("covers_h", inputs["covers_h"])
    example.rates.append(
        Rate(
            "salary", "salary", amount, "USD", weeks.MONDAY, salary_per=period,
            covers_minutes=example.covers,
        )
    )  # fmt: skip


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
    exact = weeks.statement(example.rates, worked, **settings)
    rounded = weeks.statement(example.rates, worked, **settings, round_at="rate")
    extra, straight = weeks.of_kind(exact, "premium"), exact.gross_minor
    straight -= extra
    line = weeks.premium(exact)
    rate = Fraction(straight * 60, example.minutes) / CENTS
    if line is not None:
        rate = Fraction(line.rate_num * 60, line.rate_den) / CENTS
    found = _rates(rate)
    found |= {
        "straight": cents(straight - example.bonus),
        "straight_plus_bonus": cents(straight),
        "premium": cents(extra),
        "total": cents(exact.gross_minor),
        "total_unrounded": cents(exact.gross_minor),
        "total_unrounded_rate": cents(exact.gross_minor),
        "total_rounded_rate": cents(rounded.gross_minor),
        "overtime_hours": text(Fraction(_over(example), 60)),
    }
    guarantee = weeks.of_kind(exact, "guarantee")
    if guarantee or any(r.guarantee_minor for r in example.rates):
        found["guaranteed_straight"] = cents(straight)
    return found | _rounded_rate_method(example, rate)


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
    base = {rate.item: rate.rate_minor for rate in example.rates}
    parts = (Fraction(m * base.get(item, 0), 60) for m, item in example.segments)
    straight = sum(parts, Fraction(0))
    half = straight / example.minutes * _over(example) / 2
    naive = straight + half + example.bonus
    exact = (straight + example.bonus) * (1 + Fraction(_over(example), 2 * example.minutes))
    return {
        "naive_total": text(naive / CENTS),
        "underpaid": text((exact - naive) / CENTS),
    }
