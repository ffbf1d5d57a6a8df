"""Rounding the running total, so that the lines sum to the rounded exact total."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from jianzhu.kernel.money import round_fraction
from settlements.wages.draft import Draft
from settlements.wages.statement import Line


def spread(draft: Draft) -> None:
    """Give each computed line the step of the rounded running total, in the order of keys."""
    exact, shown, found = Fraction(0), 0, []
    for line in sorted(draft.lines, key=lambda one: one.key):
        exact += exact_amount(line)
        upto = round_fraction(exact, draft.rounding)
        found.append(replace(line, amount_minor=upto - shown))
        shown = upto
    draft.lines = found


def exact_amount(line: Line) -> Fraction:
    """quantity x rate x percent, before any rounding, in minor units."""
    return Fraction(line.quantity * line.rate_num * line.percent, line.rate_den * 100)
