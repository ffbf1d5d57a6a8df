"""To the court within the window, and what the court says; what was paid is followed to the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock, lock_many
from jianzhu.kernel.errors import Invalid
from settlements.disputes import awards, clocks, errors, stages, steps
from settlements.disputes.commands.speaking import side_of
from settlements.disputes.models import Decision, Dispute
from settlements.disputes.words import keep


@command
def appeal(
    *, dispute_id: int, decision_id: int, kind: str, court: str, actor: Actor, at: datetime
) -> Decision:
    """A side goes to court: `sue` (15 days; a final item only the worker), or `set_aside` (30 days,
    the employer, final items). WindowClosed once the day is over."""
    case, decision = _decision(dispute_id, decision_id, actor, "appeal")
    side = side_of(case, actor)
    if kind == "sue":
        if decision.final and side != "claimant":
            raise errors.FinalForEmployer(decision=decision.pk)
        _open(decision, decision.sue_until, at)
        decision.sue(court=court)
    elif kind == "set_aside":
        if not decision.final or side != "respondent":
            raise errors.NotToSetAside(decision=decision.pk)
        _open(decision, decision.set_aside_until, at)
        decision.ask_set_aside(court=court)
    else:
        raise Invalid(field="kind", problem="sue, set_aside")
    decision.save(update_fields=["state", "court"])
    clocks.drop(case, "sue", "set_aside", at=at, key=str(decision.pk))
    awards.tell(decision, kind, actor, at, court=court)
    return decision


def _decision(
    dispute_id: int, decision_id: int, actor: Actor, verb: str
) -> tuple[Dispute, Decision]:
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", verb))
    decision = lock(Decision, decision_id, Q(dispute=case))
    return case, decision


def _open(decision: Decision, until: datetime | None, at: datetime) -> None:
    if until is None or at >= until:
        raise errors.WindowClosed(decision=decision.pk)


@command
def court_said(
    *, dispute_id: int, decision_id: int, outcome: str, words: str, actor: Actor, at: datetime
) -> Decision:
    """What the court did with it: `uphold`, `annul`; or that it was asked to `enforce` it.

    Annulled, lines that were not paid speak by their records again; what was paid stays a payment,
    and the court's own word on it is a correction by two people.
    """
    case, decision = _decision(dispute_id, decision_id, actor, "conduct")
    if outcome == "uphold":
        decision.uphold(at=at)
    elif outcome == "annul":
        decision.annul()
    elif outcome == "enforce":
        decision.enforce(court=words)
    else:
        raise Invalid(field="outcome", problem="uphold, annul, enforce")
    decision.save(update_fields=["state", "in_force_at", "court"])
    said = keep(case.worker_id, words, f"decision.words:{decision.pk}")
    awards.tell(decision, outcome, actor, at, words_sealed=said)
    if outcome == "uphold" and decision.posted_at is None:
        awards.post(decision, actor=actor, at=at)
    if outcome == "annul" and decision.posted_at is None:
        decided = decision.items.values_list("line_id", flat=True)
        stages.let_go(case, list(decided), "ended", actor, at)
    awards.perform_where_paid(decision, at=at)
    steps.close(case, at)
    return decision


@command
def follow_payments(*, dispute_ids: Iterable[int], at: datetime) -> int:
    """The bank said yes: decisions that are wholly paid and can't be attacked any more are performed."""
    count = 0
    for case in lock_many(Dispute, dispute_ids):
        wanted = case.decisions.filter(state__in=("in_force", "enforcing")).values_list("pk")
        for decision in lock_many(Decision, [pk for (pk,) in wanted]):
            awards.perform_where_paid(decision, at=at)
            count += decision.state == "performed"
    return count
