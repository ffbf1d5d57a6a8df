"""What a column of a sheet is called, what may stand in it, and as what it is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | date | datetime | None
Bound = int | Decimal | date

TEXT_MAX = 500


class Kind(StrEnum):
    """The type of a cell, and what a caller gets for it."""

    TEXT = "text"  # str, as written (trimmed): names, notes
    CODE = "code"  # str, NFKC, no spaces inside: numbers and keys of people, cards, devices
    DATE = "date"  # date
    DATETIME = "datetime"  # datetime; naive wall clock unless the text names an offset
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # Decimal, at most `decimals` places
    MINUTES = "minutes"  # int: "480" minutes, or "8:00" hours and minutes
    CHOICE = "choice"  # str: the key of `choices`
    MONEY = "money"  # Decimal of currency units, at most 2 places; for Money.parse


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its English `name`, other headers it may have (`aliases`), and its rule.

    `choices` maps the stored key to the other words for it. `min` and `max` are inclusive.
    `required` cells must not be blank; a column that is not required may be absent altogether.
    `unique` values stand in one row only; blanks don't count.
    """

    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    required: bool = True
    length_max: int = TEXT_MAX
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    min: Bound | None = None
    max: Bound | None = None
    decimals: int = 3
    unique: bool = False

    def names(self) -> tuple[str, ...]:
        """Every header under which the column may come, folded for comparison."""
        return tuple(fold(name) for name in (self.name, *self.aliases))

    def choice(self, word: str) -> str | None:
        """The key that the word stands for, or None."""
        folded = fold(word)
        for key, words in self.choices.items():
            if folded in (fold(key), *(fold(other) for other in words)):
                return key
        return None


def fold(header: str) -> str:
    """A header or choice as compared: width, case, blanks, hyphens and a required-mark aside."""
    text = unicodedata.normalize("NFKC", header).strip().strip("*").strip().casefold()
    return re.sub(r"[\s\-]+", "_", text)
