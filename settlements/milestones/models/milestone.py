"""The milestone: its terms, its machine, and every decision about it."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

milestone_machine = Machine(
    "milestone",
    Move(
        "submit",
        ("planned", "rejected", "partly_accepted", "matched", "released", "paid"),
        "submitted",
        "handed in, first or with the cured rest; the silence clock runs",
    ),
    Move("accept", ("submitted",), "accepted", "the whole labour amount is accepted"),
    Move(
        "accept_partly",
        ("submitted",),
        "partly_accepted",
        "the accepted part is paid at once; the rest has a defect and a day for cure",
    ),
    Move(
        "reject",
        ("submitted",),
        "rejected",
        "nothing more accepted; names the defect, the amount and the day for cure",
    ),
    Move("deem", ("submitted",), "accepted", "nobody answered until the clock ran out"),
    Move("cancel", ("planned",), "cancelled", "planned by mistake; final"),
    Move(
        "match",
        ("accepted", "partly_accepted"),
        "matched",
        "attendance, acceptance and terms agree for every share of what was accepted",
    ),
    Move("release", ("matched",), "released", "every share is on its way to its worker"),
    Move("pay", ("released",), "paid", "the bank confirmed every share"),
    Move("owe", ("paid",), "released", "money came back; owed again"),
    starts=("planned",),
)

OPEN_STATES = (
    "accepted",
    "partly_accepted",
    "matched",
    "released",
    "paid",
    "rejected",
    "submitted",
)


class Milestone(StateModel):
    """What a crew is paid when a stage of its work is accepted (节点款), in minor units.

    `labour_minor` is the whole for the crew's work of `work_from` to `work_to`, both inclusive;
    `accepted_minor` is what was accepted of it so far and never falls. `retention_minor` of the whole
    is kept, in proportion, until `retention_until` (质保金, only where the crew agreed to it).
    The shares are fixed when the first accepted part is cut; from then on only corrections speak.
    """

    SHARE_RULES = [
        ("workdays", "by 工"),
        ("equal", "equally"),
        ("points", "by agreed points"),
        ("percent", "by agreed percent"),
    ]

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    contract = models.CharField(max_length=60)  # the crew's contract, by its number
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    work_from = models.DateField()
    work_to = models.DateField()
    currency = models.CharField(max_length=3)
    labour_minor = models.BigIntegerField()
    retention_minor = models.BigIntegerField(default=0)
    retention_until = models.DateField(null=True)
    share_rule = models.CharField(max_length=12, choices=SHARE_RULES, default="workdays")
    share_points = models.JSONField(default=dict)  # worker id -> points or percent
    # Working days that a worker has to sign the share-out; silence lets it go.
    sign_days = models.PositiveSmallIntegerField(default=1)
    state = StateField(milestone_machine)
    accepted_minor = models.BigIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    share_version = models.PositiveIntegerField(default=0)
    shares_fixed_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=40)
    submitted_by = models.CharField(max_length=40, default="")
    submitted_at = models.DateTimeField(null=True)
    silence_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, default="")
    defect = models.CharField(max_length=500, default="")
    cure_by = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="milestone_number"),
            models.CheckConstraint(
                condition=Q(work_to__gte=F("work_from"), labour_minor__gt=0),
                name="milestone_terms",
            ),
            models.CheckConstraint(
                condition=Q(accepted_minor__gte=0, accepted_minor__lte=F("labour_minor")),
                name="milestone_accepted_within_labour_amount",
            ),
            models.CheckConstraint(
                condition=Q(retention_minor=0)
                | Q(
                    retention_minor__gt=0,
                    retention_minor__lte=F("labour_minor"),
                    retention_until__gt=F("work_to"),
                ),
                name="milestone_retention",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("submitted_by")),
                name="milestone_maker_is_not_submitter",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("decided_by"))
                & (Q(decided_by="") | ~Q(submitted_by=F("decided_by"))),
                name="milestone_maker_is_not_checker",
            ),
        ]
        indexes = [models.Index(fields=["project", "work_to"], name="milestone_month")]
        triggers = [
            *milestone_machine.triggers(),
            *guards.fixed(
                "milestone",
                "project",
                "crew",
                "contract",
                "number",
                "name",
                "work_from",
                "work_to",
                "currency",
                "labour_minor",
                "retention_minor",
                "retention_until",
                "share_rule",
                "share_points",
                "sign_days",
                "made_by",
                "created_at",
            ),
            pgtrigger.Trigger(
                name="milestone_never_less",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "NEW.accepted_minor < OLD.accepted_minor OR (OLD.shares_fixed_at IS NOT NULL"
                    " AND (NEW.shares_fixed_at, NEW.share_version)"
                    " IS DISTINCT FROM (OLD.shares_fixed_at, OLD.share_version))"
                ),
                func="RAISE EXCEPTION 'milestone %: what was accepted and shared out stands', OLD.id"
                " USING ERRCODE = 'check_violation';",
            ),
        ]

    @property
    def rejected_minor(self) -> int | None:
        """What the last decision left out; None where it left out nothing."""
        return None if self.cure_by is None else self.labour_minor - self.accepted_minor

    @milestone_machine.move
    def submit(self, *, at: datetime, by: str, silence_due_at: datetime) -> None:
        self.submitted_at, self.submitted_by, self.silence_due_at = at, by, silence_due_at
        self.revision += 1
        self.decided_by = ""

    @milestone_machine.move
    def accept(self, *, at: datetime, by: str) -> None:
        self._decide(self.labour_minor, at, by, "", None)

    @milestone_machine.move
    def accept_partly(
        self, *, at: datetime, by: str, accepted_minor: int, defect: str, cure_by: date
    ) -> None:
        self._decide(accepted_minor, at, by, defect, cure_by)

    @milestone_machine.move
    def reject(self, *, at: datetime, by: str, defect: str, cure_by: date) -> None:
        self._decide(self.accepted_minor, at, by, defect, cure_by)

    @milestone_machine.move
    def deem(self, *, at: datetime) -> None:
        self._decide(self.labour_minor, at, "system", "", None)

    @milestone_machine.move
    def cancel(self) -> None: ...

    @milestone_machine.move
    def match(self) -> None: ...

    @milestone_machine.move
    def release(self) -> None: ...

    @milestone_machine.move
    def pay(self) -> None: ...

    @milestone_machine.move
    def owe(self) -> None: ...

    def _decide(
        self, accepted_minor: int, at: datetime, by: str, defect: str, cure_by: date | None
    ) -> None:
        self.accepted_minor = accepted_minor
        self.decided_at, self.decided_by = at, by
        self.defect, self.cure_by = defect, cure_by


class MilestoneInspection(models.Model):
    """One decision of the accepting side, or of its clock; every one is kept."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="inspections")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    result = models.CharField(max_length=16)  # accepted, partly_accepted, rejected, deemed
    accepted_minor = models.BigIntegerField()
    rejected_minor = models.BigIntegerField(null=True)
    defect = models.CharField(max_length=500, default="")
    cure_by = models.DateField(null=True)

    class Meta:
        app_label = "settlements"
        triggers = guards.append_only("milestone_inspection")
