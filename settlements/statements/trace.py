"""One line followed to everything that made it, and to everything it led to; and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from jianzhu.audit.queries import Told, history
from projects.acceptance import queries as acceptance
from projects.acceptance.queries import Sheet
from projects.attendance import queries as attendance
from projects.attendance.queries import Day, Passed
from settlements.adjustments import queries as adjustments
from settlements.adjustments.queries import Agreed
from settlements.milestones import queries as milestones
from settlements.milestones.queries import Stood
from settlements.payouts import queries as payouts
from settlements.payouts.queries import AtBank
from settlements.statements import queries
from settlements.statements.queries import Line
from workers_app.terms import queries as terms
from workers_app.terms.queries import RateVersion


@dataclass(frozen=True, slots=True)
class Trace:
    """From the punch to the bank's reference: each record that one line stands on."""

    line: Line
    days: list[Day]
    punches: list[Passed]
    sheets: list[Sheet]
    rates: list[RateVersion]
    adjustments: list[Agreed]
    milestones: list[Stood]
    bank: list[AtBank]
    origin: Line | None  # of a difference or decision: the line it is about
    told: list[Told]


def of_line(line: Line) -> Trace:
    """Everything behind one line."""
    said = line.sources
    days = attendance.days_by_id([i for i, _ in said.get("days", [])])
    return Trace(
        line=line,
        days=days,
        punches=attendance.punches_of(days),
        sheets=[acceptance.sheet(i) for i, _ in said.get("sheets", [])],
        rates=terms.rates_by_id(said.get("rates", [])),
        adjustments=adjustments.by_id(said.get("adjustments", [])),
        milestones=milestones.by_id([i for i, _ in said.get("milestones", [])]),
        bank=payouts.at_bank([line.payout.id]) if line.payout else [],
        origin=_origin(said.get("line")),
        told=history("statement", line.statement_id),
    )


def _origin(line_id: int | None) -> Line | None:
    if line_id is None:
        return None
    found = queries.lines(Q(pk=line_id))
    return found[0] if found else None


def lines_of_punch(punch_id: int) -> list[Line]:
    """The lines whose day was read from this punch."""
    day_ids = attendance.days_with_punch(punch_id)
    return queries.lines(Q(sources__contains={"days": [[day_ids[0]]]})) if day_ids else []


def lines_of_reference(reference: str, where: Q) -> list[Line]:
    """The lines that a bank's reference paid, of those the asker may see."""
    return queries.lines(Q(payout__reference=reference) & where)
