"""A case over lines of one worker."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

dispute_machine = Machine(
    "dispute",
    Move("hear", ("filed",), "evidence", "the records were laid side by side; each side is asked"),
    Move(
        "resolve",
        ("evidence",),
        "resolved_by_data",
        "attendance and acceptance match: the wages went out by themselves",
    ),
    Move("decide", ("evidence",), "decided", "arbitration staff decided; the decision was posted"),
    Move("withdraw", ("filed", "evidence"), "withdrawn", "taken back by the worker"),
    Move(
        "close", ("resolved_by_data", "decided", "withdrawn"), "closed", "nothing left to do; final"
    ),
    starts=("filed",),
)


class Dispute(StateModel):
    """A worker's objection to one or more lines of a statement.

    A held line waits under the case; a released one was paid, and the case is about a difference.
    """

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    state = StateField(dispute_machine)
    claim = models.CharField(max_length=1000)
    # The hand that decides; set by assignment, never a party of the project.
    assigned_to = models.ForeignKey(
        "jianzhu.User", on_delete=models.PROTECT, related_name="+", null=True
    )
    filed_by = models.CharField(max_length=40)
    decided_by = models.CharField(max_length=40, default="")
    reasons = models.TextField(default="")
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(
                condition=~Q(filed_by=F("decided_by")), name="dispute_maker_is_not_decider"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="dispute_open")]
        triggers = [
            *dispute_machine.triggers(),
            *guards.fixed("dispute", "worker", "project", "claim", "filed_by", "filed_at"),
        ]

    @dispute_machine.move
    def hear(self) -> None: ...

    @dispute_machine.move
    def resolve(self, *, at: datetime) -> None:
        self.ended_at = at

    @dispute_machine.move
    def decide(self, *, by: str, reasons: str, at: datetime) -> None:
        self.decided_by, self.reasons, self.ended_at = by, reasons, at

    @dispute_machine.move
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at

    @dispute_machine.move
    def close(self) -> None: ...


class DisputedLine(models.Model):
    """A line under a case, with what was decided of it: an amount to pay, or nothing more."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        "settlements.StatementLine", on_delete=models.PROTECT, related_name="+"
    )
    # How the line stood when the worker objected: what has to change for data to settle it.
    state_filed = models.CharField(max_length=24)
    version_filed = models.PositiveIntegerField()
    # The case still holds the line; at most one case does.
    live = models.BooleanField(default=True)
    outcome = models.CharField(max_length=24, default="")
    awarded_minor = models.BigIntegerField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["dispute", "line"], name="disputed_line_once"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(live=True), name="disputed_line_one_case"
            ),
        ]
        triggers = guards.fixed("disputed_line", "dispute", "line")
