"""Milestone, its inspections, who shares in it, the parts that were accepted, and corrections."""

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
