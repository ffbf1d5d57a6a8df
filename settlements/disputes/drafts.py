"""Documents that are written and not issued: the word of one hand, under one assignment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jianzhu.access.actor import Actor
from jianzhu.kernel.db import lock_many, step
from settlements.disputes import awards as rulings
from settlements.disputes import errors
from settlements.disputes.models import Decision, Dispute


@step
def of(case: Dispute) -> list[Decision]:
    """The drafts of a case, locked."""
    waiting = case.decisions.filter(state="draft").values_list("pk", flat=True)
    return lock_many(Decision, waiting)


@step
def void(case: Dispute, actor: Actor, at: datetime) -> None:
    """They count for nothing any more."""
    for one in of(case):
        one.void()
        one.save(update_fields=["state"])
        rulings.tell(one, "void", actor, at)


def refuse_stale(case: Dispute, drafts: Sequence[Decision], actor: Actor) -> None:
    """Raise unless each is the actor's own, of the present assignment, and there is one at all."""
    if not drafts:
        raise errors.NothingDrafted
    hand = str(actor)
    if any(d.assignment != case.assignment or d.made_by != hand for d in drafts):
        raise errors.StaleDraft
