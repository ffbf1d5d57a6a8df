"""Payouts on the wire: the amount as text, the worker's account as its last four digits."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import InstantField


class PayoutShown(serializers.Serializer[Any]):
    """Money on its way to one worker; `reference` is the bank's name for it."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    state = serializers.CharField()
    account_tail = serializers.CharField()
    reference = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField()
    owner = serializers.CharField()
    act_by = InstantField(allow_null=True)
    attempt = serializers.IntegerField()
    created_at = InstantField()
    sent_at = InstantField(allow_null=True)
    settled_at = InstantField(allow_null=True)

    def get_amount(self, row: Any) -> str:
        return str(Money(row.amount_minor, row.currency))


class PayoutPage(serializers.Serializer[Any]):
    items = PayoutShown(many=True)
    next = serializers.URLField(allow_null=True)


class BankStatementShown(serializers.Serializer[Any]):
    """A statement as it came; a parked one with its gap."""

    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    brought_by = serializers.CharField(source="source")
    reference = serializers.CharField()
    state = serializers.CharField()
    opening = serializers.SerializerMethodField()
    closing = serializers.SerializerMethodField()
    gap = serializers.SerializerMethodField()
    reasons = serializers.ListField(child=serializers.CharField())
    entries_count = serializers.SerializerMethodField()
    received_at = InstantField()
    decided_by = serializers.CharField()
    note = serializers.CharField()

    def get_opening(self, row: Any) -> str | None:
        return _money(row, row.opening_minor)

    def get_closing(self, row: Any) -> str | None:
        return _money(row, row.closing_minor)

    def get_gap(self, row: Any) -> str | None:
        return _money(row, row.gap_minor)

    def get_entries_count(self, row: Any) -> int:
        return len(row.entries)


class BreakShown(serializers.Serializer[Any]):
    """A difference between bank and books; `difference` is what the bank moved beyond the books."""

    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    kind = serializers.CharField()
    detail = serializers.CharField()
    payout_id = serializers.IntegerField(allow_null=True)
    difference = serializers.SerializerMethodField()
    state = serializers.CharField()
    evidence = serializers.CharField()
    explained_by = serializers.CharField()
    closed_by = serializers.CharField()
    transfer_id = serializers.IntegerField(allow_null=True)
    opened_at = InstantField()
    act_by = InstantField()
    closed_at = InstantField(allow_null=True)

    def get_difference(self, row: Any) -> str | None:
        return _money(row, row.difference_minor)


class EvidenceAsked(serializers.Serializer[Any]):
    """What shows what the difference is."""

    evidence = serializers.CharField(max_length=500)


def _money(row: Any, minor: int | None) -> str | None:
    return None if minor is None else str(Money(minor, row.wage_account.currency))
