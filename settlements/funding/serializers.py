"""Wage accounts and deposits on the wire: amounts as text like "38.00"."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import InstantField

ID_MAX = 2**63 - 1
# At most thirteen digits before the point: sums of many still fit a bigint.
# The rails that payouts know (`settlements.payouts.rails`), a room above this one.
RAILS = ("sandbox_bank",)
AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"


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
