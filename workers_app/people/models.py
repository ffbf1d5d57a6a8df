"""Worker, payee account, crew, crew membership."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from jianzhu.kernel import guards
from jianzhu.kernel.machine import Machine, Move, StateField, StateModel


def only(field: str) -> Func:
    """A bigint as a range of itself, so that an exclusion needs no extension (no btree_gist)."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


def days(first: str, end: str) -> Func:
    """The dates [first, end) as a range; no end means for ever."""
    return Func(F(first), F(end), Value("[)"), function="daterange")


class Worker(models.Model):
    """A person who works (实名制 record). Identity and phone are sealed under the person's own key."""

    employer = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    user = models.OneToOneField(
        "jianzhu.User", on_delete=models.PROTECT, related_name="+", null=True
    )
    code = models.CharField(max_length=40)  # the employer's own number of the person
    name = models.CharField(max_length=100)
    trade = models.CharField(max_length=40)
    # Destroying this key erases every sealed field of the person.
    person_key = models.BinaryField(max_length=80)
    id_kind = models.CharField(max_length=4, default="01")  # 居民身份证, national code list
    id_number_sealed = models.BinaryField(max_length=120)
    id_number_index = models.BinaryField(max_length=32)
    id_number_tail = models.CharField(max_length=4)
    phone_sealed = models.BinaryField(max_length=120)
    phone_index = models.BinaryField(max_length=32)
    phone_tail = models.CharField(max_length=4)
    # Roughly where the person lives, for fares; sealed like the rest, empty when never said.
    home_sealed = models.BinaryField(max_length=120, default=b"", db_default=b"")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.UniqueConstraint(
                fields=["id_kind", "id_number_index"], name="worker_identity_once"
            ),
            models.UniqueConstraint(fields=["employer", "code"], name="worker_code"),
        ]
        triggers = guards.fixed("worker", "id_kind", "id_number_index")

    def __str__(self) -> str:
        return self.name


payee_machine = Machine(
    "payee_account",
    Move("verify", ("pending",), "verified", "checked by a second person; wages may go here"),
    Move("refuse", ("pending",), "refused", "not the worker's own account; final"),
    Move("suspend", ("verified",), "suspended", "a fraud signal or a bank's no; nothing goes here"),
    Move("reinstate", ("suspended",), "verified", "checked again by a second person"),
    Move("replace", ("pending", "verified", "suspended"), "replaced", "a newer one took over"),
    starts=("pending",),
)


class PayeeAccount(StateModel):
    """Where one worker's wages go (工资卡): the worker's own account, never another's."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="payee_accounts")
    bank_code = models.CharField(max_length=20)
    bank_name = models.CharField(max_length=100)
    account_sealed = models.BinaryField(max_length=120)
    account_index = models.BinaryField(max_length=32)
    account_tail = models.CharField(max_length=4)
    state = StateField(payee_machine)
    # A changed payee waits before its first payment (payroll diversion, reliability §1.9).
    hold_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")
    # Why a person of the platform has to look before anybody may verify: new_device, shared, or "".
    review = models.CharField(max_length=24, default="", db_default="")
    reviewed_by = models.CharField(max_length=40, default="", db_default="")
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(state="verified"), name="payee_one_live"
            ),
            # One account belongs to one person; two would mean that somebody collects cards.
            models.UniqueConstraint(
                fields=["account_index"],
                condition=Q(state__in=["verified", "suspended"]),
                name="payee_account_one_person",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=F("checked_by")), name="payee_maker_is_not_checker"
            ),
        ]
        triggers = [
            *payee_machine.triggers(),
            *guards.fixed("payee_account", "worker", "account_index", "account_sealed", "made_by"),
        ]

    @payee_machine.move
    def verify(self, *, by: str, hold_until: datetime | None) -> None:
        self.checked_by, self.hold_until = by, hold_until

    @payee_machine.move
    def refuse(self, *, by: str, reason: str) -> None:
        self.checked_by, self.reason = by, reason

    @payee_machine.move
    def suspend(self, *, reason: str) -> None:
        self.reason = reason

    @payee_machine.move
    def reinstate(self, *, by: str) -> None:
        self.checked_by, self.reason = by, ""

    @payee_machine.move
    def replace(self) -> None:
        self.reason = "replaced"


class Crew(models.Model):
    """A crew (班组) of an employer, led by one of its workers."""

    employer = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    trade = models.CharField(max_length=40)
    leader = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "workers_app"
        constraints = [models.UniqueConstraint(fields=["employer", "code"], name="crew_code")]

    def __str__(self) -> str:
        return self.name


class CrewMember(models.Model):
    """A worker in a crew over [valid_from, valid_to); in at most one crew on any day."""

    crew = models.ForeignKey(Crew, on_delete=models.PROTECT, related_name="members")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="crew_members")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        app_label = "workers_app"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="crew_member_period",
            ),
            ExclusionConstraint(
                name="crew_member_one_crew_a_day",
                index_type="GIST",
                expressions=[(only("worker_id"), "="), (days("valid_from", "valid_to"), "&&")],
            ),
        ]
        triggers = guards.fixed("crew_member", "crew", "worker", "valid_from")
