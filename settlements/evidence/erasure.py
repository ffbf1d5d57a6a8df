"""Erasing a person after the retention time: one asks, another confirms, the key is destroyed."""

from __future__ import annotations

from datetime import datetime, timedelta

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, take_ids
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.web import idempotency
from settlements.evidence import queries, retention
from settlements.evidence.models import Erasure
from workers_app.people import queries as people
from workers_app.people import steps as people_

# A caller asks again within minutes; what was answered longer ago serves nobody.
ANSWERS_KEPT = timedelta(days=30)


@command
def ask(*, worker_id: int, reason: str, actor: Actor, at: datetime) -> Erasure:
    """Ask for the erasure of a person. NotErasable before the time, StillOwed while anything is open."""
    where = policy.whose(actor, "erasure", "ask", on="worker")
    if not people.workers(where & people.one(worker_id)):
        raise NotFound(noun="worker")
    retention.refuse_early(worker_id, at)
    (ident,) = take_ids(Erasure, 1)
    erasure = Erasure.objects.create(
        pk=ident,
        worker_id=worker_id,
        reason=people.sealed(worker_id, reason, queries.reason_of(ident)),
        made_by=str(actor),
        asked_at=at,
    )
    _tell(erasure, "ask", actor, at)
    return erasure


@command
def confirm(*, erasure_id: int, actor: Actor, at: datetime) -> Erasure:
    """A second person agrees: the key is destroyed in this transaction."""
    erasure = lock(Erasure, erasure_id, policy.whose(actor, "erasure", "answer"))
    if erasure.made_by == str(actor):
        raise SameHand(noun="erasure")
    retention.refuse_early(erasure.worker_id, at)
    erasure.confirm(by=str(actor), at=at)
    erasure.save(update_fields=["state", "checked_by", "answered_at"])
    people_.erase_worker(erasure.worker_id, actor=actor, at=at)
    # Kept answers repeat what was asked and shown; nobody asks again that late.
    idempotency.forget(before=at - ANSWERS_KEPT)
    _tell(erasure, "confirm", actor, at)
    return erasure


@command
def refuse(*, erasure_id: int, answer: str, actor: Actor, at: datetime) -> Erasure:
    """A second person says no, and why."""
    erasure = lock(Erasure, erasure_id, policy.whose(actor, "erasure", "answer"))
    if erasure.made_by == str(actor):
        raise SameHand(noun="erasure")
    said = people.sealed(erasure.worker_id, answer, queries.answer_of(erasure.pk))
    erasure.refuse(by=str(actor), answer=said, at=at)
    erasure.save(update_fields=["state", "checked_by", "answer", "answered_at"])
    _tell(erasure, "refuse", actor, at)
    return erasure


def _tell(erasure: Erasure, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"erasure.{verb}",
        "erasure",
        erasure.pk,
        actor=actor,
        at=at,
        worker=erasure.worker_id,
        state=erasure.state,
        reason_sealed=erasure.reason,
    )
