"""October 2026 of one invented worker, as short as a test needs it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from settlements.wages.engine import compute
from settlements.wages.facts import Case, Day, Rate, Value
from settlements.wages.statement import Statement

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
MONDAY = date(2026, 10, 12)
# 18 working days of October 2026: three holidays, swaps on the 10th (in) and 6th, 7th (out).
WORKDAYS = [
    FIRST + timedelta(days=at)
    for at in range(31)
    if at + 1 not in (1, 2, 3, 4, 5, 6, 7, 11, 17, 18, 24, 25, 31)
]
MINIMUM = Value("minimum_wage_month", "CN-99", date(2026, 1, 1), 240_000, "invented")


def october(day: int) -> date:
    return date(2026, 10, day)


def hourly(minor: int = 3_800, **more: Any) -> Rate:
    return Rate("R1", "hour", minor, more.pop("currency", "CNY"), FIRST, **more)


def day(number: int, minutes: int = 480, **more: Any) -> Day:
    return Day(f"D{number}", october(number), minutes, **more)


def full_month(minutes: int = 480) -> tuple[Day, ...]:
    return tuple(Day(f"D{on.day}", on, minutes) for on in WORKDAYS)


def case(*rates: Rate, **more: Any) -> Case:
    """A CN month; any field of Case may be given."""
    given: dict[str, Any] = {
        "worker_id": "W-1", "first": FIRST, "last": LAST, "rule_set": "CN", "region": "CN-99",
        "currency": "CNY", "rates": rates or (hourly(),),
    }  # fmt: skip
    return Case(**(given | more))


def us(*rates: Rate, **more: Any) -> Case:
    """A US month."""
    return case(*rates, **({"rule_set": "US", "region": "US", "currency": "USD"} | more))


def amounts(found: Statement) -> dict[str, int]:
    """Minor units by key."""
    return {line.key: line.amount_minor for line in found.lines}


def paid(*rates: Rate, **more: Any) -> dict[str, int]:
    """Minor units by key of a CN month."""
    return amounts(compute(case(*rates, **more)))


def codes(found: Statement) -> list[str]:
    """Codes of the findings."""
    return [finding.code for finding in found.findings]
