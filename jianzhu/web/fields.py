"""Fields on the wire: exact amounts, quantities in thousandths, instants within bounds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.kernel.money import Money

YEAR_MIN, YEAR_MAX = 2000, 2100
D = TypeVar("D", bound=date)


@extend_schema_field(OpenApiTypes.STR)
class MoneyField(serializers.Field):
    """ "38.00" outside, minor units inside; never a JSON number, which would be a float."""

    def __init__(self, *, currency: str = "CNY", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str):
            raise serializers.ValidationError('Write the amount as a text like "38.00".')
        try:
            return Money.parse(data, self.currency).minor
        except (ValueError, ZeroDivisionError) as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: int) -> str:
        return str(Money(value, self.currency))


@extend_schema_field(OpenApiTypes.STR)
class ThousandthsField(serializers.Field):
    """ "12.5" outside, 12500 inside: a quantity with at most three decimals."""

    def to_internal_value(self, data: Any) -> int:
        try:
            value = Decimal(str(data))
        except InvalidOperation as error:
            raise serializers.ValidationError('Write the quantity like "12.5".') from error
        if not value.is_finite() or abs(value) > 10**12 or (value * 1000) % 1:
            raise serializers.ValidationError("At most three decimals, and a size that can be.")
        return int(value * 1000)

    def to_representation(self, value: int) -> str:
        return f"{Decimal(value) / 1000:f}"


class InstantField(serializers.DateTimeField):
    """An instant from 2000 to 2100, with its offset."""

    def to_internal_value(self, value: Any) -> datetime:
        found = super().to_internal_value(value)
        return _bounded(found)


class DayField(serializers.DateField):
    """A date from 2000 to 2100."""

    def to_internal_value(self, value: Any) -> date:
        return _bounded(super().to_internal_value(value))


def _bounded(value: D) -> D:
    if not YEAR_MIN <= value.year < YEAR_MAX:
        raise serializers.ValidationError(f"From {YEAR_MIN} to {YEAR_MAX - 1}.")
    return value
