"""Reading the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from jianzhu.audit.journal import ACTOR
from jianzhu.audit.models import AuditEvent
from jianzhu.audit.records import events_about
from jianzhu.audit.verification import Verification, verify

__all__ = ["Told", "Verification", "history", "verify"]


@dataclass(frozen=True, slots=True)
class Told:
    """An event as pages show it."""

    at: datetime
    actor: str
    verb: str
    data: dict[str, Any]


def history(subject_type: str, subject_id: int) -> list[Told]:
    """Everything that was done to one row, oldest first.

    What the database itself told is left out, except of a change that no application event of the
    same transaction explains: that one was made by hand.
    """
    explained = AuditEvent.objects.filter(transaction_id=OuterRef("transaction_id")).exclude(
        actor=ACTOR
    )
    rows = AuditEvent.objects.filter(pk__in=events_about({subject_type: [subject_id]}))
    shown = rows.exclude(Exists(explained), actor=ACTOR)
    return [Told(e.at, e.actor, e.verb, e.data) for e in shown.order_by("id")]


def acted(hand: str, subjects: Mapping[str, Iterable[int]]) -> bool:
    """Whether this hand did anything to one of these rows ({noun: ids})."""
    return any(
        AuditEvent.objects.filter(actor=hand, subject_type=noun, subject_id__in=list(ids)).exists()
        for noun, ids in subjects.items()
    )
