"""Cases on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import InstantField
from settlements.disputes import words
from settlements.disputes.models.element import ELEMENTS

ID_MAX = 2**63 - 1
LINES_MAX = 200
CREW_LINES_MAX = 2_000
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
    claim = serializers.SerializerMethodField()
    assigned_to_id = serializers.IntegerField(allow_null=True)
    assignment = serializers.IntegerField()
    reasons = serializers.SerializerMethodField()
    filed_at = InstantField()
    due_at = InstantField()
    suspended_at = InstantField(allow_null=True)
    hearing_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)
    parties = CasePartyShown(many=True)
    lines = DisputedLineShown(many=True)

    def get_claim(self, row: Any) -> str:
        return self._said(row)[words.claim_of(row.pk)]

    def get_reasons(self, row: Any) -> str:
        return self._said(row)[words.reasons_of(row.pk)]

    def _said(self, row: Any) -> dict[str, str]:
        """Opened for the whole list at once, where it is one."""
        return self.context.get("said") or words.read(words.of_cases([row]))


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
    line_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        min_length=1,
        max_length=CREW_LINES_MAX,
        required=False,
        help_text="only these of them",
    )


class AssignmentAsked(serializers.Serializer[Any]):
    """The arbitrator."""

    user_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)


class AwardAsked(serializers.Serializer[Any]):
    """What one line is worth, "0.00" for nothing."""

    line = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    amount = serializers.RegexField(AMOUNT)


class DecisionAsked(serializers.Serializer[Any]):
    """An amount for each line under the case, and why; `partial` and `advance` may name a few."""

    awards = serializers.ListField(child=AwardAsked(), min_length=1, max_length=LINES_MAX)
    reasons = serializers.CharField(max_length=10_000)
    kind = serializers.ChoiceField(choices=["award", "partial", "advance"], default="award")

    def validate_awards(self, awards: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({award["line"] for award in awards}) != len(awards):
            raise serializers.ValidationError("A line stands twice.")
        return awards


class SayingAsked(serializers.Serializer[Any]):
    """One side's word on one element of one line; `minutes` is the claimant's own figure."""

    line = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    element = serializers.ChoiceField(choices=list(ELEMENTS))
    stance = serializers.ChoiceField(choices=["claims", "admits", "denies"])
    words = serializers.CharField(max_length=1000, allow_blank=True, default="")
    minutes = serializers.IntegerField(min_value=0, max_value=MINUTES_MAX, required=False)


class OfferAnswerAsked(serializers.Serializer[Any]):
    """Yes or no to an offered result; silence takes it."""

    offer = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    yes = serializers.BooleanField()


class PleaAsked(serializers.Serializer[Any]):
    """The respondent's answer to the application."""

    words = serializers.CharField(max_length=10_000)


class EscalationAsked(serializers.Serializer[Any]):
    """The next stage, before its clock calls it."""

    to = serializers.ChoiceField(choices=["talk", "mediation", "arbitration"])


class StageAsked(serializers.Serializer[Any]):
    """A move of the arbitrator's; which facts it needs depends on the verb (docs/disputes.md)."""

    verb = serializers.CharField(max_length=24)
    procedure = serializers.ChoiceField(choices=["simple", "ordinary"], required=False)
    number = serializers.CharField(max_length=60, required=False)
    with_gaps = serializers.BooleanField(required=False)
    waive_answer = serializers.BooleanField(required=False)
    hearing_at = serializers.DateTimeField(required=False)
    absent = serializers.ChoiceField(choices=["claimant", "respondent"], required=False)
    reason = serializers.CharField(max_length=40, required=False)
    note = serializers.CharField(max_length=1000, required=False)
    days = serializers.IntegerField(min_value=1, max_value=60, required=False)
    reasons = serializers.CharField(max_length=10_000, required=False)
    amounts = serializers.ListField(child=AwardAsked(), max_length=LINES_MAX, required=False)


class AppealAsked(serializers.Serializer[Any]):
    """To the court over one document of the case."""

    decision = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    kind = serializers.ChoiceField(choices=["sue", "set_aside"])
    court = serializers.CharField(max_length=300)


class CourtAsked(serializers.Serializer[Any]):
    """What the court did with a document of the case."""

    decision = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    outcome = serializers.ChoiceField(choices=["uphold", "annul", "enforce"])
    words = serializers.CharField(max_length=300)


class ElementShown(serializers.Serializer[Any]):
    """A row of the element table; `asked` is the side that has what is missing."""

    line = serializers.IntegerField(source="line_id")
    element = serializers.CharField()
    claimant = serializers.CharField()
    claimant_stance = serializers.CharField()
    respondent = serializers.CharField()
    respondent_stance = serializers.CharField()
    record = serializers.CharField()
    finding = serializers.CharField()
    missing = serializers.CharField()
    asked = serializers.CharField()


class CaseClockShown(serializers.Serializer[Any]):
    """By when who has to do what, by which rule, and what silence does."""

    name = serializers.CharField()
    key = serializers.CharField()
    owed_by = serializers.CharField()
    state = serializers.CharField()
    rule = serializers.CharField()
    law = serializers.CharField(source="source")
    on_silence = serializers.CharField()
    since = InstantField()
    due_at = InstantField()


class SuspensionShown(serializers.Serializer[Any]):
    """An order that stopped the clocks; `until` is null while it stands."""

    reason = serializers.CharField()
    stops_case = serializers.BooleanField()
    note = serializers.CharField()
    since = InstantField()
    until = InstantField(allow_null=True)


class OfferShown(serializers.Serializer[Any]):
    """A result offered to one claimant and the other side; amounts by line id."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    basis = serializers.CharField()
    amounts = serializers.SerializerMethodField()
    reasons = serializers.CharField()
    state = serializers.CharField()
    claimant_answer = serializers.CharField()
    respondent_answer = serializers.CharField()
    due_at = InstantField()

    def get_amounts(self, offer: Any) -> dict[str, str]:
        return {
            str(line): str(Money(minor, offer.currency)) for line, minor in offer.amounts.items()
        }


class DecisionItemShown(serializers.Serializer[Any]):
    """The organisation pays the worker so much by then."""

    line = serializers.IntegerField(source="line_id")
    payer_id = serializers.IntegerField()
    payee_id = serializers.IntegerField()
    amount = serializers.SerializerMethodField()
    due_on = serializers.DateField()

    def get_amount(self, item: Any) -> str:
        return str(Money(item.amount_minor, item.currency))


class DecisionShown(serializers.Serializer[Any]):
    """A document of the case: its items, and until when a court may be asked."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    final = serializers.BooleanField()
    why_not_final = serializers.CharField(
        help_text="no_minimum_wage: nobody recorded the region's, so nothing is taken to be final"
    )
    state = serializers.CharField()
    reasons = serializers.CharField()
    served_at = InstantField(allow_null=True)
    sue_until = InstantField(allow_null=True)
    set_aside_until = InstantField(allow_null=True)
    in_force_at = InstantField(allow_null=True)
    posted_at = InstantField(allow_null=True)
    items = DecisionItemShown(many=True)


class CaseRecordShown(serializers.Serializer[Any]):
    """Everything that the case consists of beside its lines; a worker sees the own part."""

    elements = ElementShown(many=True)
    clocks = CaseClockShown(many=True)
    suspensions = SuspensionShown(many=True)
    offers = OfferShown(many=True)
    decisions = DecisionShown(many=True)
