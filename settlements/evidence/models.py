"""How long a person's records are kept, and the destroying of the key to them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class Retention(models.Model):
    """For how many years records are kept after completion and settlement, as dated data."""

    valid_from = models.DateField(unique=True)
    years = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        app_label = "settlements"
        triggers = guards.append_only("retention")


erasure_machine = Machine(
    "erasure",
    Move(
        "confirm",
        ("asked",),
        "done",
        "a second person agreed; the person's key is destroyed; final",
    ),
    Move("refuse", ("asked",), "refused", "a second person said no and why; final"),
    starts=("asked",),
)


class Erasure(StateModel):
    """A person's fields are made unreadable by destroying the key to them; every proof still holds."""

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    state = StateField(erasure_machine)
    # Reason and answer are under the key that the erasure destroys.
    reason = models.TextField()
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    answer = models.TextField(default="")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")), name="erasure_maker_is_not_checker"
            ),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(state__in=["asked", "done"]), name="erasure_once"
            ),
        ]
        triggers = [
            *erasure_machine.triggers(),
            *guards.fixed("erasure", "worker", "made_by", "reason", "asked_at"),
        ]

    @erasure_machine.move
    def confirm(self, *, by: str, at: datetime) -> None:
        self.checked_by, self.answered_at = by, at

    @erasure_machine.move
    def refuse(self, *, by: str, answer: str, at: datetime) -> None:
        self.checked_by, self.answer, self.answered_at = by, answer, at
