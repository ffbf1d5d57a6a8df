"""One file, from bytes to typed rows and faults."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from jianzhu.kernel.sheets import delimited, workbook
from jianzhu.kernel.sheets.columns import Column, Value
from jianzhu.kernel.sheets.faults import BadCell, Place, RowFault, Unreadable, fault, shown
from jianzhu.kernel.sheets.header import COLUMNS_MAX, HEADER_ROW, Header
from jianzhu.kernel.sheets.rows import Row, Sheet
from jianzhu.kernel.sheets.text import decoded
from jianzhu.kernel.sheets.values import typed
from jianzhu.kernel.sheets.workbook import WorkbookCell

BYTES_MAX = 20 * 1024 * 1024
ROWS_MAX = 200_000
FAULTS_KEPT = 1_000  # a wholly wrong file must not fill the memory with sentences

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"

AnyCell = str | WorkbookCell


def read(
    name: str,
    content: bytes,
    columns: Sequence[Column],
    *,
    bytes_max: int = BYTES_MAX,
    rows_max: int = ROWS_MAX,
) -> Sheet:
    """The file `name` as typed rows and faults. Never raises for content.

    What it is, is told by its first bytes, never by its name. `rows_max` counts without the header.
    """
    reading = _Reading(shown(PurePath(name).name), columns, rows_max)
    try:
        if len(content) > bytes_max:
            raise Unreadable("too_large", size=len(content), limit=bytes_max)
        reading.take(_records(content, columns, rows_max))
    except Unreadable as why:
        reading.fault(why.row, "", why.code, why.facts)
    return reading.sheet(hashlib.sha256(content).digest())


def _records(
    content: bytes, columns: Sequence[Column], rows_max: int
) -> Iterator[Sequence[AnyCell]]:
    if not content.strip():
        raise Unreadable("empty_file")
    if content.startswith(_OLE):
        raise Unreadable("old_workbook")
    if content.startswith(_ZIP):
        return workbook.records(content, rows_max)
    return delimited.records(decoded(content), columns)


class _Reading:
    """Mutable while one file is read; frozen into a Sheet at the end."""

    def __init__(self, name: str, columns: Sequence[Column], rows_max: int) -> None:
        self.name, self.columns, self.rows_max = name, columns, rows_max
        self.rows: list[Row] = []
        self.faults: list[RowFault] = []
        self.left_out = self.rows_read = 0
        self.first_seen: dict[tuple[str, Value], int] = {}

    def take(self, records: Iterator[Sequence[AnyCell]]) -> None:
        cells = next(records, ())
        if len(cells) > COLUMNS_MAX:
            names = ", ".join(column.name for column in self.columns)
            raise Unreadable("too_many_columns", row=HEADER_ROW, limit=COLUMNS_MAX, columns=names)
        header = Header(self.name, [_plain(cell) for cell in cells], self.columns)
        self.faults.extend(header.faults)
        if header.faults:
            return
        head = header.head()
        for number, cells in enumerate(records, start=HEADER_ROW + 1):
            if not any(_filled(cell) for cell in cells):
                continue
            self.rows_read += 1
            if self.rows_read > self.rows_max:
                raise Unreadable("too_many_rows", limit=self.rows_max)
            values = self._row(number, cells, header)
            if values is not None:
                self.rows.append(Row(head, number, values))
        if not self.rows_read:
            raise Unreadable("empty_file")

    def _row(
        self, number: int, cells: Sequence[AnyCell], header: Header
    ) -> tuple[Value, ...] | None:
        """The typed values, and one empty value at the end for absent columns; None when faulty."""
        cells = self._fitted(number, cells, header)
        if len(cells) != header.width:
            return None
        values: list[Value] = []
        good = True
        for at, (cell, column) in enumerate(zip(cells, header.slots, strict=True)):
            try:
                values.append(self._value(number, cell, column))
            except BadCell as bad:
                good = False
                self.fault(number, header.cells[at] or f"#{at + 1}", bad.code, bad.facts)
        return (*values, None) if good else None

    def _fitted(self, number: int, cells: Sequence[AnyCell], header: Header) -> Sequence[AnyCell]:
        """As many cells as the header has, where that loses nothing."""
        width = header.width
        count = len(cells)
        if count > width and not any(_filled(cell) for cell in cells[width:]):
            return cells[:width]
        if count > width:
            self.fault(number, "", "extra_cells", {"count": count, "width": width})
        elif count < width and isinstance(cells[0], WorkbookCell):
            # A workbook leaves trailing blanks out; in CSV a short row means something is lost.
            return [*cells, *(WorkbookCell(None, "") for _ in range(width - count))]
        elif count < width:
            self.fault(number, "", "missing_cells", {"count": count, "width": width})
        return cells

    def _value(self, number: int, cell: AnyCell, column: Column | None) -> Value:
        if column is None:
            if _filled(cell):
                raise BadCell("unnamed_column")
            return None
        if isinstance(cell, str):
            value = typed(cell, column)
        elif cell.fault:
            raise BadCell(cell.fault, cell=cell.name, value=cell.value)
        else:
            value = typed(cell.value, column, cell.name)
        if column.unique and value is not None:
            first = self.first_seen.setdefault((column.name, value), number)
            if first != number:
                raise BadCell("duplicate_value", value=shown(value), other=first)
        return value

    def fault(self, row: int, column: str, code: str, facts: dict[str, object]) -> None:
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault(Place(self.name, row, shown(column)), code, facts))
        else:
            self.left_out += 1

    def sheet(self, digest: bytes) -> Sheet:
        return Sheet(
            self.name, digest, tuple(self.rows), tuple(self.faults), self.rows_read, self.left_out
        )


def _plain(cell: AnyCell) -> str:
    if isinstance(cell, str):
        return cell
    return "" if cell.value is None else str(cell.value)


def _filled(cell: AnyCell) -> bool:
    if isinstance(cell, str):
        return bool(cell.strip())
    return bool(cell.fault) or bool(_plain(cell).strip())
