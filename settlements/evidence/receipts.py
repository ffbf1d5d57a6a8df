"""Receipts: a punch, an acceptance, a slip, a payment, each as a document that verifies offline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from jianzhu.kernel.errors import NotFound
from projects.acceptance import queries as acceptance
from projects.attendance import queries as attendance
from settlements.evidence.documents import document
from settlements.payouts import queries as payouts
from settlements.statements import queries as statements


def of_punch(where: Q, punch_id: int, *, at: datetime) -> dict[str, Any]:
    """The passage as the gate told it."""
    if not attendance.punches(where & Q(pk=punch_id)):
        raise NotFound(noun="punch")
    return document({"kind": "punch", "id": punch_id}, {"projects_punch": [punch_id]}, at=at)


def of_sheet(where: Q, sheet_id: int, *, at: datetime) -> dict[str, Any]:
    """The acceptance: the task sheet as it stands, and each inspection of it."""
    if not acceptance.sheets(where & Q(pk=sheet_id)):
        raise NotFound(noun="task_sheet")
    wanted = {
        "projects_tasksheet": [sheet_id],
        "projects_inspection": acceptance.inspections_of(sheet_id),
    }
    return document(
        {"kind": "task_sheet", "id": sheet_id},
        wanted,
        subjects={"task_sheet": [sheet_id]},
        at=at,
    )


def of_statement(where: Q, statement_id: int, *, at: datetime) -> dict[str, Any]:
    """The slip: the statement and every line of it."""
    found = statements.slips(where & Q(pk=statement_id))
    if not found:
        raise NotFound(noun="statement")
    wanted = {
        "settlements_statement": [statement_id],
        "settlements_statementline": [line.id for line in found[0].lines],
    }
    return document({"kind": "statement", "id": statement_id}, wanted, at=at)


def of_payout(where: Q, payout_id: int, *, at: datetime) -> dict[str, Any]:
    """The payment, the lines it carried, and the bank's words on it."""
    if not payouts.payouts(where & Q(pk=payout_id)):
        raise NotFound(noun="payout")
    wanted = {
        "settlements_payout": [payout_id],
        "settlements_statementline": [n.id for n in statements.lines(Q(payout_id=payout_id))],
        "settlements_bankentry": payouts.bank_entries([payout_id]),
    }
    return document(
        {"kind": "payout", "id": payout_id}, wanted, subjects={"payout": [payout_id]}, at=at
    )
