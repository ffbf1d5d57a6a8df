"""XLSX: hostile archives are refused by their directory; what is read is what stands there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from jianzhu.kernel.sheets import Column, Kind, Sheet, read

HOURS = (
    Column("code", ("编号",), Kind.CODE),
    Column("on", ("日期",), Kind.DATE),
    Column("hours", ("工时",), Kind.DECIMAL, min=0, max=24),
    Column("at", ("时间",), Kind.DATETIME, required=False),
    Column("break", ("休息",), Kind.MINUTES, required=False),
)
HEADER = ["编号", "日期", "工时", "时间", "休息"]


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rewritten(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", 8) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def codes(sheet: Sheet) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in sheet.faults]


SHEET = "xl/worksheets/sheet1.xml"
GOOD = book(HEADER, ["00042", date(2026, 10, 1), 8.5, datetime(2026, 10, 1, 7, 30), time(1, 0)])


def test_cells_of_every_type_become_values() -> None:
    sheet = read("hours.xlsx", GOOD, HOURS)

    assert sheet.faults == ()
    assert sheet.rows[0].as_dict() == {
        "code": "00042",
        "on": date(2026, 10, 1),
        "hours": Decimal("8.5"),
        "at": datetime(2026, 10, 1, 7, 30),
        "break": 60,
    }


def test_a_lying_dimension_loses_no_row() -> None:
    rows = [[str(n), date(2026, 10, 1), 8] for n in range(300)]
    content = rewritten(
        book(HEADER[:3], *rows),
        SHEET,
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:C1"', xml),
    )

    sheet = read("hours.xlsx", content, HOURS)

    assert sheet.faults == ()
    assert len(sheet.rows) == 300


def test_a_formula_is_refused_by_the_name_of_its_cell() -> None:
    content = book(HEADER[:3], ["1", date(2026, 10, 1), 8], ["2", date(2026, 10, 2), "=C2*2"])

    sheet = read("hours.xlsx", content, HOURS)

    assert codes(sheet) == [(3, "工时", "formula")]
    assert "C3" in str(sheet.faults[0].problem)
    assert len(sheet.rows) == 1


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["1", 46296, 8], "日期", "wrong_cell_type"),
        (["1", datetime(2026, 10, 1, 7), 8], "日期", "time_in_date"),
        (["1", date(2026, 10, 1), True], "工时", "wrong_cell_type"),
        (["1", date(2026, 10, 1), -1], "工时", "below_min"),
        (["1", date(2026, 10, 1), 25], "工时", "above_max"),
        ([990102199001011234, date(2026, 10, 1), 8], "编号", "lost_digits"),
        ([date(2026, 10, 1), date(2026, 10, 1), 8], "编号", "wrong_cell_type"),
        (["1", "2026-02-30", 8], "日期", "no_such_date"),
    ],
)
def test_a_cell_of_the_wrong_type_is_named(row: list[Any], column: str, code: str) -> None:
    sheet = read("hours.xlsx", book(HEADER[:3], row), HOURS)

    assert codes(sheet) == [(2, column, code)]


def test_an_error_cell_is_named() -> None:
    content = rewritten(
        book(HEADER[:3], ["1", date(2026, 10, 1), 8]),
        SHEET,
        lambda xml: re.sub(rb'<c r="C2"[^>]*><v>8</v>', b'<c r="C2" t="e"><v>#N/A</v>', xml),
    )

    assert codes(read("hours.xlsx", content, HOURS)) == [(2, "工时", "error_cell")]


def test_data_on_two_sheets_is_refused_and_empty_ones_are_not() -> None:
    made = openpyxl.load_workbook(io.BytesIO(GOOD))
    made.create_sheet("empty")
    out = io.BytesIO()
    made.save(out)
    assert read("hours.xlsx", out.getvalue(), HOURS).faults == ()

    made["empty"].append(["more"])
    out = io.BytesIO()
    made.save(out)

    assert codes(read("hours.xlsx", out.getvalue(), HOURS)) == [(0, "", "several_sheets")]


def bomb(part: str, size: int) -> bytes:
    return with_part(GOOD, part, b"\0" * size)


def many_parts() -> bytes:
    content = io.BytesIO(GOOD)
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(600):
            archive.writestr(f"xl/media/{number}.png", b"")
    return content.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb in the strings": (lambda: bomb("xl/bomb.xml", 17 << 20), "unpacks_too_large"),
    "a zip bomb in a sheet": (
        lambda: bomb("xl/worksheets/sheet9.xml", 130 << 20),
        "unpacks_too_large",
    ),
    "too many parts": (many_parts, "too_many_parts"),
    "an archive inside": (lambda: with_part(GOOD, "xl/inner.zip", GOOD), "forbidden_part"),
    "a macro": (lambda: with_part(GOOD, "xl/vbaProject.bin", b"x"), "forbidden_part"),
    "an embedded file": (lambda: with_part(GOOD, "xl/embeddings/o.bin", b"x"), "forbidden_part"),
    "a link to another file": (
        lambda: with_part(GOOD, "xl/externalLinks/externalLink1.xml", b"<x/>"),
        "forbidden_part",
    ),
    "a macro content type": (
        lambda: rewritten(
            GOOD, "[Content_Types].xml", lambda xml: xml.replace(b"sheet.main", b"macroEnabled")
        ),
        "forbidden_part",
    ),
    "billion laughs": (
        lambda: rewritten(
            GOOD,
            SHEET,
            lambda xml: b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + xml,
        ),
        "broken_workbook",
    ),
    "a far row": (
        lambda: rewritten(GOOD, SHEET, lambda xml: xml.replace(b'r="2"', b'r="999999999"')),
        "too_many_rows",
    ),
    "a far column": (
        lambda: rewritten(GOOD, SHEET, lambda xml: xml.replace(b'r="E2"', b'r="XFD2"')),
        "too_many_columns",
    ),
    "a zip that is no workbook": (
        lambda: rewritten(GOOD, "", bytes).replace(b"xl/workbook.xml", b"xl/workbork.xml"),
        "not_a_sheet",
    ),
    "bytes after the archive": (lambda: GOOD + b"more", "broken_workbook"),
    "half an archive": (lambda: GOOD[: len(GOOD) // 2], "broken_workbook"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_gets_one_fault(name: str) -> None:
    make, code = HOSTILE[name]

    sheet = read("hours.xlsx", make(), HOURS)

    assert [fault.code for fault in sheet.faults] == [code]
    assert sheet.rows == ()


def test_too_many_rows_are_refused_by_our_own_count() -> None:
    content = book(HEADER[:3], *([["1", date(2026, 10, 1), 8]] * 11))

    sheet = read("hours.xlsx", content, HOURS, rows_max=10)

    assert [fault.code for fault in sheet.faults] == ["too_many_rows"]
    assert sheet.rows == ()
