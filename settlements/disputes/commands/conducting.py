"""What the arbitrator does with a case on the staged track: each move with its clocks and its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock, take_ids
from jianzhu.kernel.errors import Invalid
from projects.sites import queries as sites
from settlements.disputes import clocks, errors, offers, stages, steps, telling, words
from settlements.disputes.models import CaseClock, Dispute, Suspension, dispute_machine
from settlements.disputes.models.case import FINAL
from settlements.disputes.rules import published
from settlements.disputes.rules.clock import deadline

Facts = Mapping[str, Any]
Move = Callable[[Dispute, Facts, Actor, datetime], None]

# Why the clocks may stop, and whether the case stands still meanwhile (Zhejiang regulation art. 31,
# 36; the reasons of 中止 and of time that is not counted).
REASONS = {
    "party_died": True,
    "capacity_lost": True,
    "successor_unknown": True,
    "force_majeure": True,
    "other_case": True,
    "injury_finding": True,
    "expert_opinion": False,
    "evidence_delegated": False,
    "settlement_asked": False,
    "public_service": False,
}


@command
def conduct(*, dispute_id: int, verb: str, facts: Facts, actor: Actor, at: datetime) -> Dispute:
    """One move of the decider's. Raises Invalid for a verb that is none, WrongState, CaseSuspended."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "conduct"))
    if verb not in MOVES:
        raise Invalid(field="verb", problem=", ".join(sorted(MOVES)))
    MOVES[verb](case, facts, actor, at)
    return case


def _plain(verb: str) -> Move:
    def move(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
        stages.enter(case, verb, actor, at)

    return move


def _accept(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    procedure = facts.get("procedure") or "simple"
    stages.enter(
        case,
        "accept",
        actor,
        at,
        procedure=procedure,
        number=facts.get("number") or "",
        with_gaps=bool(facts.get("with_gaps")),
        at=at,
    )
    stages.start_limit(case, at)


def _reject(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    stages.enter(case, "reject", actor, at, reasons=_kept_reasons(case, facts), at=at)
    stages.let_go_of_all(case, "ended", actor, at)


def _terminate(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    stages.enter(case, "terminate", actor, at, reasons=_kept_reasons(case, facts), at=at)
    stages.let_go_of_all(case, "ended", actor, at)


def _serve(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    """Simple procedure may waive the answer; it goes on at once then."""
    stages.enter(case, "serve", actor, at)
    if facts.get("waive_answer"):
        if case.procedure != "simple":
            raise errors.SimpleOnly
        stages.enter(case, "answer", actor, at)


def _schedule(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    hearing_at = facts.get("hearing_at")
    if hearing_at is None or hearing_at <= at:
        raise Invalid(field="hearing_at", problem=str(hearing_at))
    if case.procedure == "ordinary":
        _in_time(case, hearing_at, at)
    stages.enter(case, "schedule", actor, at, hearing_at=hearing_at)


def _in_time(case: Dispute, hearing_at: datetime, at: datetime) -> None:
    """Five days' notice (art. 35)."""
    project = sites.project(case.project_id)
    today = at.astimezone(ZoneInfo(project.zone)).date()
    rule = published.clock_of("hearing_notice", case.region or project.region, today)
    if rule is None:
        return
    due = deadline(rule, {rule.after: hearing_at}, clocks.place_of(rule, project))
    if due.late(at):
        raise errors.NoticeTooShort(last=due.last_day)


def _hold(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    """Who stays away: the claimant's case counts as withdrawn, the respondent's goes on without."""
    if facts.get("absent") == "claimant":
        stages.enter(case, "deem_withdrawn", actor, at, at=at)
        stages.let_go_of_all(case, "withdrawn", actor, at)
        return
    stages.enter(case, "hold", actor, at)


def _to_ordinary(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    if case.procedure != "simple" or case.state in FINAL:
        raise errors.SimpleOnly
    stages.to_ordinary(case, actor, at)


def _suspend(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    reason = facts.get("reason") or ""
    if reason not in REASONS:
        raise Invalid(field="reason", problem=", ".join(REASONS))
    if case.state in FINAL:
        raise dispute_machine.refusal("suspend", case.state, case.pk)
    if case.suspensions.filter(state="standing").exists():
        raise errors.CaseSuspended(case=case.pk)
    (ident,) = take_ids(Suspension, 1)
    Suspension.objects.create(
        pk=ident,
        dispute=case,
        reason=reason,
        stops_case=REASONS[reason],
        note=words.keep(case.worker_id, facts.get("note") or "", words.order_of(ident)),
        ordered_by=str(actor),
        since=at,
    )
    if REASONS[reason]:
        case.suspended_at = at
        case.save(update_fields=["suspended_at"])
    clocks.pause(case, actor=actor, at=at)
    steps.tell(case, "suspend", actor, at, reason=reason)
    both = ("claimant", "respondent")
    telling.say(case, "case_suspended", both, at.isoformat(), at, reason=reason)


def _resume(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    order = case.suspensions.select_for_update(no_key=True).filter(state="standing").first()
    if order is None:
        raise errors.NotSuspended(case=case.pk)
    order.end(by=str(actor), at=at)
    order.save()
    if case.suspended_at is not None:
        case.suspended_at = None
        case.save(update_fields=["suspended_at"])
    clocks.resume(case, actor=actor, at=at)
    steps.tell(case, "resume", actor, at, reason=order.reason)
    due = telling.day(case, case.due_at)
    telling.say(case, "case_resumed", ("claimant", "respondent"), order.pk, at, due=due)


def _extend(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    """More days for the award, with the approval that the law asks for in writing."""
    note, days = facts.get("note") or "", facts.get("days") or 0
    if not note:
        raise Invalid(field="note", problem="the approval")
    row = CaseClock.objects.select_for_update(no_key=True).filter(
        dispute=case, name="award", state="running"
    )
    clock = row.first()
    if clock is None:
        raise Invalid(field="clock", problem="award")
    try:
        clocks.extend(clock, case, days, actor=actor, at=at)
    except ValueError as error:
        raise Invalid(field="days", problem=str(error)) from None
    approval = words.keep(case.worker_id, note, f"dispute.approval:{case.pk}")
    steps.tell(case, "extend", actor, at, days=days, approval_sealed=approval)


def _propose(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    """A mediator's own proposal for one claimant: {line: minor units}."""
    amounts = {str(line): amount for line, amount in (facts.get("amounts") or {}).items()}
    if case.suspended_at is not None:
        raise errors.CaseSuspended(case=case.pk)
    rows, lines = steps.live_rows(case)
    own = {str(r.line_id): lines[r.line_id].statement.worker_id for r in rows}
    workers = {own.get(line) for line in amounts}
    if len(workers) != 1 or None in workers or min(amounts.values()) < 0:
        raise errors.AwardIncomplete(lines=", ".join(sorted(own)))
    (worker_id,) = workers
    for old in case.proposals.filter(state="offered", worker_id=int(worker_id or 0)):
        offers.drop(old, at=at)
    offers.offer(case, int(worker_id or 0), amounts, "mediator", _reasons(facts), actor, at)


def _settle(case: Dispute, facts: Facts, actor: Actor, at: datetime) -> None:
    """What both sides signed before the decider (调解书)."""
    amounts = {int(line): amount for line, amount in (facts.get("amounts") or {}).items()}
    rows, _lines = steps.live_rows(case)
    if not amounts or not set(amounts) <= {r.line_id for r in rows} or min(amounts.values()) < 0:
        raise errors.AwardIncomplete(lines=", ".join(str(r.line_id) for r in rows))
    offers.agree(case, amounts, _reasons(facts), actor, at)


def _kept_reasons(case: Dispute, facts: Facts) -> str:
    return words.keep(case.worker_id, _reasons(facts), words.reasons_of(case.pk))


def _reasons(facts: Facts) -> str:
    reasons = facts.get("reasons") or ""
    if not reasons:
        raise Invalid(field="reasons", problem="why")
    return str(reasons)


MOVES: dict[str, Move] = {
    "mediate": _plain("mediate"),
    "ask_correction": _plain("ask_correction"),
    "complete": _plain("complete"),
    "accept": _accept,
    "reject": _reject,
    "serve": _serve,
    "answer": _plain("answer"),
    "mediate_first": _plain("mediate_first"),
    "schedule": _schedule,
    "hold": _hold,
    "to_ordinary": _to_ordinary,
    "propose": _propose,
    "settle": _settle,
    "suspend": _suspend,
    "resume": _resume,
    "extend": _extend,
    "terminate": _terminate,
}
