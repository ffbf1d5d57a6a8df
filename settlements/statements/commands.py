"""Evaluating a month: compute, match, release, in one transaction per chunk of workers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from jianzhu.kernel.db import command
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.statements import facts, pay, steps
from settlements.statements.models import Statement

# Workers per transaction: short locks, a small retry, and nothing gained by more (measured).
WORKERS_MAX = 500


@command
def evaluate(*, project_id: int, month: date, worker_ids: Iterable[int], at: datetime) -> int:
    """Bring these workers' statements of the month up to date and pay out what matches.

    Reads every record anew, so the order in which news arrive does not matter, and evaluating twice
    changes nothing. Returns how many payouts were made.
    """
    project = sites.project(project_id)
    statements = steps.open_statements(project, month, worker_ids, at)
    read = facts.read(project, month, [s.worker_id for s in statements])
    computed = pay.compute(read, at.date())

    steps.write(statements, {w: c.due for w, c in computed.items()}, at)
    for statement in statements:
        done = computed[statement.worker_id]
        statement.inputs_digest, statement.findings = done.digest, done.findings
        statement.evaluated_at = at
    Statement.objects.bulk_update(
        statements, ["inputs_digest", "findings", "evaluated_at"], batch_size=500
    )
    made = steps.release(project, [s.worker_id for s in statements], at)
    outbox.put_ids("statement.evaluate", "statement_ids", [s.pk for s in statements])
    return made


@command
def release(*, project_id: int, worker_ids: Iterable[int], at: datetime) -> int:
    """Pay out what matched but could not be paid before; returns how many payouts were made."""
    return steps.release(sites.project(project_id), worker_ids, at)
