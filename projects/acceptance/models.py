"""Task sheet of a crew, the history of its inspections, its photos and its signatures."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

sheet_machine = Machine(
    "task_sheet",
    Move(
        "submit",
        ("drafted", "rejected", "partly_accepted"),
        "submitted",
        "handed to the accepting side, first or again after cure; the silence clock runs",
    ),
    Move("inspect", ("submitted", "inspected"), "inspected", "measured on site"),
    Move("accept", ("submitted", "inspected"), "accepted", "the whole quantity is accepted"),
    Move(
        "accept_partly",
        ("submitted", "inspected"),
        "partly_accepted",
        "the accepted part is paid at once; the rest has a defect and a day for cure",
    ),
    Move(
        "reject",
        ("submitted", "inspected"),
        "rejected",
        "nothing more accepted; names the defect, the amount and the day for cure",
    ),
    Move(
        "deem",
        ("submitted", "inspected"),
        "deemed_accepted",
        "the accepting side stayed silent until its clock ran out",
    ),
    starts=("drafted",),
)

# The whole is accepted: nothing about the sheet changes any more but its signatures.
FINAL_STATES = ("accepted", "deemed_accepted")
WAITING_STATES = ("submitted", "inspected")


class TaskSheet(StateModel):
    """What a crew made (任务单): item, place, unit, and three quantities in thousandths of the unit.

    Covers the crew's work of `work_from` to `work_to`, both inclusive. `revision` counts how often it
    was handed in, `version` how often the accepted quantity was decided; accepted never falls.
    `time_accepted_at` is when the *time* of those days became payable: by acceptance, or at
    `time_due_at`, the end of the very first silence clock, which no rejection and no second
    submission moves — companies' quarrels are not the worker's (Decree 724 art. 35).
    """

    SHARE_RULES = [("workdays", "by 工"), ("equal", "equally"), ("points", "by agreed points")]
    GRADES = [("excellent", "优良"), ("qualified", "合格"), ("unqualified", "不合格")]

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    work_package = models.ForeignKey(
        "projects.WorkPackage", on_delete=models.PROTECT, related_name="task_sheets"
    )
    number = models.CharField(max_length=40)
    item = models.CharField(max_length=60)
    building = models.CharField(max_length=200, default="")
    floor = models.CharField(max_length=60, default="")
    axis = models.CharField(max_length=60, default="")
    unit = models.CharField(max_length=12)
    work_from = models.DateField()
    work_to = models.DateField()
    planned_thousandths = models.BigIntegerField()
    measured_thousandths = models.BigIntegerField(null=True)
    accepted_thousandths = models.BigIntegerField(null=True)
    grade = models.CharField(max_length=16, choices=GRADES, default="")
    # Piece work: the accepted quantity is shared among the crew; otherwise it only accepts the days.
    is_piece = models.BooleanField(default=False)
    share_rule = models.CharField(max_length=12, choices=SHARE_RULES, default="workdays")
    share_points = models.JSONField(default=dict)  # worker id -> points
    state = StateField(sheet_machine)
    revision = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=40)
    submitted_at = models.DateTimeField(null=True)
    silence_due_at = models.DateTimeField(null=True)
    time_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, default="")
    time_accepted_at = models.DateTimeField(null=True)
    defect = models.CharField(max_length=500, default="")
    cure_by = models.DateField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="task_sheet_number"),
            models.CheckConstraint(
                condition=Q(work_to__gte=F("work_from"), planned_thousandths__gte=0),
                name="task_sheet_period",
            ),
            models.CheckConstraint(
                condition=Q(accepted_thousandths=None)
                | Q(
                    accepted_thousandths__gte=0,
                    accepted_thousandths__lte=Coalesce(
                        F("measured_thousandths"), F("planned_thousandths")
                    ),
                ),
                name="task_sheet_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "submitted", "inspected", "rejected"])
                | Q(accepted_thousandths__isnull=False),
                name="task_sheet_accepted_quantity",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("decided_by")), name="task_sheet_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(time_accepted_at=None) | Q(submitted_at__isnull=False),
                name="task_sheet_time_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["crew", "work_from", "work_to"], name="task_sheet_crew_days")
        ]
        triggers = [
            *sheet_machine.triggers(),
            *guards.fixed(
                "task_sheet",
                "project",
                "crew",
                "number",
                "item",
                "building",
                "floor",
                "axis",
                "unit",
                "work_from",
                "work_to",
                "planned_thousandths",
                "is_piece",
                "share_rule",
                "share_points",
                "made_by",
            ),
            pgtrigger.Trigger(
                name="task_sheet_never_less",
                operation=pgtrigger.UpdateOf("accepted_thousandths"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "OLD.accepted_thousandths IS NOT NULL"
                    " AND coalesce(NEW.accepted_thousandths, -1) < OLD.accepted_thousandths"
                ),
                func="RAISE EXCEPTION 'what was accepted of task_sheet % never falls', OLD.id "
                "USING ERRCODE = 'check_violation';",
            ),
        ]

    @property
    def place(self) -> str:
        """Building, floor and axis in one line."""
        return " ".join(filter(None, (self.building, self.floor, self.axis)))

    @property
    def whole_thousandths(self) -> int:
        """What there is to accept: measured, or planned while nobody measured."""
        measured = self.measured_thousandths
        return self.planned_thousandths if measured is None else measured

    @property
    def rejected_thousandths(self) -> int | None:
        """What a decision left out; None while there is none."""
        if self.state not in ("rejected", "partly_accepted"):
            return None
        return self.whole_thousandths - (self.accepted_thousandths or 0)

    @sheet_machine.move
    def submit(self, *, at: datetime, silence_due_at: datetime) -> None:
        self.submitted_at, self.silence_due_at = at, silence_due_at
        self.time_due_at = self.time_due_at or silence_due_at
        self.revision += 1

    @sheet_machine.move
    def inspect(self, *, measured_thousandths: int, grade: str = "") -> None:
        self.measured_thousandths, self.grade = measured_thousandths, grade or self.grade

    @sheet_machine.move
    def accept(self, *, at: datetime, by: str, grade: str = "") -> None:
        if self.measured_thousandths is None:
            self.measured_thousandths = self.planned_thousandths
        self._decide(self.measured_thousandths, at, by, grade)

    @sheet_machine.move
    def accept_partly(
        self,
        *,
        at: datetime,
        by: str,
        accepted_thousandths: int,
        defect: str,
        cure_by: date,
        grade: str = "",
    ) -> None:
        self._decide(accepted_thousandths, at, by, grade)
        self.defect, self.cure_by = defect, cure_by

    @sheet_machine.move
    def reject(self, *, at: datetime, by: str, defect: str, cure_by: date, grade: str = "") -> None:
        self.decided_at, self.decided_by = at, by
        self.defect, self.cure_by, self.grade = defect, cure_by, grade or self.grade

    @sheet_machine.move
    def deem(self, *, at: datetime) -> None:
        self._decide(self.whole_thousandths, at, "system", "")

    def _decide(self, accepted_thousandths: int, at: datetime, by: str, grade: str) -> None:
        self.accepted_thousandths = accepted_thousandths
        self.version += 1
        self.decided_at, self.decided_by = at, by
        self.time_accepted_at = self.time_accepted_at or at
        self.defect, self.cure_by, self.grade = "", None, grade or self.grade


class Inspection(models.Model):
    """One look at a task sheet by the accepting side; every one is kept, of every revision."""

    RESULTS = [
        ("measured", "measured"),
        ("accepted", "accepted"),
        ("partly_accepted", "partly accepted"),
        ("rejected", "rejected"),
        ("deemed", "deemed"),
    ]
    sheet = models.ForeignKey(TaskSheet, on_delete=models.PROTECT, related_name="inspections")
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=0)  # of the accepted quantity, after it
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    result = models.CharField(max_length=16, choices=RESULTS)
    measured_thousandths = models.BigIntegerField(null=True)
    accepted_thousandths = models.BigIntegerField(null=True)
    rejected_thousandths = models.BigIntegerField(null=True)
    grade = models.CharField(max_length=16, default="")
    defect = models.CharField(max_length=500, default="")
    cure_by = models.DateField(null=True)

    class Meta:
        app_label = "projects"
        triggers = guards.append_only("inspection")


class Photo(models.Model):
    """A picture of the work: its bytes lie under their own SHA-256, this row says whose they are."""

    sheet = models.ForeignKey(TaskSheet, on_delete=models.PROTECT, related_name="photos")
    digest = models.CharField(max_length=64)  # SHA-256, hexadecimal
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()  # bytes
    caption = models.CharField(max_length=200, default="")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "digest"], name="photo_once"),
            models.CheckConstraint(
                condition=Q(digest__regex="^[0-9a-f]{64}$"), name="photo_digest"
            ),
        ]
        triggers = guards.append_only("photo")


class Signature(models.Model):
    """Somebody's word on exactly this content: it counts as long as the sheet's digest is this one."""

    SIDES = [("crew", "班组"), ("accepting", "验收方")]

    sheet = models.ForeignKey(TaskSheet, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=12, choices=SIDES)
    digest = models.CharField(max_length=64)  # SHA-256 of the sheet's content, hexadecimal
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            # Signing twice is signing once, and one hand can't sign for both sides.
            models.UniqueConstraint(fields=["sheet", "by", "digest"], name="signature_once"),
        ]
        triggers = guards.append_only("signature")
