"""The desk on the wire: amounts as text, instants with their offset."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField
from jianzhu.web.pagination import ID_MAX
from settlements.desk.queries import Waiting
from settlements.desk.whatif import Answer

AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,2})?\Z"
DAY_MINUTES = 24 * 60
QUANTITY_MAX = 10**12


def amount(minor: int | None, currency: str) -> str | None:
    """ "380.00", or None while nobody knows."""
    return None if minor is None else str(Money(minor, currency))


class WaitingShown(serializers.Serializer[Any]):
    """A case in the queue, the most urgent first; `why` is coded."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    state = serializers.CharField()
    due_at = InstantField()
    assigned_to_id = serializers.IntegerField(allow_null=True)
    claimants = serializers.IntegerField()
    disputed = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    level = serializers.ChoiceField(["high", "medium", "low"])
    points = serializers.IntegerField()
    why = serializers.ListField(child=serializers.CharField())
    contradictions = serializers.IntegerField()


class QueuePage(serializers.Serializer[Any]):
    items = WaitingShown(many=True)
    next = serializers.URLField(allow_null=True)


def waiting(row: Waiting) -> dict[str, Any]:
    """A queue row as JSON."""
    case = row.case
    return dict(
        WaitingShown(
            {
                "id": case.id,
                "project_id": case.project_id,
                "worker_id": case.worker_id,
                "state": case.state,
                "due_at": case.due_at,
                "assigned_to_id": case.assigned_to_id,
                "claimants": len(case.claimants) or 1,
                "disputed": amount(case.disputed_minor, row.currency),
                "currency": row.currency,
                "level": row.level,
                "points": row.points,
                "why": list(row.why),
                "contradictions": row.contradictions,
            }
        ).data
    )


class CandidateShown(serializers.Serializer[Any]):
    """Somebody who decides cases; `conflicts` empty for who is neutral."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()
    open_cases = serializers.IntegerField()
    conflicts = serializers.ListField(child=serializers.CharField())


class CandidatesShown(serializers.Serializer[Any]):
    items = CandidateShown(many=True)


class ContradictionShown(serializers.Serializer[Any]):
    """What does not fit together, with the rows: {"punch": [ids], …}."""

    code = serializers.CharField()
    worker_ids = serializers.ListField(child=serializers.IntegerField())
    on = DayField(allow_null=True)
    rows = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))


class ContradictionsShown(serializers.Serializer[Any]):
    items = ContradictionShown(many=True)


class MomentShown(serializers.Serializer[Any]):
    """A fact or event; `mark` is agreed, contested, open, or empty for an event."""

    at = InstantField()
    kind = serializers.CharField()
    mark = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    facts = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    line_id = serializers.IntegerField()


class TimelineShown(serializers.Serializer[Any]):
    items = MomentShown(many=True)


class FactAsked(serializers.Serializer[Any]):
    """One fact: the day's minutes, the rate in force that day, or a sheet's accepted quantity.

    Without `on` it is the line's own day.
    """

    line_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    on = DayField(required=False)
    minutes = serializers.IntegerField(min_value=0, max_value=DAY_MINUTES, required=False)
    night_minutes = serializers.IntegerField(min_value=0, max_value=DAY_MINUTES, default=0)
    rate = serializers.RegexField(AMOUNT, required=False)
    sheet_id = serializers.IntegerField(min_value=1, max_value=ID_MAX, required=False)
    quantity_thousandths = serializers.IntegerField(
        min_value=0, max_value=QUANTITY_MAX, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {"minutes", "rate", "quantity_thousandths"} & attrs.keys()
        if len(given) != 1:
            raise serializers.ValidationError("Change exactly one: minutes, rate or quantity.")
        return attrs


class MovedShown(serializers.Serializer[Any]):
    key = serializers.CharField()
    on = DayField()
    name = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    difference = serializers.CharField()


class AnswerShown(serializers.Serializer[Any]):
    """The whole month before and after, and each line that moves; nothing is stored."""

    worker_id = serializers.IntegerField()
    month = DayField()
    currency = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    difference = serializers.CharField()
    moved = MovedShown(many=True)
    held = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField(help_text="SHA-256 of the changed inputs")


def answer(row: Answer) -> dict[str, Any]:
    """The answer as JSON."""
    currency = row.currency
    return dict(
        AnswerShown(
            {
                "worker_id": row.worker_id,
                "month": row.month,
                "currency": currency,
                "before": amount(row.before_minor, currency),
                "after": amount(row.after_minor, currency),
                "difference": amount(row.difference_minor, currency),
                "moved": [
                    {
                        "key": m.key,
                        "on": m.on,
                        "name": m.name,
                        "before": amount(m.before_minor, currency),
                        "after": amount(m.after_minor, currency),
                        "difference": amount(m.difference_minor, currency),
                    }
                    for m in row.moved
                ],
                "held": list(row.held),
                "digest": row.digest,
            }
        ).data
    )


class FigureShown(serializers.Serializer[Any]):
    """One figure; `value` in `unit`: hours, per_mille, cases, or minor units of `currency`."""

    name = serializers.CharField()
    stage = serializers.CharField(allow_blank=True)
    unit = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField()
    currency = serializers.CharField(allow_blank=True)


class FiguresPage(serializers.Serializer[Any]):
    items = FigureShown(many=True)
    next = serializers.URLField(allow_null=True)


class RulingShown(serializers.Serializer[Any]):
    """A document of the case: a draft until it is issued."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    final = serializers.BooleanField()
    state = serializers.CharField()
    reasons = serializers.CharField()
    made_by = serializers.CharField()
    made_at = InstantField()


class RulingsShown(serializers.Serializer[Any]):
    items = RulingShown(many=True)
