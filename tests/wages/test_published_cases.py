"""Published answers, row by row, and rows of our own with answers worked out by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from settlements.wages.errors import MalformedQuote
from settlements.wages.published import solve_case
from settlements.wages.quotes import quote

OWN = Path(__file__).parent / "cases"
GIVEN = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "cases"


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    path = folder / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return [
            row | {"inputs": json.loads(row["inputs"]), "expected": json.loads(row["expected"])}
            for row in csv.DictReader(file)
        ]


def listed(folder: Path, name: str, part: str | None = None) -> list[dict[str, Any]]:
    path = folder / name
    if not path.exists():
        return []
    found = json.loads(path.read_text("utf-8"))
    return found[part] if part else found


def params(found: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in found]


def assert_answers(expected: dict[str, Any], got: dict[str, Any]) -> None:
    assert {name: got.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "row",
    params(rows(GIVEN, "overtime_regular_rate.csv") + rows(OWN, "regular_rate.csv")),
)
def test_the_regular_rate_is_what_the_source_says(row: dict[str, Any]) -> None:
    assert_answers(row["expected"], solve_case("regular_rate", row["inputs"]))


PREVAILING = rows(GIVEN, "prevailing_wage.csv") + rows(OWN, "prevailing_wage.csv")


@pytest.mark.parametrize("row", params(PREVAILING))
def test_prevailing_wage_and_certified_columns_are_what_the_source_says(
    row: dict[str, Any],
) -> None:
    inputs = dict(row["inputs"])
    if "base" in inputs:
        inputs["base"] = next(r["inputs"] for r in PREVAILING if r["id"] == inputs["base"])
    certified = "base" in inputs or "rate" in inputs

    got = solve_case("certified_payroll" if certified else "prevailing_wage", inputs)

    assert_answers(row["expected"], got)


@pytest.mark.parametrize(
    "row", params(listed(GIVEN, "overtime_split.json") + listed(OWN, "overtime_split.json"))
)
def test_a_week_splits_into_regular_overtime_and_double(row: dict[str, Any]) -> None:
    expected = {k: v for k, v in row.items() if k.endswith("regular_ot_double")}

    got = solve_case("overtime_split", row)

    assert_answers(expected, got)


@pytest.mark.parametrize("row", params(listed(GIVEN, "rate_and_rounding.json", "cases")))
def test_a_rate_by_the_second_rounds_as_the_source_does(row: dict[str, Any]) -> None:
    expected = [entry[2] for entry in row["rate_seconds_expected"]]

    assert solve_case("timed_rate", row)["amounts"] == expected


@pytest.mark.parametrize(
    "row", params(listed(GIVEN, "rate_and_rounding.json", "payslip_rounding_traps"))
)
def test_shown_lines_sum_to_the_shown_total(row: dict[str, Any]) -> None:
    got = solve_case("payslip", row)

    if "contract" in row:
        assert got["total"] == f"{row['contract']}.00"
        assert_answers({k: row[k] for k in ("rounded_unit", "rounded_unit_x_days")}, got)
    else:
        assert_answers({k: v for k, v in row.items() if k in ("shown", *EXPECTED)}, got)


EXPECTED = ("expected_gross", "expected_final")


def test_decimal_hours_round_before_the_amount() -> None:
    # 100 s are 0.03 h, so 0.03 x 736.00 and not 736 / 36.
    got = solve_case("timed_rate", {"policy": "decimal", "rate_seconds": [["736.00", 100]]})

    assert got["amounts"] == ["22.08"]


@pytest.mark.parametrize("row", params(listed(OWN, "statements.json")))
def test_a_day_is_paid_as_a_pocket_calculator_says(row: dict[str, Any]) -> None:
    basis, rate, *workday = row["rate"]
    terms = {"id": "R", "basis": basis, "rate": rate, "valid_from": "2026-01-01"}
    if workday:
        terms["workday_minutes"] = workday[0]
    currency = {"CN": "CNY", "US": "USD", "AU": "AUD"}[row["rule_set"]]
    document = {
        "kind": "statement",
        "case": {
            "worker_id": "W", "first": "2026-10-01", "last": "2026-10-31", "currency": currency,
            "rule_set": row["rule_set"], "region": row["region"], "rates": [terms],
            "days": [{"id": on, "on": on, "minutes": m} for on, m in row["days"].items()],
        },
    }  # fmt: skip

    answer = quote(document)

    assert {line["key"]: line["amount"] for line in answer["lines"]} == row["amounts"]


def test_the_published_cases_are_there_or_the_gap_is_seen() -> None:
    if not GIVEN.exists():
        pytest.skip(f"{GIVEN} is not there: only our own cases ran")

    assert len(rows(GIVEN, "overtime_regular_rate.csv")) >= 15


@pytest.mark.parametrize(
    ("policy", "rows", "expected"),
    [
        # 7 min 29 s is nearest to nothing, 7 min 30 s to a quarter of an hour.
        ("15-minute, 2 dp", [["20", 449], ["20", 450]], ["0", "5"]),
        ("15-minute floor, 2 dp", [["20", 1_799]], ["5"]),
        ("15-minute ceil, 2 dp", [["20", 901]], ["10"]),
        ("6-minute, 2 dp", [["10", 3_780]], ["11"]),
        # 0.125 and 0.375 h at 1.00: a tie goes to the even cent, or up.
        ("per-second, half-even, 2 dp", [["1", 450], ["1", 1_350]], ["0.12", "0.38"]),
        ("per-second, half-up, 2 dp", [["1", 450], ["1", 1_350]], ["0.13", "0.38"]),
        ("per-second, truncate, 2 dp", [["1", 1_359]], ["0.37"]),
    ],
)
def test_the_named_rounding_of_time_and_amount_is_used(
    policy: str, rows: list[Any], expected: list[str]
) -> None:
    got = solve_case("timed_rate", {"policy": policy, "rate_seconds": rows})

    assert got["amounts"] == expected


def test_productive_and_waiting_hours_make_the_week() -> None:
    """29 CFR 778.111(a): 491 for 46 productive hours and 4 of waiting at 8.00: 523 / 50 = 10.46."""
    inputs = {
        "piece_earnings": "491.00",
        "productive_h": 46,
        "waiting_h": 4,
        "waiting_rate": "8.00",
    }

    got = solve_case("regular_rate", inputs)

    assert (got["regular_rate"], got["total"]) == ("10.46", "575.30")


def test_lines_rounded_one_by_one_may_differ_from_their_sum_rounded_once() -> None:
    got = solve_case("payslip", {"lines": ["38.25 x 17.51", "10.75 x 17.51 x 2"]})

    assert (got["expected_total"], got["rounded_once"]) == ("1046.23", "1046.22")


@pytest.mark.parametrize("name", ["tip_pool", "piece_segments", "foo"])
def test_a_number_that_no_method_takes_is_refused_and_never_left_out(name: str) -> None:
    inputs = {"segments": [[46, "12.00"]], "hours": 50, name: [[4, "8.00"]] if "_s" in name else 7}

    with pytest.raises(MalformedQuote) as refused:
        solve_case("regular_rate", inputs)

    assert refused.value.facts["field"] == f"inputs.{name}"


def test_hours_that_nobody_pays_are_refused_and_never_paid_nothing() -> None:
    with pytest.raises(MalformedQuote):
        solve_case("regular_rate", {"segments": [[40, "12.00"]], "hours": 46})


def test_every_product_on_a_slip_is_a_line_whatever_its_name() -> None:
    got = solve_case("payslip", {"pay": "38.25 x 17.51", "night": "2 x 3.33", "source": "a slip"})

    assert (got["shown"], got["expected_gross"]) == (["669.76", "6.66"], "676.42")
