"""Weekly salaries and their equivalents (29 CFR 778.113), also for fluctuating hours (778.114)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from settlements.wages.draft import HOUR, Draft
from settlements.wages.facts import Day, Rate
from settlements.wages.statement import Line

WEEKS_A_YEAR = 52
PERIODS_A_YEAR = {"week": 52, "two_weeks": 26, "half_month": 24, "month": 12, "year": 1}


def weekly_minor(amount: int, per: str) -> Fraction:
    """A salary as its weekly equivalent: a month's pay x 12 / 52, exact."""
    return Fraction(amount * PERIODS_A_YEAR[per], WEEKS_A_YEAR)


def weekly(draft: Draft, first: date, last: date, days: list[Day]) -> tuple[Fraction, Fraction]:
    """(the week's salary with the straight time of hours over it, its part for hours not worked).

    Adds their lines. Where the salary covers a fixed number of hours, hours over them earn the
    salary's hourly rate; in a short week the full salary is paid.
    """
    case = draft.case
    rate = next((r for r in case.rates if r.basis == "salary" and _touches(r, first, last)), None)
    if rate is None:
        return Fraction(0), Fraction(0)
    salary = weekly_minor(rate.rate_minor, rate.salary_per)
    if case.first <= last <= case.last:
        _line(draft, f"{first.isoformat()}/time/salary", "salary", first, last, 1, salary, rate)
    if rate.covers_minutes is None:
        return salary, Fraction(0)
    missing = max(0, rate.covers_minutes - sum(day.minutes for day in days))
    unworked = salary * missing / rate.covers_minutes
    return salary + _beyond(draft, first, last, days, rate, salary), unworked


def _beyond(
    draft: Draft, first: date, last: date, days: list[Day], rate: Rate, salary: Fraction
) -> Fraction:
    """Straight time over the covered hours; its line counts the minutes that lie in the period."""
    case = draft.case
    assert rate.covers_minutes is not None
    per_minute = salary / rate.covers_minutes
    done, inside, beyond = 0, 0, 0
    for day in days:
        over = max(0, min(day.minutes, done + day.minutes - rate.covers_minutes))
        done += day.minutes
        beyond += over
        if case.first <= day.on <= case.last:
            inside += over
    if inside:
        key = f"{first.isoformat()}/time/beyond_salary"
        _line(draft, key, "beyond_salary", first, last, inside, per_minute, rate)
    return per_minute * beyond


def _touches(rate: Rate, first: date, last: date) -> bool:
    return rate.valid_from <= last and (rate.valid_to is None or first < rate.valid_to)


def _line(
    draft: Draft, key: str, name: str, first: date, last: date, quantity: int, per: Fraction,
    rate: Rate,
) -> None:  # fmt: skip
    on, until = max(first, draft.case.first), min(last, draft.case.last)
    unit, priced = ("min", HOUR) if name == "beyond_salary" else ("", 1)
    amount, num, den = draft.price(quantity, per.numerator, per.denominator, 100, priced)
    topic = "fluctuating" if rate.covers_minutes is None else "salary"
    draft.lines.append(
        Line(
            key, "time", name, on, until, quantity, unit, num, den, None,
            "hour" if unit else rate.salary_per, 100, amount, draft.case.currency,
            draft.law.rule(topic, until), draft.stamp, (("rate", rate.id),),
        )
    )  # fmt: skip
