"""CSV: encodings, headers, and every wrong cell named by file, row and column."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils import translation

from jianzhu.kernel.sheets import Column, Kind, Sheet, Value, neutralise, read


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


PEOPLE = (
    Column("code", ("编号",), Kind.CODE, unique=True),
    Column("name", ("姓名",), length_max=20),
    Column("note", ("备注",), required=False),
)


def codes(sheet: Sheet) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in sheet.faults]


def one(kind: Kind, text: str, **rule: object) -> Value | str:
    """The value of a single cell, or the code of its fault."""
    sheet = read(
        "one.tsv",
        f"value\tpad\n{text}\tx\n".encode("utf-8-sig"),
        (
            Column("value", (), kind, **rule),  # type: ignore[arg-type]
            Column("pad"),
        ),
    )
    return sheet.faults[0].code if sheet.faults else sheet.rows[0]["value"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030"], ids=["utf8", "utf8-bom", "gb18030"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_names_are_the_same_after_any_allowed_encoding(encoding: str, delimiter: str) -> None:
    # 𠮷 takes four bytes in GB18030 and is missing from GBK.
    text = "编号,姓名,备注\r\n00042,阿依古丽·买买提,\r\n7,𠮷娜,夜班\r\n".replace(",", delimiter)

    sheet = read("people.csv", text.encode(encoding), PEOPLE)

    assert sheet.faults == ()
    assert [row.text("name") for row in sheet] == ["阿依古丽·买买提", "𠮷娜"]
    assert sheet.rows[0]["code"] == "00042"


def test_a_row_in_another_encoding_is_refused_instead_of_shown_as_other_letters() -> None:
    content = "编号,姓名\n1,张三\n".encode("gb18030") + "2,王小\n".encode()

    sheet = read("glued.csv", content, PEOPLE)

    assert codes(sheet) == [(3, "", "mixed_encoding")]
    assert sheet.rows == ()


def test_chinese_that_is_also_valid_utf8_of_other_letters_is_refused() -> None:
    content = b"code,name\n1," + "模模".encode("gb18030") + b"\n"
    assert content.decode("utf-8") != content.decode("gb18030")

    sheet = read("short.csv", content, PEOPLE)

    assert codes(sheet) == [(0, "", "ambiguous_encoding")]


def test_a_latin_name_in_utf8_without_mark_is_taken() -> None:
    sheet = read("us.csv", "code,name\n1,José Núñez\n".encode(), PEOPLE)

    assert sheet.rows[0]["name"] == "José Núñez"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n", "empty_file"),
        (b"code,name\n", "empty_file"),
        ("code,name\n1,张\n".encode("utf-16"), "nul_byte"),
        (b"code,name\n1,\xff\xff\n", "undecodable"),
        (b"code,name\n1,a\x00b\n", "nul_byte"),
        (b'code,name\n1,"open\n', "broken_csv"),
        (b'code,name\n1,"a"b\n', "broken_csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        (b"x" * 1001, "too_large"),
        (b"code,name\n" + b"1,a\n" * 6, "too_many_rows"),
        (b"code,name" + b",x" * 300, "too_many_columns"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_gets_one_fault(content: bytes, code: str) -> None:
    plain = (Column("code"), Column("name"))

    sheet = read("bad.csv", content, plain, bytes_max=1000, rows_max=5)

    assert [fault.code for fault in sheet.faults] == [code]
    assert str(sheet.faults[0]).startswith("bad.csv")


def test_an_undecodable_byte_is_named_by_row_and_offset() -> None:
    sheet = read("bad.csv", b"code,name\n1,a\n2,\xff\n", PEOPLE)

    assert codes(sheet) == [(3, "", "undecodable")]
    assert "byte 16 " in str(sheet.faults[0])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code", [(1, "name", "missing_column")]),
        ("code,name,colour", [(1, "colour", "unknown_column")]),
        ("code,name,姓名", [(1, "姓名", "duplicate_column")]),
        ("CODE *,Ｎame", []),
    ],
)
def test_headers_are_judged_before_any_row(
    header: str, expected: list[tuple[int, str, str]]
) -> None:
    cells = ",".join(str(at) for at in range(header.count(",") + 1))

    sheet = read("people.csv", f"{header}\n{cells}\n".encode(), PEOPLE)

    assert codes(sheet) == expected
    assert bool(sheet.rows) is not bool(expected)


def test_a_value_under_no_header_is_a_fault() -> None:
    sheet = read("people.csv", b"code,,name\n1,stray,Li\n2,,Wang\n", PEOPLE)

    assert codes(sheet) == [(2, "#2", "unnamed_column")]
    assert [row["name"] for row in sheet] == ["Wang"]


def test_rows_of_another_width_are_refused_and_blank_rows_keep_the_count() -> None:
    content = b"code,name,note\n1,Li,a\n\n2,Wang\n3,Zhao,b,c\n4,Sun,,,\n"

    sheet = read("people.csv", content, PEOPLE)

    assert codes(sheet) == [(4, "", "missing_cells"), (5, "", "extra_cells")]
    assert [(row.number, row["code"]) for row in sheet] == [(2, "1"), (6, "4")]
    assert sheet.rows_read == 4


def test_a_fault_is_said_in_the_readers_language() -> None:
    sheet = read("bad.csv", b"code,name\n1,\n", PEOPLE)

    with translation.override("zh-hans"):
        assert "第 2 行" in str(sheet.faults[0])
    with translation.override("en"):
        assert "row 2" in str(sheet.faults[0])


def test_a_fault_says_file_row_column_and_what_would_be_right() -> None:
    columns = (Column("hours", ("工时",), Kind.DECIMAL, min=0),)

    sheet = read("/tmp/../month/hours.csv", "工时\n-1\n".encode(), columns)

    assert sheet.faults[0].as_dict() == {
        "file": "hours.csv",
        "row": 2,
        "column": "工时",
        "code": "below_min",
        "problem": "-1 is below 0",
        "expected": "0 or more",
    }


def test_a_value_that_must_be_unique_names_the_row_that_had_it_first() -> None:
    sheet = read("people.csv", "编号,姓名\n7,李\n8,王\n７,张\n".encode(), PEOPLE)

    assert codes(sheet) == [(4, "编号", "duplicate_value")]
    assert "row 2" in str(sheet.faults[0].problem)


def test_rows_good_and_bad_add_up_and_faults_are_capped() -> None:
    content = b"code,name\n" + b"".join(
        b"%d,%s\n" % (n, b"" if n % 2 else b"x") for n in range(3000)
    )

    sheet = read("people.csv", content, PEOPLE)

    assert sheet.rows_read == 3000
    assert len(sheet.rows) == 1500
    assert len(sheet.faults) + sheet.faults_left_out == 1500
    assert sheet.faults_left_out == 500


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-01", date(2026, 10, 1)),
        ("2026/10/1", date(2026, 10, 1)),
        ("２０２６年１０月１日", date(2026, 10, 1)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2026-02-29", "no_such_date"),
        ("2026-13-01", "no_such_date"),
        ("2026-10/01", "not_a_date"),
        ("10/01/2026", "not_a_date"),
        ("46296", "not_a_date"),
        ("1899-12-31", "date_out_of_range"),
        ("9999-12-31", "date_out_of_range"),
    ],
)
def test_dates_are_read_or_named(text: str, expected: object) -> None:
    assert one(Kind.DATE, text) == expected


CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-01 07:30", datetime(2026, 10, 1, 7, 30)),
        ("2026-10-01T07:30:05+08:00", datetime(2026, 10, 1, 7, 30, 5, tzinfo=CHINA)),
        ("2026-10-01 24:00", "no_such_time"),
        ("2026-10-01 07:60", "no_such_time"),
        ("2026-10-01", "not_a_datetime"),
        ("2026-10-01 7.30", "not_a_datetime"),
        ("2026-09-31 07:30", "no_such_date"),
        ("2026-10-01 07:30+99:00", "no_such_time"),
    ],
)
def test_instants_are_read_or_named(text: str, expected: object) -> None:
    assert one(Kind.DATETIME, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.DECIMAL, "12.5", Decimal("12.5")),
        (Kind.DECIMAL, "１２．５", Decimal("12.5")),
        (Kind.DECIMAL, "NaN", "not_finite"),
        (Kind.DECIMAL, "-Infinity", "not_finite"),
        (Kind.DECIMAL, "1e3", "not_a_number"),
        (Kind.DECIMAL, "1,234", "not_a_number"),
        (Kind.DECIMAL, "0.1234", "too_many_decimals"),
        (Kind.DECIMAL, "9" * 400, "too_big"),
        (Kind.MONEY, "12500.50", Decimal("12500.50")),
        (Kind.MONEY, "12500.505", "too_many_decimals"),
        (Kind.MONEY, "¥12500", "not_a_number"),
        (Kind.INTEGER, "12.0", 12),
        (Kind.INTEGER, "12.5", "not_whole"),
        (Kind.INTEGER, "٣", "not_a_number"),
        (Kind.MINUTES, "8:30", 510),
        (Kind.MINUTES, "510", 510),
        (Kind.MINUTES, "8:60", "not_minutes"),
        (Kind.CODE, "00042", "00042"),
        (Kind.CODE, "9.9901E+17", "lost_digits"),
        (Kind.CODE, "12 34", "blank_inside"),
        (Kind.TEXT, "a\u200bb", "hidden_character"),
        (Kind.TEXT, "a\u202eb", "hidden_character"),
        (Kind.TEXT, "a\ufffdb", "hidden_character"),
        (Kind.TEXT, "a\x07b", "hidden_character"),
        (Kind.TEXT, "=1+1", "=1+1"),
        (Kind.TEXT, "", "blank"),
        (Kind.TEXT, "x" * 501, "too_long"),
    ],
)
def test_values_are_read_or_named(kind: Kind, text: str, expected: object) -> None:
    assert one(kind, text) == expected


def test_a_choice_is_known_by_its_key_and_by_its_other_words() -> None:
    basis = {"hour": ("小时",), "piece": ("计件",)}

    assert one(Kind.CHOICE, "计件", choices=basis) == "piece"
    assert one(Kind.CHOICE, "HOUR", choices=basis) == "hour"
    assert one(Kind.CHOICE, "week", choices=basis) == "not_a_choice"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1", "\u3000=1", "|calc"]
)
def test_exported_text_never_starts_a_formula(text: str) -> None:
    assert neutralise(text) == f"'{text}"


def test_exported_names_stay_as_they_are() -> None:
    assert neutralise("阿依古丽·买买提") == "阿依古丽·买买提"
    assert neutralise("") == ""


def test_an_absent_optional_column_reads_as_nothing() -> None:
    sheet = read("people.csv", b"code,name\n1,Li\n", PEOPLE)

    assert sheet.rows[0]["note"] is None
    assert sheet.rows[0].as_dict() == {"code": "1", "name": "Li", "note": None}
