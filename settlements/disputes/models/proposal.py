"""A result that is offered to both sides before anybody decides; silence takes it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.disputes.models.case import Dispute

proposal_machine = Machine(
    "proposal",
    Move("take", ("offered",), "taken", "both sides said yes, or one yes and silence; final"),
    Move("lapse", ("offered",), "taken_by_silence", "nobody answered in time: it counts; final"),
    Move("refuse", ("offered",), "refused", "a side said no: people answer now; final"),
    Move("drop", ("offered",), "dropped", "news or another ending took its place; final"),
    starts=("offered",),
)


class Proposal(StateModel):
    """What one claimant would get by line: {"line id": minor units}, and where it comes from.

    `basis`: "records" where all evidence verifies and only arithmetic differs, "silence" where the
    side that holds the proof did not bring it, "mediator" where a person proposed it.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="proposals")
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12)
    amounts = models.JSONField()
    reasons = models.TextField()
    state = StateField(proposal_machine)
    claimant_answer = models.CharField(max_length=8, default="", blank=True)
    respondent_answer = models.CharField(max_length=8, default="", blank=True)
    made_by = models.CharField(max_length=40)
    offered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "worker"],
                condition=Q(state="offered"),
                name="proposal_one_open",
            )
        ]
        triggers = [
            *proposal_machine.triggers(),
            *guards.fixed("proposal", "dispute", "worker", "basis", "amounts", "made_by"),
        ]

    @proposal_machine.move
    def take(self, *, at: datetime) -> None:
        self.ended_at = at

    @proposal_machine.move
    def lapse(self, *, at: datetime) -> None:
        self.ended_at = at

    @proposal_machine.move
    def refuse(self, *, at: datetime) -> None:
        self.ended_at = at

    @proposal_machine.move
    def drop(self, *, at: datetime) -> None:
        self.ended_at = at
