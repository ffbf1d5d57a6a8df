"""Cases, and which of them news may settle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from settlements.disputes.models import Dispute, DisputedLine


@dataclass(frozen=True, slots=True)
class Disputed:
    """A line under a case, and what became of it."""

    line_id: int
    outcome: str
    awarded_minor: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as pages and the API show it."""

    id: int
    worker_id: int
    project_id: int
    state: str
    claim: str
    assigned_to_id: int | None
    reasons: str
    filed_at: datetime
    due_at: datetime
    ended_at: datetime | None
    lines: tuple[Disputed, ...]


def open_on(statement_ids: Iterable[int]) -> list[int]:
    """Cases in evidence over lines of these statements."""
    rows = DisputedLine.objects.filter(
        live=True, line__statement__in=list(statement_ids), dispute__state="evidence"
    )
    return sorted(set(rows.values_list("dispute_id", flat=True)))


def cases(where: Q) -> list[Case]:
    """Cases by a filter, the nearest clock first."""
    rows = Dispute.objects.filter(where).prefetch_related("lines").order_by("due_at", "pk")
    return [
        Case(
            id=d.pk,
            worker_id=d.worker_id,
            project_id=d.project_id,
            state=d.state,
            claim=d.claim,
            assigned_to_id=d.assigned_to_id,
            reasons=d.reasons,
            filed_at=d.filed_at,
            due_at=d.due_at,
            ended_at=d.ended_at,
            lines=tuple(Disputed(n.line_id, n.outcome, n.awarded_minor) for n in d.lines.all()),
        )
        for d in rows
    ]


def rows_of(dispute_id: int) -> list[int]:
    """Ids of the rows that put lines under the case."""
    rows = DisputedLine.objects.filter(dispute=dispute_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))
