"""Giving a case to its decider, and the decision that moves the money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from projects.sites import queries as sites
from settlements.disputes import awards as rulings
from settlements.disputes import errors, steps
from settlements.disputes.models import Dispute, dispute_machine
from settlements.disputes.models.case import FINAL


@command
def assign(*, dispute_id: int, user_id: int, actor: Actor, at: datetime) -> Dispute:
    """Give a case to an arbitrator who belongs to no party of its project."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "assign"))
    if case.state in FINAL:
        raise dispute_machine.refusal("decide", case.state, case.pk)
    decider = access.actor_of_user(user_id, at)
    parties = sites.party_organisations(case.project_id)
    if any(grant.organisation_id in parties for grant in decider.grants):
        raise errors.PartyToTheCase(name=access.name_of(user_id))

    case.assigned_to_id = user_id
    case.assignment += 1
    case.save(update_fields=["assigned_to", "assignment"])
    steps.tell(case, "assign", actor, at, user=user_id, assignment=case.assignment)
    return case


@command
def decide(
    *, dispute_id: int, awards: Mapping[int, int], reasons: str, actor: Actor, at: datetime
) -> Dispute:
    """The decider's word on every line that is left: {line id: awarded minor units}.

    Final items post at once, the others when nobody went to court in time.
    """
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "decide"))
    if not dispute_machine.may("decide", case.state):
        raise dispute_machine.refusal("decide", case.state, case.pk)
    rows, lines = steps.live_rows(case)
    if set(awards) != set(lines) or any(a < 0 for a in awards.values()):
        raise errors.AwardIncomplete(lines=", ".join(map(str, sorted(lines))))

    case.decide(by=str(actor), reasons=reasons, at=at)
    case.save(update_fields=["state", "decided_by", "reasons", "ended_at"])
    steps.tell(case, "decide", actor, at, awards=sorted(awards.items()), reasons=reasons)
    rulings.rule(case, rows, awards, kind="award", reasons=reasons, actor=actor, at=at)
    steps.close(case, at)
    return case
