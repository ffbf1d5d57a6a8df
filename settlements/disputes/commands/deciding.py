"""Giving a case to its decider, and the decision that moves the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock, step
from jianzhu.kernel.errors import Invalid
from settlements.disputes import awards as rulings
from settlements.disputes import conflicts, drafts, elements, errors, stages, steps, words
from settlements.disputes.commands.reviewing import BY_DATA
from settlements.disputes.models import Decision, Dispute, DisputedLine, dispute_machine
from settlements.disputes.models.case import FINAL

DECIDED = ("award", "partial", "advance")


@command
def assign(*, dispute_id: int, user_id: int, actor: Actor, at: datetime) -> Dispute:
    """Give a case to somebody with no tie to a side; drafts of who had it before are void."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "assign"))
    if case.state in FINAL:
        raise dispute_machine.refusal("decide", case.state, case.pk)
    access.actor_of_user(user_id, at)  # NotFound for nobody
    conflicts.refuse(case, user_id, at)

    # Each one's drafts are their own word: another's can't be issued any more.
    drafts.void(case, actor, at)
    case.assigned_to_id = user_id
    case.assignment += 1
    case.save(update_fields=["assigned_to", "assignment"])
    steps.tell(case, "assign", actor, at, user=user_id, assignment=case.assignment)
    return case


@command
def decide(
    *,
    dispute_id: int,
    awards: Mapping[int, int],
    reasons: str,
    actor: Actor,
    at: datetime,
    kind: str = "award",
) -> Dispute:
    """The decider's word, {line id: minor units}; final items post at once, the others when nobody
    went to court in time.

    `award` on every line that is left; `partial` on the clear ones (先行裁决), the case goes on over
    the others; `advance` on account of lines that wait for their award (先予执行).
    """
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "decide"))
    pronounce(case, awards, kind=kind, reasons=reasons, actor=actor, at=at)
    return case


@step
def pronounce(
    case: Dispute,
    awards: Mapping[int, int],
    *,
    kind: str,
    reasons: str,
    actor: Actor,
    at: datetime,
    drafted: Sequence[Decision] = (),
) -> None:
    """As `decide`, on a case that is locked; with `drafted` these documents are issued as they are."""
    rows, _lines = steps.live_rows(case)
    open_ = {r.line_id for r in rows}
    _check(case, kind, awards, open_)
    own = [r for r in rows if r.line_id in awards]
    if kind == "advance":
        _clear(own, awards)
    said = words.keep(case.worker_id, reasons, words.reasons_of(case.pk))
    if kind == "award" or (kind == "partial" and set(awards) == open_):
        kind = "award"
        case.decide(by=str(actor), reasons=said, at=at)
        case.save(update_fields=["state", "decided_by", "reasons", "ended_at"])
        stages.ended(case, at)
    elements.drop_asks(case, own, at)
    told = sorted(awards.items())
    steps.tell(case, "decide", actor, at, kind=kind, awards=told, reasons_sealed=said)
    if drafted:
        rulings.publish(drafted, actor=actor, at=at)
    else:
        rulings.rule(case, own, awards, kind=kind, reasons=reasons, actor=actor, at=at)
    steps.close(case, at)


def _check(case: Dispute, kind: str, awards: Mapping[int, int], open_: set[int]) -> None:
    if kind not in DECIDED:
        raise Invalid(field="kind", problem=", ".join(DECIDED))
    if case.suspended_at is not None:
        raise errors.CaseSuspended(case=case.pk)
    states = BY_DATA if kind != "award" else ("evidence", "heard")
    if case.state not in states:
        raise dispute_machine.refusal("decide", case.state, case.pk)
    fits = set(awards) == open_ if kind == "award" else bool(awards) and set(awards) <= open_
    if not fits or any(amount < 0 for amount in awards.values()):
        raise errors.AwardIncomplete(lines=", ".join(map(str, sorted(open_))))


def _clear(rows: Sequence[DisputedLine], amounts: Mapping[int, int]) -> None:
    """No more than is in dispute, what was advanced before included."""
    for row in rows:
        most = (row.disputed_minor or 0) - row.advanced_minor
        if not 0 < amounts[row.line_id] <= most:
            raise errors.AdvanceTooMuch(line=row.line_id, most=max(most, 0))
