"""What the bank says: statements as they came, their entries, and the breaks found between the two."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.payouts.models.payout import Payout


class RailCursor(models.Model):
    """How far a rail's statement has been read, and with what closing balance."""

    wage_account = models.OneToOneField(
        "settlements.WageAccount", on_delete=models.PROTECT, related_name="+"
    )
    cursor = models.CharField(max_length=100, default="")
    balance_minor = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"


class BankEntry(models.Model):
    """One line of the bank's statement, kept as it came, with what it was matched to."""

    CLASSES = [
        ("matched", "matched"),
        ("returned_later", "returned later"),
        ("deposit", "deposit"),
        ("only_at_bank", "only at bank"),
        ("amount_mismatch", "amount mismatch"),
        ("duplicate_at_bank", "duplicate at bank"),
        ("told_before", "told before"),
    ]
    wage_account = models.ForeignKey(
        "settlements.WageAccount", on_delete=models.PROTECT, related_name="bank_entries"
    )
    reference = models.CharField(max_length=64)
    key = models.CharField(max_length=100, default="")
    kind = models.CharField(max_length=24)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="+", null=True)
    # Of a payment that is not in the books: whose account the bank says that it went to.
    payee = models.ForeignKey(
        "workers_app.PayeeAccount", on_delete=models.PROTECT, related_name="+", null=True
    )
    matched_as = models.CharField(max_length=24, choices=CLASSES)
    # Told by a notification, which a statement tells once more under a reference of its own; the later
    # of the two names the former, and counts nothing.
    notified = models.BooleanField(default=False, db_default=False)
    repeats = models.OneToOneField("self", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["wage_account", "reference"], name="bank_entry_once"),
            models.CheckConstraint(
                condition=Q(matched_as="told_before", repeats__isnull=False, payout=None)
                | (~Q(matched_as="told_before") & Q(repeats=None)),
                name="bank_entry_repeats",
            ),
        ]
        triggers = guards.append_only("bank_entry")


bank_statement_machine = Machine(
    "bank_statement",
    Move("take", ("parked",), "taken", "a person looked: its entries are read after all"),
    Move("dismiss", ("parked",), "dismissed", "the bank sent another one instead; final"),
    starts=("taken", "parked"),
)


class BankStatement(StateModel):
    """A statement as it came. It foots, follows the former and fits its currency, or it is parked
    with its gap; nothing of a parked one is believed."""

    wage_account = models.ForeignKey(
        "settlements.WageAccount", on_delete=models.PROTECT, related_name="statements"
    )
    source = models.CharField(max_length=24)  # the rail's name, camt.053, camt.054
    reference = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32)
    # Entries with their keys and references; of an account only its blind index stands in them.
    entries = models.JSONField(default=list)
    cursor = models.CharField(max_length=100, default="")
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    gap_minor = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=list)
    state = StateField(bank_statement_machine)
    received_at = models.DateTimeField()
    decided_by = models.CharField(max_length=40, default="")
    note = models.CharField(max_length=300, default="")

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["wage_account", "digest"], name="bank_statement_once"),
        ]
        triggers = [
            *bank_statement_machine.triggers(),
            *guards.fixed(
                "bank_statement", "wage_account", "digest", "entries", "opening_minor",
                "closing_minor", "gap_minor", "reasons",
            ),
        ]  # fmt: skip

    @bank_statement_machine.move
    def take(self, *, by: str, note: str) -> None:
        self.decided_by, self.note = by, note

    @bank_statement_machine.move
    def dismiss(self, *, by: str, note: str) -> None:
        self.decided_by, self.note = by, note


break_machine = Machine(
    "break",
    Move("take", ("open", "taken"), "taken", "somebody looks into it"),
    Move("explain", ("open", "taken"), "explained", "one person says what it is, with evidence"),
    Move("reject", ("explained",), "open", "a second person is not convinced"),
    Move(
        "close",
        ("open", "taken", "explained"),
        "closed",
        "a posting carries the difference; final",
    ),
    starts=("open",),
)


class Break(StateModel):
    """A difference between bank and books. Only a posting with evidence closes it."""

    wage_account = models.ForeignKey(
        "settlements.WageAccount", on_delete=models.PROTECT, related_name="breaks"
    )
    kind = models.CharField(max_length=24)
    detail = models.CharField(max_length=40, default="")
    # What makes it one and the same difference however often it is found.
    key = models.CharField(max_length=160)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+", null=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="+", null=True)
    difference_minor = models.BigIntegerField()
    state = StateField(break_machine)
    evidence = models.CharField(max_length=500, default="")
    taken_by = models.CharField(max_length=40, default="", db_default="")
    explained_by = models.CharField(max_length=40, default="")
    closed_by = models.CharField(max_length=40, default="")
    transfer = models.ForeignKey(
        "settlements.Transfer", on_delete=models.PROTECT, related_name="+", null=True
    )
    # A wage that the bank paid and the books forgot: whose it is, and the payout that it turned out
    # to be once the same work was told again.
    worker = models.ForeignKey(
        "workers_app.Worker", on_delete=models.PROTECT, related_name="+", null=True
    )
    adopted = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="+", null=True)
    # The attempt of it, as the books call it; the bank calls it by the entry's own key.
    adopted_as = models.CharField(max_length=100, default="", db_default="")
    opened_at = models.DateTimeField()
    act_by = models.DateTimeField()
    # How often that clock ran out.
    escalated = models.PositiveSmallIntegerField(default=0, db_default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["wage_account", "key"], name="break_once"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(transfer__isnull=False) & ~Q(evidence="")),
                name="break_closed_by_posting",
            ),
            models.CheckConstraint(
                condition=~Q(explained_by=F("closed_by")) | Q(explained_by=""),
                name="break_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(adopted=None, adopted_as="")
                | (
                    Q(state="closed", worker__isnull=False, adopted__isnull=False)
                    & ~Q(adopted_as="")
                ),
                name="break_adopted_by_two",
            ),
        ]
        indexes = [
            models.Index(
                fields=["wage_account"],
                condition=Q(state="closed", worker__isnull=False, adopted=None),
                name="break_lost_payment",
            )
        ]
        triggers = [
            *break_machine.triggers(),
            *guards.fixed("break", "wage_account", "kind", "key", "difference_minor"),
            *guards.frozen(
                "break",
                when="OLD.state = 'closed' AND (NEW.worker_id IS DISTINCT FROM OLD.worker_id OR "
                "OLD.adopted_id IS NOT NULL AND NEW.adopted_id IS DISTINCT FROM OLD.adopted_id)",
            ),
        ]

    @break_machine.move
    def take(self, *, by: str) -> None:
        self.taken_by = by

    @break_machine.move
    def explain(self, *, evidence: str, worker_id: int | None, by: str) -> None:
        self.evidence, self.worker_id, self.explained_by = evidence, worker_id, by

    @break_machine.move
    def reject(self) -> None:
        self.evidence, self.explained_by, self.taken_by, self.worker_id = "", "", "", None

    @break_machine.move
    def close(self, *, transfer_id: int, by: str, evidence: str, at: datetime) -> None:
        self.transfer_id, self.closed_by = transfer_id, by
        self.evidence, self.closed_at = evidence, at
