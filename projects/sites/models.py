"""Project, party, site, device, enrolment, and the project's dated policy."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from workers_app.people.models import days, only

project_machine = Machine(
    "project",
    Move("start", ("planned",), "running", "work may be recorded and paid"),
    Move("suspend", ("running",), "suspended", "no new work; what was worked is still paid"),
    Move("resume", ("suspended",), "running", "work goes on"),
    Move("complete", ("running", "suspended"), "completed", "the work is done; arrears still open"),
    Move("close", ("completed",), "closed", "everything settled; records are kept three years"),
    starts=("planned",),
)


class Project(StateModel):
    """One construction project: one wage account, one currency, one law, one zone."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=40)  # IANA name; a work day belongs to it
    currency = models.CharField(max_length=3)
    rule_set = models.CharField(max_length=20)
    region = models.CharField(max_length=40)
    state = StateField(project_machine)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        triggers = [*project_machine.triggers(), *guards.fixed("project", "code", "currency")]

    def __str__(self) -> str:
        return self.name

    @project_machine.move
    def start(self) -> None: ...

    @project_machine.move
    def suspend(self) -> None: ...

    @project_machine.move
    def resume(self) -> None: ...

    @project_machine.move
    def complete(self) -> None: ...

    @project_machine.move
    def close(self) -> None: ...


class Policy(models.Model):
    """What the project has agreed within the law, in force from `valid_from` until the next one.

    `silence_days`: working days after submission until a task sheet is deemed accepted.
    `confirm_days`: days that an exception waits before it is shown as overdue.
    `gates`: extra people before release, in order; none by default (rules of pay §1).
    `pay`: settings of the wage engine, in force for the months that begin under this policy.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="policies")
    valid_from = models.DateField()
    silence_days = models.PositiveSmallIntegerField(default=3)
    confirm_days = models.PositiveSmallIntegerField(default=3)
    gates = models.JSONField(default=list)
    # How wages are reckoned where the law leaves a choice; what is not named is the house's default.
    pay = models.JSONField(default=dict)
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["project", "valid_from"], name="policy_once")
        ]
        triggers = guards.append_only("policy")


class Party(models.Model):
    """An organisation's part in a project (建设单位, 总包, 分包, 监理)."""

    ROLES = [
        ("owner", "建设单位"),
        ("general_contractor", "施工总承包单位"),
        ("subcontractor", "分包单位"),
        ("supervisor", "监理单位"),
    ]
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(
        "jianzhu.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=24, choices=ROLES)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["project", "organisation", "role"], name="party_once")
        ]
        triggers = guards.append_only("party")


class Site(models.Model):
    """A place of the project with its own gate."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=40)

    class Meta:
        app_label = "projects"
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="site_code")]
        triggers = guards.fixed("site", "project", "code")

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A terminal on the allow-list. Its bodies are understood by its kind, its times by its zone."""

    KINDS = [
        ("hikvision", "Hikvision"),
        ("zkteco", "ZKTeco"),
        ("dahua", "Dahua"),
        ("uface", "Uface"),
        ("sheet", "sheet"),
        ("phone", "phone"),
        ("roll_call", "roll call"),
    ]
    DIRECTIONS = [("in", "in"), ("out", "out"), ("both", "both")]

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="devices")
    kind = models.CharField(max_length=12, choices=KINDS)
    serial = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    direction = models.CharField(max_length=4, choices=DIRECTIONS, default="both")
    zone = models.CharField(max_length=40)
    # Known error of the device's clock now: device time minus true time (see DeviceDrift).
    drift_seconds = models.IntegerField(default=0)
    active = models.BooleanField(default=True)
    last_seen_at = models.DateTimeField(null=True)
    # The latest events sent as they happened: [received, device minus received] in Unix seconds.
    clock = models.JSONField(default=list)
    # Where missed events are asked for (Hikvision), and until when they have been.
    address = models.CharField(max_length=200, default="")
    login = models.CharField(max_length=64, default="")
    password_key = models.BinaryField(null=True)
    password_sealed = models.BinaryField(null=True)
    pulled_until = models.DateTimeField(null=True)

    journal_except = ("last_seen_at", "clock", "pulled_until")

    class Meta:
        app_label = "projects"
        constraints = [models.UniqueConstraint(fields=["kind", "serial"], name="device_once")]
        triggers = guards.fixed("device", "site", "kind")

    def __str__(self) -> str:
        return self.name

    @property
    def silent_since(self) -> datetime | None:
        """Since when it is silent against its habit, where it is."""
        raised = (alarm.silent_since for alarm in self.alarms.all() if alarm.state == "raised")
        return next(raised, None)


class DeviceDrift(models.Model):
    """The error of a device's clock from an instant on: measured, or said by a person."""

    SOURCES = [("measured", "measured"), ("said", "said")]

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="drifts")
    valid_from = models.DateTimeField()
    seconds = models.IntegerField()
    source = models.CharField(max_length=8, choices=SOURCES)
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "projects"
        indexes = [models.Index(fields=["device", "valid_from"], name="device_drift_from")]
        triggers = guards.append_only("device_drift")


class DeviceHour(models.Model):
    """How often a device was heard in one hour (its start, UTC): what a silence is measured by."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField()
    bodies = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "projects"
        constraints = [models.UniqueConstraint(fields=["device", "hour"], name="device_hour_once")]


device_alarm_machine = Machine(
    "device_alarm",
    Move("end", ("raised",), "ended", "the gate was heard again; final"),
    starts=("raised",),
)


class DeviceAlarm(StateModel):
    """A gate is silent in hours in which it usually speaks: look at its power and its network."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="alarms")
    silent_since = models.DateTimeField()
    # Of so many recent days, it spoke on so many in the same hours.
    usual_days = models.PositiveSmallIntegerField()
    of_days = models.PositiveSmallIntegerField()
    state = StateField(device_alarm_machine)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(state="raised"), name="device_alarm_one_open"
            )
        ]
        triggers = [
            *device_alarm_machine.triggers(),
            *guards.fixed("device_alarm", "device", "silent_since", "created_at"),
        ]

    @device_alarm_machine.move
    def end(self, *, at: datetime) -> None:
        self.ended_at = at


class Enrolment(models.Model):
    """A worker's number on the terminals of a site over [valid_from, valid_to)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="enrolments")
    person_no = models.CharField(max_length=40)
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        app_label = "projects"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="enrolment_period",
            ),
            ExclusionConstraint(
                name="enrolment_one_person_a_number",
                index_type="GIST",
                expressions=[
                    (only("site_id"), "="),
                    (
                        Func(
                            Func(F("person_no"), Value(0), function="hashtextextended"),
                            Func(F("person_no"), Value(0), function="hashtextextended"),
                            Value("[]"),
                            function="int8range",
                        ),
                        "=",
                    ),
                    (days("valid_from", "valid_to"), "&&"),
                ],
            ),
        ]
        triggers = guards.fixed("enrolment", "site", "person_no", "worker", "valid_from")
