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
    attempt = serializers.IntegerField()
    created_at = InstantField()
    sent_at = InstantField(allow_null=True)
    settled_at = InstantField(allow_null=True)

    def get_amount(self, row: Any) -> str:
        return str(Money(row.amount_minor, row.currency))


class PayoutPage(serializers.Serializer[Any]):
    items = PayoutShown(many=True)
    next = serializers.URLField(allow_null=True)
