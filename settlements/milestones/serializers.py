"""Milestones on the wire: amounts as text like "38.00", days inclusive."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField
from jianzhu.web.pagination import ID_MAX
from settlements.milestones.models import Milestone, MilestoneCorrection, MilestonePart

AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"
SIGNED = r"^-?[0-9]{1,13}(\.[0-9]{1,2})?\Z"
POINTS_MAX = 1_000_000
SHARERS_MAX = 500


def _text(minor: int | None, currency: str) -> str | None:
    return None if minor is None else str(Money(minor, currency))


class MilestoneShown(serializers.Serializer[Any]):
    """A milestone (节点款); `accepted` is what was accepted so far of `labour_amount`."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    crew_id = serializers.IntegerField()
    contract = serializers.CharField()
    number = serializers.CharField()
    name = serializers.CharField()
    work_from = DayField()
    work_to = DayField()
    currency = serializers.CharField()
    labour_amount = serializers.SerializerMethodField()
    retention = serializers.SerializerMethodField()
    retention_until = DayField(allow_null=True)
    share_rule = serializers.CharField()
    share_points = serializers.DictField(child=serializers.IntegerField())
    sign_days = serializers.IntegerField()
    state = serializers.CharField()
    accepted = serializers.SerializerMethodField()
    rejected = serializers.SerializerMethodField()
    revision = serializers.IntegerField()
    submitted_at = InstantField(allow_null=True)
    silence_due_at = InstantField(allow_null=True)
    decided_at = InstantField(allow_null=True)
    decided_by = serializers.CharField()
    defect = serializers.CharField()
    cure_by = DayField(allow_null=True)

    def get_labour_amount(self, row: Milestone) -> str:
        return str(Money(row.labour_minor, row.currency))

    def get_retention(self, row: Milestone) -> str:
        return str(Money(row.retention_minor, row.currency))

    def get_accepted(self, row: Milestone) -> str:
        return str(Money(row.accepted_minor, row.currency))

    def get_rejected(self, row: Milestone) -> str | None:
        return _text(row.rejected_minor, row.currency)


class MilestoneInspectionShown(serializers.Serializer[Any]):
    """One decision, of whichever revision; `accepted` is the sum so far."""

    revision = serializers.IntegerField()
    at = InstantField()
    by = serializers.CharField()
    result = serializers.CharField()
    accepted = serializers.SerializerMethodField()
    rejected = serializers.SerializerMethodField()
    defect = serializers.CharField()
    cure_by = DayField(allow_null=True)

    def get_accepted(self, row: Any) -> str:
        return str(Money(row.accepted_minor, row.milestone.currency))

    def get_rejected(self, row: Any) -> str | None:
        return _text(row.rejected_minor, row.milestone.currency)


class MilestoneShareShown(serializers.Serializer[Any]):
    """A worker's weight in the share-out (thousandths of 工, points, percent, or 1), and the answer.

    Sign `digest`: it names everybody's weight and the terms.
    """

    id = serializers.IntegerField()
    milestone_id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    version = serializers.IntegerField()
    weight = serializers.IntegerField()
    digest = serializers.CharField()
    state = serializers.CharField()
    asked_at = InstantField()
    due_at = InstantField()
    answered_at = InstantField(allow_null=True)
    words = serializers.CharField()


class PartShareShown(serializers.Serializer[Any]):
    worker_id = serializers.IntegerField()
    amount = serializers.SerializerMethodField()

    def get_amount(self, row: Any) -> str:
        return str(Money(row.amount_minor, row.part.milestone.currency))


class MilestonePartShown(serializers.Serializer[Any]):
    """An amount accepted at once, kept back or corrected, with each worker's share of it."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    amount = serializers.SerializerMethodField()
    payable_on = DayField(allow_null=True)
    state = serializers.CharField()
    shares = serializers.SerializerMethodField()

    def get_amount(self, row: MilestonePart) -> str:
        return str(Money(row.amount_minor, row.milestone.currency))

    @extend_schema_field(PartShareShown(many=True))
    def get_shares(self, row: MilestonePart) -> Any:
        shares = row.shares.select_related("part__milestone").order_by("worker_id")
        return PartShareShown(shares, many=True).data


class ShareOutShown(serializers.Serializer[Any]):
    """Who shares by which weight, what was cut, and how it was decided."""

    version = serializers.IntegerField(source="share_version")
    fixed_at = InstantField(source="shares_fixed_at", allow_null=True)
    shares = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    inspections = serializers.SerializerMethodField()

    @extend_schema_field(MilestoneShareShown(many=True))
    def get_shares(self, row: Milestone) -> Any:
        shares = row.shares.filter(version=row.share_version).order_by("worker_id")
        return MilestoneShareShown(shares, many=True).data

    @extend_schema_field(MilestonePartShown(many=True))
    def get_parts(self, row: Milestone) -> Any:
        parts = row.parts.select_related("milestone").order_by("number")
        return MilestonePartShown(parts, many=True).data

    @extend_schema_field(MilestoneInspectionShown(many=True))
    def get_inspections(self, row: Milestone) -> Any:
        found = row.inspections.select_related("milestone").order_by("pk")
        return MilestoneInspectionShown(found, many=True).data


class MilestoneCorrectionShown(serializers.Serializer[Any]):
    """Signed differences by worker id, by two people."""

    id = serializers.IntegerField()
    milestone_id = serializers.IntegerField()
    amounts = serializers.SerializerMethodField()
    reason = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()

    def get_amounts(self, row: MilestoneCorrection) -> dict[str, str]:
        currency = row.milestone.currency
        return {worker: str(Money(minor, currency)) for worker, minor in row.amounts.items()}


class MilestoneAsked(serializers.Serializer[Any]):
    """A new milestone; `share_points` are {worker id: points or percent} for those two rules."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    contract = serializers.CharField(max_length=60)
    number = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=120)
    work_from = DayField()
    work_to = DayField()
    labour_amount = serializers.RegexField(AMOUNT)
    retention = serializers.RegexField(AMOUNT, default="0")
    retention_until = DayField(required=False, allow_null=True)
    share_rule = serializers.ChoiceField(choices=Milestone.SHARE_RULES, default="workdays")
    share_points = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=POINTS_MAX), default=dict
    )
    sign_days = serializers.IntegerField(min_value=1, max_value=30, default=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["work_to"] < attrs["work_from"]:
            raise serializers.ValidationError({"work_to": "Not before work_from."})
        if not all(key.isascii() and key.isdigit() for key in attrs["share_points"]):
            raise serializers.ValidationError({"share_points": "Each key is a worker's id."})
        return attrs


class MilestoneAcceptanceAsked(serializers.Serializer[Any]):
    """Empty accepts the whole; an `accepted` sum below it needs its defect and the day for cure."""

    accepted = serializers.RegexField(AMOUNT, required=False)
    defect = serializers.CharField(max_length=500, required=False)
    cure_by = DayField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # A misspelt field must not turn a part into the whole.
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."))
        missing = set(self.fields) - attrs.keys()
        if attrs and missing:
            raise serializers.ValidationError(
                dict.fromkeys(missing, "Accepting a part needs accepted, defect and cure_by.")
            )
        return attrs


class MilestoneRejectionAsked(serializers.Serializer[Any]):
    defect = serializers.CharField(max_length=500)
    cure_by = DayField()


class ShareSignatureAsked(serializers.Serializer[Any]):
    """`seen`: the digest of the share-out that was read."""

    seen = serializers.CharField(max_length=64)


class ShareObjectionAsked(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=1_000)


class DifferenceAsked(serializers.Serializer[Any]):
    """What one worker's shares were wrong by; "-12.50" was too much."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    amount = serializers.RegexField(SIGNED)


class MilestoneCorrectionAsked(serializers.Serializer[Any]):
    amounts = serializers.ListField(child=DifferenceAsked(), min_length=1, max_length=SHARERS_MAX)
    reason = serializers.CharField(max_length=500)
    reference = serializers.CharField(max_length=60)

    def validate_amounts(self, amounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({one["worker_id"] for one in amounts}) != len(amounts):
            raise serializers.ValidationError("A worker stands twice.")
        return amounts
