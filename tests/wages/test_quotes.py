"""A JSON document in, lines with their formulas out, or a coded refusal with its place."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from settlements.wages.errors import MalformedQuote, WageRefusal
from settlements.wages.quotes import ANSWER, DOCUMENT, quote

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples" / "quotes").glob("*.json"))


def minimal() -> dict[str, Any]:
    return {
        "kind": "statement",
        "case": {
            "worker_id": "W", "first": "2026-10-01", "last": "2026-10-31", "currency": "CNY",
            "rule_set": "CN", "region": "CN-99",
            "rates": [{"id": 1, "basis": "hour", "rate": "38.00", "valid_from": "2026-10-01"}],
            "days": [{"id": 1, "on": "2026-10-08", "minutes": 600}],
        },
    }  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_answered_as_the_schemas_say(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))

    answer = quote(document)

    assert not list(Draft202012Validator(DOCUMENT).iter_errors(document))
    assert not list(Draft202012Validator(ANSWER).iter_errors(answer))
    assert json.loads(json.dumps(answer)) == answer


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


def test_a_day_reads_like_a_pocket_calculator() -> None:
    (day,) = quote(minimal())["days"]

    assert day["sentence"] == {
        "en": "8 h × 38.00 + 2 h × 57.00 = 418.00",
        "zh": "8 小时 × 38.00 + 2 小时 × 57.00 = 418.00",
    }


def test_a_correction_shows_what_one_changed_fact_moves() -> None:
    old, new = minimal()["case"], minimal()["case"]
    new["days"][0]["minutes"] = 480

    answer = quote({"kind": "correction", "old": old, "new": new})

    assert (answer["old_net"], answer["new_net"], answer["total"]) == (
        "418.00",
        "304.00",
        "-114.00",
    )


def _broken(where: str, value: Any) -> dict[str, Any]:
    document = deepcopy(minimal())
    *path, last = where.split("/")
    place: Any = document
    for name in path:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return document


MALFORMED = {
    "a float of money": _broken("case/rates/0/rate", 38.0),
    "too many digits": _broken("case/rates/0/rate", "38.001"),
    "a number too long": _broken("case/rates/0/rate", "9" * 50),
    "no date": _broken("case/first", "2026-02-30"),
    "an unknown field": _broken("case/days/0/mintues", 5),
    "half a minute": _broken("case/days/0/minutes", 7.5),
    "an unknown kind": {"kind": "anything"},
    "a kind that is a list": {"kind": []},
    "a list": [],
    "null": None,
    "an unknown currency": _broken("case/currency", "XXX"),
    "missing inputs": {"kind": "regular_rate"},
    "an exponent": {"kind": "regular_rate", "inputs": {"segments": [[46, "1e999999999"]]}},
    "an endless list": {"kind": "payslip", "inputs": {"contract": "1.00", "days": 10**12}},
    "too many hours": {"kind": "regular_rate", "inputs": {"segments": [[169, "1.00"]]}},
    "a missing rule": {"kind": "overtime_split", "inputs": {"hours_mon_to_sun": [1]}},
    "no mapping": {"kind": "certified_payroll", "inputs": {"base": "PW-6"}},
    "no number": {"kind": "regular_rate", "inputs": {"segments": [["many", "1.00"]]}},
    "no pair": {"kind": "regular_rate", "inputs": {"segments": 3}},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_document_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(MalformedQuote) as refused:
        quote(MALFORMED[name])

    assert refused.value.status == 400
    assert refused.value.facts["field"]


def test_facts_that_contradict_themselves_are_refused_by_their_own_code() -> None:
    with pytest.raises(WageRefusal) as refused:
        quote(_broken("case/days/0/minutes", 1_500))

    assert (refused.value.code, refused.value.status) == ("day_too_long", 422)


def test_the_same_document_has_the_same_digest_and_another_fact_another() -> None:
    same, other = quote(minimal()), quote(_broken("case/days/0/minutes", 601))

    assert same["digest"] == quote(minimal())["digest"]
    assert same["digest"] != other["digest"]


ODD: list[Any] = [
    None, -1, 0, 10**30, "", [], {}, "x", "2026-13-01", "9999-12-31", "0001-01-01", True, 1.5, "1.00",
    "US", "salary", "piece", "lump_day", "comprehensive", [[1]], {"a": 1}, "-5.00", "0.00", ["a", "b"],
]  # fmt: skip
MORE = [
    {"kind": "certified_payroll", "inputs": {"hours": 40, "rate": "30.00", "other": {"a": "1"}}},
    {"kind": "overtime_split", "inputs": {"hours_mon_to_sun": [1, 2, 3], "rule": "weekly 40"}},
    {"kind": "timed_rate", "inputs": {"policy": "decimal", "rate_seconds": [["1", 2]]}},
    {"kind": "payslip", "inputs": {"contract": "5.00", "days": 3}},
    {"kind": "regular_rate", "inputs": {"salary": "100.00", "covers_h": 30, "hours": 45}},
    {"kind": "prevailing_wage", "inputs": {"annual_contribution": "1.00", "annual_hours": 2080}},
]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document but the document itself."""
    if not isinstance(node, dict | list):
        return
    for name, child in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*path, name)
        yield from places(child, (*path, name))


def spoiled(document: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """The document with one to three places lost or turned into something odd."""
    found = deepcopy(document)
    for _ in range(luck.randint(1, 3)):
        where = list(places(found))
        if not where:
            break
        *path, last = luck.choice(where)
        node: Any = found
        for name in path:
            node = node[name]
        if isinstance(node, dict) and luck.random() < 0.2:
            del node[last]
        else:
            node[last] = deepcopy(luck.choice(ODD))
    return found


@pytest.mark.parametrize("seed", range(10))
def test_a_spoiled_document_is_answered_or_refused_and_never_crashes(seed: int) -> None:
    luck = random.Random(seed)
    whole = [json.loads(path.read_text("utf-8")) for path in EXAMPLES] + MORE

    for _ in range(200):
        document = spoiled(luck.choice(whole), luck)
        outcome = answered(document)
        assert outcome
        assert "%(" not in outcome


def answered(document: dict[str, Any]) -> str:
    """The answer's kind, or the refusal in words."""
    try:
        return str(quote(document)["kind"])
    except WageRefusal as refusal:
        return str(refusal)
