"""A roll call and its lines. A line is the foreman's word alone until the worker has answered it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class RollCall(models.Model):
    """Who was there, as the leader of the crew saw it on a site on a day."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    made_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["crew", "site", "on"], name="roll_call_once")
        ]
        triggers = guards.append_only("roll_call")


entry_machine = Machine(
    "roll_call_entry",
    Move("confirm", ("called",), "confirmed", "the worker says so too; presence becomes punches"),
    Move("deny", ("called",), "denied", "the worker says otherwise, in their words; final"),
    starts=("called",),
)


class RollCallEntry(StateModel):
    """One worker's line: there from `begins_at` to `ends_at`, or absent."""

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="entries")
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    is_present = models.BooleanField()
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    state = StateField(entry_machine)
    words = models.CharField(max_length=500, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "worker"], name="roll_call_entry_once"),
            models.CheckConstraint(
                condition=Q(is_present=False, begins_at=None, ends_at=None)
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
    def confirm(self, *, at: datetime) -> None:
        self.answered_at = at

    @entry_machine.move
    def deny(self, *, words: str, at: datetime) -> None:
        self.words, self.answered_at = words, at
