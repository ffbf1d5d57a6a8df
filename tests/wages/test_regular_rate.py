"""American weeks: premiums on the regular rate, also where weeks and months don't meet."""

from __future__ import annotations

from settlements.wages.engine import compute
from settlements.wages.facts import Adjustment, Day, Piece, Prevailing, Rate
from tests.wages.people import FIRST, LAST, amounts, codes, day, hourly, october, us

WEEK = tuple(day(number, 600) for number in range(12, 17))  # 50 h


def dollars(minor: int = 2_000, **more: object) -> Rate:
    return hourly(minor, currency="USD", **more)


def test_a_bonus_raises_the_premium() -> None:
    bonus = Adjustment("B", "bonus", 50_000, "USD", october(12), october(18), in_regular_rate=True)

    got = amounts(compute(us(dollars(), days=WEEK, adjustments=(bonus,))))

    # (1000 + 500) / 50 = 30 an hour; half of it on ten hours.
    assert got["2026-10-12/premium/overtime"] == 15_000
    assert sum(got.values()) == 165_000


def test_a_bonus_over_two_weeks_is_shared_by_their_hours() -> None:
    both = (*WEEK, *(day(number, 600) for number in range(19, 24)))
    bonus = Adjustment("B", "bonus", 100_000, "USD", october(12), october(25), in_regular_rate=True)

    got = amounts(compute(us(dollars(), days=both, adjustments=(bonus,))))

    assert got["2026-10-12/premium/overtime"] == got["2026-10-19/premium/overtime"] == 15_000


def test_a_week_over_the_months_end_pays_each_month_its_own_overtime_hours() -> None:
    days = tuple(Day(f"D{n}", october(26 + n), 600) for n in range(5))
    over = (*days, Day("N1", LAST.replace(month=11, day=1), 300))
    november = us(dollars(), first=over[-1].on, last=over[-1].on.replace(day=30), days=over)

    early = amounts(compute(us(dollars(), days=over)))
    late = amounts(compute(november))

    assert early["2026-10-26/premium/overtime"] == 10_000  # 10 h of the week lie in October
    assert late["2026-10-26/premium/overtime"] == 5_000  # 5 h in November


def test_a_salary_for_fixed_hours_pays_more_over_them() -> None:
    salary = Rate("S", "salary", 35_000, "USD", FIRST, covers_minutes=35 * 60)
    days = tuple(day(number, 504) for number in range(12, 17))  # 42 h
    values = ()

    got = amounts(
        compute(us(salary, first=october(12), last=october(18), days=days, values=values))
    )

    assert got == {
        "2026-10-12/time/salary": 35_000,
        "2026-10-12/time/beyond_salary": 7_000,
        "2026-10-12/premium/overtime": 1_000,
    }


def test_a_piece_guarantee_makes_up_the_difference() -> None:
    price = Rate("P", "piece", 1, "USD", FIRST, item="wall", guarantee_minor=1_100)
    made = Piece("P1", october(12), october(16), "wall", "m3", 1_000, price_minor=49_100)
    days = tuple(day(number, 552) for number in range(12, 17))  # 46 h

    got = amounts(compute(us(price, days=days, pieces=(made,))))

    assert got["2026-10-12/guarantee/guarantee"] == 50_600 - 49_100
    assert got["2026-10-12/premium/overtime"] == 3_300


def test_less_than_the_minimum_an_hour_is_made_good_and_found() -> None:
    found = compute(us(dollars(700), days=(day(12, 600),)))

    assert amounts(found)["2026-10-12/top_up/minimum_wage"] == 250
    assert codes(found) == ["minimum_wage_shortfall"]


def test_fringe_to_a_plan_is_shown_but_not_paid_to_the_worker() -> None:
    rate = dollars(2_200, prevailing=Prevailing("WD", 2_200, 500, plan_minor=500))

    found = compute(us(rate, days=(day(12, 480),)))

    assert amounts(found)["2026-10-12/plan/prevailing"] == 4_000
    assert found.net_minor == found.gross_minor == 17_600


def test_pay_below_the_determination_is_made_good_and_found() -> None:
    rate = dollars(2_200, prevailing=Prevailing("WD", 2_200, 500, cash_minor=300))

    found = compute(us(rate, days=(day(12, 480),)))

    assert amounts(found)["2026-10-12/top_up/prevailing"] == 1_600
    assert codes(found) == ["prevailing_wage_shortfall"]


def test_a_day_without_terms_holds_its_weeks_premium() -> None:
    late = Rate("R1", "hour", 2_000, "USD", october(13))

    found = compute(us(late, days=WEEK))

    assert {held.key for held in found.held} == {"2026-10-12/time", "2026-10-12/premium"}
    assert "2026-10-13/time/normal" in amounts(found)
    assert "2026-10-12/premium/overtime" not in amounts(found)
