"""Raw bodies, punches, what could not be understood, day records and corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class AttendanceRule(models.Model):
    """The dated rule by which punches become a day: for a project, or for one crew of it.

    `document` holds the fields of `rules.DayRule`. Versions follow each other by `valid_from`.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey(
        "workers_app.Crew", on_delete=models.PROTECT, related_name="+", null=True
    )
    valid_from = models.DateField()
    document = models.JSONField()
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "crew", "valid_from"],
                nulls_distinct=False,
                name="attendance_rule_once",
            )
        ]
        triggers = guards.append_only("attendance_rule")


def _noted(model: str) -> models.ForeignKey[Any, Any]:
    """A row that can't be deleted and is looked for by `punch_stands`, so without a constraint."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )


class DeviceBody(models.Model):
    """What a terminal or a sheet sent, byte for byte; understood later, and then counted.

    `device` is empty while the serial is unknown. Only the outcome is ever written again.
    """

    device = models.ForeignKey(
        "projects.Device", on_delete=models.PROTECT, related_name="+", null=True
    )
    kind = models.CharField(max_length=12)
    serial = models.CharField(max_length=64, default="")
    received_at = models.DateTimeField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    query = models.JSONField(default=dict)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    understood_at = models.DateTimeField(null=True)
    events = models.PositiveIntegerField(default=0)
    punches = models.PositiveIntegerField(default=0)  # new ones; repeats are none
    faults = models.JSONField(default=list)

    journal_digest = ("body", "digest")
    # It is itself what somebody said, under its own digest: that it came in needs no other event.
    journal_arrives = True

    class Meta:
        app_label = "projects"
        indexes = [BrinIndex(fields=["received_at"], name="device_body_received")]
        triggers = [
            *guards.fixed(
                "device_body",
                "kind",
                "serial",
                "received_at",
                "method",
                "path",
                "query",
                "body",
                "digest",
            ),
            guards.not_truncated("device_body"),
        ]


class Punch(models.Model):
    """One passage of one person, as it was told (打卡). Never changed, never deleted.

    Three times are kept: `received_at` by the server, `device_at` by the device's own clock, `at`
    corrected for its zone and drift. PostgreSQL partitions the table by the month of `told_on`, the
    date in the event's own words: unlike `at` it is the same for every copy of the event, whatever
    is learnt about zone and drift meanwhile, so the unique key can hold it.

    Other tables keep a punch's id as a plain number: a key over all partitions can't be referenced.
    For the same reason of cost the keys below are checked by one trigger per statement
    (`punch_stands`), not by five per row; the rows they name can't be deleted.
    """

    SOURCES = [(s, s) for s in ("device", "sheet", "correction", "phone", "roll_call")]
    DIRECTIONS = [(d, d) for d in ("in", "out", "unknown", "break", "return")]

    worker = _noted("workers_app.Worker")
    project = _noted("projects.Project")
    site = _noted("projects.Site")
    device = _noted("projects.Device")
    body = _noted("projects.DeviceBody")
    at = models.DateTimeField()
    device_at = models.DateTimeField()
    received_at = models.DateTimeField()
    told_on = models.DateField()
    direction = models.CharField(max_length=8, choices=DIRECTIONS)
    method = models.CharField(max_length=12)
    source = models.CharField(max_length=12, choices=SOURCES)
    # The device's own name for the event: the same event any number of times is one punch.
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    journal_under = "body"

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["device", "key", "told_on"], name="punch_once")
        ]
        indexes = [
            models.Index(fields=["worker", "at"], name="punch_worker_at"),
            # The punches of a body lie together: a few kilobytes find them among millions.
            BrinIndex(fields=["body"], name="punch_body"),
        ]
        triggers = guards.append_only("punch")


class IngestCount(models.Model):
    """What came in from gates, counted by day, maker and outcome: the operator's meter."""

    on = models.DateField()  # UTC
    maker = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    count = models.BigIntegerField(default=0)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["on", "maker", "name"], name="ingest_count_once")
        ]


parked_machine = Machine(
    "parked_event",
    Move("resolve", ("parked",), "resolved", "what was missing came; it is a punch now"),
    Move("dismiss", ("parked",), "dismissed", "a person said why it is no punch; final"),
    starts=("parked",),
)


class ParkedEvent(StateModel):
    """An event that could not become a punch, kept and shown: unknown device, person, bad time."""

    body = models.ForeignKey(DeviceBody, on_delete=models.PROTECT, related_name="parked")
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+", null=True)
    # Both empty where the device was not on the list; `maker` and `serial` are what it said.
    device = models.ForeignKey(
        "projects.Device", on_delete=models.PROTECT, related_name="+", null=True
    )
    maker = models.CharField(max_length=12, default="")
    serial = models.CharField(max_length=64, default="")
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    person_no = models.CharField(max_length=40, default="")
    event = models.JSONField()
    state = StateField(parked_machine)
    reason = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["body", "code", "key"], name="parked_event_once")
        ]
        indexes = [
            models.Index(
                fields=["code", "person_no"], condition=Q(state="parked"), name="parked_waiting"
            ),
            models.Index(
                fields=["maker", "serial"],
                condition=Q(state="parked", device=None),
                name="parked_stranger",
            ),
        ]
        triggers = [
            *parked_machine.triggers(),
            *guards.fixed("parked_event", "body", "code", "key", "event"),
        ]

    @parked_machine.move
    def resolve(self) -> None: ...

    @parked_machine.move
    def dismiss(self, *, reason: str) -> None:
        self.reason = reason


day_machine = Machine(
    "day_record",
    Move("pair", ("open", "paired"), "paired", "read, but the day is not over yet"),
    Move(
        "confirm",
        ("open", "paired", "exception", "confirmed"),
        "confirmed",
        "over and clean: it confirmed itself",
    ),
    Move(
        "question",
        ("open", "paired", "exception", "confirmed", "corrected"),
        "exception",
        "over and unclear, or punched again after a correction: a person has to answer",
    ),
    Move(
        "correct",
        ("open", "paired", "exception", "confirmed", "corrected", "locked"),
        "corrected",
        "a second person approved a correction; the raw punches stay",
    ),
    Move(
        "lock", ("confirmed", "corrected"), "locked", "the period is settled; later news corrects"
    ),
    starts=("open", "paired", "exception", "confirmed"),
)


class DayRecord(StateModel):
    """One worker's work on one project on one day (考勤): the day the shift began, in site zone.

    `minutes` worked, `night_minutes` of them at night, `workday_thousandths` 工 in quarter steps.
    `intervals` are [in, out] instants in ISO UTC; `exceptions` are codes. `late_punch_ids` came when
    the period was settled already: they change nothing by themselves, and are shown.
    """

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey(
        "workers_app.Crew", on_delete=models.PROTECT, related_name="+", null=True
    )
    on = models.DateField()
    state = StateField(day_machine)
    # Rises with every change of the figures; a wage line names the version it was made from.
    version = models.PositiveIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(default=0)
    night_minutes = models.PositiveSmallIntegerField(default=0)
    workday_thousandths = models.PositiveSmallIntegerField(default=0)
    intervals = models.JSONField(default=list)
    exceptions = models.JSONField(default=list)
    punch_ids = models.JSONField(default=list)
    late_punch_ids = models.JSONField(default=list)
    rule = models.ForeignKey(AttendanceRule, on_delete=models.PROTECT, related_name="+", null=True)
    correction = models.ForeignKey(
        "projects.Correction", on_delete=models.PROTECT, related_name="+", null=True
    )
    # By when an exception should be answered.
    answer_due_on = models.DateField(null=True)
    updated_at = models.DateTimeField()

    # A month is read at once: one event per worker and statement, a line per day.
    journal_under = "worker"

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["worker", "project", "on"], name="day_record_once"),
            models.CheckConstraint(
                condition=Q(minutes__lte=1440, night_minutes__lte=F("minutes")),
                name="day_record_minutes",
            ),
        ]
        indexes = [models.Index(fields=["project", "on"], name="day_record_project_on")]
        triggers = [
            *day_machine.triggers(),
            *guards.fixed("day_record", "worker", "project", "on"),
        ]

    @day_machine.move
    def pair(self) -> None: ...

    @day_machine.move
    def confirm(self) -> None: ...

    @day_machine.move
    def question(self) -> None: ...

    @day_machine.move
    def correct(self, *, correction_id: int) -> None:
        self.correction_id = correction_id

    @day_machine.move
    def lock(self) -> None: ...


correction_machine = Machine(
    "correction",
    Move("approve", ("requested",), "approved", "a second person agrees; the day shows both"),
    Move("refuse", ("requested",), "refused", "a second person says no and why; final"),
    Move("withdraw", ("requested",), "withdrawn", "taken back by who asked; final"),
    starts=("requested",),
)


class Correction(StateModel):
    """A request to read a day otherwise than its punches say (补卡): new record, reason, two people."""

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    # [[in, out], …] as ISO instants in UTC: what the day is said to have been.
    intervals = models.JSONField()
    reason = models.CharField(max_length=500)
    # Who saw it, and the SHA-256 of a photo that shows it, in hex.
    witness = models.ForeignKey(
        "workers_app.Worker", on_delete=models.PROTECT, related_name="+", null=True
    )
    photo_sha256 = models.CharField(max_length=64, default="")
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    answer = models.CharField(max_length=500, default="")
    state = StateField(correction_machine)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")), name="correction_maker_is_not_checker"
            ),
            models.UniqueConstraint(
                fields=["worker", "project", "on"],
                condition=Q(state="requested"),
                name="correction_one_open_a_day",
            ),
        ]
        triggers = [
            *correction_machine.triggers(),
            *guards.fixed(
                "correction",
                "worker",
                "project",
                "on",
                "intervals",
                "reason",
                "witness",
                "photo_sha256",
                "made_by",
            ),
        ]

    @correction_machine.move
    def approve(self, *, by: str, answer: str, at: datetime) -> None:
        self.checked_by, self.answer, self.decided_at = by, answer, at

    @correction_machine.move
    def refuse(self, *, by: str, answer: str, at: datetime) -> None:
        self.checked_by, self.answer, self.decided_at = by, answer, at

    @correction_machine.move
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at
