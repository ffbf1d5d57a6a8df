"""Which version of the terms pays a day."""

from __future__ import annotations

from datetime import date

from settlements.wages.facts import Rate


class Terms:
    """The rate versions of one case, by kind and item. Overlaps were refused before."""

    __slots__ = ("_any", "_piece", "_time")

    def __init__(self, rates: tuple[Rate, ...]) -> None:
        self._any = rates
        self._time: dict[str, list[Rate]] = {}
        self._piece: dict[str, list[Rate]] = {}
        for rate in rates:
            kept = self._piece if rate.basis == "piece" else self._time
            kept.setdefault(rate.item, []).append(rate)

    def time(self, on: date, item: str = "") -> Rate | None:
        """The time rate of the day for a kind of work; without one of its own, the general one."""
        for name in (item, "") if item else ("",):
            for rate in self._time.get(name, ()):
                if rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to):
                    return rate
        return None

    def piece(self, on: date, item: str) -> Rate | None:
        """The piece price of an item on the day."""
        for rate in self._piece.get(item, ()):
            if covers(rate, on):
                return rate
        return None

    def changes(self, item: str, first: date, last: date) -> bool:
        """Whether a piece price of the item begins or ends within the span."""
        return self.piece(first, item) is not self.piece(last, item)

    def any(self, on: date) -> bool:
        """Whether any rate at all is in force."""
        return any(covers(rate, on) for rate in self._any)


def covers(rate: Rate, on: date) -> bool:
    """Whether the version is in force on the day."""
    return rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to)
