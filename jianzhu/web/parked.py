"""Putting parked messages back, once their cause is gone."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock_many
from jianzhu.outbox.models import OutboxMessage


@command
def unpark(*, message_ids: list[int], actor: Actor, at: datetime) -> int:
    """Due again at once, with all their attempts; returns how many were parked."""
    parked = [m for m in lock_many(OutboxMessage, message_ids) if m.parked_at is not None]
    for message in parked:
        message.parked_at, message.attempts, message.due_at = None, 0, at
        # Of whoever died over it: nobody else would try before its end.
        message.lease = message.leased_until = None
        message.save(update_fields=["parked_at", "attempts", "due_at", "lease", "leased_until"])
        audit.record(
            "outbox_message.unpark",
            "outbox_message",
            message.pk,
            actor=actor,
            at=at,
            topic=message.topic,
            error=message.last_error[:200],
        )
    return len(parked)
