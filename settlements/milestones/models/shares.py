"""Who shares in a milestone, and what each said to the share-out."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.milestones.models.milestone import Milestone

sharer_machine = Machine(
    "milestone_share",
    Move("sign", ("asked", "objected"), "signed", "saw the share-out and agrees"),
    Move("object", ("asked",), "objected", "does not agree: this share alone waits"),
    Move("lapse", ("asked",), "silent", "said nothing in time; recorded as silence; it goes out"),
    Move(
        "replace",
        ("asked", "signed", "silent", "objected"),
        "replaced",
        "attendance changed before anything was cut: shared out anew; final",
    ),
    starts=("asked",),
)


class MilestoneShare(StateModel):
    """A worker's weight in one version of the share-out, and what the worker said to it.

    `digest` names the whole share-out as it was shown: everybody's weight and the terms.
    `days`: [[day record, version], …] that a weight in 工 was read from.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="shares")
    version = models.PositiveIntegerField()
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    weight = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    days = models.JSONField(default=list)
    state = StateField(sharer_machine)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=40, default="")
    words = models.CharField(max_length=1_000, default="")

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "version", "worker"], name="milestone_share_once"
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="milestone_share_weight"),
        ]
        triggers = [
            *sharer_machine.triggers(),
            *guards.fixed(
                "milestone_share", "milestone", "version", "worker", "weight", "digest", "days"
            ),
        ]

    @sharer_machine.move
    def sign(self, *, by: str, at: datetime) -> None:
        self.answered_by, self.answered_at = by, at

    @sharer_machine.move
    def object(self, *, by: str, words: str, at: datetime) -> None:
        self.answered_by, self.answered_at, self.words = by, at, words

    @sharer_machine.move
    def lapse(self, *, at: datetime) -> None:
        self.answered_at = at

    @sharer_machine.move
    def replace(self) -> None: ...
