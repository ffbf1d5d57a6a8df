"""Task sheets on the wire: quantities as text with at most three decimals, days inclusive."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField, ThousandthsField
from projects.acceptance import signing
from projects.acceptance.models import Signature, TaskSheet

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
    building = serializers.CharField()
    floor = serializers.CharField()
    axis = serializers.CharField()
    place = serializers.CharField()
    unit = serializers.CharField()
    work_from = DayField()
    work_to = DayField()
    is_piece = serializers.BooleanField()
    share_rule = serializers.CharField()
    share_points = serializers.DictField(child=serializers.IntegerField())
    state = serializers.CharField()
    revision = serializers.IntegerField()
    version = serializers.IntegerField()
    grade = serializers.CharField()
    planned_quantity = ThousandthsField(source="planned_thousandths")
    measured_quantity = ThousandthsField(source="measured_thousandths", allow_null=True)
    accepted_quantity = ThousandthsField(source="accepted_thousandths", allow_null=True)
    rejected_quantity = ThousandthsField(source="rejected_thousandths", allow_null=True)
    submitted_at = InstantField(allow_null=True)
    silence_due_at = InstantField(allow_null=True)
    time_due_at = InstantField(allow_null=True)
    time_accepted_at = InstantField(allow_null=True)
    defect = serializers.CharField()
    cure_by = DayField(allow_null=True)


class InspectionShown(serializers.Serializer[Any]):
    """One look of the accepting side, of whichever revision."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    version = serializers.IntegerField()
    at = InstantField()
    by = serializers.CharField()
    result = serializers.CharField()
    measured_quantity = ThousandthsField(source="measured_thousandths", allow_null=True)
    accepted_quantity = ThousandthsField(source="accepted_thousandths", allow_null=True)
    rejected_quantity = ThousandthsField(source="rejected_thousandths", allow_null=True)
    grade = serializers.CharField()
    defect = serializers.CharField()
    cure_by = DayField(allow_null=True)


class PhotoShown(serializers.Serializer[Any]):
    """A picture; its bytes are at `photos/{id}`."""

    id = serializers.IntegerField()
    digest = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    caption = serializers.CharField()
    by = serializers.CharField()
    at = InstantField()


class SignatureShown(serializers.Serializer[Any]):
    """Who signed what; `valid` while the sheet's content is still the one that was signed."""

    side = serializers.CharField()
    by = serializers.CharField()
    at = InstantField()
    digest = serializers.CharField()
    valid = serializers.SerializerMethodField()

    def get_valid(self, row: Signature) -> bool:
        return bool(row.digest == signing.digest(row.sheet))


class TaskSheetHistoryShown(serializers.Serializer[Any]):
    """Everything that belongs to a sheet; sign its `digest`, the name of its present content."""

    digest = serializers.SerializerMethodField()
    inspections = serializers.SerializerMethodField()
    photos = serializers.SerializerMethodField()
    signatures = serializers.SerializerMethodField()

    def get_digest(self, row: TaskSheet) -> str:
        return signing.digest(row)

    @extend_schema_field(InspectionShown(many=True))
    def get_inspections(self, row: TaskSheet) -> Any:
        return InspectionShown(row.inspections.order_by("pk"), many=True).data

    @extend_schema_field(PhotoShown(many=True))
    def get_photos(self, row: TaskSheet) -> Any:
        return PhotoShown(row.photos.order_by("pk"), many=True).data

    @extend_schema_field(SignatureShown(many=True))
    def get_signatures(self, row: TaskSheet) -> Any:
        return SignatureShown(row.signatures.order_by("pk"), many=True).data


class PhotoList(serializers.Serializer[Any]):
    items = PhotoShown(many=True)


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
    building = serializers.CharField(max_length=200, default="", allow_blank=True)
    floor = serializers.CharField(max_length=60, default="", allow_blank=True)
    axis = serializers.CharField(max_length=60, default="", allow_blank=True)
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
    """What was measured: the whole, also where a part of it was accepted before."""

    measured_quantity = ThousandthsField(source="measured_thousandths", validators=NOT_NEGATIVE)
    grade = serializers.ChoiceField(choices=TaskSheet.GRADES, required=False)


class AcceptanceAsked(serializers.Serializer[Any]):
    """Without a quantity the whole; a smaller quantity needs its defect and the day for cure.

    `seen`: the digest of what was read; another content by now is a 409.
    """

    accepted_quantity = ThousandthsField(
        source="accepted_thousandths", validators=NOT_NEGATIVE, required=False
    )
    defect = serializers.CharField(max_length=500, required=False)
    cure_by = DayField(required=False)
    grade = serializers.ChoiceField(choices=TaskSheet.GRADES, required=False)
    seen = serializers.CharField(max_length=64, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # A misspelt field must not turn a part into the whole.
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."))
        part = {"accepted_thousandths", "defect", "cure_by"}
        missing = part - attrs.keys()
        if missing and missing != part:
            names = {name.replace("thousandths", "quantity") for name in missing}
            raise serializers.ValidationError(
                dict.fromkeys(names, "Accepting a part needs quantity, defect and cure_by.")
            )
        return attrs


class RejectionAsked(serializers.Serializer[Any]):
    defect = serializers.CharField(max_length=500)
    cure_by = DayField()
    grade = serializers.ChoiceField(choices=TaskSheet.GRADES, required=False)


class SignatureAsked(serializers.Serializer[Any]):
    """`seen`: the digest of the content that was read."""

    seen = serializers.CharField(max_length=64)
