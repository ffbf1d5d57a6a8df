"""Payouts on the wire: the amount as text, the worker's account as its last four digits."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import InstantField
from jianzhu.web.pagination import ID_MAX


class PayoutShown(serializers.Serializer[Any]):
    """Money on its way to one worker; `reference` is the bank's name for it."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    state = serializers.CharField()
    account_tail = serializers.CharField()
    reference = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField()
    owner = serializers.CharField()
    act_by = InstantField(allow_null=True)
    escalated = serializers.IntegerField()
    silent_since = InstantField(allow_null=True)
    attempt = serializers.IntegerField()
    created_at = InstantField()
    sent_at = InstantField(allow_null=True)
    settled_at = InstantField(allow_null=True)

    def get_amount(self, row: Any) -> str:
        return str(Money(row.amount_minor, row.currency))


class PayoutPage(serializers.Serializer[Any]):
    items = PayoutShown(many=True)
    next = serializers.URLField(allow_null=True)


class BankStatementShown(serializers.Serializer[Any]):
    """A statement as it came; a parked one with its gap."""

    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    brought_by = serializers.CharField(source="source")
    reference = serializers.CharField()
    state = serializers.CharField()
    opening = serializers.SerializerMethodField()
    closing = serializers.SerializerMethodField()
    gap = serializers.SerializerMethodField()
    reasons = serializers.ListField(child=serializers.CharField())
    entries_count = serializers.SerializerMethodField()
    received_at = InstantField()
    decided_by = serializers.CharField()
    note = serializers.CharField()

    def get_opening(self, row: Any) -> str | None:
        return _money(row, row.opening_minor)

    def get_closing(self, row: Any) -> str | None:
        return _money(row, row.closing_minor)

    def get_gap(self, row: Any) -> str | None:
        return _money(row, row.gap_minor)

    def get_entries_count(self, row: Any) -> int:
        return len(row.entries)


class BreakShown(serializers.Serializer[Any]):
    """A difference between bank and books; `difference` is what the bank moved beyond the books."""

    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    kind = serializers.CharField()
    detail = serializers.CharField()
    payout_id = serializers.IntegerField(allow_null=True)
    worker_id = serializers.IntegerField(allow_null=True)
    adopted_id = serializers.IntegerField(allow_null=True)
    difference = serializers.SerializerMethodField()
    state = serializers.CharField()
    evidence = serializers.CharField()
    taken_by = serializers.CharField()
    explained_by = serializers.CharField()
    closed_by = serializers.CharField()
    transfer_id = serializers.IntegerField(allow_null=True)
    opened_at = InstantField()
    act_by = InstantField()
    escalated = serializers.IntegerField()
    closed_at = InstantField(allow_null=True)

    def get_difference(self, row: Any) -> str | None:
        return _money(row, row.difference_minor)


class BankStatementList(serializers.Serializer[Any]):
    items = BankStatementShown(many=True)


class BatchLineShown(serializers.Serializer[Any]):
    """One payment of a file, and the bank's word on it."""

    number = serializers.IntegerField()
    payout_id = serializers.IntegerField()
    amount = serializers.SerializerMethodField()
    status = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()

    def get_amount(self, row: Any) -> str | None:
        return _money(row.batch, row.amount_minor)


class PayoutBatchShown(serializers.Serializer[Any]):
    """A file of payments; `digest` is the SHA-256 (hex) of its bytes once it is written."""

    id = serializers.IntegerField()
    wage_account_id = serializers.IntegerField()
    name = serializers.CharField()
    profile = serializers.CharField()
    state = serializers.CharField()
    lines_count = serializers.IntegerField()
    total = serializers.SerializerMethodField()
    digest = serializers.SerializerMethodField()
    made_by = serializers.CharField()
    released_by = serializers.CharField()
    opened_at = InstantField()
    made_at = InstantField(allow_null=True)
    handed_out_at = InstantField(allow_null=True)

    def get_total(self, row: Any) -> str | None:
        return _money(row, row.total_minor)

    def get_digest(self, row: Any) -> str:
        return bytes(row.digest or b"").hex()


class PayoutBatchOpened(PayoutBatchShown):
    """The same, with its lines."""

    lines = BatchLineShown(many=True, source="lines_in_order")


class PayoutResolutionShown(serializers.Serializer[Any]):
    """What two people say of a payout that no read answered; `transfer_id` is the posting."""

    id = serializers.IntegerField()
    payout_id = serializers.IntegerField()
    key = serializers.CharField()
    says = serializers.CharField()
    evidence = serializers.CharField()
    document = serializers.CharField()
    bank_entry_id = serializers.IntegerField(source="entry_id", allow_null=True)
    state = serializers.CharField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()
    transfer_id = serializers.IntegerField(allow_null=True)
    made_at = InstantField()
    closed_at = InstantField(allow_null=True)


class PayoutResolutionAsked(serializers.Serializer[Any]):
    """`paid` or `not_paid`, what shows it, and the SHA-256 of the bank's letter or a statement line."""

    payout_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    says = serializers.ChoiceField(("paid", "not_paid"))
    evidence = serializers.CharField(max_length=500)
    document = serializers.RegexField(r"^([0-9a-f]{64})?\Z", default="", allow_blank=True)
    bank_entry_id = serializers.IntegerField(
        min_value=1, max_value=ID_MAX, default=None, allow_null=True
    )


class OnboardingAsked(serializers.Serializer[Any]):
    """Whose account with the payment provider is opened; the country as two letters."""

    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    country = serializers.RegexField(r"^[A-Z]{2}\Z")


class OnboardingShown(serializers.Serializer[Any]):
    """An address that works once and not for long."""

    url = serializers.URLField()


class EvidenceAsked(serializers.Serializer[Any]):
    """What shows what the difference is; `worker_id` when it was this worker's wage, paid before the
    database was put back."""

    evidence = serializers.CharField(max_length=500)
    worker_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


def _money(row: Any, minor: int | None) -> str | None:
    return None if minor is None else str(Money(minor, row.wage_account.currency))
