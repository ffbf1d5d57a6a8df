"""A payout: one worker's matched lines on their way to the worker's own account."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

payout_machine = Machine(
    "payout",
    Move("send", ("ready",), "sent", "instruction stored under its key and handed to the rail"),
    Move("doubt", ("sent",), "unknown", "the rail gave no answer; only reading is allowed now"),
    Move("resend", ("unknown",), "sent", "the bank never saw this key: the same key goes again"),
    Move("confirm", ("sent", "unknown"), "paid", "the bank says the money went out"),
    Move("fail", ("sent", "unknown"), "failed", "the bank said no; owed again"),
    Move("bounce", ("paid",), "returned", "the money came back days later; owed again"),
    Move(
        "retry",
        ("failed", "returned", "held"),
        "ready",
        "a new attempt under a new key, after proof that the old one paid nothing",
    ),
    Move(
        "hold",
        ("ready", "failed", "returned"),
        "held",
        "no verified payee, a hold, or a code that asks a person first",
    ),
    starts=("ready", "held"),
)
# In these states money may be on its way or gone: nothing else may pay the same lines.
LIVE_STATES = ("sent", "unknown", "paid")
# In these somebody has to act before the wage can go out.
WAITING_STATES = ("held", "failed", "returned", "unknown")


class Payout(StateModel):
    """`amount_minor` to one worker; `attempt` rises only after proof that the former paid nothing."""

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey(
        "workers_app.PayeeAccount", on_delete=models.PROTECT, related_name="+", null=True
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = StateField(payout_machine)
    attempt = models.PositiveSmallIntegerField(default=1)
    # The bank's name for the payment, and its last word.
    reference = models.CharField(max_length=64, default="")
    code = models.CharField(max_length=40, default="")
    reason = models.CharField(max_length=300, default="")
    # Who has to act on the code, and by when (rails/codes).
    owner = models.CharField(max_length=24, default="", db_default="")
    act_by = models.DateTimeField(null=True)
    # How often that clock ran out, and went on to the next who has to act.
    escalated = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Since when no read is to come any more: from here on two people may resolve it with evidence.
    silent_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "unknown", "paid"]) | Q(payee__isnull=False),
                name="payout_has_payee",
            ),
            models.CheckConstraint(
                condition=Q(silent_since=None) | Q(state="unknown"), name="payout_silent_is_unknown"
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "project"], name="payout_worker"),
            models.Index(
                fields=["state"],
                condition=~Q(state="paid"),
                name="payout_open",
            ),
        ]
        triggers = [
            *payout_machine.triggers(),
            *guards.fixed("payout", "worker", "project", "amount_minor", "currency"),
        ]

    @property
    def key(self) -> str:
        """The name of this attempt in the books and at the rail; stored before the first call."""
        return f"payout:{self.pk}:{self.attempt}"

    @payout_machine.move
    def send(self, *, payee_id: int, at: datetime) -> None:
        self.payee_id, self.sent_at = payee_id, at

    @payout_machine.move
    def doubt(self, *, reason: str) -> None:
        self.reason = reason

    @payout_machine.move
    def resend(self) -> None:
        self.reason = ""
        self._is_answered()

    @payout_machine.move
    def confirm(self, *, reference: str, at: datetime) -> None:
        self.reference, self.settled_at, self.code, self.reason = reference, at, "", ""
        self._is_answered()

    @payout_machine.move
    def fail(self, *, code: str, reason: str, at: datetime) -> None:
        self.code, self.reason, self.settled_at = code, reason, at
        self._is_answered()

    @payout_machine.move
    def bounce(self, *, code: str, reason: str, at: datetime) -> None:
        self.code, self.reason, self.settled_at = code, reason, at

    @payout_machine.move
    def retry(self) -> None:
        # A held payout that was never sent keeps its first key.
        if self.sent_at is not None:
            self.attempt += 1
        self.sent_at = self.settled_at = None
        self.code = self.reason = self.reference = ""
        self._is_answered()

    @payout_machine.move
    def hold(self, *, code: str, reason: str) -> None:
        self.code, self.reason = code, reason

    def _is_answered(self) -> None:
        """Nobody has to act any more, until the next code says so."""
        self.owner, self.act_by, self.silent_since, self.escalated = "", None, None, 0
