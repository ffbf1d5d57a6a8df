"""Plan with its parts and seats, its progress, and the offer that a worker answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from workers_app.people.models import only

plan_machine = Machine(
    "plan",
    Move("solve", ("draft",), "solved", "a plan was found; its cost, bound and reasons are kept"),
    Move(
        "fail",
        ("draft",),
        "infeasible",
        "there is no plan; the answer names what clashes and the cheapest repair",
    ),
    Move("park", ("draft",), "parked", "the search broke three times; an operator looks at it"),
    Move("propose", ("solved",), "proposed", "shown to everybody on the project"),
    Move("publish", ("proposed",), "published", "offered to the workers; the earlier plan ends"),
    Move("supersede", ("published",), "superseded", "a newer plan was published; final"),
    Move(
        "discard",
        ("draft", "solved", "proposed", "infeasible", "parked"),
        "discarded",
        "not wanted any more, or news came before it was published; final",
    ),
    starts=("draft",),
)
OPEN_STATES = ("draft", "solved", "proposed")


class Plan(StateModel):
    """One attempt to plan a project from `starts_on` on.

    `problem` is what was asked: the solver's problem, and the calendar of its slots. `seed` and `stop`
    are the arguments of the search; with the same problem they give the same plan. `causes` say what
    made a re-plan of `based_on` necessary. `result` holds the figures, or why there is no plan.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    causes = models.JSONField(default=list)
    starts_on = models.DateField()
    seed = models.PositiveIntegerField()
    stop = models.JSONField()
    problem = models.JSONField()
    state = StateField(plan_machine)
    result = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="published"), name="plan_one_published"
            )
        ]
        indexes = [models.Index(fields=["project", "-id"], name="plan_of_project")]
        triggers = [
            *plan_machine.triggers(),
            *guards.fixed(
                "plan", "project", "based_on", "starts_on", "seed", "stop", "problem", "made_by"
            ),
        ]

    @plan_machine.move
    def solve(self, *, at: datetime, result: dict[str, Any]) -> None:
        self.solved_at, self.result = at, result

    @plan_machine.move
    def fail(self, *, at: datetime, result: dict[str, Any]) -> None:
        self.solved_at, self.result = at, result

    @plan_machine.move
    def park(self, *, result: dict[str, Any]) -> None:
        self.result = result

    @plan_machine.move
    def propose(self) -> None: ...

    @plan_machine.move
    def publish(self, *, at: datetime) -> None:
        self.published_at = at

    @plan_machine.move
    def supersede(self) -> None: ...

    @plan_machine.move
    def discard(self) -> None: ...


class PlanPart(models.Model):
    """A package's place in a plan, days inclusive.

    `pinned`: a person put it there, a re-plan leaves it. `moved` says why it is elsewhere than in the
    plan before: [] kept or new.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="parts")
    work_package = models.ForeignKey(
        "projects.WorkPackage", on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    pinned = models.BooleanField(default=False)
    moved = models.JSONField(default=list)

    journal_under = "plan"

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["plan", "work_package"], name="plan_part_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="plan_part_in_order"
            ),
        ]
        triggers = guards.fixed("plan_part", "plan", "work_package")


class PlanSeat(models.Model):
    """Who works on a part from when to when, as which of the package's needs, at which day's wage."""

    part = models.ForeignKey(PlanPart, on_delete=models.PROTECT, related_name="seats")
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey(
        "workers_app.Crew", on_delete=models.PROTECT, related_name="+", null=True
    )
    need = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    rate_minor = models.BigIntegerField()

    journal_under = "part"

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["part", "worker"], name="plan_seat_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), rate_minor__gte=0),
                name="plan_seat_in_order",
            ),
        ]


class PlanProgress(models.Model):
    """A line of news while the search runs; `objective` None: no plan yet."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="progress")
    at = models.DateTimeField()
    seconds = models.FloatField()
    phase = models.CharField(max_length=40)
    objective = models.BigIntegerField(null=True)
    bound = models.BigIntegerField()
    note = models.CharField(max_length=120, default="")

    class Meta:
        app_label = "projects"


class PlanNeighbourhood(models.Model):
    """A part of a running search that any planner process may solve; gone when the round is over."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField()
    task = models.JSONField()
    answer = models.JSONField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "round", "number"], name="plan_neighbourhood_once"
            )
        ]


offer_machine = Machine(
    "offer",
    Move("accept", ("offered", "lapsed"), "accepted", "the worker will come"),
    Move("decline", ("offered", "lapsed"), "declined", "the worker will not; a re-plan follows"),
    Move("lapse", ("offered",), "lapsed", "no answer in time: planner and crew leader are told"),
    Move(
        "withdraw",
        ("offered", "lapsed", "accepted"),
        "withdrawn",
        "a newer plan needs the worker elsewhere or not at all; final",
    ),
    starts=("offered",),
)
LIVE_STATES = ("offered", "lapsed", "accepted")


class Offer(StateModel):
    """Work offered to one worker from `starts_on` to `ends_on`, both inclusive, at a day's wage.

    Silence is no consent and no refusal: after `answer_due_at` somebody asks in person, and coming to
    work accepts. `missed_on` is the first day on which the worker was planned and did not come.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="offers")
    work_package = models.ForeignKey(
        "projects.WorkPackage", on_delete=models.PROTECT, related_name="+"
    )
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey(
        "workers_app.Crew", on_delete=models.PROTECT, related_name="+", null=True
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    rate_minor = models.BigIntegerField()
    state = StateField(offer_machine)
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")
    missed_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="offer_in_order"),
            # Nobody is asked to be at two places, on whichever projects.
            ExclusionConstraint(
                name="offer_one_place_a_day",
                index_type="GIST",
                expressions=[
                    (only("worker_id"), "="),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"),
                        "&&",
                    ),
                ],
                condition=Q(state__in=LIVE_STATES),
            ),
        ]
        indexes = [models.Index(fields=["work_package", "state"], name="offer_of_package")]
        triggers = [
            *offer_machine.triggers(),
            *guards.fixed(
                "offer", "plan", "work_package", "worker", "starts_on", "rate_minor", "created_at"
            ),
        ]

    @offer_machine.move
    def accept(self, *, at: datetime) -> None:
        self.answered_at = at

    @offer_machine.move
    def decline(self, *, at: datetime, reason: str) -> None:
        self.answered_at, self.reason = at, reason

    @offer_machine.move
    def lapse(self) -> None: ...

    @offer_machine.move
    def withdraw(self, *, reason: str) -> None:
        self.reason = reason
