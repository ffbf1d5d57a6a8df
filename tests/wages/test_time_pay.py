"""Time under the Chinese rules: one line a worker-day and rate class, each with its article."""

from __future__ import annotations

from dataclasses import replace

from settlements.wages.engine import compute
from settlements.wages.facts import Policy, Rate
from tests.wages.people import (
    FIRST,
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


def test_a_line_names_its_rule_article_rounding_and_sources() -> None:
    found = compute(case(hourly(), days=(day(8, 600),)))

    line = next(one for one in found.lines if one.name == "overtime")
    assert (line.quantity, line.unit, line.percent, line.amount_minor) == (120, "min", 150, 11_400)
    assert (line.rule.stamp, line.rule.article) == ("CN@2025-01-01", "劳动法 第四十四条第一项")
    assert line.rounding == "half_up:line"
    assert line.sources == (("day", "D8"), ("rate", "R1"))


def test_a_raise_counts_from_its_day_on() -> None:
    before = Rate("R1", "day", 40_000, "CNY", FIRST, october(16))
    after = Rate("R2", "day", 41_600, "CNY", october(16))

    got = paid(before, after, days=(day(15), day(16)))

    assert got == {"2026-10-15/time/normal": 40_000, "2026-10-16/time/normal": 41_600}


def test_counted_gong_are_paid_in_quarters_where_the_policy_says_so() -> None:
    rate = Rate("R1", "day", 40_000, "CNY", FIRST)
    days = (day(8, 350, workday_thousandths=750), day(9, 600, workday_thousandths=1250))

    got = paid(rate, days=days, policy=Policy(workdays="steps"))

    assert got["2026-10-08/time/normal"] == 30_000
    # The first eight hours are one 工; the other two are overtime by the hour.
    assert got["2026-10-09/time/normal"] == 40_000
    assert got["2026-10-09/time/overtime"] == 15_000


def test_rest_day_work_for_time_off_later_is_paid_plainly() -> None:
    assert paid(days=(day(11, hint="lieu_later"),)) == {"2026-10-11/time/normal": 30_400}


def test_a_holiday_cannot_be_swapped_for_time_off() -> None:
    assert paid(days=(day(1, hint="lieu_later"),)) == {"2026-10-01/time/holiday": 91_200}


def test_the_agreed_night_supplement_comes_on_top() -> None:
    got = paid(hourly(night_percent=20), days=(day(8, 480, night_minutes=120),))

    assert got == {"2026-10-08/time/normal": 30_400, "2026-10-08/time/night": 1_520}


def test_comprehensive_hours_pay_overtime_only_over_the_average() -> None:
    # 9,920 minutes are a month's normal time (248 days x 8 h / 12); 9,800 are used up already.
    policy = Policy(hours_system="comprehensive")

    got = paid(days=(day(8, 600), day(11, 480), day(1, 480)), averaged_minutes_before=9_800,
               policy=policy)  # fmt: skip

    assert got["2026-10-08/time/normal"] == 7_600  # 2 h x 38
    assert got["2026-10-08/time/overtime"] == 45_600  # 8 h x 57
    assert got["2026-10-11/time/overtime"] == 45_600  # a rest day like any other
    assert got["2026-10-01/time/holiday"] == 91_200  # a holiday stays a holiday


def test_the_rate_may_be_rounded_first_and_says_so() -> None:
    rate = Rate("R1", "day", 40_000, "CNY", FIRST, workday_minutes=540)

    found = compute(case(rate, days=(day(8, 480),), policy=Policy(round_at="rate")))

    # 400.00 / 9 h = 44.444 -> 44.44 an hour, x 8.
    assert amounts(found) == {"2026-10-08/time/normal": 35_552}
    assert found.rounding == "half_up:rate"


def test_running_totals_give_the_exact_total_rounded_once() -> None:
    rate = Rate("R1", "day", 10_000, "CNY", FIRST, workday_minutes=540)
    days = tuple(day(number, 180) for number in (8, 9, 10))

    got = paid(rate, days=days, policy=Policy(round_at="total"))

    assert sum(got.values()) == 10_000
    assert sorted(got.values()) == [3_333, 3_333, 3_334]


def test_a_day_without_terms_is_held_and_holds_nothing_else() -> None:
    found = compute(case(replace(hourly(), valid_from=october(9)), days=(day(8), day(9))))

    assert [(held.key, held.code) for held in found.held] == [("2026-10-08/time", "terms_gap")]
    assert amounts(found) == {"2026-10-09/time/normal": 30_400}


def test_a_full_month_is_exactly_the_months_pay() -> None:
    month = Rate("R1", "month", 10_477_900, "CNY", FIRST)

    got = paid(month, days=full_month())

    assert len(got) == 21  # 18 working days and 3 holidays
    assert sum(got.values()) == 10_477_900


def test_a_days_share_of_the_month_does_not_depend_on_other_days() -> None:
    month = Rate("R1", "month", 1_000_001, "CNY", FIRST)

    whole = paid(month, days=full_month())
    without = paid(month, days=full_month()[:8] + full_month()[9:])

    assert set(whole) - set(without) == {"2026-10-19/time/normal"}
    assert all(whole[key] == minor for key, minor in without.items())


def test_a_months_overtime_is_reckoned_on_21_75_days() -> None:
    month = Rate("R1", "month", 652_500, "CNY", FIRST)

    got = paid(month, days=(day(8, 600), day(11, 480), day(1, 480)))

    assert got["2026-10-08/time/overtime"] == 11_250  # 6525 / 21.75 / 8 x 2 h x 1.5
    assert got["2026-10-11/time/rest_day"] == 60_000  # 300 a day, doubled
    assert got["2026-10-01/time/holiday"] == 90_000  # three days' pay beside the paid holiday


def test_a_month_s_night_supplement_is_reckoned_on_21_75_days() -> None:
    month = Rate("R1", "month", 652_500, "CNY", FIRST, night_percent=20)

    got = paid(month, days=(day(8, 480, night_minutes=120),))

    assert got["2026-10-08/time/night"] == 1_500  # 37.50 an hour x 20 % x 2 h


def test_two_kinds_of_work_share_one_day_of_a_month() -> None:
    month = Rate("R1", "month", 652_500, "CNY", FIRST)
    days = (day(8, 240, item="a"), replace(day(8, 240, item="b"), id="D8b"))

    got = paid(month, days=days)

    whole = paid(month, days=(day(8),))["2026-10-08/time/normal"]
    assert got["2026-10-08/time/normal/a"] + got["2026-10-08/time/normal/b"] == whole + whole % 2


def test_a_month_may_be_paid_by_its_divisor() -> None:
    month = Rate("R1", "month", 652_500, "CNY", FIRST)

    got = paid(month, days=(day(8),), policy=Policy(month_method="divisor"))

    assert got["2026-10-08/time/normal"] == 30_000


def test_piece_price_days_and_time_days_stand_side_by_side() -> None:
    assert paid(Rate("P", "piece", 2_300, "CNY", FIRST, item="wall"), days=(day(8),)) == {}


def test_overtime_over_three_hours_a_day_and_36_a_month_is_found() -> None:
    found = compute(case(days=tuple(day(n, 700) for n in range(8, 31))))

    assert codes(found).count("overtime_day_cap") == 18  # every working day of the month
    assert codes(found).count("overtime_month_cap") == 1


def test_three_hours_a_day_are_no_finding() -> None:
    assert codes(compute(case(days=(day(8, 660),)))) == []


def test_a_month_in_an_unannounced_year_says_so() -> None:
    far = case(first=FIRST.replace(year=2027), last=FIRST.replace(year=2027, day=31))

    assert codes(compute(far)) == ["calendar_not_announced"]


def test_lump_day_rate_below_its_floor_is_topped_up() -> None:
    # Floor: 2400 / 21.75 / 8 an hour = 13.7931; 8 h + 4 h x 1.5 = 14 h: 193.11 (rounded up).
    lump = Rate("R1", "lump_day", 18_000, "CNY", FIRST, workday_minutes=720)

    found = compute(case(lump, days=(day(8, 720),), values=(MINIMUM,)))

    got = amounts(found)
    assert got["2026-10-08/time/lump"] == 18_000
    assert got["2026-10-31/top_up/lump_rate"] == 1_311
    assert "lump_rate_shortfall" in codes(found)


def test_a_fair_lump_day_rate_stands() -> None:
    lump = Rate("R1", "lump_day", 30_000, "CNY", FIRST, workday_minutes=720)

    found = compute(case(lump, days=(day(8, 720),), values=(MINIMUM,)))

    assert amounts(found) == {"2026-10-08/time/lump": 30_000}
