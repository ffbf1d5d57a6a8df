"""Bank against books as values: every difference is found and classed, in any order, and nothing else."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.payouts.matching import BankLine, Detail, Expected, Finding, compare
from settlements.payouts.matching.attempts import STEPS
from settlements.payouts.models import payout_machine
from tests.faults.sizes import size

MANY = size("B4_LINES", 20_000, 50_000)


def payout(key="p1", amount=40_000, **more):
    return Expected(key=key, amount_minor=amount, currency="CNY", **more)


def line(reference="B1", amount=-40_000, key="p1", currency="CNY", **more):
    return BankLine(reference, amount, currency, key, **more)


def plant(number: int):
    """The fifteen kinds of difference, each with payouts, bank lines, and what has to be found."""
    p = f"x{number}"
    r = f"X{number}"
    one = payout(p, payee="A", sent="2026-10-12")
    ok = line(r, key=p, payee="A", booked="2026-10-12")
    return {
        "missing at the bank": (
            [one],
            [],
            [Finding("only_in_ledger", p, "", "said_paid", -40_000)],
        ),
        "a line of nobody": (
            [],
            [line(r, key="")],
            [Finding("only_at_bank", "", r, "no_key", 40_000)],
        ),
        "a key that is not ours": (
            [],
            [line(r, key="other:1")],
            [Finding("only_at_bank", "other:1", r, "unknown_key", 40_000)],
        ),
        "more than instructed": (
            [one],
            [ok._replace(amount_minor=-40_001)],
            [Finding("amount_mismatch", p, r, "more_than_instructed", 1)],
        ),
        "less than instructed": (
            [one],
            [ok._replace(amount_minor=-39_999)],
            [Finding("amount_mismatch", p, r, "less_than_instructed", -1)],
        ),
        "another currency": (
            [one],
            [ok._replace(currency="USD")],
            [Finding("amount_mismatch", p, r, "currency", 0)],
        ),
        "another payee": (
            [one],
            [ok._replace(payee="B")],
            [
                Finding("only_at_bank", p, r, "other_payee", 40_000),
                Finding("only_in_ledger", p, "", "said_paid", -40_000),
            ],
        ),
        "booked before it was instructed": (
            [one],
            [ok._replace(booked="2026-10-11")],
            [
                Finding("only_at_bank", p, r, "before_instruction", 40_000),
                Finding("only_in_ledger", p, "", "said_paid", -40_000),
            ],
        ),
        "paid twice": (
            [one],
            [ok, ok._replace(reference=f"{r}b", booked="2026-10-13")],
            [
                Finding("duplicate_at_bank", p, f"{r}b", "paid_again", 40_000),
                Finding("matched", p, r),
            ],
        ),
        "come back": (
            [one],
            [ok, ok._replace(reference=f"{r}b", amount_minor=40_000, booked="2026-10-14")],
            [Finding("matched", p, r), Finding("returned_later", p, f"{r}b")],
        ),
        "come back short": (
            [one],
            [ok, ok._replace(reference=f"{r}b", amount_minor=39_000, booked="2026-10-14")],
            [
                Finding("amount_mismatch", p, f"{r}b", "returned_amount", 1_000),
                Finding("matched", p, r),
            ],
        ),
        "come back without having gone": (
            [one],
            [ok._replace(amount_minor=40_000)],
            [
                Finding("only_at_bank", p, r, "return_without_payment", -40_000),
                Finding("only_in_ledger", p, "", "said_paid", -40_000),
            ],
        ),
        "a fee": (
            [],
            [line(r, amount=-150, key="", kind="fee")],
            [Finding("only_at_bank", "", r, "fee", 150)],
        ),
        "paid though refused": (
            [one._replace(rejected="AC04")],
            [ok],
            [Finding("only_at_bank", p, r, "paid_though_rejected", 40_000)],
        ),
        "a sum that is not its details": (
            [],
            [line(r, amount=-100, key=p, details=(Detail("d1", -60), Detail("d2", -50)))],
            [Finding("amount_mismatch", p, r, "details_do_not_sum", 10)],
        ),
    }


def clean(count: int):
    payouts = [payout(f"c{i}", 10_000 + i, sent="2026-10-12") for i in range(count)]
    lines = [line(f"C{i}", -(10_000 + i), f"c{i}", booked="2026-10-12") for i in range(count)]
    return payouts, lines


@pytest.mark.fault("B4")
def test_fifteen_kinds_of_difference_are_found_among_many_and_nothing_else():
    payouts, lines = clean(MANY)
    wanted = []
    for number, name in enumerate(plant(0)):
        own, theirs, found = plant(number)[name]
        payouts += own
        lines += theirs
        wanted += found
    random.Random(7).shuffle(lines)

    found = [f for f in compare(lines, payouts) if not f.key.startswith("c")]
    clean_ones = [f for f in compare(lines, payouts) if f.key.startswith("c")]

    assert len(plant(0)) == 15
    assert found == sorted(wanted)
    assert {(f.kind, f.detail) for f in clean_ones} == {("matched", "")}
    assert len(clean_ones) == MANY


@pytest.mark.fault("B4")
@pytest.mark.parametrize(
    "blind_to", ["only_in_ledger", "only_at_bank", "amount_mismatch", "duplicate_at_bank"]
)
def test_the_control_that_is_blind_to_a_class_is_found_by_the_same_question(blind_to):
    """Whatever a comparison keeps silent about is missing among the fifteen."""
    wanted = [f for name in plant(0) for f in plant(0)[name][2]]
    own = [p for name in plant(0) for p in plant(0)[name][0]]
    theirs = [n for name in plant(0) for n in plant(0)[name][1]]

    seen = [f for f in compare(theirs, own) if f.kind != blind_to]

    assert seen != sorted(wanted)


def test_one_bank_entry_settles_many_payouts():
    payouts = [payout("p1", 100), payout("p2", 250)]
    entry = line("B1", -350, "", details=(Detail("p1", -100), Detail("p2", -250)))

    assert compare([entry], payouts) == [
        Finding("matched", "p1", "B1/1"),
        Finding("matched", "p2", "B1/2"),
    ]


def test_one_sum_settles_a_file_but_for_what_the_bank_refused():
    payouts = [
        payout("p1", 100, batch="F1"),
        payout("p2", 250, batch="F1", rejected="AC04"),
        payout("p3", 50, batch="F1"),
    ]

    assert compare([line("B1", -150, "F1")], payouts) == [
        Finding("matched", "p1", "B1/p1"),
        Finding("matched", "p3", "B1/p3"),
        Finding("rejected", "p2", "", "AC04"),
    ]
    wrong = compare([line("B1", -400, "F1")], payouts)
    assert Finding("amount_mismatch", "F1", "B1", "batch_total", 250) in wrong


def test_a_double_payment_that_came_back_leaves_one():
    lines = [line("B1"), line("B2"), line("B3", 40_000)]

    kinds = [(f.kind, f.detail) for f in compare(lines, [payout()])]

    assert kinds == [
        ("duplicate_at_bank", "paid_again"),
        ("matched", ""),
        ("returned_later", "of_duplicate"),
    ]


amounts = st.sampled_from([-40_000, -20_000, -39_999, 40_000, 20_000, 0])
keys = st.sampled_from(["p1", "p2", "", "stranger", "F1"])
lines_ = st.lists(
    st.builds(
        BankLine,
        st.integers(1, 30).map(str),
        amounts,
        st.sampled_from(["CNY", "USD"]),
        keys,
        kind=st.just(""),
        payee=st.just(""),
        booked=st.sampled_from(["2026-10-12", "2026-10-13"]),
        details=st.just(()),
    ),
    max_size=8,
    unique_by=lambda n: n.reference,
)


@given(lines_, st.randoms(use_true_random=False))
def test_the_same_lines_in_any_order_and_cut_give_the_same(lines, rng):
    payouts = [payout("p1", batch="F1"), payout("p2", rejected="AC01")]
    shuffled = [*lines, *lines[:2]]  # a page read again
    rng.shuffle(shuffled)

    assert compare(shuffled, payouts) == compare(lines, payouts)


@given(lines_)
def test_each_line_and_each_payout_is_in_the_answer(lines):
    payouts = [payout("p1"), payout("p2")]

    found = compare(lines, payouts)

    assert {n.reference for n in lines} <= {f.reference.split("/")[0] for f in found}
    assert {"p1", "p2"} <= {f.key for f in found}


@given(lines_)
def test_what_the_bank_moved_is_what_was_matched_and_what_differs(lines):
    """Payments less returns at the bank = what the findings make of them, to the minor unit."""
    lines = [n._replace(currency="CNY") for n in lines if n.key != "F1"]
    payouts = [payout("p1"), payout("p2")]
    amount = {n.reference: n.amount_minor for n in lines}

    explained = 0
    for f in compare(lines, payouts):
        if f.reference == "":
            continue
        if f.kind == "amount_mismatch" and f.detail != "returned_amount":
            explained += 40_000 + f.difference_minor
        elif f.kind == "amount_mismatch":
            explained += f.difference_minor - 40_000
        elif f.kind in ("matched", "returned_later"):
            explained -= amount[f.reference]
        else:
            explained += f.difference_minor

    assert explained == -sum(amount.values())


def test_the_steps_of_a_quote_are_the_moves_of_the_machine():
    verbs = {
        "send": "send",
        "time_out": "doubt",
        "read_paid": "confirm",
        "read_failed": "fail",
        "read_not_found": "resend",
        "new_attempt": "retry",
        "come_back": "bounce",
    }
    for step, verb in verbs.items():
        for state, after in STEPS[step].items():
            assert payout_machine.may(verb, state), (step, state)
            assert payout_machine.target(verb, state, 0) == after
    assert not payout_machine.may("retry", "unknown")
