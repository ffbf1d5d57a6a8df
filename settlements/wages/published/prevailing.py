"""Examples of prevailing wage and fringe: 29 CFR 5.31, 5.32, DOL resource book, annualization.

Inputs: `wd_basic`, `wd_fringe` of the determination; with `hours`, `paid_cash`, `paid_fringe` and
`fringe_form` ("plan" or "cash") the week's pay; with a contribution (`annual_contribution`,
`monthly_contribution`, `weekly_contribution`, or `contribution` and `per`) the hourly credit over
`annual_hours` (all hours worked, private ones too; also by month or week; 2080 unless told).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from settlements.wages.facts import Prevailing, Rate
from settlements.wages.published import weeks
from settlements.wages.published.numbers import cents, minor, minutes, number, text

YEAR_HOURS = 2080
# Hours of a shorter period, by how many of it make a year.
HOURS_PER = {
    12: ("hours_per_month", "monthly_hours", "hours_worked_in_month"),
    52: ("hours_per_week", "weekly_hours"),
}
A_YEAR = {"annual": 1, "year": 1, "yearly": 1, "monthly": 12, "month": 12, "quarterly": 4,
          "weekly": 52, "week": 52}  # fmt: skip


def solve(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the given inputs settle."""
    found: dict[str, Any] = {}
    credit = hourly_credit(inputs)
    if credit is not None:
        found |= _annualized(inputs, credit)
    if "paid_cash" in inputs and "hours" in inputs:
        found |= _week(inputs)
    if "wd_basic" in inputs and "wd_fringe" in inputs:
        found["compliant_combinations"] = combinations(
            minor("wd_basic", inputs["wd_basic"]), minor("wd_fringe", inputs["wd_fringe"])
        )
    return found


def complies(basic: int, fringe: int, cash: int, plan: int) -> bool:
    """Cash and fringe are interchangeable as long as their sum is met; minor units per hour."""
    return cash + plan >= basic + fringe


def combinations(basic: int, fringe: int) -> list[list[str]]:
    """All in cash, as determined, and with twice the fringe: each meets the sum."""
    pairs = [(basic + fringe - plan, plan) for plan in (0, fringe, 2 * fringe)]
    return [[cents(cash), cents(plan)] for cash, plan in dict.fromkeys(pairs)]


def hourly_credit(inputs: Mapping[str, Any]) -> Fraction | None:
    """A plan contribution per hour of all hours worked in the year, in currency units, exact."""
    for name, value in inputs.items():
        for word, times in A_YEAR.items():
            if name.startswith(word) and name.split("_", 1)[1:] in (
                ["contribution"], ["cost"], ["premium"], ["payment"]
            ):  # fmt: skip
                return number(name, value) * times / _year_hours(inputs)
    if "contribution" in inputs:
        times = A_YEAR[inputs.get("per", "year")]
        return number("contribution", inputs["contribution"]) * times / _year_hours(inputs)
    return None


def _year_hours(inputs: Mapping[str, Any]) -> Fraction:
    for name in ("annual_hours", "hours_per_year", "total_hours", "total_hours_year"):
        if name in inputs:
            return number(name, inputs[name])
    for per, names in HOURS_PER.items():
        for name in names:
            if name in inputs:
                return number(name, inputs[name]) * per
    # Work under the act and private work count alike: the credit is spread over both.
    parts = [n for n in inputs if n in ("covered_hours", "private_hours", "public_hours")]
    if parts:
        return sum((number(name, inputs[name]) for name in parts), Fraction(0))
    return Fraction(YEAR_HOURS)


def _annualized(inputs: Mapping[str, Any], credit: Fraction) -> dict[str, Any]:
    """The credit to the cent, and what of the determined fringe is left to pay in cash."""
    found = {"hourly_credit": text(credit), "annualized_credit": text(credit)}
    if "wd_fringe" in inputs:
        lacking = number("wd_fringe", inputs["wd_fringe"]) - credit
        found["fringe_shortfall"] = text(max(Fraction(0), lacking))
    return found


def _week(inputs: Mapping[str, Any]) -> dict[str, Any]:
    fringe, in_plan = (
        minor("paid_fringe", inputs.get("paid_fringe", "0")),
        "plan" in str(inputs.get("fringe_form", "")),
    )
    determination = Prevailing(
        "wd", minor("wd_basic", inputs["wd_basic"]), minor("wd_fringe", inputs["wd_fringe"]),
        plan_minor=fringe if in_plan else 0, cash_minor=0 if in_plan else fringe,
    )  # fmt: skip
    cash = minor("paid_cash", inputs["paid_cash"])
    rate = Rate("rate", "hour", cash, "USD", weeks.MONDAY, prevailing=determination)
    found = weeks.statement([rate], weeks.days([(minutes("hours", inputs["hours"]), "")]))
    premium, line = weeks.of_kind(found, "premium"), weeks.premium(found)
    owed = weeks.of_kind(found, "top_up")
    basis = Fraction(0) if line is None else Fraction(line.rate_num * 60, line.rate_den * 100)
    return {
        "cash": cents(weeks.of_kind(found, "time")),
        "fringe": cents(weeks.of_kind(found, "fringe", "plan")),
        "ot_premium": cents(premium),
        "premium_basis": text(basis),
        "shortfall": cents(owed),
        "total": cents(found.gross_minor + weeks.of_kind(found, "plan")),
        "compliant": owed == 0,
    }
