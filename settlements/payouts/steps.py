"""Making payouts for released lines, within the releasing command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import copy_rows, step, take_ids
from jianzhu.outbox import steps as outbox
from settlements.payouts import lost
from settlements.payouts.models import Payout


@dataclass(frozen=True, slots=True)
class Owed:
    """What one worker's released lines come to, in minor units > 0."""

    worker_id: int
    amount_minor: int


def found_at_bank(project_id: int, worker_ids: Iterable[int]) -> dict[int, list[int]]:
    """{worker: amounts in minor units} that the bank paid before a restore and that are no payout of
    ours yet; lines that come to exactly such an amount are to be released together."""
    return lost.amounts(project_id, worker_ids)


@step
def make(
    owed: Sequence[Owed], *, project_id: int, currency: str, actor: Actor, at: datetime
) -> dict[int, int]:
    """One payout per worker, ready to be sent; returns {worker id: payout id}."""
    ids = take_ids(Payout, len(owed))
    copy_rows(
        Payout,
        (
            "id",
            "worker_id",
            "project_id",
            "amount_minor",
            "currency",
            "state",
            "attempt",
            "reference",
            "code",
            "reason",
            "created_at",
        ),
        (
            (i, o.worker_id, project_id, o.amount_minor, currency, "ready", 1, "", "", "", at)
            for i, o in zip(ids, owed, strict=True)
        ),
    )
    audit.record_many(
        [
            Event(
                "payout.make",
                "payout",
                i,
                {"worker": o.worker_id, "project": project_id, "amount": o.amount_minor},
            )
            for i, o in zip(ids, owed, strict=True)
        ],
        actor=actor,
        at=at,
    )
    outbox.put_ids("payout.make", "payout_ids", ids)
    return {o.worker_id: i for i, o in zip(ids, owed, strict=True)}
