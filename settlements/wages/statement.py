"""What comes out: lines, held places, findings. Frozen values that sum to what they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from settlements.wages.facts import Source

DEDUCTIONS = (
    "tax",
    "social_insurance",
    "housing_fund",
    "court_order",
    "other_statutory",
    "damage",
)
# Kinds that are not pay for this period's work: an advance is an earlier payment, not a deduction.
ADVANCES = ("advance", "repayment")
# Paid to a plan for the worker, never to the worker.
TO_PLAN = ("plan",)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that a line stands on: rule set, its version (a date), article, source text."""

    name: str
    version: str
    article: str
    source: str

    @property
    def stamp(self) -> str:
        """ "CN@2025-01-01"."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Line:
    """One amount: round(quantity x rate_num / rate_den x percent / 100) = amount_minor.

    `key` is unique in the statement and stable ("2026-10-05/time/normal"). `quantity` counts `unit`
    ("min", "thousandth" of 工 or of a piece unit, "" for a plain amount). `rate_num / rate_den` is
    the exact rate in minor units per one quantity unit; `rate_minor` per `rate_per` is the same as
    agreed (None when it is a quotient, such as a regular rate). `name`: rate class or item.
    """

    key: str
    kind: str
    name: str
    on: date
    until: date
    quantity: int
    unit: str
    rate_num: int
    rate_den: int
    rate_minor: int | None
    rate_per: str
    percent: int
    amount_minor: int
    currency: str
    rule: Rule
    rounding: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A line whose amount can't be known: coded reason and facts; never a guess, never a zero."""

    key: str
    on: date
    code: str
    facts: Mapping[str, Any]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the law would object to: code, article, facts; `line_key` where a line answers it."""

    code: str
    article: str
    facts: Mapping[str, Any]
    line_key: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One worker's computed pay. The totals are sums of the shown lines, nothing else.

    `digest`: SHA-256 of the inputs in canonical form, hexadecimal.
    """

    digest: str
    currency: str
    first: date
    last: date
    rounding: str
    lines: tuple[Line, ...]
    held: tuple[Held, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def gross_minor(self) -> int:
        """Wages earned, before deductions and repayments (应发)."""
        out = (*DEDUCTIONS, *ADVANCES, *TO_PLAN)
        return sum(line.amount_minor for line in self.lines if line.kind not in out)

    @property
    def deducted_minor(self) -> int:
        """Taken off by law (代扣代缴), as a positive amount."""
        return -sum(line.amount_minor for line in self.lines if line.kind in DEDUCTIONS)

    @property
    def net_minor(self) -> int:
        """To the worker now (实发)."""
        return sum(line.amount_minor for line in self.lines if line.kind not in TO_PLAN)
