"""Task sheets on the wire: quantities as text with at most three decimals, days inclusive."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField, ThousandthsField
from projects.acceptance.models import TaskSheet

ID_MAX = 2**63 - 1
POINTS_MAX = 1_000_000
NOT_NEGATIVE = [MinValueValidator(0)]


class TaskSheetShown(serializers.Serializer[Any]):
    """A task sheet (任务单); `time_accepted_at` is when the days' time became payable."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    crew_id = serializers.IntegerField()
    number = serializers.CharField()
    item = serializers.CharField()
    place = serializers.CharField()
    unit = serializers.CharField()
    work_from = DayField()
    work_to = DayField()
    is_piece = serializers.BooleanField()
    share_rule = serializers.CharField()
    share_points = serializers.DictField(child=serializers.IntegerField())
    state = serializers.CharField()
    version = serializers.IntegerField()
    planned_quantity = ThousandthsField(source="planned_thousandths")
    measured_quantity = ThousandthsField(source="measured_thousandths", allow_null=True)
    accepted_quantity = ThousandthsField(source="accepted_thousandths", allow_null=True)
    submitted_at = InstantField(allow_null=True)
    silence_due_at = InstantField(allow_null=True)
    time_accepted_at = InstantField(allow_null=True)
    defect = serializers.CharField()
    cure_by = DayField(allow_null=True)


class TaskSheetPage(serializers.Serializer[Any]):
    items = TaskSheetShown(many=True)
    next = serializers.URLField(allow_null=True)


class TaskSheetAsked(serializers.Serializer[Any]):
    """A new task sheet; `share_points` are {worker id: points} for the rule "points"."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    work_package_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    number = serializers.CharField(max_length=40)
    item = serializers.CharField(max_length=60)
    place = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=12)
    work_from = DayField()
    work_to = DayField()
    planned_quantity = ThousandthsField(source="planned_thousandths", validators=NOT_NEGATIVE)
    is_piece = serializers.BooleanField(default=False)
    share_rule = serializers.ChoiceField(choices=TaskSheet.SHARE_RULES, default="workdays")
    share_points = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=POINTS_MAX), default=dict
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["work_to"] < attrs["work_from"]:
            raise serializers.ValidationError({"work_to": "Not before work_from."})
        if not all(key.isascii() and key.isdigit() for key in attrs["share_points"]):
            raise serializers.ValidationError({"share_points": "Each key is a worker's id."})
        return attrs


class InspectionAsked(serializers.Serializer[Any]):
    measured_quantity = ThousandthsField(source="measured_thousandths", validators=NOT_NEGATIVE)


class AcceptanceAsked(serializers.Serializer[Any]):
    """Empty accepts the whole; a smaller quantity needs its defect and the day for cure."""

    accepted_quantity = ThousandthsField(
        source="accepted_thousandths", validators=NOT_NEGATIVE, required=False
    )
    defect = serializers.CharField(max_length=500, required=False)
    cure_by = DayField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # A misspelt field must not turn a part into the whole.
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."))
        missing = {"accepted_thousandths", "defect", "cure_by"} - attrs.keys()
        if attrs and missing:
            names = {name.replace("thousandths", "quantity") for name in missing}
            raise serializers.ValidationError(
                dict.fromkeys(names, "Accepting a part needs quantity, defect and cure_by.")
            )
        return attrs


class RejectionAsked(serializers.Serializer[Any]):
    defect = serializers.CharField(max_length=500)
    cure_by = DayField()
