"""One row: whether payouts leave, why not, and which database said so last."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

ONLY = 1

switch_machine = Machine(
    "payout_switch",
    Move("stop", ("running", "asked"), "stopped", "no instruction goes to any rail"),
    Move("ask", ("stopped",), "asked", "one person found the cause and asks to start again"),
    Move("start", ("asked",), "running", "a second person agreed; what waited goes out"),
    starts=("running",),
)


class PayoutSwitch(StateModel):
    """`database` names cluster, timeline and database in which payouts ran last: in a restored copy
    or after a failover it is another one, and payouts start stopped."""

    state = StateField(switch_machine)
    reason = models.CharField(max_length=500, default="")
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=40, default="")
    asked_by = models.CharField(max_length=40, default="")
    started_by = models.CharField(max_length=40, default="")
    database = models.CharField(max_length=80, default="")
    checked_at = models.DateTimeField(null=True)
    # Stopped because the bank may know payments that this database does not.
    restored = models.BooleanField(default=False, db_default=False)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=Q(id=ONLY), name="payout_switch_only"),
            # Whatever writes here: who starts is not who asked.
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(started_by="")
                | ~Q(started_by=models.F("asked_by")),
                name="payout_switch_two_people",
            ),
        ]
        triggers = [
            *switch_machine.triggers(),
            *guards.fixed("payout_switch", "id"),
        ]

    @switch_machine.move
    def stop(self, *, reason: str, by: str, at: datetime) -> None:
        self.reason, self.stopped_by, self.stopped_at = reason[:500], by, at
        self.asked_by = self.started_by = ""

    @switch_machine.move
    def ask(self, *, by: str, database: str) -> None:
        self.asked_by, self.database = by, database

    @switch_machine.move
    def start(self, *, by: str) -> None:
        self.started_by, self.restored = by, False
