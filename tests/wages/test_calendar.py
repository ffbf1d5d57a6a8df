"""Statutory holidays come from the kept library, apart from swapped rest days."""

from __future__ import annotations

from datetime import date

import pytest

from settlements.wages.days import announced, day_class, statutory_holidays


@pytest.mark.parametrize("year", [2025, 2026])
def test_there_are_thirteen_statutory_days_since_2025(year: int) -> None:
    assert len(statutory_holidays(year)) == 13


def test_there_were_eleven_before() -> None:
    assert len(statutory_holidays(2024)) == 11


def test_new_years_eve_and_the_second_of_may_are_among_them() -> None:
    assert {date(2026, 2, 16), date(2026, 5, 2)} <= set(statutory_holidays(2026))


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 10, 1), "holiday"),
        (date(2026, 10, 5), "rest_day"),  # National Day moved off a weekend
        (date(2026, 10, 7), "rest_day"),  # swapped against 10 October
        (date(2026, 10, 10), "workday"),  # a Saturday
        (date(2026, 9, 20), "workday"),  # a Sunday
        (date(2026, 10, 8), "workday"),
        (date(2026, 10, 11), "rest_day"),
        (date(2026, 4, 5), "holiday"),  # Qingming on a Sunday
        (date(2026, 4, 6), "rest_day"),  # its day off
    ],
)
def test_a_holiday_is_not_a_swapped_day_off(on: date, kind: str) -> None:
    found = day_class(on, "CN", "CN-99")

    assert ("rest_day" if found == "saturday" else found) == kind


def test_a_year_whose_swaps_nobody_announced_yet_is_known_as_such() -> None:
    assert announced(2026)
    assert not announced(2027)
