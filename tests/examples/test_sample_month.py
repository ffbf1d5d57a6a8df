"""The sample month: made again byte for byte, read without a fault, and consistent in itself."""

from __future__ import annotations

import base64
import importlib
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from jianzhu.kernel.sheets import Row, Sheet, read
from jianzhu.kernel.sheets.layouts import COLUMNS

EXAMPLES = Path(__file__).parents[2] / "examples"
MONTH = EXAMPLES / "month"
CHINA = ZoneInfo("Asia/Shanghai")
SETUP = [name for name in COLUMNS if name != "punches"]
CONCRETE_CREW_SIZE, NIGHT_ENDS = 5, "06"


def sheet(name: str) -> Sheet:
    path = next((MONTH / "setup").glob(f"{name}.*"))
    return read(path.name, path.read_bytes(), COLUMNS[name])


def punches() -> list[Row]:
    found: list[Row] = []
    for path in sorted((MONTH / "sheets").iterdir()):
        made = read(path.name, path.read_bytes(), COLUMNS["punches"])
        assert made.faults == ()
        found += made.rows
    return found


def captures() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, json.loads(line))
        for path in sorted((MONTH / "devices").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def body(capture: dict[str, Any]) -> bytes:
    if "body_base64" in capture:
        return base64.b64decode(capture["body_base64"])
    return str(capture["body_text"]).encode()


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((MONTH / "expected.json").read_text(encoding="utf-8"))
    return answer


def test_the_generator_makes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "generate.py", tmp_path], check=True)

    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    kept = {p.relative_to(MONTH): p.read_bytes() for p in MONTH.rglob("*") if p.is_file()}
    del kept[Path("README.md")]
    assert sorted(made) == sorted(kept)
    assert [path for path in made if made[path] != kept[path]] == []


@pytest.mark.parametrize("name", SETUP)
def test_every_set_up_sheet_reads_without_a_fault(name: str) -> None:
    made = sheet(name)

    assert [str(fault) for fault in made.faults] == []
    assert len(made.rows) == made.rows_read > 0


def test_every_code_that_a_sheet_names_is_in_its_own_sheet() -> None:
    have = {
        "organisation": {row["code"] for row in sheet("organisations")},
        "project_code": {row["project_code"] for row in sheet("projects")},
        "site_code": {row["site_code"] for row in sheet("projects")},
        "worker_code": {row["worker_code"] for row in sheet("workers")},
        "crew_code": {row["crew_code"] for row in sheet("crews")},
        "work_package_code": {row["code"] for row in sheet("work_packages")},
        "username": {row["username"] for row in sheet("users")},
    }
    noun = {
        "organisation_code": "organisation",
        "employer_code": "organisation",
        "payer_code": "organisation",
        "leader_code": "worker_code",
        "submitted_by": "username",
        "decided_by": "username",
        "planned_by": "username",
    }

    missing = [
        str(row.place(column))
        for name in SETUP
        for row in sheet(name)
        for column, value in row.as_dict().items()
        if value is not None and value not in have.get(noun.get(column, column), {value})
    ]

    assert missing == []


def test_identities_are_invented_and_have_right_check_digits() -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
    for row in sheet("workers"):
        number, card = row.text("id_number"), row.text("account_number")
        assert row.text("phone").startswith("100")
        assert len(row.text("phone")) == 11
        assert card.startswith("9999")
        digits = [int(d) * (1 + at % 2) for at, d in enumerate(reversed(card))]
        assert sum(d - 9 * (d > 9) for d in digits) % 10 == 0
        if row["id_kind"] == "01":
            values = [10 if d == "X" else int(d) for d in number]
            assert number.startswith("99")
            assert sum(v * w for v, w in zip(values, weights, strict=True)) % 11 == 1


@pytest.mark.parametrize("ending", ["", "0", "91", "00514", "99999999"])
def test_a_card_may_end_in_what_the_bank_reads_and_still_be_valid(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    identity = importlib.import_module("sample.identity")

    number = identity.card(42, ending)

    assert number.startswith("9999")
    assert number.endswith(ending)
    assert len(number) == 19
    assert identity.luhn(number)


def test_the_calendar_is_the_one_of_the_kept_holiday_library(expected: dict[str, Any]) -> None:
    law = holidays.country_holidays("CN", years=2026, language="en_US")
    kinds = {"holiday": 0, "rest": 0, "normal": 0}
    for number in range(31):
        on = date(2026, 10, 1) + timedelta(days=number)
        statutory = law.get(on) == "National Day"
        kind = "holiday" if statutory else "normal" if law.is_working_day(on) else "rest"
        kinds[kind] += 1

    # W-A-013 was there on every normal day and on one rest day.
    days = expected["workers"]["W-A-013"]["minutes_by_kind"]

    assert kinds == {"holiday": 3, "rest": 10, "normal": 18}
    assert days == {"normal": 18 * 480, "overtime": 0, "rest": 480, "holiday": 0}


def test_every_passage_is_in_exactly_one_place(expected: dict[str, Any]) -> None:
    """The parsers of the gates see each true passage once, however often it was sent."""
    devices = importlib.import_module("projects.attendance.devices")
    seen: set[tuple[str, str]] = set()
    verified: Counter[str] = Counter()
    faults = []
    for file, capture in captures():
        maker = devices.Maker(file.split("-")[0])
        reading = devices.read(
            maker,
            devices.DeviceRequest(
                capture["method"],
                capture["path"],
                capture["query"],
                capture["headers"],
                body(capture),
                datetime.fromisoformat(capture["received_at"]),
            ),
        )
        faults += [fault.code for fault in reading.faults]
        for event in reading.events:
            assert event.doubts == ()
            if event.verified and (reading.device, event.key) not in seen:
                seen.add((reading.device, event.key))
                verified[event.person_no] += 1

    counts = expected["counts"]
    assert faults == ["not_json"]  # the body that breaks off
    assert verified.pop("00999") == counts["events_of_unknown_person"]
    assert sum(verified.values()) + len(punches()) == counts["passages"]
    assert len(captures()) == counts["requests"]


def test_some_bodies_come_late_and_out_of_order() -> None:
    arrived = [c for name, c in captures() if name == "hikvision-main-in"]

    times = [
        json.loads(c["body_text"])["dateTime"]
        for c in arrived
        if c.get("body_text", "").endswith("}") and "dateTime" in c["body_text"]
    ]

    assert times != sorted(times)
    assert [c["received_at"] for c in arrived] == sorted(c["received_at"] for c in arrived)


def test_a_night_shift_belongs_to_the_day_it_began(expected: dict[str, Any]) -> None:
    last_night = [
        line.split("\t")[1]
        for name, capture in captures()
        if name == "zkteco-south-utc" and capture["query"].get("table") == "ATTLOG"
        for line in capture["body_text"].splitlines()
        if "\t2026-10-31 22:" in line  # the clock shows UTC: 06 o'clock of 1 November on site
    ]

    there = [
        code
        for code, worker in expected["workers"].items()
        if worker["crew"] == "A-CONC" and "2026-10-31" in worker["clean_days"]
    ]

    assert 0 < len(last_night) == len(there) <= CONCRETE_CREW_SIZE
    assert "2026-11-01" not in str(expected)


def test_pay_of_some_people_is_what_a_pocket_calculator_says(expected: dict[str, Any]) -> None:
    workers = expected["workers"]

    # Helper: 18 normal days at 100, one rest day at 200 %.
    assert Fraction(workers["W-A-014"]["time_pay"]) == 18 * 100 + 2 * 100
    # Carpenter with full attendance: 144 h + 6 h at 150 % + a rest day of 8 h at 200 %, at 48.00.
    assert Fraction(workers["W-A-018"]["time_pay"]) == 48 * (144 + 9 + 16)
    # Framer: weeks of 42, 48, 42 and 42 hours at 31.50, so 14 of 174 hours at half more.
    assert Fraction(workers["W-B-002"]["time_pay"]) == Fraction("31.5") * (174 + 7)
    # Rebar fixer with a raise: a holiday at 300 %, then days at 400, then at 416 and a rest day.
    raised = workers["W-A-003"]["clean_days"]
    before = [on for on in raised if "2026-10-01" < on < "2026-10-16"]
    after = [on for on in raised if on >= "2026-10-16" and on != "2026-10-17"]
    pay = 3 * 400 + len(before) * 400 + len(after) * 416 + 2 * 416
    assert Fraction(workers["W-A-003"]["time_pay"]) == pay


def test_the_helper_earns_less_than_the_minimum_wage_of_the_region(
    expected: dict[str, Any],
) -> None:
    floor = next(row for row in sheet("minimum_wages") if row["region"] == "CN-99")
    full_month = [
        agreement
        for agreement in sheet("agreements")
        if agreement["basis"] == "day"
        and expected["workers"][agreement["worker_code"]]["minutes_by_kind"]["normal"] == 18 * 480
    ]

    poor = [
        agreement["worker_code"]
        for agreement in full_month
        if 18 * agreement.decimal("rate") < floor.decimal("per_month")
    ]

    assert poor == ["W-A-014"]


def test_piece_shares_sum_to_what_was_accepted(expected: dict[str, Any]) -> None:
    paid: dict[str, Fraction] = defaultdict(Fraction)
    for worker in expected["workers"].values():
        for number, amount in worker["piece_pay"].items():
            paid[number] += Fraction(amount)

    accepted = {
        row["number"]: row["accepted_quantity"]
        for row in sheet("task_sheets")
        if row["is_piece"] == "yes"
    }

    assert accepted.pop("TS-A-M3") is None
    assert paid == {n: Fraction(str(quantity)) * 230 for n, quantity in accepted.items()}


def test_milestone_shares_sum_to_the_labour_amount(expected: dict[str, Any]) -> None:
    shared: dict[str, Fraction] = defaultdict(Fraction)
    for worker in expected["workers"].values():
        for number, amount in worker["milestone_pay"].items():
            shared[number] += Fraction(amount)

    assert shared == {
        row["number"]: Fraction(row.decimal("labour_amount")) for row in sheet("milestones")
    }


def test_the_readme_names_every_column_of_every_sheet() -> None:
    text = (MONTH / "README.md").read_text(encoding="utf-8")
    for name, columns in COLUMNS.items():
        section = text.split(f"### {name}\n")[1].split("\n### ")[0]
        for column in columns:
            assert f"| `{column.name}` | {', '.join(column.aliases)} |" in section
