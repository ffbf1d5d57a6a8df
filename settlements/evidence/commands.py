"""Taking evidence: each look is told in the log, where the parties see it, before anything is given."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import NotFound
from settlements.disputes import queries as disputes
from settlements.disputes.commands import looking
from settlements.evidence import bundle
from settlements.statements import queries as statements


def take_case(where: Q, dispute_id: int, *, actor: Actor, at: datetime) -> bytes:
    """The bundle of a case; NotFound when it is not to be seen."""
    found = disputes.cases(where & Q(pk=dispute_id))
    if not found:
        raise NotFound(noun="dispute")
    _tell(noun="dispute", ident=dispute_id, actor=actor, at=at)
    seen = looking.as_seen(found[0], actor)
    return bundle.of_case(seen, reader=actor.worker_id, at=at)


def take_line(where: Q, line_id: int, *, actor: Actor, at: datetime) -> bytes:
    """The bundle of one line, whether or not there is a case."""
    found = statements.lines(where & Q(pk=line_id))
    if not found:
        raise NotFound(noun="statement_line")
    _tell(noun="statement_line", ident=line_id, actor=actor, at=at)
    return bundle.of_line(found[0], reader=actor.worker_id, at=at)


@command
def _tell(*, noun: str, ident: int, actor: Actor, at: datetime) -> None:
    audit.record(f"{noun}.take_evidence", noun, ident, actor=actor, at=at)
