"""A case over lines of one worker, or of a crew: its stages, its parties, and the outcome of each."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel

TRACKS = ("expedited", "staged")
PROCEDURES = ("", "simple", "ordinary")
SIDES = ("claimant", "respondent")

# Where data, the parties or the claimant may still end it (art. 5, 42 of the Arbitration Law).
BEFORE_ARBITRATION = ("evidence", "talking", "mediating")
IN_ARBITRATION = (
    "submitted",
    "correction_requested",
    "accepted",
    "served",
    "answered",
    "pre_hearing",
    "hearing_scheduled",
    "heard",
)
OPEN = ("filed", *BEFORE_ARBITRATION, *IN_ARBITRATION)
ENDED = (
    "resolved_by_data",
    "mediated",
    "decided",
    "withdrawn",
    "deemed_withdrawn",
    "rejected",
    "terminated",
)
FINAL = (*ENDED, "closed")

dispute_machine = Machine(
    "dispute",
    # The expedited track: the records answer.
    Move("hear", ("filed",), "evidence", "the records were laid side by side; each side is asked"),
    Move(
        "resolve",
        (*BEFORE_ARBITRATION, *IN_ARBITRATION),
        "resolved_by_data",
        "attendance and acceptance match: the wages went out by themselves",
    ),
    # The staged track: people answer.
    Move("talk", ("evidence",), "talking", "the parties talk it over with the clock running"),
    Move("mediate", ("evidence", "talking"), "mediating", "a mediator was called"),
    Move(
        "submit",
        ("evidence", "talking", "mediating"),
        "submitted",
        "the application went to arbitration",
    ),
    Move(
        "ask_correction",
        ("submitted",),
        "correction_requested",
        "everything that is missing was asked for, once",
    ),
    Move("complete", ("correction_requested",), "submitted", "what was missing was handed in"),
    Move("accept", ("submitted",), "accepted", "the case was taken; the time limit runs"),
    Move("reject", ("submitted",), "rejected", "not taken, with the reason; the court is open"),
    Move("serve", ("accepted",), "served", "the respondent has the application; may answer"),
    Move("answer", ("served",), "answered", "answered, or silent past the clock: it goes on"),
    Move("mediate_first", ("answered",), "pre_hearing", "mediation before the hearing"),
    Move(
        "schedule",
        ("answered", "pre_hearing", "hearing_scheduled"),
        "hearing_scheduled",
        "the parties were told the day of the hearing",
    ),
    Move("hold", ("hearing_scheduled",), "heard", "the hearing was held, or held by default"),
    Move(
        "settle",
        (*BEFORE_ARBITRATION, *IN_ARBITRATION),
        "mediated",
        "the parties agreed; what they agreed binds and is posted",
    ),
    Move(
        "decide",
        ("evidence", "heard"),
        "decided",
        "the case was decided; the decision posts itself",
    ),
    Move(
        "withdraw",
        ("filed", *BEFORE_ARBITRATION, *IN_ARBITRATION),
        "withdrawn",
        "taken back by the claimant",
    ),
    Move(
        "deem_withdrawn",
        ("correction_requested", "hearing_scheduled"),
        "deemed_withdrawn",
        "the claimant did not complete it, or stayed away",
    ),
    Move("terminate", IN_ARBITRATION, "terminated", "it can't go on; recorded why"),
    Move("close", ENDED, "closed", "nothing left to do; final"),
    starts=("filed",),
)


def _moves_only_where_running() -> pgtrigger.Trigger:
    """While a suspension stands a case may end, and nothing else."""
    ends = ", ".join(f"'{state}'" for state in FINAL)
    return pgtrigger.Trigger(
        name="dispute_suspended",
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(
            'OLD."suspended_at" IS NOT NULL AND NEW."suspended_at" IS NOT NULL '
            f'AND OLD."state" <> NEW."state" AND NEW."state" NOT IN ({ends})'
        ),
        func="RAISE EXCEPTION 'case % is suspended', OLD.id USING ERRCODE = 'check_violation';",
    )


class Dispute(StateModel):
    """An objection to one or more lines: of one worker, or of a crew in one case.

    A held line waits under the case; a released one was paid, and the case is about a difference.
    `worker` filed it, and speaks for the others where there are more.
    """

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey(
        "workers_app.Crew", on_delete=models.PROTECT, related_name="+", null=True
    )
    state = StateField(dispute_machine)
    track = models.CharField(max_length=12, choices=[(t, t) for t in TRACKS], default="expedited")
    # Simple or ordinary once arbitration took the case; one way, on the same clock.
    procedure = models.CharField(
        max_length=12, choices=[(p, p) for p in PROCEDURES], default="", blank=True
    )
    region = models.CharField(max_length=40, default="", blank=True)  # whose clocks count
    number = models.CharField(max_length=60, default="", blank=True)  # ×劳人仲案字〔YYYY〕第 N 号
    # In own words, kept under the key of who files it; so are the reasons (see `words.py`).
    claim = models.TextField()
    # The hand that decides; set by assignment, never a party of the project.
    assigned_to = models.ForeignKey(
        "jianzhu.User", on_delete=models.PROTECT, related_name="+", null=True
    )
    # Counts assignments: a draft of an earlier one is nobody's word any more.
    assignment = models.PositiveIntegerField(default=0)
    filed_by = models.CharField(max_length=40)
    decided_by = models.CharField(max_length=40, default="")
    reasons = models.TextField(default="")
    filed_at = models.DateTimeField()
    # The nearest clock of whoever answers the case next.
    due_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    corrections_asked = models.PositiveSmallIntegerField(default=0)
    accepted_with_gaps = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    hearing_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(
                condition=~Q(filed_by=F("decided_by")), name="dispute_maker_is_not_decider"
            ),
            # One single notice of everything that is missing (art. 29).
            models.CheckConstraint(
                condition=Q(corrections_asked__lte=1), name="dispute_corrected_once"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="dispute_open")]
        triggers = [
            *dispute_machine.triggers(),
            _moves_only_where_running(),
            *guards.fixed("dispute", "worker", "project", "claim", "filed_by", "filed_at"),
        ]

    @dispute_machine.move
    def hear(self) -> None: ...

    @dispute_machine.move
    def resolve(self, *, at: datetime) -> None:
        self.ended_at = at

    @dispute_machine.move
    def talk(self) -> None:
        self.track = "staged"

    @dispute_machine.move
    def mediate(self) -> None:
        self.track = "staged"

    @dispute_machine.move
    def submit(self) -> None:
        self.track = "staged"

    @dispute_machine.move
    def ask_correction(self) -> None:
        self.corrections_asked += 1

    @dispute_machine.move
    def complete(self) -> None: ...

    @dispute_machine.move
    def accept(self, *, procedure: str, number: str, with_gaps: bool, at: datetime) -> None:
        self.procedure, self.number = procedure, number
        self.accepted_with_gaps, self.accepted_at = with_gaps, at

    @dispute_machine.move
    def reject(self, *, reasons: str, at: datetime) -> None:
        self.reasons, self.ended_at = reasons, at

    @dispute_machine.move
    def serve(self) -> None: ...

    @dispute_machine.move
    def answer(self) -> None: ...

    @dispute_machine.move
    def mediate_first(self) -> None: ...

    @dispute_machine.move
    def schedule(self, *, hearing_at: datetime) -> None:
        self.hearing_at = hearing_at

    @dispute_machine.move
    def hold(self) -> None: ...

    @dispute_machine.move
    def settle(self, *, reasons: str, at: datetime) -> None:
        self.reasons, self.ended_at = reasons, at

    @dispute_machine.move
    def decide(self, *, by: str, reasons: str, at: datetime) -> None:
        self.decided_by, self.reasons, self.ended_at = by, reasons, at

    @dispute_machine.move
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at

    @dispute_machine.move
    def deem_withdrawn(self, *, at: datetime) -> None:
        self.ended_at = at

    @dispute_machine.move
    def terminate(self, *, reasons: str, at: datetime) -> None:
        self.reasons, self.ended_at = reasons, at

    @dispute_machine.move
    def close(self) -> None: ...


class CaseParty(models.Model):
    """Who stands on which side; of a claimant also what became of the claim.

    `outcome`: "" while it is open, data, agreed, decided, withdrawn or ended.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="parties")
    side = models.CharField(max_length=12, choices=[(s, s) for s in SIDES])
    worker = models.ForeignKey(
        "workers_app.Worker", on_delete=models.PROTECT, related_name="+", null=True
    )
    organisation = models.ForeignKey(
        "jianzhu.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    role = models.CharField(max_length=24)
    speaks = models.BooleanField(default=False)  # for the others of the side (art. 7)
    outcome = models.CharField(max_length=24, default="", blank=True)
    awarded_minor = models.BigIntegerField(null=True)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(
                condition=Q(side="claimant", worker__isnull=False, organisation=None)
                | Q(side="respondent", worker=None, organisation__isnull=False),
                name="case_party_is_one",
            ),
            models.UniqueConstraint(fields=["dispute", "worker"], name="case_party_worker_once"),
            models.UniqueConstraint(
                fields=["dispute", "organisation"], name="case_party_organisation_once"
            ),
        ]
        triggers = guards.fixed(
            "case_party", "dispute", "side", "worker", "organisation", "joined_at"
        )


class DisputedLine(models.Model):
    """A line under a case, with what was decided of it: an amount to pay, or nothing more.

    `claimed` holds the claimant's facts ({"minutes": 480} or {"quantity": …}); the amounts are
    computed from them and from the records, never typed. None while nobody can know them.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        "settlements.StatementLine", on_delete=models.PROTECT, related_name="+"
    )
    # How the line stood when the worker objected: what has to change for data to settle it.
    state_filed = models.CharField(max_length=24)
    version_filed = models.PositiveIntegerField()
    claimed = models.JSONField(default=dict)
    claimed_minor = models.BigIntegerField(null=True)
    disputed_minor = models.BigIntegerField(null=True)
    # Paid before the decision, on its account (先予执行).
    advanced_minor = models.BigIntegerField(default=0)
    # The case still holds the line; at most one case does.
    live = models.BooleanField(default=True)
    outcome = models.CharField(max_length=24, default="")
    awarded_minor = models.BigIntegerField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["dispute", "line"], name="disputed_line_once"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(live=True), name="disputed_line_one_case"
            ),
            models.CheckConstraint(
                condition=Q(advanced_minor__gte=0), name="disputed_line_advance"
            ),
        ]
        triggers = guards.fixed("disputed_line", "dispute", "line")
