"""People on the wire: identity, phone and account by their last four."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField
from jianzhu.web.pagination import ID_MAX

CODE = r"^[^\s/\\]{1,40}\Z"


class WorkerShown(serializers.Serializer[Any]):
    """A person who works, on the real-name record (实名制)."""

    id = serializers.IntegerField()
    employer_id = serializers.IntegerField()
    worker_id = serializers.IntegerField(source="id")
    code = serializers.CharField()
    name = serializers.CharField()
    trade = serializers.CharField()
    id_kind = serializers.CharField()
    id_number_tail = serializers.CharField()
    phone_tail = serializers.CharField()
    home_known = serializers.SerializerMethodField()
    created_at = InstantField()

    def get_home_known(self, row: Any) -> bool:
        return bool(row.home_sealed)


class HomeAsked(serializers.Serializer[Any]):
    """Where the worker lives, in degrees; kept to about a kilometre, sealed, and never shown. Both null:
    what was known is forgotten."""

    latitude = serializers.DecimalField(
        max_digits=9, decimal_places=7, min_value=-90, max_value=90, allow_null=True
    )
    longitude = serializers.DecimalField(
        max_digits=10, decimal_places=7, min_value=-180, max_value=180, allow_null=True
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["latitude"] is None) != (attrs["longitude"] is None):
            raise serializers.ValidationError({"longitude": "Both, or neither."})
        return attrs


class WorkerAsked(serializers.Serializer[Any]):
    """A person to register. Identity and phone are sealed at once and never shown again."""

    employer_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=100)
    trade = serializers.CharField(max_length=40)
    id_number = serializers.RegexField(r"^[0-9A-Za-z-]{6,30}\Z")
    phone = serializers.RegexField(r"^\+?[0-9]{6,19}\Z")
    id_kind = serializers.RegexField(r"^[0-9]{2}\Z", default="01")


class PayeeShown(serializers.Serializer[Any]):
    """Where one worker's wages go (工资卡)."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    bank_code = serializers.CharField()
    bank_name = serializers.CharField()
    account_tail = serializers.CharField()
    state = serializers.CharField()
    hold_until = InstantField(allow_null=True)
    reason = serializers.CharField()
    review = serializers.CharField()
    reviewed_by = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()


class PayeeAsked(serializers.Serializer[Any]):
    """The worker's own account; it counts when a second person has checked it."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    bank_code = serializers.RegexField(r"^[0-9A-Za-z]{1,20}\Z")
    bank_name = serializers.CharField(max_length=100)
    account = serializers.RegexField(r"^[0-9A-Za-z]{6,34}\Z")
    holder_name = serializers.CharField(max_length=100, required=False, default="")
    # To change an account: a code sent to the worker's own phone, or the staff member's password.
    code = serializers.RegexField(r"^[0-9]{6}\Z", required=False, default="")
    password = serializers.CharField(max_length=256, required=False, default="", write_only=True)


class PayeeCodeAsked(serializers.Serializer[Any]):
    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)


class MemberShown(serializers.Serializer[Any]):
    """A worker in a crew over [valid_from, valid_to)."""

    worker_id = serializers.IntegerField()
    valid_from = DayField()
    valid_to = DayField(allow_null=True)


class CrewShown(serializers.Serializer[Any]):
    """A crew (班组) with its members over time."""

    id = serializers.IntegerField()
    employer_id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    trade = serializers.CharField()
    leader_id = serializers.IntegerField()
    members = serializers.SerializerMethodField()

    def get_members(self, row: Any) -> list[dict[str, Any]]:
        rows = row.members.order_by("valid_from", "pk")
        return [dict(MemberShown(member).data) for member in rows]


class CrewAsked(serializers.Serializer[Any]):
    employer_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=100)
    trade = serializers.CharField(max_length=40)
    leader_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)


class MemberAsked(serializers.Serializer[Any]):
    """Without `valid_to`: until further notice."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    valid_from = DayField()
    valid_to = DayField(required=False, allow_null=True, default=None)


class CrewMemberAsked(MemberAsked):
    """As `MemberAsked`, with the crew."""

    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)


class LeavingAsked(serializers.Serializer[Any]):
    """`on` is the first day without the worker."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    on = DayField()
