"""Truths of every statement, over random months: 3,000 everyday, 100,000 of each by `make nightly`."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from jianzhu.kernel.money import Rounding, round_fraction
from settlements.wages import canonical
from settlements.wages.differences import difference
from settlements.wages.engine import compute
from settlements.wages.facts import Adjustment, Case, Day, Piece, Policy, Rate, Value
from settlements.wages.rounding import exact_amount
from settlements.wages.shares import share
from settlements.wages.workweek import Thresholds, split

often = settings(max_examples=max(600, settings.default.max_examples))
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
CURRENCIES = {"CN": "CNY", "US": "USD", "AU": "AUD"}

# Drawing costs more than computing: what belongs together is one draw.
policies = st.sampled_from(
    [
        Policy(way, at, month_method=method, workdays=counted, top_up=top_up)
        for way in Rounding
        for at in ("line", "rate", "total")
        for method in ("scheduled", "divisor")
        for counted in ("minutes", "steps")
        for top_up in (True, False)
    ]
)


def _day(number: int) -> tuple[int, int, int, int]:
    """(day of the month, minutes, night in tenths, 工 in quarters)"""
    number, on = divmod(number, 31)
    number, minutes = divmod(number, 1441)
    quarters, night = divmod(number, 11)
    return on + 1, minutes, night, quarters


worked = st.lists(
    st.integers(0, 31 * 1441 * 11 * 9 - 1).map(_day), max_size=8, unique_by=lambda one: one[0]
)
pieces = st.lists(st.tuples(st.integers(1, 31), st.integers(0, 99_999)), max_size=2)
amounts = st.lists(
    st.tuples(
        st.sampled_from(
            ["allowance", "bonus", "tax", "damage", "repayment", "advance", "arrears", "back_pay"]
        ),
        st.integers(0, 500_000),
    ),
    max_size=3,
)


# (law, basis); hours are averaged in China only, and not under a monthly wage.
bases = st.sampled_from(
    [("CN", basis) for basis in ("hour", "day", "month", "lump_day", "lump_month")]
    + [(law, basis) for law in ("US", "AU") for basis in ("hour", "day")]
)
rates = st.tuples(st.integers(1, 2_000_000), st.integers(240, 720), st.sampled_from([0, 20]))
# (over what, minutes before the month, normal minutes of the worker's part of the period)
averages = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["month", "quarter", "year"]),
        st.integers(0, 40_000),
        st.one_of(st.none(), st.integers(0, 10_000)),
    ),
)
everything = st.tuples(bases, rates, worked, pieces, amounts, policies, averages)


def _made(drawn) -> Case:  # type: ignore[no-untyped-def]
    (law, basis), (minor, workday, night), days, made, beside, policy, averaged = drawn
    rate = Rate(
        "R1", basis, minor, CURRENCIES[law], FIRST, workday_minutes=workday, night_percent=night
    )  # fmt: skip
    case = _case(law, rate, days, made, beside, policy)
    if averaged is None or law != "CN" or basis in ("month", "lump_month"):
        return case
    over, before, cap = averaged
    policy = replace(policy, hours_system="comprehensive", averaging=over)
    return replace(case, policy=policy, averaged_minutes_before=before, averaged_cap_minutes=cap)


def cases() -> st.SearchStrategy[Case]:
    return everything.map(_made)


def _case(law, rate, days, made, beside, policy) -> Case:  # type: ignore[no-untyped-def]
    currency = CURRENCIES[law]
    return Case(
        worker_id="W", first=FIRST, last=LAST, rule_set=law, region=f"{law}-99",
        currency=currency, rates=(rate,), policy=policy,
        days=tuple(
            Day(f"D{n}", FIRST + timedelta(days=n - 1), m, q * 250, m * night // 10)
            for n, m, night, q in days
        ),
        pieces=tuple(
            Piece(f"P{at}", FIRST, FIRST + timedelta(days=n - 1), "wall", "m3", quantity, 1_234,
                  50_000)
            for at, (n, quantity) in enumerate(made)
        ),
        adjustments=tuple(
            Adjustment(f"A{at}", kind, minor, currency, FIRST, LAST)
            for at, (kind, minor) in enumerate(beside)
        ),
        values=(Value("minimum_wage_month", "CN-99", FIRST, 240_000, "invented"),),
    )  # fmt: skip


@often
@given(case=cases())
def test_shown_lines_sum_to_the_shown_totals_and_each_line_to_its_formula(case: Case) -> None:
    found = compute(case)

    shown = sum(line.amount_minor for line in found.lines if line.kind != "plan")
    advances = sum(
        line.amount_minor for line in found.lines if line.kind in ("advance", "repayment")
    )
    assert found.net_minor == shown == found.gross_minor - found.deducted_minor + advances
    assert len({line.key for line in found.lines}) == len(found.lines)
    assert max([len(line.key) for line in found.lines], default=0) <= 80
    for line in found.lines:
        apart = abs(exact_amount(line) - line.amount_minor)
        # Rounding of the rate first may be half a unit an hour off, times the hours and multiple.
        bound = Fraction(1) if case.policy.round_at != "rate" else 1 + Fraction(line.quantity, 60)
        assert apart <= bound or line.rate_per == "month", line


@often
@given(case=cases(), order=st.randoms(use_true_random=False))
def test_recompute_equals_stored_in_any_order_of_the_records(case: Case, order) -> None:  # type: ignore[no-untyped-def]
    shuffled = {}
    for field in ("days", "pieces", "adjustments", "rates", "values"):
        records = list(getattr(case, field))
        order.shuffle(records)
        shuffled[field] = tuple(records)

    first, second = compute(case), compute(replace(case, **shuffled))
    kept = canonical.decode(canonical.encode(case))

    assert first.digest == second.digest
    assert canonical.dump(first) == canonical.dump(second) == canonical.dump(compute(kept))


@often
@given(case=cases(), later=worked)
def test_a_later_correction_brings_the_sum_to_a_correct_first_run(case: Case, later) -> None:  # type: ignore[no-untyped-def]
    right = replace(case, days=_case("CN", case.rates[0], later, [], [], case.policy).days)
    old, new = compute(case), compute(right)

    corrections = difference(old, new)

    assert old.net_minor + _net(corrections) == new.net_minor
    once_more = difference(
        old, new, {c.key.removeprefix("difference/"): c.amount_minor for c in corrections}
    )
    assert once_more == ()


def _net(lines) -> int:  # type: ignore[no-untyped-def]
    return sum(line.amount_minor for line in lines if line.kind != "plan")


@often
@given(case=cases())
def test_running_totals_round_the_exact_sum_once(case: Case) -> None:
    case = replace(case, policy=replace(case.policy, round_at="total", top_up=False),
                   adjustments=())  # fmt: skip

    lines = compute(case).lines

    if not any(line.rate_per == "month" for line in lines):
        exact = sum((exact_amount(line) for line in lines), Fraction(0))
        assert sum(line.amount_minor for line in lines) == round_fraction(
            exact, case.policy.rounding
        )


@often
@given(case=cases())
def test_every_worked_minute_is_paid_in_exactly_one_class(case: Case) -> None:
    case = replace(case, policy=replace(case.policy, workdays="minutes"))
    lines = [one for one in compute(case).lines if one.kind == "time"]

    if case.rates[0].basis in ("hour", "day"):
        classes = [one for one in lines if one.name != "night"]
        assert sum(one.quantity for one in classes) == sum(day.minutes for day in case.days)


@often
@given(
    total=st.integers(-10**9, 10**9),
    weights=st.dictionaries(st.integers(1, 50), st.integers(0, 40_000), min_size=1, max_size=12)
    .filter(lambda found: any(found.values())),
    order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_splits_lose_nothing_in_any_order(total: int, weights: dict[int, int], order) -> None:  # type: ignore[no-untyped-def]
    mixed = list(weights.items())
    order.shuffle(mixed)

    parts = share(total, "workdays", weights)

    assert sum(parts.values()) == total
    assert share(total, "workdays", dict(mixed)) == parts
    pool = sum(weights.values())
    for worker, part in parts.items():
        assert abs(part - Fraction(total * weights[worker], pool)) < 1


@often
@given(
    days=st.lists(st.integers(0, 1440), min_size=7, max_size=7),
    daily=st.one_of(st.none(), st.integers(60, 600)),
    double=st.one_of(st.none(), st.integers(600, 900)),
)
def test_a_week_keeps_every_minute_and_its_threshold(days, daily, double) -> None:  # type: ignore[no-untyped-def]
    found = split(days, Thresholds(2400, daily, double))

    assert [sum(parts) for parts in found] == days
    assert all(part >= 0 for parts in found for part in parts)
    assert sum(parts[0] for parts in found) <= 2400


def test_the_canonical_form_knows_every_field_of_a_case() -> None:
    case = _case("CN", Rate("R", "hour", 1, "CNY", FIRST), [], [], [], Policy())
    kept = canonical.encode(replace(case, averaged_cap_minutes=1, paid_beside_minor=1))

    # The version and one place for each field.
    assert len(__import__("json").loads(kept)) == 1 + len(fields(Case))
