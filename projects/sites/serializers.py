"""Projects, parties, policies, sites, devices and enrolments on the wire."""

from __future__ import annotations

import zoneinfo
from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Rounding
from jianzhu.web.fields import DayField, InstantField
from jianzhu.web.pagination import ID_MAX
from projects.sites.models import Device, Party
from projects.sites.rules import GATES

CODE = r"^[^\s/\\]{1,40}\Z"
DRIFT_MAX = 86_400
DAYS_MAX = 60
ROUNDINGS = [one.value for one in Rounding]


class ZoneField(serializers.CharField):
    """An IANA zone name like Asia/Shanghai."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in zoneinfo.available_timezones():
            raise serializers.ValidationError("Not a zone name like Asia/Shanghai.")
        return str(name)


class ProjectShown(serializers.Serializer[Any]):
    """One construction project: one wage account, one currency, one law, one zone."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="id")
    code = serializers.CharField()
    name = serializers.CharField()
    zone = serializers.CharField()
    currency = serializers.CharField()
    rule_set = serializers.CharField()
    region = serializers.CharField()
    state = serializers.CharField()


class ProjectAsked(serializers.Serializer[Any]):
    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    zone = ZoneField()
    currency = serializers.RegexField(r"^[A-Z]{3}\Z")
    rule_set = serializers.RegexField(r"^[A-Z]{2}[A-Za-z0-9-]{0,18}\Z")
    region = serializers.CharField(max_length=40)


class ProjectMoveAsked(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(["suspend", "resume", "complete", "close"])


class PartyShown(serializers.Serializer[Any]):
    """An organisation's part in a project."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField()
    role = serializers.CharField()


class PartyAsked(serializers.Serializer[Any]):
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    organisation_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    role = serializers.ChoiceField(Party.ROLES)


class GateShape(serializers.Serializer[Any]):
    """Somebody who is asked before release; after `days` silence is recorded as silence."""

    gate = serializers.ChoiceField(GATES)
    days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX)


class PayShape(serializers.Serializer[Any]):
    """Settings of the wage engine; docs/wages.md says what each means."""

    rounding = serializers.ChoiceField(ROUNDINGS, required=False)
    round_at = serializers.ChoiceField(["line", "rate", "total"], required=False)
    hours_system = serializers.ChoiceField(["standard", "comprehensive"], required=False)
    # Over what comprehensive hours (综合计算工时) are averaged, by the calendar.
    averaging = serializers.ChoiceField(["month", "quarter", "year"], required=False)
    month_method = serializers.ChoiceField(["scheduled", "divisor"], required=False)
    workdays = serializers.ChoiceField(["minutes", "steps"], required=False)
    week_starts = serializers.IntegerField(min_value=0, max_value=6, required=False)
    top_up = serializers.BooleanField(required=False)


class PolicyShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    valid_from = DayField()
    silence_days = serializers.IntegerField()
    confirm_days = serializers.IntegerField()
    gates = GateShape(many=True)
    pay = PayShape()
    made_by = serializers.CharField()


class PolicyAsked(serializers.Serializer[Any]):
    """Clocks in working days; no gates unless they are agreed."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    valid_from = DayField()
    silence_days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX, default=3)
    confirm_days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX, default=3)
    gates = GateShape(many=True, default=list)
    pay = PayShape(default=dict)

    def validate_gates(self, gates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = [one["gate"] for one in gates]
        if len(set(names)) != len(names):
            raise serializers.ValidationError("Each gate once.")
        return [dict(one) for one in gates]


class SiteShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    zone = serializers.CharField()


class SiteAsked(serializers.Serializer[Any]):
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    zone = ZoneField()


class DriftShown(serializers.Serializer[Any]):
    """The clock's error from an instant on: measured, or said by a person."""

    valid_from = InstantField()
    seconds = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]


class DeviceShown(serializers.Serializer[Any]):
    """A terminal on the allow-list. `drift_seconds` is device time minus true time, now;
    `silent_since` stands while it is silent in hours in which it usually speaks."""

    id = serializers.IntegerField()
    site_id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="site.project_id")
    kind = serializers.CharField()
    serial = serializers.CharField()
    name = serializers.CharField()
    direction = serializers.CharField()
    zone = serializers.CharField()
    drift_seconds = serializers.IntegerField()
    active = serializers.BooleanField()
    last_seen_at = InstantField(allow_null=True)
    silent_since = InstantField(allow_null=True)
    drifts = DriftShown(many=True)
    address = serializers.CharField()
    pulled_until = InstantField(allow_null=True)


class DeviceAlarmShown(serializers.Serializer[Any]):
    """A gate is or was silent in hours in which it spoke on `usual_days` of `of_days` days."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="device.site.project_id")
    device_id = serializers.IntegerField()
    state = serializers.CharField()
    silent_since = InstantField()
    usual_days = serializers.IntegerField()
    of_days = serializers.IntegerField()
    created_at = InstantField()
    ended_at = InstantField(allow_null=True)


class ConnectionAsked(serializers.Serializer[Any]):
    """Where a Hikvision terminal is asked for missed events; an empty address stops the asking."""

    address = serializers.RegexField(r"^(https?://[A-Za-z0-9.:\[\]-]{1,180})?\Z", allow_blank=True)
    login = serializers.CharField(max_length=64, allow_blank=True, default="")
    password = serializers.CharField(max_length=128, allow_blank=True, default="")


class DeviceAsked(serializers.Serializer[Any]):
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    kind = serializers.ChoiceField(Device.KINDS)
    serial = serializers.RegexField(r"^[A-Za-z0-9._:-]{1,64}\Z")
    name = serializers.CharField(max_length=100)
    direction = serializers.ChoiceField(Device.DIRECTIONS, default="both")
    zone = ZoneField()
    drift_seconds = serializers.IntegerField(min_value=-DRIFT_MAX, max_value=DRIFT_MAX, default=0)


class DeviceChangeAsked(serializers.Serializer[Any]):
    """Only what is named changes."""

    name = serializers.CharField(max_length=100, required=False)
    direction = serializers.ChoiceField(Device.DIRECTIONS, required=False)
    zone = ZoneField(required=False)
    drift_seconds = serializers.IntegerField(
        min_value=-DRIFT_MAX, max_value=DRIFT_MAX, required=False
    )
    active = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."))
        return attrs


class EnrolmentShown(serializers.Serializer[Any]):
    """A worker's number on the terminals of a site over [valid_from, valid_to)."""

    id = serializers.IntegerField()
    site_id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="site.project_id")
    person_no = serializers.CharField()
    worker_id = serializers.IntegerField()
    valid_from = DayField()
    valid_to = DayField(allow_null=True)


class EnrolmentAsked(serializers.Serializer[Any]):
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    person_no = serializers.RegexField(CODE)
    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    valid_from = DayField()


class EndingAsked(serializers.Serializer[Any]):
    """`on` is the first day on which it counts no more."""

    on = DayField()
