"""Wage accounts and deposits on the wire: amounts as text like "38.00"."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField

ID_MAX = 2**63 - 1
# At most thirteen digits before the point: sums of many still fit a bigint.
# The rails that payouts know (`settlements.payouts.rails`), a room above this one.
RAILS = (
    "sandbox_bank",
    "stripe",
    "file:icbc-2024",
    "file:minimal-1",
    "file:minimal-fen-1",
    "file:pain.001.001.09",
)
AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"


@extend_schema_field(str)
class MinorField(serializers.Field[Any, Any, Any, Any]):
    """Whole minor units of the row's currency as text, "38.00"; null where there is no amount."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> Any:
        minor = super().get_attribute(instance)
        return None if minor is None else Money(minor, self._currency(instance))

    def to_representation(self, value: Any) -> str:
        return str(value)

    @staticmethod
    def _currency(row: Any) -> str:
        return str(getattr(row, "currency", "") or row.project.currency)


class WageAccountShown(serializers.Serializer[Any]):
    """The account from which a project's wages, and nothing else, are paid (专用账户)."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    currency = serializers.CharField()
    state = serializers.CharField()
    rail = serializers.CharField()
    account_tail = serializers.SerializerMethodField()
    opened_at = InstantField()

    def get_account_tail(self, row: Any) -> str:
        return str(row.bank_account[-4:])


class WageAccountAsked(serializers.Serializer[Any]):
    """The project's one wage account, at the bank behind the rail."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    rail = serializers.ChoiceField(RAILS)
    bank_account = serializers.RegexField(r"^[0-9A-Za-z]{6,40}\Z")


class ClosingAsked(serializers.Serializer[Any]):
    """The promise that nobody is owed anything (无拖欠承诺), published for the notice's days."""

    promise = serializers.CharField(max_length=500)


class WeekAheadShown(serializers.Serializer[Any]):
    """`short`: what of the week's planned wages the money does not reach."""

    monday = DayField()
    planned = serializers.CharField()
    short = serializers.CharField()


class CoverageShown(serializers.Serializer[Any]):
    """Planned working days that the money covers, after the wages of work already done."""

    project_id = serializers.IntegerField()
    currency = serializers.CharField()
    free = MinorField()
    accrued = MinorField()
    days = serializers.IntegerField()
    planned_days = serializers.IntegerField()
    planned = MinorField(source="planned_minor")
    runs_out_on = serializers.DateField(allow_null=True)
    floor_days = serializers.IntegerField()
    is_low = serializers.BooleanField()
    weeks = serializers.SerializerMethodField()

    @extend_schema_field(WeekAheadShown(many=True))
    def get_weeks(self, row: Any) -> list[dict[str, str]]:
        return [
            {
                "monday": week.monday.isoformat(),
                "planned": str(Money(week.planned_minor, row.currency)),
                "short": str(Money(week.short_minor, row.currency)),
            }
            for week in row.weeks
        ]


class WageAccountPage(serializers.Serializer[Any]):
    items = WageAccountShown(many=True)
    next = serializers.URLField(allow_null=True)


class FundShown(serializers.Serializer[Any]):
    """What was paid in = free + reserved + owed + in flight + paid."""

    id = serializers.IntegerField(source="wage_account_id")
    project_id = serializers.IntegerField()
    currency = serializers.CharField()
    state = serializers.CharField()
    paid_in = serializers.SerializerMethodField()
    free = serializers.SerializerMethodField()
    reserved = serializers.SerializerMethodField()
    owed = serializers.SerializerMethodField()
    in_flight = serializers.SerializerMethodField()
    paid = serializers.SerializerMethodField()

    def get_paid_in(self, row: Any) -> str:
        return str(Money(row.paid_in, row.currency))

    def get_free(self, row: Any) -> str:
        return str(Money(row.free, row.currency))

    def get_reserved(self, row: Any) -> str:
        return str(Money(row.reserved, row.currency))

    def get_owed(self, row: Any) -> str:
        return str(Money(row.owed, row.currency))

    def get_in_flight(self, row: Any) -> str:
        return str(Money(row.in_flight, row.currency))

    def get_paid(self, row: Any) -> str:
        return str(Money(row.paid, row.currency))


class DepositShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    payer_id = serializers.IntegerField()
    reference = serializers.CharField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    at = InstantField()
    made_by = serializers.CharField()

    def get_amount(self, row: Any) -> str:
        return str(Money(row.amount_minor, row.currency))


class DepositPage(serializers.Serializer[Any]):
    items = DepositShown(many=True)
    next = serializers.URLField(allow_null=True)


class DepositAsked(serializers.Serializer[Any]):
    """Money that the bank reported, in the wage account's currency; `reference` is the bank's."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    payer_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    reference = serializers.CharField(max_length=64)
    amount = serializers.RegexField(AMOUNT)


class DutyShown(serializers.Serializer[Any]):
    """What somebody has to do about the wage account, by when, and the source of it."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    name = serializers.CharField()
    key = serializers.CharField()
    owed_by = serializers.CharField()
    organisation_id = serializers.IntegerField(allow_null=True)
    amount = MinorField(source="amount_minor")
    basis = serializers.CharField(source="source")
    state = serializers.CharField()
    since = InstantField()
    due_at = InstantField()
    met_at = InstantField(allow_null=True)
    note = serializers.CharField()


class FulfilmentAsked(serializers.Serializer[Any]):
    """What was done and where the proof lies."""

    note = serializers.CharField(max_length=300)


class ProgressAsked(serializers.Serializer[Any]):
    """Progress money of a month (工程进度款); `reference` names the certificate."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    month = serializers.DateField()
    reference = serializers.RegexField(r"^[0-9A-Za-z-]{1,40}\Z")
    amount = serializers.RegexField(AMOUNT)


class LabourCostAgreementShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    valid_from = serializers.DateField()
    monthly = MinorField(source="monthly_minor")
    share_basis_points = serializers.IntegerField()
    due_day = serializers.IntegerField()
    floor_days = serializers.IntegerField()
    contract = MinorField(source="contract_minor")
    contract_signed_on = serializers.DateField()
    currency = serializers.CharField()
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()


class LabourCostAgreementAsked(serializers.Serializer[Any]):
    """What owner and contractor agreed about labour cost (人工费用): a monthly sum, a share of the
    progress money in basis points, or both; the day of the month, the floor in days of wages."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    valid_from = serializers.DateField()
    monthly = serializers.RegexField(AMOUNT, default="0")
    share_basis_points = serializers.IntegerField(min_value=0, max_value=10_000, default=0)
    due_day = serializers.IntegerField(min_value=1, max_value=28)
    floor_days = serializers.IntegerField(min_value=0, max_value=92)
    contract = serializers.RegexField(AMOUNT)
    contract_signed_on = serializers.DateField()


class ShortfallShown(serializers.Serializer[Any]):
    """Accepted wages that the account can't pay, and the company that has to."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    employer_id = serializers.IntegerField()
    debtor_id = serializers.IntegerField()
    amount = MinorField(source="amount_minor")
    currency = serializers.CharField()
    state = serializers.CharField()
    since = InstantField()
    due_at = InstantField()
    covered_at = InstantField(allow_null=True)


class WithdrawalShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    payee_id = serializers.IntegerField()
    amount = MinorField(source="amount_minor")
    currency = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()


class WithdrawalAsked(serializers.Serializer[Any]):
    """A surplus that shall go back to a party of the project."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    payee_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    amount = serializers.RegexField(AMOUNT)
    reason = serializers.CharField(max_length=300)


class SecurityDepositShown(serializers.Serializer[Any]):
    """The contractor's wage deposit (工资保证金)."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    basis_points = serializers.IntegerField()
    amount = MinorField(source="amount_minor")
    currency = serializers.CharField()
    form = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.CharField()
    since = InstantField()


class SecurityDepositAsked(serializers.Serializer[Any]):
    """The region's own rate in basis points, and what the authority knows of the contractor."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    base_basis_points = serializers.IntegerField(min_value=100, max_value=300)
    years_without_arrears = serializers.IntegerField(min_value=0, max_value=100, default=0)
    arrears_in_two_years = serializers.BooleanField(default=False)
    blacklisted = serializers.BooleanField(default=False)
    several_projects = serializers.BooleanField(default=False)
    real_name_and_account = serializers.BooleanField(default=False)


class LodgingAsked(serializers.Serializer[Any]):
    form = serializers.ChoiceField(("cash", "guarantee"))
    reference = serializers.CharField(max_length=120)


class OrderAsked(serializers.Serializer[Any]):
    """The authority's order."""

    reference = serializers.CharField(max_length=60)
