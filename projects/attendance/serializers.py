"""Attendance on the wire: instants with their offset, minutes, 工 as "0.875"."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField, ThousandthsField

ID_MAX = 2**63 - 1
INTERVALS_MAX = 12


class PunchShown(serializers.Serializer[Any]):
    """A passage: told at `device_at` by the terminal's own clock, heard at `received_at`, and taken
    to be `at`, corrected for drift and zone."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    site_id = serializers.IntegerField()
    device_id = serializers.IntegerField()
    at = InstantField()
    device_at = InstantField()
    received_at = InstantField()
    direction = serializers.CharField()
    method = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class PunchPage(serializers.Serializer[Any]):
    items = PunchShown(many=True)
    next = serializers.URLField(allow_null=True)


class DayRecordShown(serializers.Serializer[Any]):
    """A day: `intervals` are [in, out] instants, `exceptions` what somebody has to answer."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    crew_id = serializers.IntegerField(allow_null=True)
    on = DayField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    minutes = serializers.IntegerField()
    night_minutes = serializers.IntegerField()
    workdays = ThousandthsField(source="workday_thousandths")
    intervals = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    exceptions = serializers.ListField(child=serializers.JSONField())
    punch_ids = serializers.ListField(child=serializers.IntegerField())
    late_punch_ids = serializers.ListField(child=serializers.IntegerField())
    correction_id = serializers.IntegerField(allow_null=True)
    answer_due_on = DayField(allow_null=True)


class DayRecordPage(serializers.Serializer[Any]):
    items = DayRecordShown(many=True)
    next = serializers.URLField(allow_null=True)


class CorrectionShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    on = DayField()
    intervals = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    reason = serializers.CharField()
    witness_id = serializers.IntegerField(allow_null=True)
    photo_sha256 = serializers.CharField()
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()
    answer = serializers.CharField()
    created_at = InstantField()
    decided_at = InstantField(allow_null=True)


class CorrectionPage(serializers.Serializer[Any]):
    items = CorrectionShown(many=True)
    next = serializers.URLField(allow_null=True)


class IntervalAsked(serializers.Serializer[Any]):
    """From `begin` to `end`, both with an offset."""

    begin = InstantField()
    end = InstantField()


class CorrectionAsked(serializers.Serializer[Any]):
    """What the day should say; no intervals at all means: did not work."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    on = DayField()
    intervals = serializers.ListField(child=IntervalAsked(), max_length=INTERVALS_MAX)
    reason = serializers.CharField(max_length=500)
    witness_id = serializers.IntegerField(min_value=1, max_value=ID_MAX, required=False)
    photo_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)


class AnswerAsked(serializers.Serializer[Any]):
    """What the second person says."""

    answer = serializers.CharField(max_length=500)


class ParkedEventShown(serializers.Serializer[Any]):
    """An event that could not become a punch, and why."""

    id = serializers.IntegerField()
    site_id = serializers.IntegerField(allow_null=True)
    body_id = serializers.IntegerField()
    code = serializers.CharField()
    person_no = serializers.CharField()
    event = serializers.JSONField()
    state = serializers.CharField()
    reason = serializers.CharField()
    created_at = InstantField()


class ParkedEventPage(serializers.Serializer[Any]):
    items = ParkedEventShown(many=True)
    next = serializers.URLField(allow_null=True)


class DismissalAsked(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class LineFaultShown(serializers.Serializer[Any]):
    code = serializers.CharField()
    place = serializers.CharField()
    detail = serializers.CharField()


class TakenShown(serializers.Serializer[Any]):
    """What became of the lines: new punches, punches known before, parked, and lines not read."""

    body_id = serializers.IntegerField()
    events = serializers.IntegerField()
    new = serializers.IntegerField()
    known = serializers.IntegerField()
    parked = serializers.IntegerField()
    faults = serializers.SerializerMethodField()

    @extend_schema_field(LineFaultShown(many=True))
    def get_faults(self, taken: Any) -> list[dict[str, str]]:
        return [{"code": c, "place": p, "detail": d} for c, p, d in taken.faults]


class IngestCountShown(serializers.Serializer[Any]):
    """How often something happened on a day (UTC) to what a maker's terminals sent."""

    id = serializers.IntegerField()
    on = DayField()
    maker = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class IngestCountPage(serializers.Serializer[Any]):
    items = IngestCountShown(many=True)
    next = serializers.URLField(allow_null=True)
