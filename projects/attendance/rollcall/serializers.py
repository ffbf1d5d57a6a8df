"""Roll calls on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.web.fields import DayField, InstantField

ID_MAX = 2**63 - 1
CREW_MAX = 300
ROUNDS_MAX = 20


class CalledAsked(serializers.Serializer[Any]):
    """Came at `begins_at`, went at `ends_at`, one of them or both; neither: not there."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    begins_at = InstantField(required=False, allow_null=True)
    ends_at = InstantField(required=False, allow_null=True)


class RollCallAsked(serializers.Serializer[Any]):
    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    on = DayField()
    round = serializers.IntegerField(min_value=1, max_value=ROUNDS_MAX, default=1)
    called = serializers.ListField(child=CalledAsked(), min_length=1, max_length=CREW_MAX)


class EntryShown(serializers.Serializer[Any]):
    """A line: the foreman's word, and the worker's to it."""

    id = serializers.IntegerField()
    roll_call_id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="roll_call.project_id")
    on = DayField(source="roll_call.on")
    worker_id = serializers.IntegerField()
    is_present = serializers.BooleanField()
    begins_at = InstantField(allow_null=True)
    ends_at = InstantField(allow_null=True)
    state = serializers.CharField()
    words = serializers.CharField()
    answered_at = InstantField(allow_null=True)
    answered_by = serializers.CharField()


class RollCallShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    site_id = serializers.IntegerField()
    crew_id = serializers.IntegerField()
    on = DayField()
    round = serializers.IntegerField()
    made_by = serializers.CharField()
    created_at = InstantField()


class WordsAsked(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=500)


class CallCodeAsked(serializers.Serializer[Any]):
    code = serializers.RegexField(r"^[0-9]{6}\Z")


class RollCallPage(serializers.Serializer[Any]):
    items = RollCallShown(many=True)
    next = serializers.URLField(allow_null=True)


class EntryPage(serializers.Serializer[Any]):
    items = EntryShown(many=True)
    next = serializers.URLField(allow_null=True)
