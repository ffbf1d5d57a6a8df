"""A roll call and its lines. A line is the foreman's word alone until the worker has answered it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class RollCall(models.Model):
    """Who was there, as the leader of the crew saw it on a site on a day.

    A day has as many rounds as the leader calls: who comes in the morning, who goes in the evening.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)
    made_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["crew", "site", "on", "round"], name="roll_call_round_once"
            )
        ]
        triggers = guards.append_only("roll_call")


entry_machine = Machine(
    "roll_call_entry",
    Move("confirm", ("called",), "confirmed", "the worker says so too; presence becomes punches"),
    Move("deny", ("called",), "denied", "the worker says otherwise, in their words; final"),
    starts=("called",),
)


class RollCallEntry(StateModel):
    """One worker's line: came at `begins_at`, went at `ends_at`, one of them or both; or absent.

    `answered_by`: from the worker's own account ("worker"), or by a code that was sent to the
    worker's phone and told to the leader ("code").
    """

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="entries")
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    is_present = models.BooleanField()
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    state = StateField(entry_machine)
    words = models.CharField(max_length=500, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=8, default="")

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "worker"], name="roll_call_entry_once"),
            models.CheckConstraint(
                condition=Q(is_present=False, begins_at=None, ends_at=None)
                | Q(is_present=True, begins_at=None, ends_at__isnull=False)
                | Q(is_present=True, begins_at__isnull=False, ends_at=None)
                | Q(is_present=True, ends_at__gt=F("begins_at")),
                name="roll_call_entry_times",
            ),
        ]
        triggers = [
            *entry_machine.triggers(),
            *guards.fixed(
                "roll_call_entry", "roll_call", "worker", "is_present", "begins_at", "ends_at"
            ),
        ]

    @entry_machine.move
    def confirm(self, *, by: str, at: datetime) -> None:
        self.answered_by, self.answered_at = by, at

    @entry_machine.move
    def deny(self, *, words: str, at: datetime) -> None:
        self.words, self.answered_by, self.answered_at = words, "worker", at
