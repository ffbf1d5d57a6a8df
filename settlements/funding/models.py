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
    Move("announce", ("active",), "closing", "public notice of the closing; wages still go out"),
    Move("call_off", ("closing",), "active", "the notice was taken back"),
    Move("close", ("closing",), "closed", "completed, no arrears, thirty days' notice over; final"),
    starts=("active",),
)
# In these states wages leave the account.
PAYING = ("active", "closing")


class WageAccount(StateModel):
    """The account from which a project's wages, and nothing else, are paid (人社部发〔2021〕53号)."""

    project = models.OneToOneField("projects.Project", on_delete=models.PROTECT, related_name="+")
    rail = models.CharField(max_length=24)
    bank_account = models.CharField(max_length=40)  # the company's account at the bank
    currency = models.CharField(max_length=3)
    state = StateField(wage_account_machine)
    opened_at = models.DateTimeField()
    # The closing's notice, who promised that nobody is owed anything, and the promise.
    announced_at = models.DateTimeField(null=True)
    notice_until = models.DateTimeField(null=True)
    promised_by = models.CharField(max_length=40, default="")
    promise = models.CharField(max_length=500, default="")
    closed_at = models.DateTimeField(null=True)

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
    def announce(self, *, by: str, promise: str, at: datetime, until: datetime) -> None:
        self.promised_by, self.promise = by, promise
        self.announced_at, self.notice_until = at, until

    @wage_account_machine.move
    def call_off(self) -> None:
        self.announced_at = self.notice_until = None
        self.promised_by = self.promise = ""

    @wage_account_machine.move
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @property
    def pays(self) -> bool:
        """Whether wages may leave."""
        return self.state in PAYING


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


agreement_machine = Machine(
    "labour_cost_agreement",
    Move("agree", ("proposed",), "agreed", "the other company signed; it counts from its day on"),
    Move("refuse", ("proposed",), "refused", "not agreed; final"),
    starts=("proposed",),
)


class LabourCostAgreement(StateModel):
    """What owner and contractor agreed about labour cost (人工费用), in force from `valid_from`.

    Due each month on `due_day`: `monthly_minor`, or `share_basis_points` of what progress is paid,
    whichever is more. `floor_days`: days of planned wages that the account has to hold.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    monthly_minor = models.BigIntegerField(default=0)
    share_basis_points = models.PositiveIntegerField(default=0)
    due_day = models.PositiveSmallIntegerField()
    floor_days = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    contract_minor = models.BigIntegerField()
    contract_signed_on = models.DateField()
    state = StateField(agreement_machine)
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["project", "valid_from"], name="labour_cost_once"),
            models.CheckConstraint(
                condition=Q(monthly_minor__gte=0, share_basis_points__lte=10_000)
                & (Q(monthly_minor__gt=0) | Q(share_basis_points__gt=0)),
                name="labour_cost_amount",
            ),
            # The law's payment cycle is a month at most (Decree 724 art. 24).
            models.CheckConstraint(
                condition=Q(due_day__gte=1, due_day__lte=28), name="labour_cost_due_day"
            ),
        ]
        triggers = [
            *agreement_machine.triggers(),
            *guards.fixed(
                "labour_cost_agreement",
                *("project", "valid_from", "monthly_minor", "share_basis_points", "due_day"),
                *("floor_days", "currency", "contract_minor", "contract_signed_on", "made_by"),
            ),
        ]

    @agreement_machine.move
    def agree(self, *, by: str) -> None:
        self.checked_by = by

    @agreement_machine.move
    def refuse(self, *, by: str) -> None:
        self.checked_by = by


duty_machine = Machine(
    "duty",
    Move("meet", ("open", "overdue"), "met", "it was done; final"),
    Move("lapse", ("open",), "overdue", "its clock ran out; still owed"),
    Move("drop", ("open", "overdue"), "dropped", "what it stood for is gone; final"),
    starts=("open",),
)


class Duty(StateModel):
    """What somebody has to do about a wage account, and by when; `key` tells one from the next."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=32)
    key = models.CharField(max_length=60)
    owed_by = models.CharField(max_length=24)
    organisation = models.ForeignKey(
        "jianzhu.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    amount_minor = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200)
    state = StateField(duty_machine)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    met_by = models.CharField(max_length=40, default="")
    note = models.CharField(max_length=300, default="")

    class Meta:
        app_label = "settlements"
        constraints = [models.UniqueConstraint(fields=["project", "name", "key"], name="duty_once")]
        triggers = [
            *duty_machine.triggers(),
            *guards.fixed("duty", "project", "name", "key", "amount_minor", "since", "due_at"),
        ]

    @duty_machine.move
    def meet(self, *, by: str, note: str, at: datetime) -> None:
        self.met_by, self.note, self.met_at = by, note, at

    @duty_machine.move
    def lapse(self) -> None: ...

    @duty_machine.move
    def drop(self) -> None: ...


shortfall_machine = Machine(
    "shortfall",
    Move(
        "call_contractor",
        ("on_subcontractor",),
        "on_general_contractor",
        "the employer did not pay in time: the general contractor pays first",
    ),
    Move(
        "call_owner",
        ("on_general_contractor",),
        "on_owner",
        "the general contractor did not pay in time: the owner advances",
    ),
    Move(
        "cover",
        ("on_subcontractor", "on_general_contractor", "on_owner"),
        "covered",
        "the wages it stood for went out; final",
    ),
    starts=("on_subcontractor", "on_general_contractor"),
)


class Shortfall(StateModel):
    """Accepted wages that the account can't pay, and which company has to (Decree 724 art. 29-36)."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    debtor = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = StateField(shortfall_machine)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    covered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="shortfall_positive"),
            models.UniqueConstraint(
                fields=["project", "employer"],
                condition=~Q(state="covered"),
                name="shortfall_once",
            ),
        ]
        triggers = [
            *shortfall_machine.triggers(),
            *guards.fixed("shortfall", "project", "employer", "amount_minor", "currency"),
        ]

    @shortfall_machine.move
    def call_contractor(self, *, debtor_id: int, due_at: datetime) -> None:
        self.debtor_id, self.due_at = debtor_id, due_at

    @shortfall_machine.move
    def call_owner(self, *, debtor_id: int, due_at: datetime) -> None:
        self.debtor_id, self.due_at = debtor_id, due_at

    @shortfall_machine.move
    def cover(self, *, at: datetime) -> None:
        self.covered_at = at


withdrawal_machine = Machine(
    "withdrawal",
    Move("approve", ("asked",), "booked", "a second person agreed and no wage waited; final"),
    Move("refuse", ("asked",), "refused", "not agreed; final"),
    starts=("asked",),
)


class Withdrawal(StateModel):
    """A surplus that goes back to who paid it in; never before wages of work already done."""

    wage_account = models.ForeignKey(
        WageAccount, on_delete=models.PROTECT, related_name="withdrawals"
    )
    payee = models.ForeignKey("jianzhu.Organisation", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300)
    state = StateField(withdrawal_machine)
    made_by = models.CharField(max_length=40)
    checked_by = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="withdrawal_positive")
        ]
        triggers = [
            *withdrawal_machine.triggers(),
            *guards.fixed("withdrawal", "wage_account", "payee", "amount_minor", "made_by"),
        ]

    @withdrawal_machine.move
    def approve(self, *, by: str) -> None:
        self.checked_by = by

    @withdrawal_machine.move
    def refuse(self, *, by: str) -> None:
        self.checked_by = by


security_machine = Machine(
    "security_deposit",
    Move("lodge", ("required", "drawn"), "lodged", "cash or a bank's letter is with the bank"),
    Move("draw", ("lodged",), "drawn", "the authority ordered it to be used for wages"),
    Move("give_back", ("lodged",), "returned", "completed, promised, thirty days' notice; final"),
    starts=("required", "exempt"),
)


class SecurityDeposit(StateModel):
    """The contractor's wage deposit of a project (工资保证金, 人社部发〔2021〕65号)."""

    FORMS = [("cash", "现金"), ("guarantee", "银行保函")]

    project = models.OneToOneField("projects.Project", on_delete=models.PROTECT, related_name="+")
    basis_points = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    form = models.CharField(max_length=12, choices=FORMS, default="", blank=True)
    reference = models.CharField(max_length=120, default="", blank=True)
    state = StateField(security_machine)
    since = models.DateTimeField()
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "settlements"
        triggers = [
            *security_machine.triggers(),
            *guards.fixed("security_deposit", "project", "basis_points", "amount_minor"),
        ]

    @security_machine.move
    def lodge(self, *, form: str, reference: str) -> None:
        self.form, self.reference = form, reference

    @security_machine.move
    def draw(self, *, reference: str) -> None:
        self.reference = reference

    @security_machine.move
    def give_back(self) -> None: ...
