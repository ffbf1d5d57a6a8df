"""What two people say of a payout that no read answered any more, with what shows it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.payouts.models.bank import BankEntry
from settlements.payouts.models.payout import Payout

resolution_machine = Machine(
    "payout_resolution",
    Move("agree", ("proposed",), "agreed", "a second person saw the evidence; posted; final"),
    Move("refuse", ("proposed",), "refused", "a second person is not convinced; final"),
    Move("overtake", ("proposed",), "overtaken", "the bank answered after all; final"),
    starts=("proposed",),
)


class PayoutResolution(StateModel):
    """`key` is the attempt that it is about. `evidence` says what shows it: the bank's letter, by its
    number and by the SHA-256 of the scan in `document`, or a line of its statement in `entry`."""

    SAYS = [("paid", "paid"), ("not_paid", "not paid")]

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="resolutions")
    key = models.CharField(max_length=100)
    says = models.CharField(max_length=12, choices=SAYS)
    evidence = models.CharField(max_length=500)
    document = models.CharField(max_length=64, default="")
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+", null=True)
    state = StateField(resolution_machine)
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    transfer = models.ForeignKey(
        "settlements.Transfer", on_delete=models.PROTECT, related_name="+", null=True
    )
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(
                condition=~Q(evidence="") & (~Q(document="") | Q(entry__isnull=False)),
                name="resolution_has_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")), name="resolution_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | (Q(transfer__isnull=False) & ~Q(checked_by="")),
                name="resolution_agreed_by_posting",
            ),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(state="proposed"), name="resolution_one_open"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="agreed"), name="resolution_once"
            ),
        ]
        triggers = [
            *resolution_machine.triggers(),
            *guards.fixed(
                "payout_resolution", "payout", "key", "says", "evidence", "document", "entry",
                "made_by", "made_at",
            ),
        ]  # fmt: skip

    @resolution_machine.move
    def agree(self, *, by: str, transfer_id: int, at: datetime) -> None:
        self.checked_by, self.transfer_id, self.closed_at = by, transfer_id, at

    @resolution_machine.move
    def refuse(self, *, by: str, at: datetime) -> None:
        self.checked_by, self.closed_at = by, at

    @resolution_machine.move
    def overtake(self, *, at: datetime) -> None:
        self.closed_at = at
