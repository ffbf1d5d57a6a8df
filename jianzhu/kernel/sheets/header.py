"""The header row: which column stands where, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from jianzhu.kernel.sheets.columns import Column, fold
from jianzhu.kernel.sheets.faults import Place, RowFault, fault, shown
from jianzhu.kernel.sheets.rows import Head

HEADER_ROW = 1
COLUMNS_MAX = 200


def known(cells: Sequence[str], columns: Sequence[Column]) -> int:
    """How many of the cells are headers of these columns."""
    names = {name for column in columns for name in column.names()}
    return sum(fold(cell) in names for cell in cells)


class Header:
    """`slots[i]` is the column whose values stand in cell i; None where the cell has no header."""

    def __init__(self, file: str, cells: Sequence[str], columns: Sequence[Column]) -> None:
        self.file, self.columns = file, tuple(columns)
        self.cells = [cell.strip() for cell in cells]
        while self.cells and not self.cells[-1]:
            self.cells.pop()
        self.faults: list[RowFault] = []
        self.slots = self._slots()
        self._missing()

    @property
    def width(self) -> int:
        return len(self.cells)

    def head(self) -> Head:
        """What the rows share. Columns that are absent point at one last, always empty, value."""
        places = {column.name: at for at, column in enumerate(self.slots) if column}
        index = {column.name: places.get(column.name, self.width) for column in self.columns}
        return Head(self.file, index, {name: self.cells[at] for name, at in places.items()})

    def _slots(self) -> list[Column | None]:
        by_name = {name: column for column in self.columns for name in column.names()}
        seen: dict[str, str] = {}
        slots: list[Column | None] = []
        for cell in self.cells:
            column = by_name.get(fold(cell)) if cell else None
            if cell and column is None:
                self._fault(cell, "unknown_column", header=shown(cell), columns=self._all())
            elif column and column.name in seen:
                other = shown(seen[column.name])
                self._fault(cell, "duplicate_column", header=shown(cell), other=other)
            slots.append(column)
            if column:
                seen.setdefault(column.name, cell)
        return slots

    def _missing(self) -> None:
        present = {column.name for column in self.slots if column}
        for column in self.columns:
            if column.required and column.name not in present:
                names = " / ".join((column.name, *column.aliases))
                self._fault(column.name, "missing_column", name=column.name, names=names)

    def _all(self) -> str:
        return ", ".join(column.name for column in self.columns)

    def _fault(self, place: str, code: str, **facts: object) -> None:
        self.faults.append(fault(Place(self.file, HEADER_ROW, shown(place)), code, facts))
