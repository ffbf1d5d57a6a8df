"""Published behaviours of ledgers, played from JSON as `manage.py ledger_quote` plays them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from settlements.ledger import quotes
from settlements.ledger.models import Account, Transfer
from tests.ledger.conftest import AT
from tests.shared import SHARED, needs_shared

OWN = json.loads(Path(__file__).with_name("cases.json").read_text())["cases"]


def published():
    if SHARED is None:
        return []
    file = SHARED / "data" / "cases" / "ledger_cases.json"
    return list(quotes.cases(json.loads(file.read_text()))) if file.exists() else []


@pytest.mark.parametrize("case", OWN, ids=lambda case: case["id"])
def test_a_case_comes_to_what_is_expected(db, case):
    answer = quotes.ask(case, AT)

    assert answer["agrees"] is True, answer


@needs_shared
@pytest.mark.parametrize("case", published(), ids=lambda case: case["id"])
def test_a_published_case_comes_to_what_is_published(db, case):
    answer = quotes.ask(case, AT)

    assert answer["agrees"] is True, answer


def test_what_is_linked_happens_together_or_not_at_all(db):
    case = {"steps": [{"linked": ["transfer A->B 7", "transfer A->A 7"]}]}

    answer = quotes.ask(case, AT)

    assert answer["delta"]["B.credits_posted"] == 0


def test_a_question_stores_nothing(db, tmp_path, capsys):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"group": {"cases": OWN}}))

    call_command("ledger_quote", file)

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["id"] for a in answers] == [c["id"] for c in OWN]
    assert (Account.objects.count(), Transfer.objects.count()) == (0, 0)


def test_a_case_that_is_not_as_expected_is_an_error(db, tmp_path):
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{"id": "x", "steps": ["pend A->B 7"], "delta": {"posted": 1}}]))

    with pytest.raises(SystemExit):
        call_command("ledger_quote", file)
