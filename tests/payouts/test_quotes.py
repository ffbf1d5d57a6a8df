"""Reconciliation quotes: cases in, verdicts out, nothing stored, every odd thing refused by its place."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from jianzhu.kernel.errors import Invalid
from settlements.payouts.quote import quote
from tests.shared import SHARED, needs_shared

OWN = Path(__file__).parent / "cases.json"


def by_id(rows):
    return {row["id"]: row for row in rows}


def test_own_cases():
    answer = quote(json.loads(OWN.read_text()))

    statements, files = by_id(answer["statements"]), by_id(answer["bank_status"])
    assert (statements["own-chain"]["foots"], statements["own-chain"]["chains"]) == (True, False)
    assert statements["own-chain"]["statements"][1]["jump"] == "0.01"
    assert statements["own-yen"]["reasons"] == ["decimals"]
    assert files["own-all"]["verdict"] == "accepted"
    assert (files["own-lost"]["verdict"], files["own-lost"]["gap"]) == (
        "refused",
        {"count": 1, "sum": "10.00"},
    )
    assert files["own-lost"]["accepted_lines"] == 0


@needs_shared
def test_published_cases():
    path = SHARED / "data/cases/reconciliation.json"
    said = json.loads(path.read_text())
    answer = quote(said)

    found = by_id([*answer["statements"], *answer["bank_status"]])
    for case in said["statements"]:
        assert found[case["id"]]["foots"] is case.get("foots", True), case
    assert found["RC-4"]["chains"] is True
    assert (found["RC-6"]["verdict"], found["RC-6"]["gap"]) == ("parked", "0.05")
    assert found["RC-6"]["fits_decimals"] is False
    assert (found["RC-1"]["verdict"], found["RC-1"]["returned_lines"]) == ("open", 1)
    assert (found["RC-2"]["verdict"], found["RC-2"]["accepted_lines"]) == ("refused", 0)
    assert found["RC-2"]["gap"]["sum"] == "-25998.72"


def test_events_in_any_order_tell_the_same_final_state():
    events = [
        {"id": "evt_9", "object": "po_1", "created": 10, "type": "payout.created"},
        {"id": "evt_2", "object": "po_1", "created": 20, "type": "payout.paid"},
        {"id": "evt_5", "object": "po_1", "created": 20, "type": "payout.failed"},
        {"id": "evt_2", "object": "po_1", "created": 20, "type": "payout.paid"},
    ]

    for order in (events, events[::-1], events[2:] + events[:2]):
        answer = quote({"events": order})
        assert (answer["final_states"], answer["effects"]) == ({"po_1": "failed"}, 3)


def test_a_new_attempt_is_refused_until_a_read_resolves_the_first():
    answer = quote({"steps": ["send", "time_out", "new_attempt", "read_paid", "new_attempt"]})

    assert [(s["step"], s["allowed"], s["state"]) for s in answer["steps"]] == [
        ("send", True, "sent"),
        ("time_out", True, "unknown"),
        ("new_attempt", False, "unknown"),
        ("read_paid", True, "paid"),
        ("new_attempt", False, "paid"),
    ]


def test_lines_and_payouts_are_compared():
    answer = quote(
        {
            "payouts": [{"key": "p1", "amount": "400.00"}],
            "lines": [{"reference": "B1", "amount": "-399.00", "key": "p1"}],
            "codes": [{"code": "AC04"}, {"text": "账户已冻结"}],
        }
    )

    assert answer["classes"] == {"amount_mismatch": 1}
    assert answer["findings"][0]["difference"] == "-1.00"
    assert [c["owner"] for c in answer["codes"]] == ["worker", "worker"]


json_ = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["statements", "opening", "entries", "closing", "original", "status", "lines", "payouts",
             "key", "amount", "events", "id", "steps", "codes", "currency", "trailer_net", "details",
             "reference", "data", "created", "bank_status", "accepted", "count", "sum"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(json_)
def test_whatever_is_asked_is_answered_or_refused_by_name(said):
    with suppress(Invalid):
        json.dumps(quote(said), allow_nan=False)


def test_the_command_answers_a_file(capsys):
    call_command("reconciliation_quote", str(OWN))

    assert json.loads(capsys.readouterr().out)["bank_status"][1]["verdict"] == "refused"


def test_the_command_refuses_with_the_place(tmp_path, capsys):
    path = tmp_path / "odd.json"
    path.write_text('{"opening": "1.00", "entries": ["x"], "closing": "1.00"}')

    with pytest.raises(SystemExit) as ended:
        call_command("reconciliation_quote", str(path))

    assert ended.value.code == 2
    assert "entries" in capsys.readouterr().err
