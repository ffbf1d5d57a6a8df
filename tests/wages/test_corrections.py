"""A correction after release is a signed difference, never a re-issued statement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlements.wages import errors
from settlements.wages.differences import difference
from settlements.wages.engine import compute
from settlements.wages.facts import Adjustment
from tests.wages.people import FIRST, LAST, case, day


def test_a_longer_day_brings_its_overtime_as_one_line() -> None:
    old, new = compute(case(days=(day(8),))), compute(case(days=(day(8, 600),)))

    (line,) = difference(old, new)

    assert (line.key, line.kind, line.amount_minor) == (
        "difference/2026-10-08/time/overtime", "difference", 11_400,
    )  # fmt: skip
    assert line.sources == (("day", "D8"), ("rate", "R1"), ("line", "2026-10-08/time/overtime"))


def test_a_day_taken_back_is_a_negative_line() -> None:
    old, new = compute(case(days=(day(8), day(9)))), compute(case(days=(day(8),)))

    assert [line.amount_minor for line in difference(old, new)] == [-30_400]


def test_what_was_already_corrected_is_not_corrected_again() -> None:
    old, new = compute(case(days=(day(8),))), compute(case(days=(day(8, 600),)))

    assert difference(old, new, {"2026-10-08/time/overtime": 11_400}) == ()


def test_a_changed_deduction_stays_a_deduction() -> None:
    tax = Adjustment("T", "tax", 1_000, "CNY", FIRST, LAST)
    old = compute(case(days=(day(8),), adjustments=(tax,)))
    new = compute(case(days=(day(8),), adjustments=(replace(tax, amount_minor=1_500),)))

    (line,) = difference(old, new)

    assert (line.kind, line.amount_minor) == ("tax", -500)


def test_statements_of_different_months_cannot_be_compared() -> None:
    with pytest.raises(errors.DifferentPeople):
        difference(compute(case()), compute(case(last=LAST.replace(day=30))))
