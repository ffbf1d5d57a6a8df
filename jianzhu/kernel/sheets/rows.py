"""What comes out: rows of typed values that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from jianzhu.kernel.sheets.columns import Value
from jianzhu.kernel.sheets.faults import NeededHere, Place, RowFault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Head:
    """What all rows of a sheet share: the file, and for each column its index and its header."""

    file: str
    index: Mapping[str, int]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row without faults. Columns that the file does not have, and blank cells, are None."""

    head: Head
    number: int  # as the spreadsheet counts: the header is row 1
    values: tuple[Value, ...]

    def __getitem__(self, column: str) -> Value:
        return self.values[self.head.index[column]]

    def text(self, column: str) -> str:
        """A text, code or choice; a blank one is ""."""
        value = self[column]
        if value is None:
            return ""
        if not isinstance(value, str):
            raise TypeError(f"{column} is no text column")
        return value

    def whole(self, column: str) -> int:
        """An integer or minutes; this and the next three refuse a blank cell with NeededHere."""
        return self._of(int, column)

    def decimal(self, column: str) -> Decimal:
        """A decimal or money amount."""
        return self._of(Decimal, column)

    def date(self, column: str) -> date:
        """A date."""
        return self._of(date, column)

    def datetime(self, column: str) -> datetime:
        """An instant."""
        return self._of(datetime, column)

    def as_dict(self) -> dict[str, Value]:
        """Every column by name."""
        return {name: self.values[at] for name, at in self.head.index.items()}

    def place(self, column: str = "") -> Place:
        """Where the value stands, by the header that the file itself uses."""
        return Place(self.head.file, self.number, self.head.headers.get(column, column))

    def fault(self, column: str, code: str, problem: Any, expected: Any) -> RowFault:
        """A fault that only the importer can see (an unknown person, an overlap)."""
        place = self.place(column)
        return RowFault(place.file, place.row, place.column, code, problem, expected)

    def _of(self, kind: type[T], column: str) -> T:
        value = self[column]
        if value is None:
            raise NeededHere(column=column)
        if not isinstance(value, kind):
            raise TypeError(f"{column} is {type(value).__name__}, not {kind.__name__}")
        return value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read. `rows_read` counts every row with something in it, good or bad.

    `faults` keeps the first ones; `faults_left_out` says how many more there are.
    """

    name: str
    digest: bytes  # SHA-256 of the content: the same file twice is recognised
    rows: tuple[Row, ...] = ()
    faults: tuple[RowFault, ...] = ()
    rows_read: int = 0
    faults_left_out: int = 0

    @property
    def ok(self) -> bool:
        """Nothing at all is wrong."""
        return not self.faults

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)
