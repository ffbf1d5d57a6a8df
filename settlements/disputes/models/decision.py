"""A decision is data: who pays whom how much by when, and why. It posts its own payment."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.disputes.models.case import Dispute

# award 裁决书, partial 先行裁决, advance 先予执行, mediation 调解书.
KINDS = ("award", "partial", "advance", "mediation")

decision_machine = Machine(
    "decision",
    Move("issue", ("draft",), "issued", "signed and dated; nothing in it changes any more"),
    Move(
        "void", ("draft",), "void", "the decider changed: an older draft counts for nothing; final"
    ),
    Move("serve", ("issued",), "served", "both sides have it; the windows for a court run"),
    Move("take_effect", ("served",), "in_force", "nobody went to court in time: it binds"),
    Move("sue", ("served",), "sued", "a side went to court within its window"),
    Move(
        "ask_set_aside",
        ("served", "in_force"),
        "set_aside_asked",
        "the employer asked to set a final one aside, within its own window",
    ),
    Move("uphold", ("sued", "set_aside_asked"), "in_force", "the court left it standing"),
    Move("annul", ("sued", "set_aside_asked"), "annulled", "the court took its place; final"),
    Move("enforce", ("in_force",), "enforcing", "the court was asked to enforce it"),
    Move("perform", ("in_force", "enforcing"), "performed", "all that it ordered was paid; final"),
    starts=("draft",),
)


class Decision(StateModel):
    """One document. Final and non-final items never share one (SPC interpretation I art. 20).

    A final one (一裁终局) and a signed agreement post when served, another one when it is in force.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in KINDS])
    final = models.BooleanField()
    # A finding: it is not final because nobody recorded the region's minimum wage ("no_minimum_wage").
    why_not_final = models.CharField(max_length=24, default="", blank=True)
    state = StateField(decision_machine)
    # Whose word it is: the assignment under which it was drafted.
    assignment = models.PositiveIntegerField()
    reasons = models.TextField()
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    sue_until = models.DateTimeField(null=True)
    set_aside_until = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    court = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        app_label = "settlements"
        triggers = [
            *decision_machine.triggers(),
            *guards.fixed("decision", "dispute", "kind", "final", "assignment", "made_by"),
            *guards.frozen("decision", when="OLD.state IN ('void', 'annulled', 'performed')"),
        ]

    @decision_machine.move
    def issue(self, *, at: datetime) -> None:
        self.issued_at = at

    @decision_machine.move
    def void(self) -> None: ...

    @decision_machine.move
    def serve(
        self, *, sue_until: datetime | None, set_aside_until: datetime | None, at: datetime
    ) -> None:
        self.served_at, self.sue_until, self.set_aside_until = at, sue_until, set_aside_until

    @decision_machine.move
    def take_effect(self, *, at: datetime) -> None:
        self.in_force_at = at

    @decision_machine.move
    def sue(self, *, court: str) -> None:
        self.court = court

    @decision_machine.move
    def ask_set_aside(self, *, court: str) -> None:
        self.court = court

    @decision_machine.move
    def uphold(self, *, at: datetime) -> None:
        self.in_force_at = at

    @decision_machine.move
    def annul(self) -> None: ...

    @decision_machine.move
    def enforce(self, *, court: str) -> None:
        self.court = court

    @decision_machine.move
    def perform(self) -> None: ...


class DecisionItem(models.Model):
    """`payer` pays the line's worker `amount_minor` by `due_on`. Posted under the line it is about."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="items")
    line = models.ForeignKey(
        "settlements.StatementLine", on_delete=models.PROTECT, related_name="+"
    )
    payer = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    due_on = models.DateField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["decision", "line"], name="decision_item_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="decision_item_amount"),
        ]
        triggers = guards.append_only("decision_item")
