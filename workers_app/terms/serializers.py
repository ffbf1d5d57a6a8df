"""Agreements and rates on the wire: rates as text per hour, 工, month or unit."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField
from jianzhu.web.pagination import ID_MAX
from workers_app.terms.models import Absence, AgreedRate, Qualification

AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,4})?\Z"
NIGHT_PERCENT_MAX, WEEK_MINUTES = 200, 7 * 24 * 60
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


class PrevailingShape(serializers.Serializer[Any]):
    """A wage determination, per hour, and the fringe actually paid: to a plan, or in cash."""

    reference = serializers.CharField(max_length=60)
    basic = serializers.RegexField(AMOUNT)
    fringe = serializers.RegexField(AMOUNT)
    plan = serializers.RegexField(AMOUNT, default="0")
    cash = serializers.RegexField(AMOUNT, default="0")


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
    night_percent = serializers.IntegerField()
    salary_per = serializers.CharField()
    covers_minutes = serializers.IntegerField(allow_null=True)
    guarantee = serializers.SerializerMethodField()
    prevailing = serializers.SerializerMethodField()
    valid_from = DayField()
    valid_to = DayField(allow_null=True)
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()

    def get_rate(self, row: AgreedRate) -> str:
        return str(Money(row.rate_minor, row.agreement.currency))

    def get_guarantee(self, row: AgreedRate) -> str | None:
        if row.guarantee_minor is None:
            return None
        return str(Money(row.guarantee_minor, row.agreement.currency))

    @extend_schema_field(PrevailingShape(allow_null=True))
    def get_prevailing(self, row: AgreedRate) -> dict[str, str] | None:
        if row.prevailing is None:
            return None
        amounts = {
            name: str(Money(row.prevailing[f"{name}_minor"], row.agreement.currency))
            for name in ("basic", "fringe", "plan", "cash")
        }
        return {"reference": row.prevailing["id"], **amounts}


class RateAsked(serializers.Serializer[Any]):
    """A time rate has no item; a piece rate names its item and unit.

    `night_percent`: supplement on night minutes. Of a salary: `salary_per`, and `covers_minutes`, the
    weekly minutes that it pays for (none: whatever the week has). Of a piece price: `guarantee`, an
    hour. Of work under a wage determination: `prevailing`.
    """

    agreement_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    basis = serializers.ChoiceField(AgreedRate.BASES)
    item = serializers.CharField(max_length=60, default="", allow_blank=True)
    unit = serializers.CharField(max_length=12, default="", allow_blank=True)
    rate = serializers.RegexField(AMOUNT)
    workday_minutes = serializers.IntegerField(
        min_value=WORKDAY_MINUTES_MIN, max_value=WORKDAY_MINUTES_MAX, default=480
    )
    night_percent = serializers.IntegerField(min_value=0, max_value=NIGHT_PERCENT_MAX, default=0)
    salary_per = serializers.ChoiceField(AgreedRate.SALARY_PER, default="week")
    covers_minutes = serializers.IntegerField(
        min_value=60, max_value=WEEK_MINUTES, allow_null=True, default=None
    )
    guarantee = serializers.RegexField(AMOUNT, allow_null=True, default=None)
    prevailing = PrevailingShape(allow_null=True, default=None)
    valid_from = DayField()
    valid_to = DayField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["basis"] == "piece") != bool(attrs["item"]):
            raise serializers.ValidationError({"item": "Named for piece rates, and only there."})
        if attrs["valid_to"] is not None and attrs["valid_to"] <= attrs["valid_from"]:
            raise serializers.ValidationError({"valid_to": "Not before or on valid_from."})
        return attrs


LEVEL_MAX = 9


class QualificationShown(serializers.Serializer[Any]):
    """A skill with its level, or a certificate until its last day."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    valid_from = DayField()
    valid_until = DayField(allow_null=True)
    reference = serializers.CharField()
    made_by = serializers.CharField()


class QualificationAsked(serializers.Serializer[Any]):
    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    kind = serializers.ChoiceField(Qualification.KINDS)
    name = serializers.CharField(max_length=40)
    level = serializers.IntegerField(min_value=1, max_value=LEVEL_MAX, default=1)
    valid_from = DayField()
    valid_until = DayField(allow_null=True, default=None)
    reference = serializers.CharField(max_length=60, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["valid_until"] is not None and attrs["valid_until"] < attrs["valid_from"]:
            raise serializers.ValidationError({"valid_until": "Not before valid_from."})
        return attrs


class AbsenceShown(serializers.Serializer[Any]):
    """Days on which somebody can't be planned, both inclusive."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    first_on = DayField()
    last_on = DayField()
    why = serializers.CharField()
    created_at = InstantField()


class AbsenceAsked(serializers.Serializer[Any]):
    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    first_on = DayField()
    last_on = DayField()
    why = serializers.ChoiceField(Absence.WHYS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["last_on"] < attrs["first_on"]:
            raise serializers.ValidationError({"last_on": "Not before first_on."})
        return attrs


class AbsenceEnded(serializers.Serializer[Any]):
    """`on`: the last day away."""

    on = DayField()
