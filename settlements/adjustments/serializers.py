"""Adjustments on the wire: amounts as text like "38.00", always positive; the kind has the sign."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField
from jianzhu.web.pagination import ID_MAX
from settlements.adjustments.models import Adjustment

AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"


class AdjustmentShown(serializers.Serializer[Any]):
    """An amount beside time and pieces."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    kind = serializers.CharField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    first = DayField()
    last = DayField()
    title = serializers.CharField(source="label")
    reference = serializers.CharField()
    in_regular_rate = serializers.BooleanField()
    in_minimum = serializers.BooleanField()
    percent = serializers.IntegerField()
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()

    def get_amount(self, row: Adjustment) -> str:
        return str(Money(row.amount_minor, row.currency))


class AdjustmentAsked(serializers.Serializer[Any]):
    """It counts in the month of `last`, when a second person has agreed.

    `reference` names what it rests on (the order, the receipt, the signed sheet). `percent` is for
    compensation by order (order_85) alone, 50 to 100.
    """

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    kind = serializers.ChoiceField(Adjustment.KINDS)
    amount = serializers.RegexField(AMOUNT)
    first = DayField()
    last = DayField()
    title = serializers.CharField(source="label", max_length=60)
    reference = serializers.CharField(max_length=120)
    in_regular_rate = serializers.BooleanField(default=False)
    in_minimum = serializers.BooleanField(default=False)
    percent = serializers.IntegerField(min_value=50, max_value=100, default=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["last"] < attrs["first"]:
            raise serializers.ValidationError({"last": "Not before first."})
        if attrs["percent"] != 100 and attrs["kind"] != "order_85":
            raise serializers.ValidationError({"percent": "For order_85 alone."})
        return attrs
