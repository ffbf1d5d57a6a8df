"""Parts of every case's commands: telling, ending lines with the outcome of each claimant, closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import lock_many, step
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.disputes.models import CaseParty, DecisionItem, Dispute, DisputedLine
from settlements.disputes.models.case import ENDED
from settlements.statements import steps as statement_lines
from settlements.statements.models import StatementLine


@step
def live_rows(case: Dispute) -> tuple[list[DisputedLine], dict[int, StatementLine]]:
    """The lines that the case still holds and nobody has decided yet, with the lines themselves,
    locked in order."""
    rows = list(case.lines.filter(live=True).exclude(line__in=pending(case)).order_by("line_id"))
    return rows, {line.pk: line for line in lock_many(StatementLine, [r.line_id for r in rows])}


def pending(case: Dispute) -> list[int]:
    """Lines whose award waits for its window to close: the case holds them, and neither data nor
    people settle them a second time, or they would be paid twice."""
    rows = DecisionItem.objects.filter(decision__dispute=case, decision__posted_at=None).exclude(
        decision__state__in=("draft", "void", "annulled")
    )
    return list(rows.values_list("line_id", flat=True))


@step
def end_lines(
    case: Dispute,
    rows: Sequence[DisputedLine],
    outcome: str,
    at: datetime,
    awards: Mapping[int, int] | None = None,
) -> None:
    """The case lets go of these lines; a claimant with none left has an outcome."""
    for row in rows:
        row.live, row.outcome = False, outcome
        row.awarded_minor = (awards or {}).get(row.line_id)
    DisputedLine.objects.bulk_update(rows, ["live", "outcome", "awarded_minor"])
    _end_parties(case, at)


def _end_parties(case: Dispute, at: datetime) -> None:
    lines: dict[int, list[DisputedLine]] = {}
    for row in case.lines.select_related("line__statement").order_by("line_id"):
        lines.setdefault(row.line.statement.worker_id, []).append(row)
    for party in case.parties.filter(side="claimant", outcome="").order_by("pk"):
        own = lines.get(int(party.worker_id or 0), [])
        if own and not any(row.live for row in own):
            _end_party(party, own, at)


def _end_party(party: CaseParty, own: Sequence[DisputedLine], at: datetime) -> None:
    outcomes = {row.outcome for row in own}
    awards = [row.awarded_minor for row in own if row.awarded_minor is not None]
    party.outcome = outcomes.pop() if len(outcomes) == 1 else "mixed"
    party.awarded_minor = sum(awards) if awards else None
    party.ended_at = at
    party.save(update_fields=["outcome", "awarded_minor", "ended_at"])


@step
def let_go(
    case: Dispute,
    rows: Sequence[DisputedLine],
    lines: Iterable[StatementLine],
    *,
    matched: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Take lines out of the case, matched or back to what the records say. What was advanced on
    them comes off the same release, so that nothing is paid twice."""
    statement_lines.thaw(list(lines), matched=matched, actor=actor, at=at)
    advanced = {row.line_id: row.advanced_minor for row in rows if row.advanced_minor}
    if advanced:
        statement_lines.take_off(advanced, dispute_id=case.pk, actor=actor, at=at)


@step
def pay(case: Dispute, lines: Iterable[StatementLine], at: datetime) -> None:
    """Release what matches of the workers of these lines."""
    workers = {line.statement.worker_id for line in lines}
    statement_lines.release(sites.project(case.project_id), workers, at)


@step
def close(case: Dispute, at: datetime) -> None:
    """A case that ended and holds no line any more is closed."""
    if case.state in ENDED and not case.lines.filter(live=True).exists():
        case.close()
        case.save(update_fields=["state"])
        tell(case, "close", SYSTEM, at)


@step
def tell(case: Dispute, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    """Into the log and to whoever listens."""
    audit.record(
        f"dispute.{verb}", "dispute", case.pk, actor=actor, at=at, state=case.state, **facts
    )
    outbox.put(
        f"dispute.{verb}",
        dispute_id=case.pk,
        worker_id=case.worker_id,
        project_id=case.project_id,
    )
