"""Statement and its lines. The line, never the statement, is matched, disputed, released and paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


class Statement(models.Model):
    """What one worker is owed on one project for one month (工资表 of one person)."""

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    currency = models.CharField(max_length=3)
    pay_on = models.DateField()
    # SHA-256 of everything the pay was computed from: the same inputs give the same lines.
    inputs_digest = models.BinaryField(max_length=32, default=b"")
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField()
    evaluated_at = models.DateTimeField()

    journal_except = ("evaluated_at",)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["worker", "project", "month"], name="statement_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="statement_month"),
        ]
        indexes = [models.Index(fields=["project", "month"], name="statement_project_month")]
        triggers = guards.fixed("statement", "worker", "project", "month", "currency")


line_machine = Machine(
    "statement_line",
    Move("match", ("held", "disputed"), "matched", "attendance, acceptance and terms agree"),
    Move("hold", ("matched",), "held", "a datum was withdrawn before the money went"),
    Move("release", ("matched",), "released", "posted to the worker; a payout carries it; final"),
    Move("dispute", ("held", "matched"), "disputed", "the worker objected: this line alone waits"),
    Move("settle", ("disputed",), "held", "the case ended; the three records speak again"),
    Move(
        "void",
        ("held", "matched", "disputed"),
        "void",
        "what it stood for is gone, or a decision took its place",
    ),
    Move("revive", ("void",), "held", "what it stood for came back; never after a decision"),
    # A line that matches as soon as it is made is written once, released: the log has both moves.
    starts=("held", "matched", "released"),
)


class StatementLine(StateModel):
    """One amount with everything it came from.

    `key` names the line within its statement for ever ("2026-10-05/time/normal"). `amount_minor` is
    empty while it can't be known (an unanswered exception): never a guess, never a zero.
    The sum: round(quantity × rate_num / rate_den × percent / 100), with `quantity` counted in `unit`
    ("min", "thousandth" of 工 or of a piece's unit); `rate_minor` per `rate_per` is the agreed rate.
    """

    # Checked per statement by `statement_line_parents`, not per row: parents can't be deleted.
    statement = models.ForeignKey(
        Statement,
        on_delete=models.PROTECT,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    key = models.CharField(max_length=80)
    on = models.DateField()
    kind = models.CharField(max_length=16)  # time, piece, difference, decision, …
    until = models.DateField()  # the last day it covers; most lines are of one day
    label = models.CharField(max_length=120, default="")  # rule or item
    quantity = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=12, default="")
    rate_num = models.BigIntegerField(null=True)
    rate_den = models.BigIntegerField(null=True)
    rate_minor = models.BigIntegerField(null=True)
    rate_per = models.CharField(max_length=12, default="")
    percent = models.PositiveSmallIntegerField(default=100)
    amount_minor = models.BigIntegerField(null=True)
    rule = models.CharField(max_length=60, default="")  # name@version of the rule set
    article = models.CharField(max_length=120, default="")
    rounding = models.CharField(max_length=16, default="")
    # {"days": [[id, version], …], "sheets": [[id, version], …], "rates": [ids]}
    sources = models.JSONField(default=dict)
    # Of the inputs that gave these figures; empty where nobody computed them (a decision).
    inputs_digest = models.BinaryField(max_length=32, default=b"")
    state = StateField(line_machine)
    # Why it is held: coded reason, who owes the missing datum, and by when.
    reason = models.CharField(max_length=40, default="")
    owed_by = models.CharField(max_length=24, default="")
    due_on = models.DateField(null=True)
    payout = models.ForeignKey(
        "settlements.Payout",
        on_delete=models.PROTECT,
        related_name="lines",
        null=True,
        db_constraint=False,
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    journal_under = "statement"

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["statement", "key"], name="statement_line_once"),
            models.CheckConstraint(
                condition=~Q(state="released")
                | Q(payout__isnull=False, amount_minor__isnull=False),
                name="statement_line_released",
            ),
            models.CheckConstraint(
                condition=Q(state="released") | Q(payout=None), name="statement_line_payout"
            ),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(amount_minor__isnull=False),
                name="statement_line_amount",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | ~Q(reason=""), name="statement_line_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["statement"],
                condition=Q(state__in=["held", "matched", "disputed"]),
                name="statement_line_open",
            ),
        ]
        triggers = [
            *line_machine.triggers(),
            *guards.parents(
                "statement_line",
                statement_id="settlements_statement",
                payout_id="settlements_payout",
            ),
            *guards.fixed("statement_line", "statement", "key", "on", "kind"),
            # What was released is never edited: news becomes a difference on the next statement.
            *guards.frozen("statement_line", when="OLD.state = 'released'"),
        ]

    @line_machine.move
    def match(self) -> None:
        self.reason, self.owed_by, self.due_on = "", "", None

    @line_machine.move
    def hold(self, *, reason: str, owed_by: str, due_on: date | None) -> None:
        self.reason, self.owed_by, self.due_on = reason, owed_by, due_on

    @line_machine.move
    def release(self, *, payout_id: int) -> None:
        self.payout_id = payout_id

    @line_machine.move
    def dispute(self) -> None: ...

    @line_machine.move
    def settle(self, *, reason: str, owed_by: str) -> None:
        self.reason, self.owed_by = reason, owed_by

    @line_machine.move
    def void(self) -> None: ...

    @line_machine.move
    def revive(self) -> None:
        self.reason, self.owed_by = "attendance_open", "system"

    def facts(self) -> dict[str, Any]:
        """What the audit log keeps of a line."""
        return {
            "line": self.pk,
            "key": self.key,
            "state": self.state,
            "amount": self.amount_minor,
            "reason": self.reason,
        }


gate_machine = Machine(
    "gate_check",
    Move("confirm", ("asked",), "confirmed", "looked at and found right; final"),
    Move("lapse", ("asked",), "silent", "nobody answered in time; recorded as silence; final"),
    starts=("asked",),
)


class GateCheck(StateModel):
    """Somebody was asked to look at a matched line before it is released (rules of pay §1, gates).

    The question is of one amount: another amount of the same line is another question.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="gate_checks")
    line_key = models.CharField(max_length=80)
    gate = models.CharField(max_length=24)
    amount_minor = models.BigIntegerField()
    state = StateField(gate_machine)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=40, default="")

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "line_key", "gate", "amount_minor"], name="gate_check_once"
            )
        ]
        indexes = [
            models.Index(fields=["statement"], condition=Q(state="asked"), name="gate_check_asked")
        ]
        triggers = [
            *gate_machine.triggers(),
            *guards.fixed("gate_check", "statement", "line_key", "gate", "amount_minor", "due_at"),
        ]

    @gate_machine.move
    def confirm(self, *, by: str, at: datetime) -> None:
        self.answered_by, self.answered_at = by, at

    @gate_machine.move
    def lapse(self, *, at: datetime) -> None:
        self.answered_at = at


def month_of(day: date | datetime) -> date:
    """The first day of the month."""
    return date(day.year, day.month, 1)


def month_after(month: date) -> date:
    """The first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


class WageInputs(models.Model):
    """What the engine computed a statement from, in canonical bytes (zlib), under its SHA-256."""

    digest = models.BinaryField(max_length=32, unique=True)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        triggers = guards.append_only("wage_inputs")


class RegionalValue(models.Model):
    """A dated value that a region's law sets, such as its minimum wage, with its source."""

    name = models.CharField(max_length=40)
    region = models.CharField(max_length=40)
    valid_from = models.DateField()
    value = models.BigIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "region", "valid_from"], name="regional_value_once"
            )
        ]
        triggers = guards.append_only("regional_value")
