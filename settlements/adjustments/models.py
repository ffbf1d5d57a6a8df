"""Adjustment: an amount that two people agreed to pay or take off beside the wage for work."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

adjustment_machine = Machine(
    "adjustment",
    Move("agree", ("proposed",), "agreed", "a second person agreed; it enters the statement"),
    Move("refuse", ("proposed",), "refused", "not agreed; final"),
    Move(
        "revoke", ("agreed",), "revoked", "a second person took it back; what went out is owed back"
    ),
    starts=("proposed",),
)


class Adjustment(StateModel):
    """An amount beside time and pieces; `amount_minor` > 0, the kind decides the sign.

    It belongs to the month of its `last` day. Deductions are those the law knows
    (工资支付暂行规定 art. 15, 16); an advance (预支) is an earlier payment, its repayment no deduction.
    """

    KINDS = [
        ("allowance", "津贴补贴"),
        ("bonus", "奖金"),
        ("back_pay", "补发"),
        ("arrears", "历史欠薪"),
        ("order_85", "加付赔偿金"),
        ("advance", "预支"),
        ("repayment", "归还预支"),
        ("tax", "个人所得税"),
        ("social_insurance", "社会保险"),
        ("housing_fund", "住房公积金"),
        ("court_order", "法院代扣"),
        ("other_statutory", "其他法定代扣"),
        ("damage", "赔偿扣款"),
    ]

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=KINDS)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    first = models.DateField()  # earned over first to last, both inclusive
    last = models.DateField()
    label = models.CharField(max_length=60)
    # What it rests on: the order, the receipt, the signed sheet.
    reference = models.CharField(max_length=120)
    in_regular_rate = models.BooleanField(default=False)
    in_minimum = models.BooleanField(default=False)
    percent = models.PositiveSmallIntegerField(default=100)
    state = StateField(adjustment_machine)
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="adjustment_positive"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="adjustment_span"),
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")), name="adjustment_maker_is_not_checker"
            ),
            models.UniqueConstraint(
                fields=["worker", "project", "kind", "reference", "last"], name="adjustment_once"
            ),
        ]
        indexes = [models.Index(fields=["project", "worker", "last"], name="adjustment_month")]
        triggers = [
            *adjustment_machine.triggers(),
            *guards.fixed(
                "adjustment",
                "worker",
                "project",
                "kind",
                "amount_minor",
                "currency",
                "first",
                "last",
                "label",
                "reference",
                "in_regular_rate",
                "in_minimum",
                "percent",
                "made_by",
            ),
        ]

    @adjustment_machine.move
    def agree(self, *, by: str) -> None:
        self.checked_by = by

    @adjustment_machine.move
    def refuse(self, *, by: str) -> None:
        self.checked_by = by

    @adjustment_machine.move
    def revoke(self, *, by: str) -> None:
        self.checked_by = by
