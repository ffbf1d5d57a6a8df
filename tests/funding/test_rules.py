"""Clocks as dated data, days of wages ahead, the security deposit: from values only."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from settlements.funding import rules
from settlements.funding.rules import Record

SIGNED = datetime(2026, 10, 12, 4, tzinfo=UTC)  # a Monday at noon in Shanghai
DAY = date(2026, 10, 12)


@pytest.mark.parametrize(
    "name, region, due",
    [
        # Decree 724, 53号 and 65号, as the domain's table has them.
        ("open_account", "CN-51", datetime(2026, 11, 11, 16, tzinfo=UTC)),
        ("file_account", "CN-51", datetime(2026, 11, 11, 16, tzinfo=UTC)),
        ("closing_notice", "CN-51", datetime(2026, 11, 11, 16, tzinfo=UTC)),
        ("security_deposit", "CN", datetime(2026, 11, 9, 16, tzinfo=UTC)),  # 20 working days
        ("security_payout", "CN", datetime(2026, 10, 19, 16, tzinfo=UTC)),  # over a weekend
        ("security_refill", "CN", datetime(2026, 10, 26, 16, tzinfo=UTC)),
        ("security_return_notice", "CN", datetime(2026, 11, 11, 16, tzinfo=UTC)),
    ],
)
def test_a_statutory_clock_ends_with_its_last_day(name, region, due):
    clock = rules.clock_of(name, region, DAY)

    assert clock.due_at(SIGNED, "Asia/Shanghai", "CN") == due


@pytest.mark.parametrize(
    "name, count, unit",
    [
        ("record_movement", 5, "workday"),
        ("tell_beneficiary", 5, "workday"),
        ("bank_reconciliation", 15, "workday"),
        ("trust_shortfall", 0, "day"),
    ],
)
def test_a_queensland_project_trust_has_its_duties(name, count, unit):
    clock = rules.clock_of(name, "AU-QLD", DAY)

    assert (clock.count, clock.unit) == (count, unit)
    assert rules.clock_of(name, "CN-51", DAY) is None
    assert rules.clock_of(name, "AU-NSW", DAY) is None


def test_a_deposit_starts_the_trusts_clocks_and_no_others():
    assert [c.name for c in rules.clocks_on("deposit", "AU-QLD", DAY)] == [
        "record_movement",
        "tell_beneficiary",
    ]
    assert [c.name for c in rules.clocks_on("deposit", "GB", DAY)] == ["pay_supply_chain"]
    assert rules.clocks_on("deposit", "CN-51", DAY) == []


def test_a_clock_does_not_run_before_its_law():
    assert rules.clock_of("open_account", "CN", date(2021, 7, 6)) is None
    assert rules.clock_of("open_account", "CN", date(2021, 7, 7)) is not None


WEEK = [(DAY.replace(day=12 + n), 100) for n in range(5)]


@pytest.mark.parametrize(
    "free, accrued, days, out_on",
    [
        (500, 0, 5, None),
        (499, 0, 4, date(2026, 10, 16)),
        (350, 0, 3, date(2026, 10, 15)),
        (350, 100, 2, date(2026, 10, 14)),  # work already done ranks first
        (50, 100, 0, date(2026, 10, 12)),
        (0, 0, 0, date(2026, 10, 12)),
    ],
)
def test_days_ahead_are_whole_days_after_the_work_already_done(free, accrued, days, out_on):
    assert rules.days_ahead(free, accrued, WEEK) == rules.Ahead(days, out_on)


@given(some.integers(0, 10**6), some.lists(some.integers(1, 1_000), max_size=30))
def test_what_is_called_covered_is_covered(free, costs):
    plan = [(DAY.fromordinal(DAY.toordinal() + n), cost) for n, cost in enumerate(costs)]

    ahead = rules.days_ahead(free, 0, plan)

    assert sum(costs[: ahead.days]) <= free
    assert ahead.runs_out_on is None or sum(costs[: ahead.days + 1]) > free


@given(
    some.integers(0, 10**5),
    some.integers(0, 10**4),
    some.lists(some.integers(1, 1_000), max_size=30),
)
def test_weeks_say_what_the_money_does_not_reach_to_the_last_unit(free, accrued, costs):
    plan = [(DAY.fromordinal(DAY.toordinal() + n), cost) for n, cost in enumerate(costs)]

    weeks = rules.weeks_ahead(free, accrued, plan)

    assert sum(week.planned_minor for week in weeks) == sum(costs)
    assert sum(week.short_minor for week in weeks) == max(0, sum(costs) - max(0, free - accrued))
    assert all(week.monday.weekday() == 0 for week in weeks)
    first = next((n for n, week in enumerate(weeks) if week.short_minor), len(weeks))
    assert all(week.short_minor == week.planned_minor for week in weeks[first + 1 :])


LARGE = 9_000_000_00


@pytest.mark.parametrize(
    "contract, record, rate",
    [
        (LARGE, Record(), 200),
        (LARGE, Record(years_without_arrears=2), 100),
        (LARGE, Record(years_without_arrears=3), 100),
        (LARGE, Record(years_without_arrears=3, real_name_and_account=True), 0),
        (LARGE, Record(arrears_in_two_years=True), 300),
        (LARGE, Record(blacklisted=True), 400),
        (LARGE, Record(several_projects=True), 100),
        (2_999_999_99, Record(years_without_arrears=1), 0),
        (2_999_999_99, Record(), 200),
        (3_000_000_00, Record(years_without_arrears=1), 200),
    ],
)
def test_the_security_follows_the_record(contract, record, rate):
    assert rules.security_basis_points(contract, 200, record) == rate


def test_several_projects_never_fall_below_half_a_percent():
    assert rules.security_basis_points(LARGE, 100, Record(several_projects=True)) == 50


@pytest.mark.parametrize("base", [99, 301])
def test_a_regions_rate_lies_from_one_to_three_percent(base):
    with pytest.raises(ValueError, match="basis points"):
        rules.security_basis_points(LARGE, base, Record())


def test_a_share_is_rounded_up():
    assert rules.part_of(1, 2_500) == 1
    assert rules.part_of(10_000, 2_500) == 2_500
