"""Task sheet of a crew, and the history of its inspections."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

sheet_machine = Machine(
    "task_sheet",
    Move(
        "submit",
        ("drafted", "rejected", "partly_accepted"),
        "submitted",
        "handed to the accepting side; the silence clock runs",
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
        "nothing accepted; names the defect, the amount and the day for cure",
    ),
    Move(
        "deem",
        ("submitted", "inspected"),
        "deemed_accepted",
        "the accepting side stayed silent until its clock ran out",
    ),
    starts=("drafted",),
)

# In these states the crew's work of the sheet's days counts as accepted for time wages.
ACCEPTED_STATES = ("accepted", "partly_accepted", "deemed_accepted")


class TaskSheet(StateModel):
    """What a crew made (任务单): item, place, unit, and three quantities in thousandths of the unit.

    Covers the crew's work of `work_from` to `work_to`, both inclusive. `time_accepted_at` is when the
    *time* of those days became payable: by acceptance, or when the silence clock ran out, whichever
    came first — companies' quarrels are not the worker's (Decree 724 art. 35).
    """

    SHARE_RULES = [("workdays", "by 工"), ("equal", "equally"), ("points", "by agreed points")]

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    work_package = models.ForeignKey(
        "projects.WorkPackage", on_delete=models.PROTECT, related_name="task_sheets"
    )
    number = models.CharField(max_length=40)
    item = models.CharField(max_length=60)
    place = models.CharField(max_length=200)  # building, floor, axis
    unit = models.CharField(max_length=12)
    work_from = models.DateField()
    work_to = models.DateField()
    planned_thousandths = models.BigIntegerField()
    measured_thousandths = models.BigIntegerField(null=True)
    accepted_thousandths = models.BigIntegerField(null=True)
    # Piece work: the accepted quantity is shared among the crew; otherwise it only accepts the days.
    is_piece = models.BooleanField(default=False)
    share_rule = models.CharField(max_length=12, choices=SHARE_RULES, default="workdays")
    share_points = models.JSONField(default=dict)  # worker id -> points
    state = StateField(sheet_machine)
    version = models.PositiveIntegerField(default=0)  # of the accepted quantity
    made_by = models.CharField(max_length=40)
    submitted_at = models.DateTimeField(null=True)
    silence_due_at = models.DateTimeField(null=True)
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
                condition=Q(accepted_thousandths=None) | Q(accepted_thousandths__gte=0),
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
                "unit",
                "work_from",
                "work_to",
                "is_piece",
                "made_by",
            ),
        ]

    @sheet_machine.move
    def submit(self, *, at: datetime, silence_due_at: datetime) -> None:
        self.submitted_at, self.silence_due_at = at, silence_due_at

    @sheet_machine.move
    def inspect(self, *, measured_thousandths: int) -> None:
        self.measured_thousandths = measured_thousandths

    @sheet_machine.move
    def accept(self, *, at: datetime, by: str) -> None:
        if self.measured_thousandths is None:
            self.measured_thousandths = self.planned_thousandths
        self._decide(self.measured_thousandths, at, by)

    @sheet_machine.move
    def accept_partly(
        self, *, at: datetime, by: str, accepted_thousandths: int, defect: str, cure_by: date
    ) -> None:
        self._decide(accepted_thousandths, at, by)
        self.defect, self.cure_by = defect, cure_by

    @sheet_machine.move
    def reject(self, *, at: datetime, by: str, defect: str, cure_by: date) -> None:
        self.decided_at, self.decided_by = at, by
        self.defect, self.cure_by = defect, cure_by

    @sheet_machine.move
    def deem(self, *, at: datetime) -> None:
        quantity = self.measured_thousandths
        self._decide(self.planned_thousandths if quantity is None else quantity, at, "system")

    def _decide(self, accepted_thousandths: int, at: datetime, by: str) -> None:
        self.accepted_thousandths = accepted_thousandths
        self.version += 1
        self.decided_at, self.decided_by = at, by
        self.time_accepted_at = self.time_accepted_at or at
        self.defect, self.cure_by = "", None


class Inspection(models.Model):
    """One look at a task sheet by the accepting side; every one is kept."""

    RESULTS = [
        ("measured", "measured"),
        ("accepted", "accepted"),
        ("partly_accepted", "partly accepted"),
        ("rejected", "rejected"),
        ("deemed", "deemed"),
    ]
    sheet = models.ForeignKey(TaskSheet, on_delete=models.PROTECT, related_name="inspections")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    result = models.CharField(max_length=16, choices=RESULTS)
    measured_thousandths = models.BigIntegerField(null=True)
    accepted_thousandths = models.BigIntegerField(null=True)
    defect = models.CharField(max_length=500, default="")
    cure_by = models.DateField(null=True)

    class Meta:
        app_label = "projects"
        triggers = guards.append_only("inspection")
