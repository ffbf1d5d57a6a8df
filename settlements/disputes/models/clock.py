"""The clocks of a case, and the recorded orders that alone may stop them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel
from settlements.disputes.models.case import Dispute

clock_machine = Machine(
    "case_clock",
    Move("meet", ("running", "paused", "lapsed"), "met", "it was done; final"),
    Move("lapse", ("running",), "lapsed", "its time ran out: silence has its effect"),
    Move("pause", ("running",), "paused", "an order stopped it; its time does not count"),
    Move("resume", ("paused",), "running", "the order ended; the rest of its days runs"),
    Move("drop", ("running", "paused"), "dropped", "what it waited for is gone; final"),
    starts=("running",),
)


class CaseClock(StateModel):
    """By when one side, or the decider, has to do one thing, and what silence does.

    `rule` is the dated clock that it was reckoned by ("CN/answer@2017-07-01"); `since` the instant
    from which that counts; `due_at` the end of the last day, orders that stopped it reckoned in.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="clocks")
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=60, default="", blank=True)
    owed_by = models.CharField(max_length=24)
    rule = models.CharField(max_length=80)
    source = models.CharField(max_length=300)
    on_silence = models.CharField(max_length=40, default="", blank=True)
    state = StateField(clock_machine)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    # Units that an approval added (art. 43: 15 days).
    extended = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["dispute", "name", "key"], name="case_clock_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="running"), name="case_clock_running")
        ]
        triggers = [
            *clock_machine.triggers(),
            *guards.fixed("case_clock", "dispute", "name", "key", "rule", "since"),
        ]

    @clock_machine.move
    def meet(self, *, at: datetime) -> None:
        self.ended_at = at

    @clock_machine.move
    def lapse(self, *, at: datetime) -> None:
        self.ended_at = at

    @clock_machine.move
    def pause(self) -> None: ...

    @clock_machine.move
    def resume(self, *, due_at: datetime) -> None:
        self.due_at = due_at

    @clock_machine.move
    def drop(self, *, at: datetime) -> None:
        self.ended_at = at


suspension_machine = Machine(
    "suspension",
    Move("end", ("standing",), "ended", "its reason is gone; the clocks run on"),
    starts=("standing",),
)


class Suspension(StateModel):
    """An order that stops the clocks from `since` to `until`: who ordered it, and for what reason."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.CharField(max_length=40)
    # Whether the case itself stands still too, or only its time does not count.
    stops_case = models.BooleanField(default=True)
    note = models.TextField(default="", blank=True)  # under the key of who speaks for the case
    state = StateField(suspension_machine)
    ordered_by = models.CharField(max_length=40)
    ended_by = models.CharField(max_length=40, default="", blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(state="standing"), name="suspension_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="suspension_span"
            ),
        ]
        triggers = [
            *suspension_machine.triggers(),
            *guards.fixed("suspension", "dispute", "reason", "ordered_by", "since"),
        ]

    @suspension_machine.move
    def end(self, *, by: str, at: datetime) -> None:
        self.ended_by, self.until = by, at
