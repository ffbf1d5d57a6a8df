"""A look at a case by somebody who is no party of it is told in the case, where both sides see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import NotFound
from settlements.disputes import queries
from settlements.disputes.queries import Case
from settlements.statements import queries as statements

# Whoever sees a case without being in it.
LOOKERS = {"arbitrator", "operator", "auditor"}


def look(where: Q, dispute_id: int, *, actor: Actor, at: datetime) -> Case:
    """The case, to whoever may see it; NotFound when it is not to be seen."""
    found = queries.cases(where & Q(pk=dispute_id))
    if not found:
        raise NotFound(noun="dispute")
    if actor.roles & LOOKERS:
        _tell(dispute_ids=[dispute_id], line_id=None, actor=actor, at=at)
    return as_seen(found[0], actor)


def as_seen(case: Case, actor: Actor) -> Case:
    """Of a crew's case each worker sees the own lines; whoever reads for a company or an office
    sees it whole."""
    if actor.worker_id is None or actor.roles & LOOKERS or policy.projects(actor):
        return case
    own = statements.lines(
        Q(pk__in=[n.line_id for n in case.lines], statement__worker_id=actor.worker_id)
    )
    ids = {line.id for line in own}
    return replace(case, lines=tuple(n for n in case.lines if n.line_id in ids))


def look_at_line(line_id: int, *, actor: Actor, at: datetime) -> None:
    """The same of one line of the cases that it is under."""
    if not actor.roles & LOOKERS or not policy.may(actor, "dispute", "read"):
        return
    where = policy.whose(actor, "dispute", "read")
    under = [case.id for case in queries.cases(where & Q(lines__line=line_id))]
    if under:
        _tell(dispute_ids=under, line_id=line_id, actor=actor, at=at)


@command
def _tell(*, dispute_ids: list[int], line_id: int | None, actor: Actor, at: datetime) -> None:
    what = {} if line_id is None else {"line": line_id}
    for ident in dispute_ids:
        audit.record("dispute.look", "dispute", ident, actor=actor, at=at, **what)
