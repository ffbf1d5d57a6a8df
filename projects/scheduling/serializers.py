"""Work packages and assignments on the wire: quantities as text, days inclusive."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField, ThousandthsField
from jianzhu.web.pagination import ID_MAX

CODE = r"^[^\s/\\]{1,40}\Z"
HEADCOUNT_MAX = 1_000


class WorkPackageShown(serializers.Serializer[Any]):
    """A piece of the work to be done."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    trade = serializers.CharField()
    item = serializers.CharField()
    unit = serializers.CharField()
    planned_quantity = ThousandthsField(source="planned_thousandths")
    starts_on = DayField()
    ends_on = DayField()


class WorkPackageAsked(serializers.Serializer[Any]):
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    trade = serializers.CharField(max_length=40)
    item = serializers.CharField(max_length=60, default="", allow_blank=True)
    unit = serializers.CharField(max_length=12, default="", allow_blank=True)
    planned_quantity = ThousandthsField(
        source="planned_thousandths", default=0, validators=[MinValueValidator(0)]
    )
    starts_on = DayField()
    ends_on = DayField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _in_order(attrs)


class AssignmentShown(serializers.Serializer[Any]):
    """A crew is to do a work package from `starts_on` to `ends_on`."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="work_package.project_id")
    work_package_id = serializers.IntegerField()
    crew_id = serializers.IntegerField()
    starts_on = DayField()
    ends_on = DayField()
    headcount = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.CharField()
    answered_at = InstantField(allow_null=True)


class AssignmentProposed(serializers.Serializer[Any]):
    work_package_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    starts_on = DayField()
    ends_on = DayField()
    headcount = serializers.IntegerField(min_value=1, max_value=HEADCOUNT_MAX)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _in_order(attrs)


def _in_order(attrs: dict[str, Any]) -> dict[str, Any]:
    if attrs["ends_on"] < attrs["starts_on"]:
        raise serializers.ValidationError({"ends_on": "Not before starts_on."})
    return attrs
