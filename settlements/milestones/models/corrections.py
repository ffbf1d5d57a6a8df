"""Corrections of shares that stand, by two people."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.milestones.models.milestone import Milestone
from settlements.milestones.models.parts import MilestonePart

correction_machine = Machine(
    "milestone_correction",
    Move("agree", ("proposed",), "agreed", "a second person agreed; signed differences go out"),
    Move("refuse", ("proposed",), "refused", "not agreed; final"),
    starts=("proposed",),
)


class MilestoneCorrection(StateModel):
    """Signed differences to shares that stand: {worker id: minor units}, by two people."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="corrections")
    amounts = models.JSONField()
    reason = models.CharField(max_length=500)
    reference = models.CharField(max_length=60)  # the paper that it rests on
    state = StateField(correction_machine)
    part = models.OneToOneField(
        MilestonePart, on_delete=models.PROTECT, related_name="+", null=True
    )
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "reference"], name="milestone_correction_once"
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")),
                name="milestone_correction_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(part__isnull=False),
                name="milestone_correction_agreed",
            ),
        ]
        triggers = [
            *correction_machine.triggers(),
            *guards.fixed(
                "milestone_correction", "milestone", "amounts", "reason", "reference", "made_by"
            ),
        ]

    @correction_machine.move
    def agree(self, *, by: str, part_id: int) -> None:
        self.checked_by, self.part_id = by, part_id

    @correction_machine.move
    def refuse(self, *, by: str) -> None:
        self.checked_by = by
