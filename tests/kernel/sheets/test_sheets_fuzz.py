"""Whatever the bytes are, reading ends in rows and faults, never in an exception."""

from __future__ import annotations

import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from jianzhu.kernel.sheets import Column, Kind, neutralise, read

EVERY_KIND = tuple(
    Column(kind.value, (), kind, required=False, choices={"a": ("甲",)}, min=None) for kind in Kind
)
HEADER = ",".join(column.name for column in EVERY_KIND)


def _seeds() -> list[bytes]:
    made = openpyxl.Workbook()
    made.active.append([column.name for column in EVERY_KIND])
    made.active.append(["x", "1", "2026-10-01", "2026-10-01 07:00", 1, 2.5, "8:00", "甲", 10.25])
    out = io.BytesIO()
    made.save(out)
    rows = f"{HEADER}\n张,1,2026-10-01,2026-10-01 07:00,1,2.5,8:00,甲,10.25\n"
    return [out.getvalue(), rows.encode(), rows.encode("gb18030"), rows.encode("utf-8-sig")]


SEEDS = _seeds()


@given(st.binary(max_size=400))
def test_random_bytes_never_crash(content: bytes) -> None:
    sheet = read("random", content, EVERY_KIND)

    assert sheet.rows or sheet.faults
    assert all(str(fault) for fault in sheet.faults)


@given(st.lists(st.text(max_size=40), min_size=len(EVERY_KIND), max_size=len(EVERY_KIND)))
def test_random_cells_are_taken_or_named(cells: list[str]) -> None:
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    content = f"{HEADER}\n{line}\n1,1,,,,,,,\n".encode("utf-8", "surrogatepass")
    sheet = read("cells.csv", b"\xef\xbb\xbf" + content, EVERY_KIND)

    assert sheet.faults or sheet.rows_read == len(sheet.rows)
    assert all(str(fault) for fault in sheet.faults)


@settings(deadline=None)
@given(
    seed=st.sampled_from(range(len(SEEDS))),
    flips=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_flipped_bytes_of_real_files_never_crash(seed: int, flips: list[tuple[int, int]]) -> None:
    content = bytearray(SEEDS[seed])
    for at, value in flips:
        content[at % len(content)] = value

    sheet = read("flipped", bytes(content), EVERY_KIND)

    assert sheet.rows or sheet.faults


@given(st.text(max_size=20))
def test_neutralised_text_only_ever_gains_an_apostrophe(text: str) -> None:
    assert neutralise(text) in (text, f"'{text}")
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))
