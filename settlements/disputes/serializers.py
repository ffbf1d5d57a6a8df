"""Cases on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import InstantField

ID_MAX = 2**63 - 1
LINES_MAX = 200
AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"


class DisputedLineShown(serializers.Serializer[Any]):
    """A line under the case, and what became of it; `awarded` is null while nothing was."""

    line = serializers.IntegerField(source="line_id")
    outcome = serializers.CharField()
    awarded = serializers.SerializerMethodField()

    def get_awarded(self, row: Any) -> str | None:
        if row.awarded_minor is None:
            return None
        return str(Money(row.awarded_minor, row.line.statement.currency))


class DisputeShown(serializers.Serializer[Any]):
    """A worker's objection; `due_at` is by when it has to be answered."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    state = serializers.CharField()
    claim = serializers.CharField()
    assigned_to_id = serializers.IntegerField(allow_null=True)
    reasons = serializers.CharField()
    filed_at = InstantField()
    due_at = InstantField()
    ended_at = InstantField(allow_null=True)
    lines = DisputedLineShown(many=True)


class DisputePage(serializers.Serializer[Any]):
    items = DisputeShown(many=True)
    next = serializers.URLField(allow_null=True)


class DisputeAsked(serializers.Serializer[Any]):
    """Lines of one statement of one's own, and what should be otherwise."""

    line_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        min_length=1,
        max_length=LINES_MAX,
    )
    claim = serializers.CharField(max_length=1000)


class AssignmentAsked(serializers.Serializer[Any]):
    """The arbitrator."""

    user_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)


class AwardAsked(serializers.Serializer[Any]):
    """What one line is worth, "0.00" for nothing."""

    line = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    amount = serializers.RegexField(AMOUNT)


class DecisionAsked(serializers.Serializer[Any]):
    """An amount for each line under the case, and why."""

    awards = serializers.ListField(child=AwardAsked(), min_length=1, max_length=LINES_MAX)
    reasons = serializers.CharField(max_length=10_000)

    def validate_awards(self, awards: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({award["line"] for award in awards}) != len(awards):
            raise serializers.ValidationError("A line stands twice.")
        return awards
