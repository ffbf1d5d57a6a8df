"""Work package and the assignment of a crew to it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class WorkPackage(models.Model):
    """A piece of the work to be done: what, how much, and in which window."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.PROTECT, related_name="work_packages"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    trade = models.CharField(max_length=40)
    item = models.CharField(max_length=60, default="", blank=True)
    unit = models.CharField(max_length=12, default="", blank=True)
    planned_thousandths = models.BigIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField()  # inclusive: the last day of work

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="work_package_code"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), planned_thousandths__gte=0),
                name="work_package_window",
            ),
        ]
        triggers = guards.fixed("work_package", "project", "code")

    def __str__(self) -> str:
        return self.name


assignment_machine = Machine(
    "assignment",
    Move("publish", ("proposed",), "published", "shown to the crew, which may accept or decline"),
    Move("accept", ("published",), "accepted", "the crew will do it"),
    Move("decline", ("published",), "declined", "the crew will not; final"),
    Move("withdraw", ("proposed", "published"), "withdrawn", "taken back by the planner; final"),
    Move("finish", ("accepted",), "done", "the work is over; final"),
    starts=("proposed",),
)


class Assignment(StateModel):
    """A crew is to do a work package from `starts_on` to `ends_on`, both inclusive."""

    work_package = models.ForeignKey(
        WorkPackage, on_delete=models.PROTECT, related_name="assignments"
    )
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    headcount = models.PositiveSmallIntegerField()
    state = StateField(assignment_machine)
    reason = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), headcount__gte=1),
                name="assignment_window",
            ),
            models.UniqueConstraint(
                fields=["work_package", "crew", "starts_on"], name="assignment_once"
            ),
        ]
        triggers = [
            *assignment_machine.triggers(),
            *guards.fixed("assignment", "work_package", "crew"),
        ]

    @assignment_machine.move
    def publish(self) -> None: ...

    @assignment_machine.move
    def accept(self, *, at: datetime) -> None:
        self.answered_at = at

    @assignment_machine.move
    def decline(self, *, at: datetime, reason: str) -> None:
        self.answered_at, self.reason = at, reason

    @assignment_machine.move
    def withdraw(self, *, reason: str) -> None:
        self.reason = reason

    @assignment_machine.move
    def finish(self) -> None: ...
