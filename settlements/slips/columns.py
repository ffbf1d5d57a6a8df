"""The columns of the wage table, once for paper and spreadsheet (Decree 724 art. 15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from settlements.slips.queries import WageRow
from settlements.slips.rules import Sums

Kind = Literal["text", "number", "money"]
Value = str | int


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, a width in millimetres on A4 across, and where the value comes from.

    Money is minor units, numbers are hundredths; `total` sums the column over the rows.
    """

    title: str | Promise
    width: float
    kind: Kind
    value: Callable[[WageRow], Value]
    total: Callable[[Sums], int] | None = None


def _sum(title: Promise, name: str, width: float = 15) -> Column:
    return Column(
        title, width, "money", lambda row: row.sums.of(name), lambda total: total.of(name)
    )


def _hundredths(count: int, per: int) -> int:
    return (count * 200 + per) // (2 * per)


COLUMNS: tuple[Column, ...] = (
    Column(_("No."), 6, "text", lambda row: str(row.number)),
    Column(_("Name"), 13, "text", lambda row: row.worker.name),
    Column(_("ID number"), 12, "text", lambda row: row.worker.id_number),
    Column(_("Contact"), 12, "text", lambda row: row.worker.phone),
    Column(_("Trade"), 10, "text", lambda row: row.worker.trade),
    Column(_("Days worked"), 8, "number", lambda row: _hundredths(row.workday_thousandths, 1000)),
    Column(_("Hours worked"), 10, "number", lambda row: _hundredths(row.minutes, 60)),
    Column(_("Overtime h"), 9, "number", lambda row: _hundredths(row.overtime_minutes, 60)),
    Column(_("Agreed rate"), 16, "text", lambda row: row.rates),
    _sum(_("Time pay"), "time"),
    _sum(_("Overtime pay"), "overtime"),
    _sum(_("Piece pay"), "piece"),
    _sum(_("Allowances"), "allowance"),
    _sum(_("Other pay"), "other"),
    Column(_("Gross"), 16, "money", lambda row: row.sums.gross, lambda total: total.gross),
    _sum(_("Tax"), "tax", 11),
    _sum(_("Insurance"), "insurance", 11),
    _sum(_("Deductions"), "deduction", 11),
    _sum(_("Advances"), "advance", 12),
    Column(_("Net"), 16, "money", lambda row: row.sums.net, lambda total: total.net),
    Column(_("Paid out"), 16, "money", lambda row: row.sums.released, lambda total: total.released),
    Column(_("Waiting"), 14, "money", lambda row: row.sums.waiting, lambda total: total.waiting),
    Column(_("Card"), 8, "text", lambda row: row.account_tails),
    Column(_("Bank reference"), 20, "text", lambda row: row.references),
    Column(_("Signature"), 14, "text", lambda row: ""),
)
# Who signs the wage table on site, in this order.
SIGNERS = tuple(
    gettext_noop(name)
    for name in (
        "Crew leader",
        "Subcontractor",
        "Labour officer",
        "Project finance",
        "Commercial manager",
        "Project manager",
    )
)
SHEET_SIGNERS = SIGNERS[0], SIGNERS[2]
