"""Evaluating a month: compute, match, release, in one transaction per chunk of workers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, lock_many
from jianzhu.kernel.errors import NotFound
from jianzhu.outbox import steps as outbox
from projects.attendance import steps as attendance
from projects.sites import queries as sites
from settlements.statements import facts, gates, kept, pay, queries, steps
from settlements.statements.models import GateCheck, Statement, month_after

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
    computed = pay.compute(read, pay.today(project, at))

    kept.keep({c.digest: c.case for c in computed.values() if c.case}, at)
    changed = [s for s in statements if bytes(s.inputs_digest) != computed[s.worker_id].digest]
    for statement in changed:
        statement.inputs_digest = computed[statement.worker_id].digest
    new = steps.write(project, statements, {w: c.due for w, c in computed.items()}, at)
    steps.evaluated(statements, computed, at)
    if changed:
        _tell(project_id, month, len(changed), at)
    made = steps.release(project, [s.worker_id for s in statements], at, new)
    outbox.put_ids("statement.evaluate", "statement_ids", [s.pk for s in statements])
    if read.milestones:
        outbox.put_ids("statement.milestones", "statement_ids", [s.pk for s in statements])
    return made


def _tell(project_id: int, month: date, count: int, at: datetime) -> None:
    """One event for the chunk: statements change by it even where no line does."""
    audit.record(
        "statement.evaluate",
        "project",
        project_id,
        actor=SYSTEM,
        at=at,
        month=month.isoformat(),
        statements=count,
    )


@command
def release(*, project_id: int, worker_ids: Iterable[int], at: datetime) -> int:
    """Pay out what matched but could not be paid before; returns how many payouts were made."""
    return steps.release(sites.project(project_id), worker_ids, at)


@command
def lock_settled(*, statement_ids: Iterable[int], at: datetime) -> int:
    """Lock the days of the months that are over and wholly paid out; returns how many days.

    A month that is settled before it ends is looked at again when it does.
    """
    locked = 0
    for (project_id, month), workers in queries.settled(statement_ids).items():
        over_at = pay.month_over_at(sites.project(project_id), month)
        if at < over_at:
            outbox.put(
                "statement.month_over",
                key=f"{project_id}:{month}:{min(workers)}-{max(workers)}",
                due_at=over_at,
                statement_ids=sorted(workers.values()),
            )
            continue
        last = month_after(month) - timedelta(days=1)
        locked += attendance.lock_days(project_id, workers, month, last, at=at)
    return locked


@command
def confirm(*, statement_id: int, actor: Actor, at: datetime) -> Statement:
    """Answer every question about this statement that is asked of the actor (gates before release).

    NotFound when there is none: nothing is confirmed before it is asked.
    """
    statement = lock(Statement, statement_id, policy.whose(actor, "statement", "confirm"))
    checks = lock_many(
        GateCheck,
        statement.gate_checks.filter(
            state="asked", gate__in=_gates_of(actor, statement)
        ).values_list("pk", flat=True),
    )
    if not checks:
        raise NotFound(noun="gate_check")
    gates.confirm(checks, actor=actor, at=at)
    return statement


def _gates_of(actor: Actor, statement: Statement) -> set[str]:
    """The gates at which the actor is the one who is asked."""
    own = {"worker"} if actor.worker_id == statement.worker_id else set()
    officer = policy.reaches(actor, "labour_officer", statement.project_id)
    return own | ({"labour_officer"} if officer else set())


@command
def lapse(*, check_ids: Iterable[int], at: datetime) -> int:
    """Record the silence of those whose clock ran out; returns how many were silent."""
    asked = GateCheck.objects.filter(Q(due_at__lte=at), state="asked", pk__in=list(check_ids))
    checks = lock_many(GateCheck, asked.values_list("pk", flat=True), Q(state="asked"))
    if checks:
        gates.lapse(checks, at=at)
    return len(checks)
