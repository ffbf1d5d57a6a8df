"""Wage account and deposits."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

wage_account_machine = Machine(
    "wage_account",
    Move("freeze", ("active",), "frozen", "payouts stopped; nothing may leave"),
    Move("unfreeze", ("frozen",), "active", "payouts may leave again"),
    Move("close", ("active",), "closed", "completed, no arrears, thirty days' notice over; final"),
    starts=("active",),
)


class WageAccount(StateModel):
    """The account from which a project's wages, and nothing else, are paid (人社部发〔2021〕53号)."""

    project = models.OneToOneField("projects.Project", on_delete=models.PROTECT, related_name="+")
    rail = models.CharField(max_length=24)
    bank_account = models.CharField(max_length=40)  # the company's account at the bank
    currency = models.CharField(max_length=3)
    state = StateField(wage_account_machine)
    opened_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        triggers = [
            *wage_account_machine.triggers(),
            *guards.fixed("wage_account", "project", "currency"),
        ]

    @wage_account_machine.move
    def freeze(self) -> None: ...

    @wage_account_machine.move
    def unfreeze(self) -> None: ...

    @wage_account_machine.move
    def close(self, *, at: datetime) -> None: ...


class Deposit(models.Model):
    """Money paid into the wage account by owner or contractor, as the bank reported it."""

    wage_account = models.ForeignKey(WageAccount, on_delete=models.PROTECT, related_name="deposits")
    payer = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    # The bank's reference: the same deposit any number of times is one.
    reference = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["wage_account", "reference"], name="deposit_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposit_positive"),
        ]
        triggers = guards.append_only("deposit")
