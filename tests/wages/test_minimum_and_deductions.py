"""The floor under a month's pay, pieces beyond the quota, and what may be taken off."""

from __future__ import annotations

import pytest

from settlements.wages import errors
from settlements.wages.engine import compute
from settlements.wages.facts import Adjustment, Piece, Policy, Rate
from tests.wages.people import (
    FIRST,
    LAST,
    MINIMUM,
    amounts,
    case,
    codes,
    day,
    full_month,
    hourly,
    october,
    paid,
)  # fmt: skip


def adjust(kind: str, minor: int, **more: object) -> Adjustment:
    given = {"id": kind, "currency": "CNY", "first": FIRST, "last": LAST} | more
    return Adjustment(kind=kind, amount_minor=minor, **given)  # type: ignore[arg-type]


def wall(quantity: int, **more: object) -> Piece:
    given = {"id": "P1", "first": october(8), "last": october(8), "item": "wall", "unit": "m3"}
    return Piece(quantity_thousandths=quantity, **(given | more))  # type: ignore[arg-type]


PRICE = Rate("P", "piece", 23_000, "CNY", FIRST, item="wall", unit="m3")


def test_full_attendance_below_the_minimum_is_found_and_topped_up() -> None:
    helper = Rate("R1", "day", 10_000, "CNY", FIRST)

    found = compute(case(helper, days=(*full_month(), day(11)), values=(MINIMUM,)))

    # 18 days at 100; the rest day at 200 % doesn't count toward the 2400.
    assert amounts(found)["2026-10-31/top_up/minimum_wage"] == 60_000
    finding = next(f for f in found.findings if f.code == "minimum_wage_shortfall")
    assert finding.facts["shortfall_minor"] == 60_000
    assert finding.line_key == "2026-10-31/top_up/minimum_wage"


def test_half_a_month_is_held_against_half_the_minimum() -> None:
    helper = Rate("R1", "day", 10_000, "CNY", FIRST)

    got = paid(helper, days=full_month()[:9], values=(MINIMUM,))

    assert got["2026-10-31/top_up/minimum_wage"] == 120_000 - 90_000


def test_the_shortfall_may_stay_a_finding_only() -> None:
    helper = Rate("R1", "day", 10_000, "CNY", FIRST)

    found = compute(case(helper, days=full_month(), values=(MINIMUM,), policy=Policy(top_up=False)))

    assert codes(found) == ["minimum_wage_shortfall"]
    assert found.gross_minor == 180_000


def test_a_night_supplement_does_not_fill_up_the_minimum() -> None:
    helper = Rate("R1", "day", 13_000, "CNY", FIRST, night_percent=100)
    nights = tuple(day(d.on.day, 480, night_minutes=480) for d in full_month())

    got = paid(helper, days=nights, values=(MINIMUM,))

    assert got["2026-10-31/top_up/minimum_wage"] == 240_000 - 18 * 13_000


def test_pieces_are_paid_at_the_price_in_force() -> None:
    assert paid(PRICE, pieces=(wall(1_500),)) == {"2026-10-08/piece/P1": 34_500}


def test_pieces_beyond_the_quota_are_overtime() -> None:
    got = paid(PRICE, pieces=(wall(3_000, quota_thousandths=2_000),))

    assert got == {"2026-10-08/piece/P1": 46_000, "2026-10-08/piece/P1/beyond": 34_500}


def test_pieces_of_a_rest_day_and_a_holiday_are_two_and_threefold() -> None:
    sunday = wall(1_000, first=october(11), last=october(11), quota_thousandths=2_000)
    national = wall(1_000, id="P2", first=october(1), last=october(1), quota_thousandths=2_000)

    got = paid(PRICE, pieces=(sunday, national))

    assert got == {"2026-10-11/piece/P1/beyond": 46_000, "2026-10-01/piece/P2/beyond": 69_000}


def test_overtime_on_pieces_without_a_quota_is_found() -> None:
    found = compute(case(PRICE, pieces=(wall(1_000),), days=(day(8, 600),)))

    assert codes(found) == ["piece_quota_missing"]


def test_a_price_that_changes_within_the_span_is_held() -> None:
    late = Rate("P2", "piece", 24_000, "CNY", october(10), item="wall")
    early = Rate("P1", "piece", 23_000, "CNY", FIRST, october(10), item="wall")

    found = compute(case(early, late, pieces=(wall(1_000, last=october(12)),)))

    assert [held.code for held in found.held] == ["price_changes_within"]
    assert found.lines == ()


def test_pieces_without_a_price_are_held() -> None:
    found = compute(case(hourly(), pieces=(wall(1_000),)))

    assert [(held.key, held.code) for held in found.held] == [("2026-10-08/piece/P1", "terms_gap")]


def test_damage_is_taken_up_to_a_fifth_of_the_wage() -> None:
    found = compute(case(days=full_month(), adjustments=(adjust("damage", 200_000),)))

    assert found.gross_minor == 547_200
    assert amounts(found)["2026-10-31/damage/damage"] == -109_440
    capped = next(f for f in found.findings if f.code == "deduction_capped")
    assert capped.facts["left_minor"] == 200_000 - 109_440


def test_damage_leaves_the_minimum_wage() -> None:
    near = Rate("R1", "day", 14_000, "CNY", FIRST)

    got = paid(near, days=full_month(), values=(MINIMUM,), adjustments=(adjust("damage", 90_000),))

    assert got["2026-10-31/damage/damage"] == -(18 * 14_000 - 240_000)


def test_a_repayment_is_no_deduction_and_never_takes_more_than_there_is() -> None:
    found = compute(case(days=(day(8),), adjustments=(adjust("repayment", 50_000),)))

    assert (found.gross_minor, found.deducted_minor, found.net_minor) == (30_400, 0, 0)
    assert codes(found) == ["repayment_carried"]


def test_tax_comes_off_before_the_advance_is_repaid() -> None:
    found = compute(
        case(days=(day(8),), adjustments=(adjust("tax", 400), adjust("repayment", 10_000)))
    )

    assert (found.deducted_minor, found.net_minor) == (400, 20_000)


@pytest.mark.parametrize("kind", ["fine", "deposit", "meal_money", "deduction_other"])
def test_a_deduction_the_law_does_not_know_is_refused(kind: str) -> None:
    with pytest.raises(errors.DeductionForbidden):
        compute(case(adjustments=(adjust(kind, 100),)))


def test_compensation_by_order_is_half_to_all_of_what_was_due() -> None:
    got = paid(adjustments=(adjust("order_85", 100_001, percent=50),))

    assert got == {"2026-10-31/order_85/order_85": 50_001}


@pytest.mark.parametrize("percent", [49, 101])
def test_other_compensation_by_order_is_refused(percent: int) -> None:
    with pytest.raises(errors.BadPercent):
        compute(case(adjustments=(adjust("order_85", 100_000, percent=percent),)))


def test_allowance_bonus_back_pay_and_arrears_are_lines_of_their_own() -> None:
    kinds = ("allowance", "bonus", "back_pay", "arrears", "milestone")

    found = compute(case(adjustments=tuple(adjust(kind, 100) for kind in kinds)))

    assert {line.kind for line in found.lines} == set(kinds)
    assert found.gross_minor == found.net_minor == 500


def test_an_advance_is_paid_ahead_and_is_not_wage() -> None:
    found = compute(case(adjustments=(adjust("advance", 50_000),)))

    assert (found.gross_minor, found.net_minor) == (0, 50_000)


LONG_MONTH = (*full_month(600), *(day(n, 600) for n in (11, 18, 25, 31)))


def test_a_lump_by_the_month_is_paid_whole_and_tested_with_its_rest_days_and_holidays() -> None:
    """2400 / 21.75 / 8 x (144 h + 36 x 1.5 + 40 on rest days x 2 + 24 of holidays off) = 4165.517."""
    lump = Rate("R1", "lump_month", 400_000, "CNY", FIRST)

    found = compute(case(lump, days=LONG_MONTH, values=(MINIMUM,)))

    paid_days = [line for line in found.lines if line.name == "lump"]
    assert (len(paid_days), sum(line.amount_minor for line in paid_days)) == (21, 400_000)
    assert amounts(found)["2026-10-31/top_up/lump_rate"] == 416_552 - 400_000


def test_a_lump_by_the_month_that_reaches_its_hours_stands() -> None:
    lump = Rate("R1", "lump_month", 416_552, "CNY", FIRST)

    found = compute(case(lump, days=LONG_MONTH, values=(MINIMUM,)))

    assert "lump_rate_shortfall" not in codes(found)
    assert found.net_minor == 416_552
