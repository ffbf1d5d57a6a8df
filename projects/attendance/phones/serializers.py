"""Phones on the wire: coordinates in degrees as text, times as the phone wrote them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField
from projects.attendance.rules.facts import Direction
from projects.attendance.rules.places import UNIT

ID_MAX = 2**63 - 1
PUNCHES_MAX = 500
SIDES = [str(side) for side in Direction]


@extend_schema_field(OpenApiTypes.STR)
class DegreesField(serializers.Field):
    """ "31.2304160" outside, ten-millionths of a degree inside."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        try:
            value = Decimal(str(data))
        except ArithmeticError as error:
            raise serializers.ValidationError('Write degrees like "31.2304160".') from error
        if not value.is_finite() or abs(value) > self.most:
            raise serializers.ValidationError(f"Degrees from -{self.most} to {self.most}.")
        return round(value * UNIT)

    def to_representation(self, value: int) -> str:
        return f"{Decimal(value) / UNIT:.7f}"


@extend_schema_field(OpenApiTypes.DATETIME)
class WrittenInstantField(serializers.Field):
    """An instant with its offset, kept as it was written: that text is what the phone signed."""

    def to_internal_value(self, data: Any) -> tuple[str, datetime]:
        try:
            found = parse_datetime(data) if isinstance(data, str) and len(data) <= 40 else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not 1970 <= found.year <= 2199:
            raise serializers.ValidationError("A time with its offset, like 2026-10-12T08:00:00Z.")
        return data, found

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat()


class PhoneAsked(serializers.Serializer[Any]):
    """`public_key`: P-256, SubjectPublicKeyInfo in base64; empty where the phone can make none."""

    installation = serializers.UUIDField()
    public_key = serializers.CharField(max_length=400, allow_blank=True, default="")
    name = serializers.CharField(max_length=120, allow_blank=True, default="")


class PhoneShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    installation = serializers.UUIDField()
    name = serializers.CharField()
    worker_id = serializers.IntegerField()
    registered_at = InstantField()


class PhonePunchAsked(serializers.Serializer[Any]):
    """One punch in the phone's words; `signature` is over all of them (docs/integrator.md)."""

    phone = serializers.UUIDField(required=False, help_text="its maker; the sender unless said")
    sequence = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    at = WrittenInstantField()
    boot = serializers.CharField(max_length=64, allow_blank=True, default="")
    monotonic_ms = serializers.IntegerField(min_value=0, max_value=2**53, default=0)
    direction = serializers.ChoiceField(choices=SIDES, default="unknown")
    latitude = DegreesField(most=90, required=False, allow_null=True)
    longitude = DegreesField(most=180, required=False, allow_null=True)
    accuracy_metres = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True
    )
    mock = serializers.BooleanField(default=False)
    code = serializers.CharField(max_length=80, allow_blank=True, default="")
    photo_sha256 = serializers.RegexField(r"^([0-9a-f]{64})?$", default="", allow_blank=True)
    signature = serializers.CharField(max_length=120, allow_blank=True, default="")


class PhonePunchesAsked(serializers.Serializer[Any]):
    """A batch: who sends, the phone's two clocks at that moment, and the punches."""

    phone = serializers.UUIDField()
    sent_at = WrittenInstantField()
    boot = serializers.CharField(max_length=64, allow_blank=True, default="")
    monotonic_ms = serializers.IntegerField(min_value=0, max_value=2**53, default=0)
    punches = serializers.ListField(child=PhonePunchAsked(), min_length=1, max_length=PUNCHES_MAX)


class PhonePunchResult(serializers.Serializer[Any]):
    """taken, known or parked: the phone may forget it; refused: it keeps it, and says why."""

    phone = serializers.UUIDField()
    sequence = serializers.IntegerField()
    result = serializers.ChoiceField(choices=["taken", "known", "parked", "refused"])
    code = serializers.CharField()
    punch_id = serializers.IntegerField(allow_null=True)


class PhonePunchResults(serializers.Serializer[Any]):
    results = PhonePunchResult(many=True)


class SignalShown(serializers.Serializer[Any]):
    code = serializers.CharField()
    points = serializers.IntegerField()
    facts = serializers.JSONField()


class PhonePunchShown(serializers.Serializer[Any]):
    """Three times, where it was, and what speaks for and against it."""

    id = serializers.IntegerField()
    punch_id = serializers.IntegerField()
    phone_id = serializers.IntegerField()
    sequence = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    site_id = serializers.IntegerField()
    said_at = InstantField()
    received_at = InstantField()
    at = InstantField()
    clock = serializers.CharField()
    direction = serializers.CharField()
    latitude = DegreesField(most=90, allow_null=True)
    longitude = DegreesField(most=180, allow_null=True)
    accuracy_metres = serializers.IntegerField(allow_null=True)
    signed = serializers.BooleanField()
    trust = serializers.IntegerField()
    signals = SignalShown(many=True)


class FenceAsked(serializers.Serializer[Any]):
    """Corners as [latitude, longitude]; one with `radius_metres` is a circle."""

    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    valid_from = DayField()
    corners = serializers.ListField(
        child=serializers.ListField(child=DegreesField(most=180), min_length=2, max_length=2),
        min_length=1,
        max_length=200,
    )
    radius_metres = serializers.IntegerField(min_value=0, max_value=50_000, default=0)


class FenceShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    site_id = serializers.IntegerField()
    valid_from = DayField()
    corners = serializers.ListField(child=serializers.ListField(child=DegreesField(most=180)))
    radius_metres = serializers.IntegerField()


class GateCodeShown(serializers.Serializer[Any]):
    """What the gate shows now; scanned it opens `path`."""

    site_id = serializers.IntegerField()
    code = serializers.CharField()
    path = serializers.CharField()
    good_until = InstantField()


def _page(child: type[serializers.Serializer[Any]], name: str) -> type[serializers.Serializer[Any]]:
    fields = {"items": child(many=True), "next": serializers.URLField(allow_null=True)}
    return type(name, (serializers.Serializer,), fields)


PhonePage = _page(PhoneShown, "PhonePage")
PhonePunchPage = _page(PhonePunchShown, "PhonePunchPage")
FencePage = _page(FenceShown, "FencePage")
