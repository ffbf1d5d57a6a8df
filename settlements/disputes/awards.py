"""Decisions as data, within a command: split by final and non-final item, issued, served, posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.calendar import on_or_before_workday
from jianzhu.kernel.db import lock_many, step
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.disputes import steps
from settlements.disputes.models import Decision, DecisionItem, Dispute, DisputedLine
from settlements.disputes.rules import awards as rules
from settlements.statements import queries as statements
from settlements.statements import steps as statement_lines
from settlements.statements.models import StatementLine
from workers_app.people import queries as people

MINIMUM = "minimum_wage_month"


@step
def rule(
    case: Dispute,
    rows: Sequence[DisputedLine],
    amounts: Mapping[int, int],
    *,
    kind: str,
    reasons: str,
    actor: Actor,
    at: datetime,
) -> list[Decision]:
    """Write, issue and serve the documents, final items in one and the others in another."""
    project = sites.project(case.project_id)
    minimum = statements.regional_value(MINIMUM, project.region, at.date())
    parts = rules.split(amounts, country=project.country, minimum_month_minor=minimum)
    made = []
    for final, part in sorted(parts.items(), reverse=True):
        decision = _write(case, final, part, kind, reasons, project, actor, at)
        issue(decision, at=at)
        serve(decision, actor=actor, at=at)
        made.append(decision)
    return made


def _write(
    case: Dispute,
    final: bool,
    amounts: Mapping[int, int],
    kind: str,
    reasons: str,
    project: ProjectFacts,
    actor: Actor,
    at: datetime,
) -> Decision:
    decision = Decision.objects.create(
        dispute=case,
        kind=kind,
        final=final,
        assignment=case.assignment,
        reasons=reasons,
        made_by=str(actor),
        made_at=at,
    )
    today = at.astimezone(ZoneInfo(project.zone)).date()
    lines = StatementLine.objects.filter(pk__in=amounts).select_related("statement")
    DecisionItem.objects.bulk_create(
        DecisionItem(
            decision=decision,
            line=line,
            payer_id=people.worker(line.statement.worker_id).employer_id,
            payee_id=line.statement.worker_id,
            amount_minor=amounts[line.pk],
            currency=line.statement.currency,
            due_on=on_or_before_workday(today, project.country),
        )
        for line in lines.order_by("pk")
    )
    return decision


@step
def issue(decision: Decision, *, at: datetime) -> None:
    """Sign and date it; from now on nothing in it changes."""
    decision.issue(at=at)
    decision.save(update_fields=["state", "issued_at"])


@step
def serve(decision: Decision, *, actor: Actor, at: datetime) -> None:
    """Both sides have it; a final one posts its payment now."""
    decision.serve(sue_until=None, set_aside_until=None, at=at)
    decision.save(update_fields=["state", "served_at", "sue_until", "set_aside_until"])
    tell(decision, "serve", actor, at)
    if decision.final:
        post(decision, actor=actor, at=at)


@step
def post(decision: Decision, *, actor: Actor, at: datetime) -> None:
    """Move the money: each line gives way to one of the awarded amount, less what was advanced."""
    case = decision.dispute
    awards = dict(decision.items.values_list("line_id", "amount_minor"))
    rows = list(case.lines.filter(line__in=awards, live=True).order_by("line_id"))
    advanced = {row.line_id: row.advanced_minor for row in rows}
    lines = lock_many(StatementLine, awards)
    statement_lines.award(
        [(n, awards[n.pk] - advanced.get(n.pk, 0)) for n in lines],
        dispute_id=case.pk,
        actor=actor,
        at=at,
    )
    steps.end_lines(case, rows, "decided", at, awards)
    decision.posted_at = at
    decision.save(update_fields=["posted_at"])
    tell(decision, "post", actor, at, awards=sorted(awards.items()))
    steps.pay(case, lines, at)


@step
def tell(decision: Decision, verb: str, actor: Actor, at: datetime, **facts: object) -> None:
    """Into the log and to whoever listens."""
    audit.record(
        f"decision.{verb}",
        "decision",
        decision.pk,
        actor=actor,
        at=at,
        state=decision.state,
        dispute=decision.dispute_id,
        final=decision.final,
        **facts,
    )
    outbox.put(f"decision.{verb}", decision_id=decision.pk, dispute_id=decision.dispute_id)
