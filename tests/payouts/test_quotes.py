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


PAID = {"key": "p1", "amount": "400.00"}


def said(amount, reference="B1", key="p1", **more):
    return {"reference": reference, "amount": amount, "key": key, **more}


# What banks do to one payment, and what it has to be called.
KINDS = {
    "a day later is the same payment": (
        [{**PAID, "date": "2026-10-12"}],
        [said("-400.00", date="2026-10-13")],
        {"matched": 1},
    ),
    "a fee taken from the amount": ([PAID], [said("-399.00")], {"amount_mismatch": 1}),
    "a fee beside it": (
        [PAID],
        [said("-400.00"), said("-1.00", "B2", "", kind="fee")],
        {"matched": 1, "only_at_bank": 1},
    ),
    "the same sum to two people is two payments": (
        [PAID, {**PAID, "key": "p2"}],
        [said("-400.00"), said("-400.00", "B2", "p2")],
        {"matched": 2},
    ),
    "the same sum without names is guessed for nobody": (
        [PAID, {**PAID, "key": "p2"}],
        [said("-400.00", "B1", ""), said("-400.00", "B2", "")],
        {"only_at_bank": 2, "only_in_ledger": 2},
    ),
    "one entry for many": (
        [PAID, {"key": "p2", "amount": "100.00"}],
        [said("-500.00", details=[said("-400.00"), said("-100.00", key="p2")])],
        {"matched": 2},
    ),
    "one entry for many, one of them a stranger's": (
        [PAID],
        [said("-500.00", details=[said("-400.00"), said("-100.00", key="x")])],
        {"matched": 1, "only_at_bank": 1},
    ),
    "one entry whose parts are not the whole": (
        [PAID],
        [said("-401.00", details=[said("-400.00")])],
        {"amount_mismatch": 1, "only_in_ledger": 1},
    ),
    "in two parts": (
        [PAID],
        [said("-150.00"), said("-250.00", "B2")],
        {"matched": 2},
    ),
    "twice": (
        [PAID],
        [said("-400.00"), said("-400.00", "B2")],
        {"duplicate_at_bank": 1, "matched": 1},
    ),
    "twice and once back": (
        [PAID],
        [said("-400.00"), said("-400.00", "B2"), said("400.00", "B3")],
        {"duplicate_at_bank": 1, "matched": 1, "returned_later": 1},
    ),
    "back days later": (
        [PAID],
        [said("-400.00"), said("400.00", "B2", kind="return")],
        {"matched": 1, "returned_later": 1},
    ),
    "back less a fee": (
        [PAID],
        [said("-400.00"), said("390.00", "B2", kind="return")],
        {"amount_mismatch": 1, "matched": 1},
    ),
    "a deposit that the bank took back": (
        [],
        [said("-50.00", "B1", "", kind="reversal")],
        {"only_at_bank": 1},
    ),
    "the same page read twice": ([PAID], [said("-400.00"), said("-400.00")], {"matched": 1}),
    "refused, and nothing on the statement": (
        [{**PAID, "state": "failed", "rejected": "AC04"}],
        [],
        {"rejected": 1},
    ),
    "waiting for an answer": ([{**PAID, "state": "unknown"}], [], {"only_in_ledger": 1}),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_banks_do_has_a_name_whatever_the_order(name):
    payouts, lines, classes = KINDS[name]

    assert quote({"payouts": payouts, "lines": lines})["classes"] == classes
    assert quote({"payouts": payouts[::-1], "lines": lines[::-1]})["classes"] == classes


def statement(opening, entries, closing, **more):
    return {"opening": opening, "entries": entries, "closing": closing, **more}


@pytest.mark.parametrize(
    "currency, one, verdict, reasons, gap",
    [
        ("KWD", statement("1.250", ["-0.125"], "1.125"), "taken", [], "0.00"),
        ("KWD", statement("1.2505", ["-0.125"], "1.1255"), "parked", ["decimals"], "0.00"),
        ("JPY", statement("1000", ["-1"], "999"), "taken", [], "0.00"),
        ("JPY", statement("1000", ["-1.0"], "999.0"), "parked", ["decimals"], "0.00"),
        ("CNY", statement("-5.00", ["5.00"], "0.00"), "taken", [], "0.00"),
        ("CNY", statement("0.00", [], "0.01"), "parked", ["does_not_foot"], "0.01"),
        ("CNY", statement("0.10", ["0.20"], "0.30"), "taken", [], "0.00"),
        (
            "CNY",
            statement("1.00", ["1.00"], "3.00", previous_closing="0.50"),
            "parked",
            ["does_not_foot", "does_not_chain"],
            "1.00",
        ),
    ],
)
def test_a_statement_foots_chains_and_fits_its_currency(currency, one, verdict, reasons, gap):
    answer = quote({"currency": currency, **one})

    assert (answer["verdict"], answer["reasons"], answer["gap"]) == (verdict, reasons, gap)


def test_a_statement_that_is_missing_in_between_shows_at_the_next():
    three = [
        statement("0.00", ["1.00"], "1.00"),
        statement("2.00", ["1.00"], "3.00"),
        statement("3.00", [], "3.00"),
    ]

    answer = quote({"statements": [{"id": "x", "statements": three}]})["statements"][0]

    assert [s["verdict"] for s in answer["statements"]] == ["taken", "parked", "taken"]
    assert answer["statements"][1]["jump"] == "1.00"


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
