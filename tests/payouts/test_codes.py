"""Every code has a state, an owner, a clock and a sentence; one that nobody knows holds."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.utils.translation import gettext, override

from settlements.payouts.rails.codes import GROUPS, codes_of, known_codes, meaning_of
from tests.shared import SHARED, needs_shared

# code, words, state, owner: one of each family, in the words of the published lists.
CASES = [
    ("account_closed", "", "returned", "worker"),
    ("bank_ownership_changed", "", "held", "operator"),
    ("could_not_process", "", "retry", "system"),
    ("insufficient_funds", "", "held", "general_contractor"),
    ("invalid_currency", "", "held", "operator"),
    ("AC04", "", "returned", "worker"),
    ("AM04", "", "held", "general_contractor"),
    ("AM05", "", "held", "operator"),
    ("BE01", "", "returned", "worker"),
    ("FRAD", "", "held", "operator"),
    ("AB01", "", "retry", "system"),
    ("NARR", "收款户销户", "held", "operator"),
    ("", "账户已销户", "returned", "worker"),
    ("", "账号户名不符", "returned", "worker"),
    ("", "付款账户余额不足", "held", "general_contractor"),
    ("", "二类户超过限额", "returned", "worker"),
    ("", "系统繁忙,请稍后再试", "retry", "system"),
    ("E-4711", "", "held", "operator"),
    ("", "", "held", "operator"),
]


@pytest.mark.parametrize(("code", "words", "state", "owner"), CASES)
def test_a_code_says_who_acts(code, words, state, owner):
    meaning = meaning_of(code, words)

    assert (meaning.state, meaning.owner) == (state, owner)


def test_every_group_has_a_clock_and_a_sentence_in_both_languages():
    for meaning in GROUPS.values():
        assert meaning.clock > timedelta(0)
        with override("zh-hans"):
            assert gettext(meaning.sentence) != meaning.sentence, meaning.group


def test_every_code_stands_in_one_group_that_exists():
    assert set(known_codes().values()) <= set(GROUPS)
    for group in GROUPS:
        others = [g for g in GROUPS if g != group]
        assert codes_of(group) & codes_of(*others) == frozenset()


@needs_shared
def test_the_published_codes_lead_to_what_they_should():
    with (SHARED / "data/cases/payout_failure_codes.csv").open() as file:
        rows = list(csv.DictReader(file))

    wrong = []
    for row in rows:
        meaning = meaning_of(row["code"])
        state = row["suggested state"].split()[0].strip(":").lower()
        owner = {"contractor": "general_contractor"}.get(row["who acts"], row["who acts"])
        if (meaning.state, meaning.owner) != (state, owner):
            wrong.append((row, meaning))

    assert wrong == []
    assert len(rows) >= 15
