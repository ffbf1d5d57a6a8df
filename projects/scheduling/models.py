"""Work package, what it waits for, the rules of a site, and the assignment of a crew."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class WorkPackage(models.Model):
    """A piece of the work to be done: what, how much, in which window, and by whom.

    It takes `headcount` people of the trade at `level` or higher for `days` working days; without
    `days` its duration follows from the quantity and what one person makes a day, as learnt from
    accepted work, else `norm_thousandths`. `more_needs` are further people at the same time:
    {"skill", "level", "count", "certificate"}. Every working day after `due_on` costs `late_minor`.
    """

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
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+", null=True)
    days = models.PositiveSmallIntegerField(null=True)
    headcount = models.PositiveSmallIntegerField(default=1)
    level = models.PositiveSmallIntegerField(default=0)
    certificate = models.CharField(max_length=40, default="", blank=True)
    more_needs = models.JSONField(default=list)
    norm_thousandths = models.BigIntegerField(null=True)
    outdoor = models.BooleanField(default=True)  # rain stops it
    due_on = models.DateField(null=True)
    late_minor = models.BigIntegerField(default=0)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="work_package_code"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), planned_thousandths__gte=0),
                name="work_package_window",
            ),
            models.CheckConstraint(
                condition=(Q(days=None) | Q(days__gte=1))
                & (Q(norm_thousandths=None) | Q(norm_thousandths__gte=1))
                & Q(late_minor__gte=0, headcount__gte=1),
                name="work_package_size",
            ),
        ]
        triggers = guards.fixed("work_package", "project", "code")

    def __str__(self) -> str:
        return self.name


class PackageLink(models.Model):
    """`package` starts when `before` is over."""

    package = models.ForeignKey(WorkPackage, on_delete=models.PROTECT, related_name="waits_for")
    before = models.ForeignKey(WorkPackage, on_delete=models.PROTECT, related_name="+")

    journal_under = "package"

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["package", "before"], name="package_link_once"),
            models.CheckConstraint(
                condition=~Q(package=F("before")), name="package_link_of_two_packages"
            ),
        ]
        triggers = guards.append_only("package_link")


class SchedulingRule(models.Model):
    """What a plan has to keep on a project or one of its sites, in force from `valid_from` on.

    `document` holds the fields of `rules.SiteRule`.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+", null=True)
    valid_from = models.DateField()
    document = models.JSONField()
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "site", "valid_from"],
                nulls_distinct=False,
                name="scheduling_rule_once",
            )
        ]
        triggers = guards.append_only("scheduling_rule")


class StopDay(models.Model):
    """A day on which outdoor work stands still: rain, wind, heat, an order. Site None: everywhere."""

    WHYS = [(why, why) for why in ("rain", "wind", "heat", "order")]

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+", null=True)
    on = models.DateField()
    why = models.CharField(max_length=12, choices=WHYS)
    made_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "site", "on"], nulls_distinct=False, name="stop_day_once"
            )
        ]
        triggers = guards.append_only("stop_day")


assignment_machine = Machine(
    "assignment",
    Move("publish", ("proposed",), "published", "shown to the crew, which may accept or decline"),
    Move("accept", ("published",), "accepted", "the crew will do it"),
    Move("decline", ("published",), "declined", "the crew will not; final"),
    Move(
        "withdraw",
        ("proposed", "published", "accepted"),
        "withdrawn",
        "taken back by the planner, or replaced by a newer plan; final",
    ),
    Move("finish", ("accepted",), "done", "the work is over; final"),
    starts=("proposed",),
)


class Assignment(StateModel):
    """A crew is to do a work package from `starts_on` to `ends_on`, both inclusive."""

    work_package = models.ForeignKey(
        WorkPackage, on_delete=models.PROTECT, related_name="assignments"
    )
    crew = models.ForeignKey("workers_app.Crew", on_delete=models.PROTECT, related_name="+")
    # The plan that was published with it; None: made by hand.
    plan = models.ForeignKey(
        "projects.Plan", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
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
            # What was taken back or declined may be asked again.
            models.UniqueConstraint(
                fields=["work_package", "crew", "starts_on"],
                condition=~Q(state__in=["withdrawn", "declined"]),
                name="assignment_once",
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
