"""An example of the regular rate in the engine's terms, from the inputs that its source states.

Inputs (decimal texts, hours as numbers):
  segments            [[hours, rate], …] straight time; several rates are averaged
  hours, rate         the same for one rate (also hourly_rate, base_rate)
  piece_earnings      and `hours`; optional `guarantee_rate`; also pieces and piece_rate, or pieces
                      as [[count, rate], …]
  day_rate, days      flat sums a day, and job_earnings (or job_rates, a list): 778.112
  salary              and `covers_h` (fixed) or `hours` alone (fluctuating); `salary_period`
  total_comp          and `hours`: all remuneration as one sum
  bonus, commission   enter the regular rate (EXTRAS); `bonus_weeks`: the weeks it was earned over, each
                      bears an equal part (778.209(b)); `bonus_percent`: of all earnings with overtime
                      in them, which needs no second reckoning (778.210)
  discretionary_bonus gifts, leave pay, expenses (BESIDE): paid, but no part of the regular rate
  cash_wage           with `tip_credit` and `hours`: the rate is their sum, the tips are not paid again
  X_h with X_rate     further hours at a rate of their own, inside `hours` (waiting time), or with
                      "differential" in X an amount an hour on top of what those hours earn;
                      also X as [[hours, rate], …]; X_h without a rate are hours like any other
  threshold_h         weekly threshold, 40 unless told
A number under any other name is refused: leaving it out would be a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from jianzhu.kernel.money import Rounding, round_ratio
from settlements.wages.errors import MalformedQuote
from settlements.wages.facts import Rate
from settlements.wages.published import weeks
from settlements.wages.published.numbers import CENTS, DECIMAL, minor, minutes, number, text
from settlements.wages.salary import PERIODS_A_YEAR, weekly_minor

# Longer words first: "semimonthly" is not monthly.
PERIODS = {
    "semimonth": "half_month", "semi_month": "half_month", "half_month": "half_month",
    "biweek": "two_weeks", "bi_week": "two_weeks", "two_week": "two_weeks", "fortnight": "two_weeks",
    "month": "month", "week": "week", "annual": "year", "year": "year",
}  # fmt: skip
# Named like hours, but none that were worked.
NO_HOURS = ("threshold", "covers", "overtime", "ot")
EXTRAS = (
    "bonus", "commission", "commissions", "shift_differential", "nondiscretionary_bonus", "hazard_pay",
    "incentive", "on_call_pay", "cost_of_living", "lodging", "board",
)  # fmt: skip
# Paid beside the regular rate (29 CFR 778.211 to 778.219).
BESIDE = (
    "discretionary_bonus", "gift", "reimbursement", "expenses", "per_diem", "vacation_pay",
    "holiday_pay", "sick_pay", "idle_pay",
)  # fmt: skip
MANY_HOURS = 10_000
ONE_RATE = ("rate", "hourly_rate", "base_rate")
DAY_RATES, DAYS_WORKED = ("day_rate", "daily_rate"), ("days", "days_worked")
KNOWN = {
    "segments", "hours", "piece_earnings", "pieces", "piece_rate", "guarantee_rate", "job_earnings",
    "job_rates", "total_comp", "covers_h", "threshold_h", "bonus_weeks", "bonus_percent", "cash_wage",
    "tip_credit", *EXTRAS, *BESIDE, *ONE_RATE, *DAY_RATES, *DAYS_WORKED,
}  # fmt: skip


@dataclass(slots=True)
class Example:
    """An example in the engine's terms; `salary` is the weekly equivalent in minor units."""

    rates: list[Rate] = field(default_factory=list)
    segments: list[tuple[int, str]] = field(default_factory=list)
    threshold: int = weeks.WEEK_MINUTES
    bonus: int = 0
    # Sums that no hour has a rate for: pieces, day and job rates.
    pieces: int = 0
    salary: Fraction | None = None
    covers: int | None = None
    # Paid beside the regular rate; below zero for tips, which the customers have paid.
    beside: int = 0
    bonus_percent: Fraction = Fraction(0)

    @property
    def minutes(self) -> int:
        return sum(part for part, _ in self.segments)


def read(inputs: Mapping[str, Any]) -> Example:
    """The example behind the inputs."""
    _nothing_unread(inputs)
    example = Example(threshold=minutes("threshold_h", inputs.get("threshold_h", 40)))
    _beside_the_hours(example, inputs)
    for place, (hours, rate) in enumerate(inputs.get("segments", [])):
        _add_hours(example, f"{place}", hours, rate)
    _extra_hours(example, inputs)
    left = minutes("hours", inputs.get("hours", 0)) - example.minutes
    if left < 0 and "hours" in inputs:
        raise MalformedQuote(field="hours", problem="less than the hours listed")
    _flat_sums(example, inputs)
    _salary(example, inputs)
    if left > 0:
        _rest_of_the_hours(example, inputs, left)
    if any(not item for _, item in example.segments) and not _paid_without_rates(example):
        raise MalformedQuote(field="hours", problem="some of the hours have no pay")
    return example


def _paid_without_rates(example: Example) -> bool:
    """Whether something pays hours that no list names."""
    return any(rate.basis in ("piece", "salary") or not rate.item for rate in example.rates)


def _nothing_unread(inputs: Mapping[str, Any]) -> None:
    """A number that the method doesn't take is refused; words beside the numbers are notes."""
    for name, value in inputs.items():
        hours = name.endswith(("_h", "_hours", "_rate")) or isinstance(value, list)
        if name in KNOWN or hours or _salary_name(name) or isinstance(value, bool):
            continue
        if isinstance(value, int | float) or DECIMAL.fullmatch(str(value)):
            raise MalformedQuote(field=f"inputs.{name}", problem="no method takes this number")


def _beside_the_hours(example: Example, inputs: Mapping[str, Any]) -> None:
    """Amounts that enter the regular rate, and those that don't."""
    bonus = sum((number(name, inputs[name]) for name in EXTRAS if name in inputs), Fraction(0))
    weeks_of_it = number("bonus_weeks", inputs.get("bonus_weeks", 1))
    example.bonus = minor("bonus", text(bonus / weeks_of_it))
    example.beside = sum(minor(name, inputs[name]) for name in BESIDE if name in inputs)
    example.bonus_percent = number("bonus_percent", inputs.get("bonus_percent", 0)) / 100


def _flat_sums(example: Example, inputs: Mapping[str, Any]) -> None:
    """What is earned without regard to hours; the hours need no rate of their own then."""
    earned = _piece_earnings(inputs)
    if earned is None and (example.rates or _only(inputs, ONE_RATE) or "tip_credit" in inputs):
        return
    example.pieces = earned or 0
    found = inputs.get("guarantee_rate")
    guarantee = minor("guarantee_rate", found) if found else None
    example.rates.append(_rate("piece", "piece", 1, "piece", guarantee))


def _only(inputs: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of the names that is given."""
    return next((name for name in names if name in inputs), None)


def _rest_of_the_hours(example: Example, inputs: Mapping[str, Any], left: int) -> None:
    """Hours that no list names: at the one rate that is given, or at none."""
    name = _only(inputs, ONE_RATE)
    if "tip_credit" in inputs:
        credit = minor("tip_credit", inputs["tip_credit"])
        rate = minor("cash_wage", inputs.get("cash_wage", "0")) + credit
        example.beside -= round_ratio(credit * (example.minutes + left), 60, Rounding.HALF_UP)
        example.rates.append(_rate("tipped", "hour", rate))
    elif name is not None:
        example.rates.append(_hourly("one", inputs[name]))
    example.segments.append((left, ""))


def _rate(
    own_id: str, basis: str, amount: int, item: str = "", guarantee: int | None = None
) -> Rate:
    return Rate(
        own_id, basis, amount, "USD", weeks.MONDAY, item=item, guarantee_minor=guarantee
    )  # fmt: skip


def _piece_earnings(inputs: Mapping[str, Any]) -> int | None:
    """The week's earnings without regard to hours, given as sums or as counts and rates; minor units."""
    found = [
        minor(name, inputs[name]) for name in ("piece_earnings", "job_earnings") if name in inputs
    ]
    pairs = inputs.get("pieces")
    if isinstance(pairs, list):
        found += [_product("pieces", count, rate) for count, rate in pairs]
    elif pairs is not None and "piece_rate" in inputs:
        found.append(_product("pieces", pairs, inputs["piece_rate"]))
    found += [minor("job_rates", one) for one in inputs.get("job_rates", [])]
    day_rate, days = _only(inputs, DAY_RATES), _only(inputs, DAYS_WORKED)
    if day_rate is not None and days is not None:
        found.append(_product(day_rate, inputs[days], inputs[day_rate]))
    return sum(found) if found else None


def _product(name: str, count: Any, rate: Any) -> int:
    return minor(name, text(number(name, count) * number(name, rate)))


def _add_hours(example: Example, name: str, hours: Any, rate: Any) -> None:
    example.rates.append(_hourly(name, rate, item=name))
    example.segments.append((minutes("hours", hours), name))


def _hourly(own_id: str, rate: Any, item: str = "") -> Rate:
    """An hourly rate; one with more digits than cents as the whole cents of ten or more hours."""
    amount, hours = number("rate", rate) * CENTS, 1
    while amount.denominator != 1 and hours <= MANY_HOURS:
        amount, hours = amount * 10, hours * 10
    if amount.denominator != 1:
        raise MalformedQuote(field="rate", problem=f"{rate} has too many digits")
    found = _rate(own_id, "day" if hours > 1 else "hour", amount.numerator, item)
    return replace(found, workday_minutes=60 * hours)


def _extra_hours(example: Example, inputs: Mapping[str, Any]) -> None:
    """Hours of a kind with a rate of their own: waiting_h with waiting_rate, or pairs in a list."""
    for name, value in inputs.items():
        if name not in KNOWN and isinstance(value, list):
            if "piece" in name:
                raise MalformedQuote(field=f"inputs.{name}", problem="pieces are named pieces")
            for place, (hours, rate) in enumerate(value):
                _add_hours(example, f"{name}-{place}", hours, rate)
    for key in inputs:
        stem = key.removesuffix("_h").removesuffix("_hours")
        if stem == key or stem in NO_HOURS or key in KNOWN:
            continue
        if "differential" in stem and f"{stem}_rate" in inputs:
            extra = number(key, inputs[key]) * number(f"{stem}_rate", inputs[f"{stem}_rate"])
            example.bonus += minor(stem, text(extra))  # on top of hours that have a rate already
        elif f"{stem}_rate" in inputs:
            _add_hours(example, stem, inputs[key], inputs[f"{stem}_rate"])
        elif "hours" not in inputs and not isinstance(inputs[key], list):
            example.segments.append((minutes(key, inputs[key]), ""))


def _salary_name(name: str) -> bool:
    return name.endswith("salary") or name.startswith("salary_")


def _salary(example: Example, inputs: Mapping[str, Any]) -> None:
    """A salary of any period, or all remuneration as one sum, as a weekly salary."""
    names = [n for n in inputs if _salary_name(n) and n != "salary_period"]
    name = "total_comp" if "total_comp" in inputs else next(iter(names), None)
    if name is None:
        return
    said = str(inputs.get("salary_period", inputs.get("period", "week")))
    period = _period(name) or _period(said) or said
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


def _period(said: str) -> str | None:
    """The pay period that a name or a word tells."""
    return next((period for word, period in PERIODS.items() if word in said.lower()), None)
