"""Reading text line by line with a fault that names the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from projects.scheduling.solver.faults import Fault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file and where it stands."""

    file: str
    number: int
    text: str

    def fault(self, found: str, expected: str) -> Fault:
        """The refusal that points here."""
        return Fault(
            "unreadable", file=self.file, line=self.number, found=repr(found), expected=expected
        )

    def _read(self, read: Callable[[str], T], word: str, expected: str) -> T:
        try:
            return read(word)
        except (ValueError, InvalidOperation):
            raise self.fault(word, expected) from None

    def integer(self, word: str) -> int:
        """A whole number."""
        return self._read(int, word.strip(), "a whole number")

    def decimal(self, word: str) -> Decimal:
        """A decimal number."""
        number = self._read(Decimal, word.strip(), "a number")
        if not number.is_finite():
            raise self.fault(word, "a number")
        return number


def lines(text: str, file: str) -> list[Line]:
    """All lines that hold something."""
    return [
        Line(file, at, line)
        for at, line in enumerate(text.splitlines(), start=1)
        if line.strip(" \t\x1a")
    ]
