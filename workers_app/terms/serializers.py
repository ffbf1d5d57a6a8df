"""Agreements and rates on the wire: rates as text per hour, 工, month or unit."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField
from jianzhu.web.pagination import ID_MAX
from workers_app.terms.models import AgreedRate

AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,4})?\Z"
WORKDAY_MINUTES_MIN, WORKDAY_MINUTES_MAX = 240, 720


class AgreementShown(serializers.Serializer[Any]):
    """A written work agreement (用工书面协议)."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    employer_id = serializers.IntegerField()
    trade = serializers.CharField()
    rule_set = serializers.CharField()
    region = serializers.CharField()
    currency = serializers.CharField()
    pay_day = serializers.IntegerField()
    signed_on = DayField()


class AgreementAsked(serializers.Serializer[Any]):
    """Law, region and currency are the project's; `pay_day` is a day of the following month."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    employer_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    trade = serializers.CharField(max_length=40)
    rule_set = serializers.RegexField(r"^[A-Z]{2}[A-Za-z0-9-]{0,18}\Z")
    region = serializers.CharField(max_length=40)
    currency = serializers.RegexField(r"^[A-Z]{3}\Z")
    pay_day = serializers.IntegerField(min_value=1, max_value=31)
    signed_on = DayField()


class RateShown(serializers.Serializer[Any]):
    """A rate version over [valid_from, valid_to)."""

    id = serializers.IntegerField()
    agreement_id = serializers.IntegerField()
    worker_id = serializers.IntegerField(source="agreement.worker_id")
    project_id = serializers.IntegerField(source="agreement.project_id")
    basis = serializers.CharField()
    item = serializers.CharField()
    unit = serializers.CharField()
    rate = serializers.SerializerMethodField()
    currency = serializers.CharField(source="agreement.currency")
    workday_minutes = serializers.IntegerField()
    valid_from = DayField()
    valid_to = DayField(allow_null=True)
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()

    def get_rate(self, row: AgreedRate) -> str:
        return str(Money(row.rate_minor, row.agreement.currency))


class RateAsked(serializers.Serializer[Any]):
    """A time rate has no item; a piece rate names its item and unit."""

    agreement_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    basis = serializers.ChoiceField(AgreedRate.BASES)
    item = serializers.CharField(max_length=60, default="", allow_blank=True)
    unit = serializers.CharField(max_length=12, default="", allow_blank=True)
    rate = serializers.RegexField(AMOUNT)
    workday_minutes = serializers.IntegerField(
        min_value=WORKDAY_MINUTES_MIN, max_value=WORKDAY_MINUTES_MAX, default=480
    )
    valid_from = DayField()
    valid_to = DayField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["basis"] == "piece") != bool(attrs["item"]):
            raise serializers.ValidationError({"item": "Named for piece rates, and only there."})
        if attrs["valid_to"] is not None and attrs["valid_to"] <= attrs["valid_from"]:
            raise serializers.ValidationError({"valid_to": "Not before or on valid_from."})
        return attrs
