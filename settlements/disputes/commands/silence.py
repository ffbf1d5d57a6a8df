"""A clock ran out: what silence does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import command, lock_many
from settlements.disputes import awards, clocks, offers, stages, telling
from settlements.disputes.commands.reviewing import look_again
from settlements.disputes.models import CaseClock, Dispute, dispute_machine

Effect = Callable[[Dispute, CaseClock, datetime], None]


@command
def lapse(*, clock_ids: Iterable[int], at: datetime) -> int:
    """Let every one of these clocks that is over lapse, with what its silence does; returns how many.

    A clock that was met, stopped or moved meanwhile does nothing.
    """
    wanted = list(clock_ids)
    cases = CaseClock.objects.filter(pk__in=wanted).values_list("dispute_id", flat=True)
    known = {case.pk: case for case in lock_many(Dispute, set(cases))}
    count = 0
    for row in lock_many(CaseClock, wanted):
        row.refresh_from_db()
        if row.state != "running" or row.due_at > at:
            continue
        row.lapse(at=at)
        row.save(update_fields=["state", "ended_at"])
        clocks.tell(row, "lapse", SYSTEM, at)
        case = known[row.dispute_id]
        EFFECTS.get(row.on_silence, _noted)(case, row, at)
        case.refresh_from_db()
        count += 1
    return count


def _noted(case: Dispute, row: CaseClock, at: datetime) -> None:
    """The log has it; nothing follows by itself."""


def _look(case: Dispute, row: CaseClock, at: datetime) -> None:
    """Who was asked said nothing: that counts against who holds the evidence."""
    look_again(case, at)


def _taken(case: Dispute, row: CaseClock, at: datetime) -> None:
    proposal = case.proposals.select_for_update(no_key=True).filter(pk=int(row.key)).first()
    if proposal is not None and proposal.state == "offered":
        offers.take(proposal, by_silence=True, actor=SYSTEM, at=at)


def _stage(verb: str) -> Effect:
    """The next stage, where the case still stands before it; never over an offer that is open."""

    def go(case: Dispute, row: CaseClock, at: datetime) -> None:
        waits = verb == "talk" and case.proposals.filter(state="offered").exists()
        if dispute_machine.may(verb, case.state) and not waits:
            stages.enter(case, verb, SYSTEM, at)

    return go


def _deem_withdrawn(case: Dispute, row: CaseClock, at: datetime) -> None:
    if dispute_machine.may("deem_withdrawn", case.state):
        stages.enter(case, "deem_withdrawn", SYSTEM, at, at=at)
        stages.let_go_of_all(case, "withdrawn", SYSTEM, at)


def _take_effect(case: Dispute, row: CaseClock, at: datetime) -> None:
    """A window for a court has closed; its clock names the decision."""
    awards.window_over(int(row.key), at=at)


def _ordinary(case: Dispute, row: CaseClock, at: datetime) -> None:
    """The simple procedure's days are over: the ordinary one goes on, on the same clock."""
    if case.procedure == "simple" and case.ended_at is None:
        stages.to_ordinary(case, SYSTEM, at)


def _may_sue(case: Dispute, row: CaseClock, at: datetime) -> None:
    telling.say(case, "case_may_sue", ("claimant", "respondent"), row.pk, at)


def _overdue(case: Dispute, row: CaseClock, at: datetime) -> None:
    due = telling.day(case, row.due_at)
    telling.say(case, "case_overdue", ("claimant",), row.pk, at, clock=row.name, due=due)


EFFECTS: dict[str, Effect] = {
    "adverse": _look,
    "taken": _taken,
    "talk": _stage("talk"),
    "mediate": _stage("mediate"),
    "submit": _stage("submit"),
    "answer": _stage("answer"),
    "deem_withdrawn": _deem_withdrawn,
    "take_effect": _take_effect,
    "right_lost": _take_effect,
    "ordinary": _ordinary,
    "may_sue": _may_sue,
    "overdue": _overdue,
}
