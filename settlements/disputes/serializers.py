"""Cases on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import InstantField

ID_MAX = 2**63 - 1
LINES_MAX = 200
MINUTES_MAX = 24 * 60
AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"


class DisputedLineShown(serializers.Serializer[Any]):
    """A line under the case, and what became of it; an amount is null while nobody can know it.

    `disputed` is computed: all that is claimed of a line that waits, what is missing of a paid one.
    """

    line = serializers.IntegerField(source="line_id")
    outcome = serializers.CharField()
    claimed = serializers.SerializerMethodField()
    disputed = serializers.SerializerMethodField()
    awarded = serializers.SerializerMethodField()

    def get_claimed(self, row: Any) -> str | None:
        return _amount(row, row.claimed_minor)

    def get_disputed(self, row: Any) -> str | None:
        return _amount(row, row.disputed_minor)

    def get_awarded(self, row: Any) -> str | None:
        return _amount(row, row.awarded_minor)


def _amount(row: Any, minor: int | None) -> str | None:
    return None if minor is None else str(Money(minor, row.line.statement.currency))


class CasePartyShown(serializers.Serializer[Any]):
    """Who stands on which side; `outcome` is a claimant's own, empty while it is open."""

    side = serializers.CharField()
    role = serializers.CharField()
    worker_id = serializers.IntegerField(allow_null=True)
    organisation_id = serializers.IntegerField(allow_null=True)
    speaks = serializers.BooleanField()
    outcome = serializers.CharField()


class DisputeShown(serializers.Serializer[Any]):
    """An objection of one worker or of a crew; `due_at` is by when it has to be answered."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    crew_id = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    track = serializers.CharField()
    procedure = serializers.CharField()
    number = serializers.CharField()
    claim = serializers.CharField()
    assigned_to_id = serializers.IntegerField(allow_null=True)
    assignment = serializers.IntegerField()
    reasons = serializers.CharField()
    filed_at = InstantField()
    due_at = InstantField()
    suspended_at = InstantField(allow_null=True)
    hearing_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)
    parties = CasePartyShown(many=True)
    lines = DisputedLineShown(many=True)


class DisputePage(serializers.Serializer[Any]):
    items = DisputeShown(many=True)
    next = serializers.URLField(allow_null=True)


class ClaimedAsked(serializers.Serializer[Any]):
    """The claimant's own fact about a line; the amount is computed from it."""

    line = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    minutes = serializers.IntegerField(min_value=0, max_value=MINUTES_MAX, required=False)
    quantity = serializers.IntegerField(
        min_value=0, max_value=10**12, required=False, help_text="thousandths of the line's unit"
    )


class DisputeAsked(serializers.Serializer[Any]):
    """Lines of one statement of one's own, what should be otherwise, and, where known, how much."""

    line_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        min_length=1,
        max_length=LINES_MAX,
    )
    claim = serializers.CharField(max_length=1000)
    claimed = serializers.ListField(child=ClaimedAsked(), max_length=LINES_MAX, required=False)


class CrewDisputeAsked(serializers.Serializer[Any]):
    """The days of a crew that its leader objects to: whatever of them is not paid yet."""

    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    work_from = serializers.DateField()
    work_to = serializers.DateField()
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
