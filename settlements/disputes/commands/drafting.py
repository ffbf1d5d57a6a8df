"""A decision is drafted, read again, and issued by the one who wrote it and still has the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from settlements.disputes import awards as rulings
from settlements.disputes import conflicts, drafts, errors, steps, words
from settlements.disputes.commands.deciding import pronounce
from settlements.disputes.models import Decision, Dispute, dispute_machine
from settlements.disputes.models.case import FINAL


@command
def draft(
    *,
    dispute_id: int,
    awards: Mapping[int, int],
    reasons: str,
    actor: Actor,
    at: datetime,
) -> list[Decision]:
    """Write a decision on every line that is left ({line id: minor units}); a newer draft takes the
    place of the former. Nobody is bound by it, and no clock stops."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "decide"))
    if case.state in FINAL:
        raise dispute_machine.refusal("decide", case.state, case.pk)
    rows, _lines = steps.live_rows(case)
    left = {r.line_id for r in rows}
    if set(awards) != left or any(amount < 0 for amount in awards.values()):
        raise errors.AwardIncomplete(lines=", ".join(map(str, sorted(left))))
    drafts.void(case, actor, at)
    made = rulings.draft(case, awards, kind="award", reasons=reasons, actor=actor, at=at)
    for one in made:
        rulings.tell(one, "draft", actor, at)
    return made


@command
def issue_drafts(*, dispute_id: int, actor: Actor, at: datetime) -> Dispute:
    """Decide as drafted. StaleDraft when the case changed hands since, AwardIncomplete when records
    settled or news brought a line since: a decision names exactly what is left."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "decide"))
    waiting = drafts.of(case)
    drafts.refuse_stale(case, waiting, actor)
    conflicts.refuse(case, int(actor.user_id or 0), at)
    awards = {
        line: amount
        for one in waiting
        for line, amount in one.items.values_list("line_id", "amount_minor")
    }
    pronounce(
        case,
        awards,
        kind="award",
        reasons=words.read(words.of_decisions(waiting))[words.decision_of(waiting[0].pk)],
        actor=actor,
        at=at,
        drafted=waiting,
    )
    return case
