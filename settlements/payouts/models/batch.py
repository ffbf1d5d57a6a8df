"""A file of payments for a bank that takes files: one person makes it, another releases it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.payouts.models.payout import Payout

batch_machine = Machine(
    "payout_batch",
    Move("make", ("collecting",), "made", "lines are fixed, the file is written and sealed"),
    Move(
        "release", ("made",), "handed_out", "a second person hands it to the bank; never made again"
    ),
    Move("answer", ("handed_out", "answered"), "answered", "the bank's result for lines of it"),
    Move("finish", ("handed_out", "answered"), "finished", "every line has its result; final"),
    starts=("collecting",),
)


class PayoutBatch(StateModel):
    """A 代发 file or a pain.001 of one wage account. `sequence` counts the account's files: the bank
    has no key of ours, so a file once handed out is never made anew and its lines stay unknown until
    result or statement."""

    wage_account = models.ForeignKey(
        "settlements.WageAccount", on_delete=models.PROTECT, related_name="batches"
    )
    sequence = models.PositiveIntegerField()
    profile = models.CharField(max_length=40)  # which bank's columns, with version
    state = StateField(batch_machine)
    lines_count = models.PositiveIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    # The file names accounts in clear, so it rests sealed under a key of its own.
    file_key = models.BinaryField(max_length=80)
    file_sealed = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32, null=True)
    made_by = models.CharField(max_length=40, default="")
    released_by = models.CharField(max_length=40, default="")
    opened_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["wage_account", "sequence"], name="batch_sequence"),
            models.UniqueConstraint(
                fields=["wage_account"], condition=Q(state="collecting"), name="batch_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("released_by")) | Q(made_by=""),
                name="batch_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["collecting"]) | Q(digest__isnull=False),
                name="batch_made_has_file",
            ),
        ]
        triggers = [
            *batch_machine.triggers(),
            *guards.fixed("payout_batch", "wage_account", "sequence", "profile", "file_key"),
            *guards.frozen(
                "payout_batch_file",
                when="OLD.digest IS NOT NULL AND (OLD.digest IS DISTINCT FROM NEW.digest OR "
                "OLD.file_sealed IS DISTINCT FROM NEW.file_sealed OR "
                "OLD.total_minor <> NEW.total_minor OR OLD.lines_count <> NEW.lines_count)",
            ),
        ]

    @property
    def name(self) -> str:
        """How the bank and we call the file: "B17-0003"."""
        return f"B{self.wage_account_id}-{self.sequence:04d}"

    @property
    def file_name(self) -> str:
        """As whom the bank gets it."""
        return f"{self.name}.{'xml' if self.profile.startswith('pain.') else 'csv'}"

    @property
    def lines_in_order(self) -> models.QuerySet[BatchLine]:
        """Its payments as they stand in the file."""
        return self.lines.order_by("number", "pk")

    @batch_machine.move
    def make(self, *, by: str, at: datetime) -> None:
        self.made_by, self.made_at = by, at

    @batch_machine.move
    def release(self, *, by: str, at: datetime) -> None:
        self.released_by, self.handed_out_at = by, at

    @batch_machine.move
    def answer(self) -> None: ...

    @batch_machine.move
    def finish(self) -> None: ...


class BatchLine(models.Model):
    """One payment of a file; `status` is what the bank said of it."""

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(default=0)  # its row in the file, from 1
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100, unique=True)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=16, default="waiting")  # waiting, paid, rejected
    code = models.CharField(max_length=40, default="")
    text = models.CharField(max_length=300, default="")

    class Meta:
        app_label = "settlements"
        triggers = guards.fixed("batch_line", "batch", "payout", "key", "amount_minor")
