"""Published attendance cases, one by one: pairing, status, shift matching, overtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from projects.attendance.quotes import quote
from tests.attendance import published
from tests.shared import SHARED

OWN = Path(__file__).parent / "cases" / "attendance.json"
KINDS = ("pairing", "status_thresholds", "shift_matching", "overtime")


def cases() -> list[Any]:
    files = [OWN, *([SHARED / "data" / "cases" / "attendance.json"] if SHARED else [])]
    read = [json.loads(file.read_text("utf-8")) for file in files]
    return [
        pytest.param(one, id=one["id"]) for book in read for kind in KINDS for one in book[kind]
    ]


@pytest.mark.parametrize("case", cases())
def test_the_answer_is_the_published_one(case):
    got = quote(published.document(case))

    assert published.expected(case), "the case expects nothing that is compared"
    assert published.answer(case, got) == published.expected(case)


def test_a_rule_of_the_week_opens_the_approvals_of_the_whole_week():
    document = published.document({"case": "overtime approved on Mon"})
    document["overtime"]["rules"].append({"kind": "week", "over_minutes": 2_400})

    got = quote(document)

    assert got["approvals"] == {"reset": ["2021-01-04", "2021-01-05"], "standing": ["2021-01-11"]}
