"""What was accepted at once or kept back, cut into shares that sum to it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.milestones.models.milestone import Milestone

part_machine = Machine(
    "milestone_part",
    Move("fall_due", ("kept",), "due", "retention: its clock ended, or the accepting side let go"),
    Move("match", ("due",), "matched", "every share of it matched"),
    Move("release", ("matched",), "released", "every share of it is on its way"),
    Move("pay", ("released",), "paid", "the bank confirmed every share of it"),
    Move("owe", ("paid",), "released", "money came back; owed again"),
    starts=("due", "kept"),
)

_SUMS = """
    IF (SELECT sum(s.amount_minor) FROM settlements_milestonepartshare s WHERE s.part_id = {part})
       IS DISTINCT FROM (SELECT p.amount_minor FROM settlements_milestonepart p WHERE p.id = {part})
    THEN RAISE EXCEPTION 'the shares of milestone part % do not sum to it', {part}
         USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT sum(p.amount_minor) FROM settlements_milestonepart p
        JOIN settlements_milestonepart o ON o.milestone_id = p.milestone_id AND o.id = {part}
        WHERE p.kind <> 'correction')
       > (SELECT m.accepted_minor FROM settlements_milestone m
          JOIN settlements_milestonepart o ON o.milestone_id = m.id AND o.id = {part})
    THEN RAISE EXCEPTION 'the parts of a milestone come to more than was accepted'
         USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class MilestonePart(StateModel):
    """An amount that was accepted at once, kept back, or corrected; its shares sum to it."""

    KINDS = [("work", "work"), ("retention", "retention"), ("correction", "correction")]

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=KINDS)
    amount_minor = models.BigIntegerField()
    payable_on = models.DateField(null=True)  # retention: when its clock ends
    state = StateField(part_machine)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["milestone", "number"], name="milestone_part_once"),
            models.CheckConstraint(
                condition=Q(kind="correction") | Q(amount_minor__gt=0),
                name="milestone_part_amount",
            ),
            models.CheckConstraint(
                condition=~Q(kind="retention") | Q(payable_on__isnull=False),
                name="milestone_part_retention",
            ),
            models.CheckConstraint(
                condition=~Q(state="kept") | Q(kind="retention"), name="milestone_part_kept"
            ),
        ]
        triggers = [
            *part_machine.triggers(),
            *guards.fixed(
                "milestone_part", "milestone", "number", "kind", "amount_minor", "payable_on"
            ),
            pgtrigger.Trigger(
                name="milestone_part_sums",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=_SUMS.format(part="NEW.id"),
            ),
        ]

    @part_machine.move
    def fall_due(self) -> None: ...

    @part_machine.move
    def match(self) -> None: ...

    @part_machine.move
    def release(self) -> None: ...

    @part_machine.move
    def pay(self) -> None: ...

    @part_machine.move
    def owe(self) -> None: ...


class MilestonePartShare(models.Model):
    """What one worker gets of one part: to the minor unit, for ever."""

    part = models.ForeignKey(MilestonePart, on_delete=models.PROTECT, related_name="shares")
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["part", "worker"], name="milestone_part_share_once")
        ]
        triggers = [
            *guards.append_only("milestone_part_share"),
            pgtrigger.Trigger(
                name="milestone_part_share_sums",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=_SUMS.format(part="NEW.part_id"),
            ),
        ]
