"""Statements, lines and the trace of a line on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField, ThousandthsField


class StatementShown(serializers.Serializer[Any]):
    """What one worker is owed on one project for one month; `month` is its first day."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    month = DayField()
    currency = serializers.CharField()
    pay_on = DayField()
    findings = serializers.ListField(child=serializers.JSONField())


class StatementPage(serializers.Serializer[Any]):
    items = StatementShown(many=True)
    next = serializers.URLField(allow_null=True)


class LineShown(serializers.Serializer[Any]):
    """One amount with what it came from; `amount` is null while it can't be known.

    `quantity` is counted in `unit` ("min", or "thousandth"); `stage` says how far the money is.
    """

    id = serializers.IntegerField()
    statement_id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    on = DayField()
    until = DayField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    quantity = serializers.IntegerField(allow_null=True)
    unit = serializers.CharField()
    rate = serializers.SerializerMethodField()
    rate_per = serializers.CharField()
    percent = serializers.IntegerField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    rule = serializers.CharField()
    article = serializers.CharField()
    rounding = serializers.CharField()
    state = serializers.CharField()
    stage = serializers.CharField()
    reason = serializers.CharField()
    owed_by = serializers.CharField()
    due_on = DayField(allow_null=True)
    payout_id = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_rate(self, line: Any) -> str | None:
        return _amount(line.rate_minor, line.currency)

    def get_amount(self, line: Any) -> str | None:
        return _amount(line.amount_minor, line.currency)

    def get_payout_id(self, line: Any) -> int | None:
        return line.payout.id if line.payout else None


def _amount(minor: int | None, currency: str) -> str | None:
    return None if minor is None else str(Money(minor, currency))


class LinePage(serializers.Serializer[Any]):
    items = LineShown(many=True)
    next = serializers.URLField(allow_null=True)


class StatementWithLinesShown(StatementShown):
    lines = LineShown(many=True)


class DaySource(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    on = DayField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    minutes = serializers.IntegerField()
    night_minutes = serializers.IntegerField()
    workdays = ThousandthsField(source="workday_thousandths")
    punch_ids = serializers.ListField(child=serializers.IntegerField())
    correction_id = serializers.IntegerField(allow_null=True)


class PunchSource(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = InstantField()
    device_at = InstantField()
    direction = serializers.CharField()
    method = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    device = serializers.CharField()
    site = serializers.CharField()


class SheetSource(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    item = serializers.CharField()
    place = serializers.CharField()
    unit = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    measured_quantity = ThousandthsField(source="measured_thousandths", allow_null=True)
    accepted_quantity = ThousandthsField(source="accepted_thousandths", allow_null=True)
    time_accepted_at = InstantField(allow_null=True)


class RateSource(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    basis = serializers.CharField()
    item = serializers.CharField()
    unit = serializers.CharField()
    rate = serializers.SerializerMethodField()
    currency = serializers.CharField()
    valid_from = DayField()
    valid_to = DayField(allow_null=True)

    def get_rate(self, rate: Any) -> str:
        return str(Money(rate.rate_minor, rate.currency))


class PayoutSource(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    state = serializers.CharField()
    account_tail = serializers.CharField()
    reference = serializers.CharField()
    settled_at = InstantField(allow_null=True)

    def get_amount(self, payout: Any) -> str:
        return str(Money(payout.amount_minor, payout.currency))


class BankSource(serializers.Serializer[Any]):
    """A line of the bank's own statement, in the currency of the payout."""

    reference = serializers.CharField()
    kind = serializers.CharField()
    amount = serializers.SerializerMethodField()
    at = InstantField()
    matched_as = serializers.CharField()

    def get_amount(self, entry: Any) -> str:
        return str(Money(entry.amount_minor, self.context["currency"]))


class AdjustmentSource(serializers.Serializer[Any]):
    """What an amount beside the wage rests on."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField(source="label")
    reference = serializers.CharField()


class MilestoneSource(serializers.Serializer[Any]):
    """The milestone whose accepted amount was shared out; amounts in its currency."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    contract = serializers.CharField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    share_rule = serializers.CharField()
    labour_amount = serializers.SerializerMethodField()
    accepted = serializers.SerializerMethodField()
    decided_at = InstantField(allow_null=True)
    decided_by = serializers.CharField()

    def get_labour_amount(self, row: Any) -> str:
        return str(Money(row.labour_minor, row.currency))

    def get_accepted(self, row: Any) -> str:
        return str(Money(row.accepted_minor, row.currency))


class TraceShown(serializers.Serializer[Any]):
    """From the punch to the bank's reference: each record that one line stands on."""

    line = LineShown()
    days = DaySource(many=True)
    punches = PunchSource(many=True)
    sheets = SheetSource(many=True)
    rates = RateSource(many=True)
    adjustments = AdjustmentSource(many=True)
    milestones = MilestoneSource(many=True)
    payout = PayoutSource(source="line.payout", allow_null=True)
    bank = BankSource(many=True)
    origin = LineShown(allow_null=True)


class DaySide(serializers.Serializer[Any]):
    """The day's figures, and the worker's month with them; lines without an amount are counted."""

    state = serializers.CharField()
    minutes = serializers.IntegerField()
    night_minutes = serializers.IntegerField()
    workdays = ThousandthsField(source="workday_thousandths")
    amount = serializers.SerializerMethodField()
    unknown_lines = serializers.IntegerField()

    def get_amount(self, side: Any) -> str:
        return str(Money(side.amount_minor, self.context["currency"]))


class LineEffectShown(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField(source="label")
    old = serializers.SerializerMethodField()
    new = serializers.SerializerMethodField()

    def get_old(self, line: Any) -> str | None:
        return self._money(line.old_minor)

    def get_new(self, line: Any) -> str | None:
        return self._money(line.new_minor)

    def _money(self, minor: int | None) -> str | None:
        return None if minor is None else str(Money(minor, self.context["currency"]))


class EffectShown(serializers.Serializer[Any]):
    """What approving would do: old, new, and the difference; `mates_move` where shares go by 工."""

    correction_id = serializers.IntegerField()
    currency = serializers.CharField()
    old = DaySide()
    new = DaySide()
    difference = serializers.SerializerMethodField()
    lines = LineEffectShown(many=True)
    mates_move = serializers.BooleanField()

    def get_difference(self, effect: Any) -> str:
        return str(Money(effect.difference_minor, effect.currency))
