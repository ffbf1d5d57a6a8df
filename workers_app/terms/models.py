"""Work agreement and its rate versions."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from workers_app.people.models import days, only


class Agreement(models.Model):
    """The written work agreement of one worker on one project (用工书面协议, Decree 724 art. 6)."""

    worker = models.ForeignKey(
        "workers_app.Worker", on_delete=models.PROTECT, related_name="agreements"
    )
    # The project's row lies in a room above this one, so only its id is kept.
    project_id = models.BigIntegerField()
    employer = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    trade = models.CharField(max_length=40)
    # Rule set of the law that applies, and the region whose dated values it uses.
    rule_set = models.CharField(max_length=20)
    region = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    pay_day = models.PositiveSmallIntegerField()  # day of the following month
    signed_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.UniqueConstraint(fields=["worker", "project_id"], name="agreement_once"),
            models.CheckConstraint(
                condition=Q(pay_day__gte=1, pay_day__lte=31), name="agreement_pay_day"
            ),
        ]
        triggers = guards.fixed("agreement", "worker", "project_id", "currency", "rule_set")


rate_machine = Machine(
    "agreed_rate",
    Move("agree", ("proposed",), "agreed", "a second person signed; it counts from valid_from"),
    Move("refuse", ("proposed",), "refused", "not agreed; final"),
    Move("end", ("agreed",), "ended", "another version follows; it still counts up to valid_to"),
    starts=("proposed",),
)


class AgreedRate(StateModel):
    """One rate in force over [valid_from, valid_to): per hour, day (工), month, or piece of an item.

    A time rate has no item. `rate_minor` is per hour, 工, month, or unit of the item.
    """

    BASES = [
        ("hour", "小时"),
        ("day", "工日"),
        ("month", "月"),
        ("lump_day", "包日"),
        ("lump_month", "包月"),
        ("salary", "薪水"),
        ("piece", "计件"),
    ]
    SALARY_PER = [
        ("week", "week"),
        ("two_weeks", "two weeks"),
        ("half_month", "half a month"),
        ("month", "month"),
        ("year", "year"),
    ]

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="rates")
    basis = models.CharField(max_length=12, choices=BASES)
    item = models.CharField(max_length=60, default="", blank=True)
    unit = models.CharField(max_length=12, default="", blank=True)
    rate_minor = models.BigIntegerField()
    # Hours that make one 工 by this contract (custom is 8 to 10), in minutes.
    workday_minutes = models.PositiveSmallIntegerField(default=480)
    # Agreed supplement on night minutes, percent of the rate (Decree 724 art. 6 leaves it to terms).
    night_percent = models.PositiveSmallIntegerField(default=0)
    # Of a salary: what it is per, and the weekly minutes it pays for (none: whatever the week has).
    salary_per = models.CharField(max_length=12, default="week", choices=SALARY_PER)
    covers_minutes = models.PositiveIntegerField(null=True)
    # Of a piece price: the hourly guarantee below which no week's pieces may pay.
    guarantee_minor = models.BigIntegerField(null=True)
    # A wage determination and the fringe actually paid, minor units per hour (Davis-Bacon):
    # {"id", "basic_minor", "fringe_minor", "plan_minor", "cash_minor"}.
    prevailing = models.JSONField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = StateField(rate_machine)
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.CheckConstraint(condition=Q(rate_minor__gt=0), name="rate_positive"),
            models.CheckConstraint(
                condition=Q(basis="piece") ^ Q(item=""), name="rate_item_for_piece_only"
            ),
            models.CheckConstraint(
                condition=Q(workday_minutes__gte=240, workday_minutes__lte=720),
                name="rate_workday_minutes",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="rate_period"
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")), name="rate_maker_is_not_checker"
            ),
            ExclusionConstraint(
                name="rate_one_version_a_day",
                index_type="GIST",
                expressions=[
                    (only("agreement_id"), "="),
                    (
                        Func(
                            Func(F("item"), Value(0), function="hashtextextended"),
                            Func(F("item"), Value(0), function="hashtextextended"),
                            Value("[]"),
                            function="int8range",
                        ),
                        "=",
                    ),
                    (days("valid_from", "valid_to"), "&&"),
                ],
                condition=Q(state__in=["agreed", "ended"]),
            ),
        ]
        triggers = [
            *rate_machine.triggers(),
            *guards.fixed(
                "agreed_rate",
                "agreement",
                "basis",
                "item",
                "unit",
                "rate_minor",
                "workday_minutes",
                "night_percent",
                "salary_per",
                "covers_minutes",
                "guarantee_minor",
                "prevailing",
                "valid_from",
                "made_by",
            ),
        ]

    @rate_machine.move
    def agree(self, *, by: str) -> None:
        self.checked_by = by

    @rate_machine.move
    def refuse(self, *, by: str) -> None:
        self.checked_by = by

    @rate_machine.move
    def end(self, *, on: date) -> None:
        self.valid_to = on


class Qualification(models.Model):
    """What one can do or may do: a skill with its level (等级), or a certificate (操作证) until a day.

    A trade that the worker is registered with counts as a skill of level 1 without a row.
    """

    KINDS = [("skill", "skill"), ("certificate", "certificate")]

    worker = models.ForeignKey(
        "workers_app.Worker", on_delete=models.PROTECT, related_name="qualifications"
    )
    kind = models.CharField(max_length=12, choices=KINDS)
    name = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # the last day on which it holds
    reference = models.CharField(max_length=60, default="", blank=True)
    made_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "kind", "name", "valid_from"], name="qualification_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="qualification_period",
            ),
        ]
        triggers = guards.append_only("qualification")


class Absence(models.Model):
    """Days on which somebody can't be planned, both inclusive: illness, leave, a course."""

    WHYS = [(why, why) for why in ("ill", "leave", "course", "other")]

    worker = models.ForeignKey(
        "workers_app.Worker", on_delete=models.PROTECT, related_name="absences"
    )
    first_on = models.DateField()
    last_on = models.DateField()
    why = models.CharField(max_length=12, choices=WHYS)
    made_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.UniqueConstraint(fields=["worker", "first_on", "why"], name="absence_once"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_period"),
        ]
        triggers = guards.fixed("absence", "worker", "first_on", "why", "made_by")
