"""Decisions as data, within a command: split by final and non-final item, issued, served, posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import lock, lock_many, step, take_ids
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.disputes import clocks, steps, telling, words
from settlements.disputes.models import Decision, DecisionItem, Dispute, DisputedLine
from settlements.disputes.rules import awards as rules
from settlements.disputes.rules import published
from settlements.disputes.rules.clock import deadline
from settlements.statements import queries as statements
from settlements.statements import steps as statement_lines
from settlements.statements.models import StatementLine
from workers_app.people import queries as people

MINIMUM = "minimum_wage_month"
# A signed agreement and an advance are not awards: no item of them waits for a window.
BINDS_AT_ONCE = ("mediation", "advance")


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
    made = draft(case, amounts, kind=kind, reasons=reasons, actor=actor, at=at)
    publish(made, actor=actor, at=at)
    return made


@step
def draft(
    case: Dispute,
    amounts: Mapping[int, int],
    *,
    kind: str,
    reasons: str,
    actor: Actor,
    at: datetime,
) -> list[Decision]:
    """Write the documents: {line: awarded minor units}; nobody is bound before they are issued."""
    project = sites.project(case.project_id)
    minimum = statements.regional_value(MINIMUM, project.region, at.date())
    if kind in BINDS_AT_ONCE:
        parts = {True: dict(amounts)}
    else:
        parts = rules.split(amounts, country=project.country, minimum_month_minor=minimum)
    return [
        _write(case, (final, minimum), part, kind, reasons, project, actor, at)
        for final, part in sorted(parts.items(), reverse=True)
    ]


@step
def publish(decisions: Sequence[Decision], *, actor: Actor, at: datetime) -> None:
    """Issue and serve the documents, one after the other."""
    for decision in decisions:
        issue(decision, at=at)
        serve(decision, actor=actor, at=at)


def _write(
    case: Dispute,
    finality: tuple[bool, int | None],
    amounts: Mapping[int, int],
    kind: str,
    reasons: str,
    project: ProjectFacts,
    actor: Actor,
    at: datetime,
) -> Decision:
    (ident,) = take_ids(Decision, 1)
    final, minimum = finality
    decision = Decision.objects.create(
        pk=ident,
        dispute=case,
        kind=kind,
        final=final,
        why_not_final=rules.why_not_final(final, minimum_month_minor=minimum),
        assignment=case.assignment,
        reasons=words.keep(case.worker_id, reasons, words.decision_of(ident)),
        made_by=str(actor),
        made_at=at,
    )
    lines = StatementLine.objects.filter(pk__in=amounts).select_related("statement")
    DecisionItem.objects.bulk_create(
        DecisionItem(
            decision=decision,
            line=line,
            payer_id=people.worker(line.statement.worker_id).employer_id,
            payee_id=line.statement.worker_id,
            amount_minor=amounts[line.pk],
            currency=line.statement.currency,
            due_on=_due_on(case, project, at),
        )
        for line in lines.order_by("pk")
    )
    return decision


def _due_on(case: Dispute, project: ProjectFacts, at: datetime) -> date:
    """By when it is paid at the latest: the clock of awards, whose last day moves earlier."""
    local = at.astimezone(ZoneInfo(project.zone)).date()
    rule = published.clock_of("pay_award", case.region or project.region, local)
    if rule is None:
        return local
    due = deadline(rule, {rule.after: at}, clocks.place_of(rule, project))
    return due.last_day or local


@step
def issue(decision: Decision, *, at: datetime) -> None:
    """Sign and date it; from now on nothing in it changes."""
    decision.issue(at=at)
    decision.save(update_fields=["state", "issued_at"])


@step
def serve(decision: Decision, *, actor: Actor, at: datetime) -> None:
    """Both sides have it. A final one posts its payment now, another one when its window closes;
    who signed an agreement or was advanced a part has no window to wait for."""
    case = decision.dispute
    key = str(decision.pk)
    sue = set_aside = None
    if decision.kind in ("award", "partial"):
        sue = clocks.start(case, "sue", at=at, key=key)
        set_aside = clocks.start(case, "set_aside", at=at, key=key) if decision.final else None
    decision.serve(
        sue_until=sue.due_at if sue else None,
        set_aside_until=set_aside.due_at if set_aside else None,
        at=at,
    )
    decision.save(update_fields=["state", "served_at", "sue_until", "set_aside_until"])
    tell(decision, "serve", actor, at)
    if sue is not None:
        due = telling.day(case, sue.due_at)
        telling.say(case, "case_decided", ("claimant", "respondent"), key, at, due=due)
    if decision.final:
        post(decision, actor=actor, at=at)
    if sue is None:
        take_effect(decision, actor=actor, at=at)


@step
def take_effect(decision: Decision, *, actor: Actor, at: datetime) -> None:
    """It binds; what was not posted yet is posted."""
    decision.take_effect(at=at)
    decision.save(update_fields=["state", "in_force_at"])
    tell(decision, "take_effect", actor, at)
    if decision.posted_at is None:
        post(decision, actor=actor, at=at)
        steps.close(decision.dispute, at)
    perform_where_paid(decision, at=at)


@step
def window_over(decision_id: int, *, at: datetime) -> None:
    """A window for a court has closed: with none left to sue in it is in force."""
    decision = lock(Decision, decision_id)
    if decision.state == "served" and decision.sue_until is not None and decision.sue_until <= at:
        take_effect(decision, actor=SYSTEM, at=at)
    else:
        perform_where_paid(decision, at=at)


@step
def perform_where_paid(decision: Decision, *, at: datetime) -> None:
    """All that it ordered was paid and no court can be asked any more: nothing is left of it."""
    open_window = decision.set_aside_until is not None and decision.set_aside_until > at
    if decision.state not in ("in_force", "enforcing") or open_window:
        return
    if statements.all_paid(lines_of(decision)):
        decision.perform()
        decision.save(update_fields=["state"])
        tell(decision, "perform", SYSTEM, at)


def lines_of(decision: Decision) -> list[int]:
    """Ids of the lines that the decision's payment was posted as."""
    awarded = decision.items.filter(amount_minor__gt=0).values_list("line_id", flat=True)
    prefix = "advance" if decision.kind == "advance" else "decision"
    number = decision.pk if decision.kind == "advance" else decision.dispute_id
    keys = [f"{prefix}/{number}/{line_id}" for line_id in awarded]
    rows = StatementLine.objects.filter(kind="decision", key__in=keys)
    return list(rows.values_list("pk", flat=True))


@step
def post(decision: Decision, *, actor: Actor, at: datetime) -> None:
    """Move the money: each line gives way to one of the awarded amount, less what was advanced; an
    advance goes out beside its line, which stays under the case."""
    case = decision.dispute
    awards = dict(decision.items.values_list("line_id", "amount_minor"))
    rows = list(case.lines.filter(line__in=awards, live=True).order_by("line_id"))
    lines = lock_many(StatementLine, awards)
    if decision.kind == "advance":
        _advance(decision, rows, awards, actor, at)
    else:
        advanced = {row.line_id: row.advanced_minor for row in rows}
        statement_lines.award(
            [(n, awards[n.pk] - advanced.get(n.pk, 0)) for n in lines],
            dispute_id=case.pk,
            actor=actor,
            at=at,
        )
        outcome = "agreed" if decision.kind == "mediation" else "decided"
        steps.end_lines(case, rows, outcome, at, awards)
    decision.posted_at = at
    decision.save(update_fields=["posted_at"])
    tell(decision, "post", actor, at, awards=sorted(awards.items()))
    steps.pay(case, lines, at)


def _advance(
    decision: Decision,
    rows: Sequence[DisputedLine],
    amounts: Mapping[int, int],
    actor: Actor,
    at: datetime,
) -> None:
    statement_lines.advance(
        amounts, decision_id=decision.pk, dispute_id=decision.dispute_id, actor=actor, at=at
    )
    for row in rows:
        row.advanced_minor += amounts[row.line_id]
    DisputedLine.objects.bulk_update(rows, ["advanced_minor"])


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
        why_not_final=decision.why_not_final,
        **facts,
    )
    outbox.put(f"decision.{verb}", decision_id=decision.pk, dispute_id=decision.dispute_id)
