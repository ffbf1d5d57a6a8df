"""CSV text as rows of cells: comma, semicolon or tab, found out from the header row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from jianzhu.kernel.sheets.columns import Column
from jianzhu.kernel.sheets.faults import Unreadable
from jianzhu.kernel.sheets.header import known

DELIMITERS = (",", ";", "\t")


def records(text: str, columns: Sequence[Column]) -> Iterator[list[str]]:
    """Each record as its cells; raises Unreadable at the record where the quoting breaks."""
    delimiter = _delimiter(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable("broken_csv", row=number, detail=str(error)) from None
        yield cells


def _delimiter(text: str, columns: Sequence[Column]) -> str:
    """The delimiter under which most headers are known; a comma when none are."""
    line = io.StringIO(text, newline=None).readline().rstrip("\n")

    def score(delimiter: str) -> int:
        try:
            return known(next(csv.reader([line], delimiter=delimiter), []), columns)
        except csv.Error:
            return 0

    return max(DELIMITERS, key=score)
