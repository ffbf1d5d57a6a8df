"""A line as it should be by the records of this moment, before it meets the line that stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from settlements.statements.models import StatementLine
from settlements.statements.rules import Hold
from settlements.wages.statement import Line

# The fields that a line's figures consist of; a change of any of them is news about the line.
FIGURES = (
    "until",
    "label",
    "quantity",
    "unit",
    "rate_num",
    "rate_den",
    "rate_minor",
    "rate_per",
    "percent",
    "amount_minor",
    "rule",
    "article",
    "rounding",
    "sources",
)


def engine_figures(line: Line) -> dict[str, Any]:
    """The figures of a line of the engine's, under the names that the kept line has for them."""
    return {
        "on": line.on,
        "until": line.until,
        "kind": line.kind,
        "label": line.name,
        "quantity": line.quantity,
        "unit": line.unit,
        "rate_num": line.rate_num,
        "rate_den": line.rate_den,
        "rate_minor": line.rate_minor,
        "rate_per": line.rate_per,
        "percent": line.percent,
        "amount_minor": line.amount_minor,
        "rule": line.rule.stamp,
        "article": line.rule.article,
        "rounding": line.rounding,
    }


@dataclass(frozen=True, slots=True)
class Due:
    """One line: `amount_minor` None when it can't be known yet; `hold` None when all three agree."""

    key: str
    on: date
    kind: str
    amount_minor: int | None
    hold: Hold | None
    until: date
    label: str = ""
    quantity: int | None = None
    unit: str = ""
    rate_num: int | None = None
    rate_den: int | None = None
    rate_minor: int | None = None
    rate_per: str = ""
    percent: int = 100
    rule: str = ""
    article: str = ""
    rounding: str = ""
    sources: dict[str, Any] = field(default_factory=dict)
    inputs_digest: bytes = b""  # of what the engine computed it from

    def same_figures(self, line: StatementLine) -> bool:
        """Whether the standing line says the same."""
        return all(getattr(line, name) == getattr(self, name) for name in FIGURES)

    def put_into(self, line: StatementLine) -> None:
        """Write the figures over those of a line that is not released."""
        for name in FIGURES:
            setattr(line, name, getattr(self, name))
        line.inputs_digest = self.inputs_digest
