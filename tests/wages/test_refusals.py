"""What contradicts itself is refused by a stable code before anything is computed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlements.wages.engine import compute
from settlements.wages.errors import WageRefusal
from settlements.wages.facts import Case, Piece, Policy, Prevailing, Rate
from settlements.wages.inputs import CHOICES
from tests.wages.people import FIRST, LAST, case, day, hourly, october, us


def piece(**more: object) -> Piece:
    given = {
        "id": "P", "first": FIRST, "last": LAST, "item": "wall", "unit": "m3",
        "quantity_thousandths": 600, "price_minor": 100, "sheet_id": "S", "accepted_thousandths": 1_000,
    }  # fmt: skip
    return Piece(**(given | more))  # type: ignore[arg-type]


BAD = {
    "rate_overlap": case(hourly(), replace(hourly(), id="R2", valid_from=october(20))),
    "currency_mix": case(hourly(currency="USD")),
    "bad_rate": case(hourly(0)),
    "negative_time": case(days=(day(8, -1),)),
    "negative_time more night than day": case(days=(day(8, 60, night_minutes=61),)),
    "day_too_long": case(days=(day(8, 1_441),)),
    "day_too_long in two records": case(
        days=(day(8, 800, item="a"), replace(day(8, 800, item="b"), id="D8b"))
    ),
    "two_crews": case(
        days=(day(8, 60, crew_id="A"), replace(day(8, 60, crew_id="B", item="b"), id="D8b"))
    ),
    "day_repeated": case(days=(day(8), replace(day(8, 60), id="D8b"))),
    "id_repeated": case(days=(day(8), replace(day(9), id="D8"))),
    "quantity_over_accepted": case(pieces=(piece(), piece(id="Q"))),
    "bad_quantity": case(pieces=(piece(quantity_thousandths=-1),)),
    "bad_quantity of a supplement": case(hourly(night_percent=-1)),
    "bad_quantity of a fringe": case(hourly(prevailing=Prevailing("WD", 2_200, -500))),
    "bad_period": case(first=LAST, last=FIRST),
    "bad_period of a rate": case(hourly(valid_to=FIRST)),
    "period_too_long": case(last=LAST.replace(year=2027)),
    "out_of_calendar": case(first=FIRST.replace(year=1900)),
    "unknown_rule_set": case(rule_set="XX"),
    "unknown_rule_set with a path": case(rule_set="../CN"),
    "unknown_choice": case(replace(hourly(), basis="week")),
    "unknown_choice of a hint": case(days=(day(8, hint="maybe"),)),
    "not_together": case(
        Rate("R1", "month", 100, "CNY", FIRST), policy=Policy(hours_system="comprehensive")
    ),
    "no_rule": us(Rate("R1", "month", 100, "USD", FIRST), days=(day(8, 60),)),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_by_its_code(name: str) -> None:
    bad: Case = BAD[name]

    with pytest.raises(WageRefusal) as refused:
        compute(bad)

    assert refused.value.code == name.split(maxsplit=1)[0]
    assert "%(" not in str(refused.value)


@pytest.mark.parametrize("field", CHOICES)
def test_an_unknown_policy_setting_is_refused(field: str) -> None:
    with pytest.raises(WageRefusal, match=field):
        compute(case(policy=replace(Policy(), **{field: "anyhow"})))


def test_versions_that_meet_do_not_overlap() -> None:
    early = hourly(valid_to=october(10))

    found = compute(case(early, replace(hourly(), id="R2", valid_from=october(10)),
                         days=(day(9), day(10))))  # fmt: skip

    assert [line.sources[1] for line in found.lines] == [("rate", "R1"), ("rate", "R2")]


def test_two_kinds_of_work_on_one_day_run_on_into_overtime() -> None:
    days = (day(8, 300, item="a"), replace(day(8, 300, item="b"), id="D8b"))

    found = compute(case(days=days))

    assert {line.key: line.quantity for line in found.lines} == {
        "2026-10-08/time/normal/a": 300,
        "2026-10-08/time/normal/b": 180,
        "2026-10-08/time/overtime/b": 120,
    }
