"""Column checks of a certified payroll row (WH-347, January 2025), and gross from the work itself.

Inputs of one worker's week: `hours` (or `straight_h` and `overtime_h`), `rate`, `ot_rate`,
`hourly_fringe_credit`, `hourly_cash_in_lieu`, deductions `tax`, `fica`, `other` (an amount or
{name: amount}). Stated columns override what follows from the work and are compared with it:
`stated_total_hours` (5), `fringe_credit` (6B), `cash_in_lieu` (6C), `gross_this_project` (7A),
`gross_all_work` (7B), `deduction_total` (8), `net` (9). `base` may hold the inputs of the row that
a mutated row starts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from settlements.wages.errors import MalformedQuote
from settlements.wages.published.numbers import number, text

WEEK_HOURS = 40
SSN_DIGITS = 9
BASES_MAX = 8


@dataclass(frozen=True, slots=True)
class Row:
    """What follows from the work and the listed deductions, in currency units, exact."""

    straight: Fraction
    overtime: Fraction
    gross: Fraction
    fringe: Fraction
    cash: Fraction
    deductions: Fraction

    @property
    def hours(self) -> Fraction:
        return self.straight + self.overtime


def solve(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as the work gives them, and every column that says otherwise."""
    given = _with_base(inputs)
    row = reckon(given)
    return {
        "hours": text(row.hours),
        "gross": text(row.gross),
        "fringe_credit_6B": text(row.fringe),
        "cash_in_lieu_6C": text(row.cash),
        "deductions": text(row.deductions),
        "net": text(row.gross - row.deductions),
        "understated": text(max(Fraction(0), row.gross - _stated_gross(given, row))),
        "findings": findings(given, row),
    }


def _with_base(inputs: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The mutated row on top of what it was made from."""
    base = inputs.get("base", {})
    if not isinstance(base, Mapping) or depth > BASES_MAX:
        raise MalformedQuote(field="base", problem="the inputs of the other row are expected")
    own = {name: value for name, value in inputs.items() if name != "base"}
    if not base:
        return own
    kept = _with_base(base, depth + 1)
    # The mutated row was complete before: its other columns keep what they said.
    row = reckon(kept)
    stated = {"net": text(row.gross - row.deductions), "deduction_total": text(row.deductions)}
    return {**stated, **kept, **own}


def reckon(given: Mapping[str, Any]) -> Row:
    """Gross, fringe and deductions from the work itself."""
    over = _get(given, "overtime_h", "ot_hours", "overtime_hours")
    straight = _get(given, "straight_h", "st_hours", "straight_hours", "hours")
    if "daily_hours" in given:
        straight = sum((number("daily_hours", one) for one in given["daily_hours"]), Fraction(0))
    rate = _get(given, "rate", "st_rate")
    over_rate = _get(given, "ot_rate", "overtime_rate") or rate * Fraction(3, 2)
    cash = (straight + over) * _get(given, "hourly_cash_in_lieu")
    return Row(
        straight=straight,
        overtime=over,
        gross=straight * rate + over * over_rate + cash,
        fringe=(straight + over) * _get(given, "hourly_fringe_credit"),
        cash=cash,
        deductions=_get(given, "tax", "tax_withholdings") + _get(given, "fica") + _other(given),
    )


def _get(given: Mapping[str, Any], *names: str) -> Fraction:
    for name in names:
        if name in given:
            return number(name, given[name])
    return Fraction(0)


def _other(given: Mapping[str, Any]) -> Fraction:
    other = given.get("other", 0)
    if isinstance(other, Mapping):
        return sum((number(name, value) for name, value in other.items()), Fraction(0))
    return number("other", other)


def _stated(given: Mapping[str, Any], own: Fraction, *names: str) -> Fraction:
    return _get(given, *names) if any(name in given for name in names) else own


def _stated_gross(given: Mapping[str, Any], row: Row) -> Fraction:
    return _stated(given, row.gross, "gross_all_work", "stated_gross", "gross")


def findings(given: Mapping[str, Any], row: Row) -> list[str]:
    """The columns that don't agree, in the order of the form."""
    hours = _stated(given, row.hours, "stated_total_hours", "stated_hours")
    fringe = _stated(given, row.fringe, "fringe_credit", "fringe_credit_6B", "stated_fringe_credit")
    cash = _stated(given, row.cash, "cash_in_lieu", "cash_in_lieu_6C", "stated_cash_in_lieu")
    gross = _stated_gross(given, row)
    project = _stated(given, gross, "gross_this_project")
    deducted = _stated(given, row.deductions, "deduction_total")
    net = _stated(given, gross - deducted, "net", "stated_net")
    checks = (
        ("column1E full identifying number", _full_number(given)),
        ("column2 apprentice level missing", _no_level(given)),
        ("column4 overtime missing over 40 h", row.straight > WEEK_HOURS and not row.overtime),
        ("column5 != sum of column4", hours != row.hours),
        ("column6B != hours x hourly credit", fringe != row.fringe),
        ("column6C != hours x hourly cash", cash != row.cash),
        ("column7A exceeds column7B", project > gross),
        ("column7 gross understated", gross < row.gross),
        ("column7 gross overstated", gross > row.gross and "other_work" not in given),
        ("column8 total mismatch", deducted != row.deductions),
        ("column9 net mismatch", net != gross - deducted),
    )
    return [name for name, wrong in checks if wrong]


def _full_number(given: Mapping[str, Any]) -> bool:
    digits = str(given.get("identifying_number", "")).replace("-", "").replace(" ", "")
    return digits.isdigit() and len(digits) == SSN_DIGITS


def _no_level(given: Mapping[str, Any]) -> bool:
    return given.get("status") == "RA" and not given.get("apprentice_level")
