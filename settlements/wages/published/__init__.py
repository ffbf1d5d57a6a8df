"""Published examples of pay, put into the engine's terms: the engine itself gives the answers.

`solve(kind, inputs)` takes the inputs as official examples state them (hours, rates, salaries as
decimal texts) and returns texts. Kinds: regular_rate, prevailing_wage, certified_payroll,
overtime_split, timed_rate, payslip.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settlements.wages.errors import UnknownChoice
from settlements.wages.published import (
    certified,
    payslips,
    prevailing,
    regular_rates,
    splits,
    timed,
)

SOLVERS = {
    "regular_rate": regular_rates.solve,
    "prevailing_wage": prevailing.solve,
    "certified_payroll": certified.solve,
    "overtime_split": splits.solve,
    "timed_rate": timed.solve,
    "payslip": payslips.solve,
}


def solve_case(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the method of this kind says about the inputs, as texts."""
    if kind not in SOLVERS:
        raise UnknownChoice(field="kind", value=kind, allowed=", ".join(SOLVERS))
    return SOLVERS[kind](inputs)
