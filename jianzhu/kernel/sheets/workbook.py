"""XLSX as rows of cells: streamed, formulas seen, and rows counted by ourselves.

The `dimension` that a worksheet states is not believed: openpyxl's read-only mode would read 301
rows as 1 without a word. It is reset, and the row tags in the XML are counted beside the reading.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from jianzhu.kernel.sheets.archive import opened
from jianzhu.kernel.sheets.faults import Unreadable, shown
from jianzhu.kernel.sheets.header import COLUMNS_MAX
from jianzhu.kernel.sheets.values import Cell

# Without it openpyxl parses with the standard library, which follows entities (billion laughs).
if not openpyxl.DEFUSEDXML:  # pragma: no cover
    raise ImportError("defusedxml has to be installed beside openpyxl")

_ROW_TAG = re.compile(rb"<(?:\w+:)?row[\s/>]")
_MACRO = b"macroEnabled"
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class WorkbookCell:
    """A cell with its name ("C7"); `fault` is "formula" or "error_cell" where it has no value."""

    value: Cell
    name: str
    fault: str = ""


def records(content: bytes, rows_max: int) -> Iterator[list[WorkbookCell]]:
    """Each row of the one sheet with data, blank ones too; raises Unreadable."""
    archive = opened(content)
    with _any_defect_is_one_fault():
        if _MACRO in archive.read("[Content_Types].xml"):
            raise Unreadable("forbidden_part", part="macros")
        # data_only would show a formula's last result as if somebody had typed it.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet, counted = _sheet(book, archive)
        yield from _rows(sheet, counted, rows_max)


def _sheet(book: Any, archive: zipfile.ZipFile) -> tuple[Any, int]:
    """The only worksheet with rows, and the number of its row tags."""
    # `_worksheet_path` is where openpyxl itself will read; it has no public name.
    counts = [(sheet, _row_tags(archive, sheet._worksheet_path)) for sheet in book.worksheets]
    filled = [(sheet, count) for sheet, count in counts if count]
    if len(filled) > 1:
        names = ", ".join(shown(sheet.title) for sheet, _ in filled)
        raise Unreadable("several_sheets", sheets=names)
    if not filled:
        raise Unreadable("empty_file")
    return filled[0]


def _row_tags(archive: zipfile.ZipFile, path: str) -> int:
    count, rest = 0, b""
    with archive.open(path) as part:
        while chunk := part.read(_CHUNK):
            block = rest + chunk
            cut = block.rfind(b"<")  # a tag may lie across two chunks
            count += len(_ROW_TAG.findall(block[:cut])) if cut > 0 else 0
            rest = block[max(cut, 0) :]
    return count + len(_ROW_TAG.findall(rest))


def _rows(sheet: Any, counted: int, rows_max: int) -> Iterator[list[WorkbookCell]]:
    if counted > rows_max + 1:
        raise Unreadable("too_many_rows", limit=rows_max)
    sheet.reset_dimensions()
    number = filled = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        # Rows left out in the XML come as empty ones, so a single far row can cost a million.
        if number > rows_max + 1:
            raise Unreadable("too_many_rows", limit=rows_max)
        if len(cells) > COLUMNS_MAX:
            raise Unreadable("too_many_columns", row=number, limit=COLUMNS_MAX, columns="…")
        row = [_cell(cell, number, at) for at, cell in enumerate(cells, start=1)]
        filled += any(cell.value is not None or cell.fault for cell in row)
        yield row
    # Row tags may be empty, so fewer filled rows are right; more than tags never are.
    if number < counted or filled > counted:
        raise Unreadable("rows_differ", counted=counted, read=number)


def _cell(cell: Any, row: int, column: int) -> WorkbookCell:
    name = f"{get_column_letter(column)}{row}"
    kind = getattr(cell, "data_type", "n")
    if kind == "f":
        return WorkbookCell(None, name, "formula")
    if kind == "e":
        return WorkbookCell(shown(cell.value), name, "error_cell")
    return WorkbookCell(cell.value, name)


@contextmanager
def _any_defect_is_one_fault() -> Iterator[None]:
    """Whatever a library raises over a stranger's bytes is that file's fault, not ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # notes of openpyxl about styles and extensions
            yield
    except (Unreadable, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001 - a parser of hostile bytes raises anything
        raise Unreadable(
            "broken_workbook", detail=shown(f"{type(error).__name__} {error}")
        ) from None
