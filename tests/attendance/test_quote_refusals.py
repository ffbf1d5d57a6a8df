"""A spoiled quote is refused with a code and the place; a good one is answered alike on every way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jianzhu.kernel.errors import Refusal
from projects.attendance.quotes import ANSWER, DOCUMENT, quote

FILES = Path(__file__).resolve().parents[2] / "examples" / "quotes" / "attendance"
EXAMPLES = sorted(FILES.glob("*.json"))
GOOD = {"zone": "Asia/Shanghai", "punches": [{"id": 1, "at": "2026-10-12T08:00"}]}
SPOILED = [
    ([], "malformed_quote", "document"),
    ({}, "malformed_quote", "document"),
    (GOOD | {"zone": "Mars/Base"}, "unknown_zone", "zone"),
    (GOOD | {"worker_zone": "../etc/passwd"}, "unknown_zone", "worker_zone"),
    (GOOD | {"surprise": 1}, "malformed_quote", "document"),
    (GOOD | {"punches": [{"at": "yesterday"}]}, "malformed_quote", "punches[0].at"),
    (GOOD | {"punches": [{"at": "2026-02-30T08:00"}]}, "malformed_quote", "punches[0].at"),
    (GOOD | {"punches": [{"at": "2026-10-12T25:00"}]}, "malformed_quote", "punches[0].at"),
    (GOOD | {"punches": [{"at": "1903-10-12T08:00"}]}, "malformed_quote", "punches[0].at"),
    (GOOD | {"rule": {"break_minutes": -1}}, "malformed_quote", "rule.break_minutes"),
    (GOOD | {"rule": {"workday_minutes": 0}}, "malformed_quote", "rule.workday_minutes"),
    (GOOD | {"rule": {"starts": "08:00"}}, "half_shift", "rule"),
    (
        GOOD
        | {
            "punches": [
                {"id": 1, "at": "2026-10-12T08:00"},
                {"id": 1, "at": "2026-10-12T09:00"},
            ]
        },
        "punch_repeated",
        "punches[1]",
    ),
    (
        GOOD
        | {
            "punches": [
                {"at": "2026-10-12T08:00", "person_no": "1"},
                {"at": "2026-10-12T09:00", "person_no": "2"},
            ]
        },
        "two_people",
        "punches[1].person_no",
    ),
    (
        GOOD | {"segments": [["2026-10-12T09:00", "2026-10-12T08:00"]]},
        "backward_segment",
        "segments[0]",
    ),
    (
        GOOD
        | {
            "segments": [
                ["2026-10-12T08:00", "2026-10-12T10:00"],
                ["2026-10-12T09:00", "2026-10-12T11:00"],
            ]
        },
        "overlapping_segments",
        "segments[1]",
    ),
    (
        GOOD
        | {
            "shifts": [
                {"on": "2026-10-12", "starts": "18:00", "ends": "07:00"},
                {"on": "2026-10-13", "starts": "06:00", "ends": "14:00"},
            ]
        },
        "overlapping_shifts",
        "shifts[1]",
    ),
    (
        GOOD | {"punches": [{"at": "2020-01-01T08:00"}, {"at": "2026-01-01T08:00"}]},
        "span_too_long",
        "document",
    ),
]


@pytest.mark.parametrize(("document", "code", "place"), SPOILED, ids=[str(s[1:]) for s in SPOILED])
def test_spoiled_input_is_refused_with_its_place(document, code, place):
    with pytest.raises(Refusal) as no:
        quote(document)

    assert (no.value.code, no.value.facts["field"]) == (code, place)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["zone", "rule", "punches", "at", "shifts", "overtime"]), inner
        )
    ),
    max_leaves=10,
)


@given(json_values)
@settings(max_examples=150, deadline=None)
def test_any_json_is_answered_or_refused(value):
    try:
        place = quote(value)["days"] is not None
    except Refusal as no:
        place = no.facts["field"]

    assert place


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.stem)
def test_each_example_fits_the_schema_and_is_answered_by_it(file, capsys):
    document = json.loads(file.read_text("utf-8"))

    call_command("attendance_quote", str(file))

    Draft202012Validator(DOCUMENT).validate(document)
    Draft202012Validator(ANSWER).validate(json.loads(capsys.readouterr().out))


def test_the_command_exits_with_two_and_says_why(tmp_path, capsys):
    file = tmp_path / "quote.json"
    file.write_text('{"zone": "Mars/Base"}')

    with pytest.raises(SystemExit) as end:
        call_command("attendance_quote", str(file))

    assert end.value.code == 2
    assert "unknown_zone" in capsys.readouterr().err
