"""Sheets that people send (CSV, XLSX), read as if by a suspicious clerk: typed rows, or faults.

    sheet = read("workers.csv", content, COLUMNS["workers"])
    sheet.rows     rows without a fault, each value typed, each knowing its file, row and column
    sheet.faults   what is wrong, where, and what would be right

Nothing here decides what a fault means: all-or-nothing is the caller's. Content never raises.
"""

from __future__ import annotations

from jianzhu.kernel.sheets.columns import Column, Kind, Value
from jianzhu.kernel.sheets.export import neutralise
from jianzhu.kernel.sheets.faults import Place, RowFault
from jianzhu.kernel.sheets.reader import BYTES_MAX, ROWS_MAX, read
from jianzhu.kernel.sheets.rows import Row, Sheet

__all__ = [
    "BYTES_MAX",
    "ROWS_MAX",
    "Column",
    "Kind",
    "Place",
    "Row",
    "RowFault",
    "Sheet",
    "Value",
    "neutralise",
    "read",
]
