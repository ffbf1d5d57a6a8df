"""From a cell to a typed value, by the rule of its column. Text first, spreadsheet types second."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.sheets.columns import Column, Kind, Value
from jianzhu.kernel.sheets.faults import BadCell, shown
from jianzhu.kernel.sheets.text import refuse_hidden

DIGITS_MAX = 15  # spreadsheets keep 15 significant digits; 10^15 minor units fit a bigint
YEAR_MIN, YEAR_MAX = 1900, 2099
MONEY_DECIMALS = 2

Cell = str | int | float | bool | date | datetime | time | timedelta | None

EXAMPLES = {
    Kind.TEXT: _("a text"),
    Kind.CODE: _("a number or code without blanks"),
    Kind.DATE: _("a date like 2026-10-01"),
    Kind.DATETIME: _("a date and time like 2026-10-01 07:30"),
    Kind.INTEGER: _("a whole number like 12"),
    Kind.DECIMAL: _("a number like 12.5, without thousands separators"),
    Kind.MINUTES: _("minutes like 480, or hours and minutes like 8:00"),
    Kind.CHOICE: _("one of the choices"),
    Kind.MONEY: _("an amount like 12500.50, without currency sign or thousands separators"),
}

_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+)(?:\.(\d+))?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE | re.ASCII)
_HOURS = re.compile(r"(\d{1,3}):([0-5]\d)", re.ASCII)


def typed(cell: Cell, column: Column, cell_name: str = "") -> Value:
    """The value of a cell; raises BadCell. `cell_name` ("C7") is known in workbooks only."""
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            _allow_blank(column)
            return None
        refuse_hidden(text)
        return _within(_READERS[column.kind](text, column), column)
    if cell is None:
        _allow_blank(column)
        return None
    return _within(_of_workbook(cell, column, cell_name), column)


def _allow_blank(column: Column) -> None:
    if column.required:
        raise BadCell("blank", example=EXAMPLES[column.kind])


def _within(value: Value, column: Column) -> Value:
    if isinstance(value, str):
        if len(value) > column.length_max:
            raise BadCell("too_long", length=len(value), limit=column.length_max)
        return value
    if column.min is not None and _less(value, column.min):
        raise BadCell("below_min", value=value, limit=column.min)
    if column.max is not None and _less(column.max, value):
        raise BadCell("above_max", value=value, limit=column.max)
    return value


def _less(one: object, other: object) -> bool:
    first, second = (x.date() if isinstance(x, datetime) else x for x in (one, other))
    return bool(first < second)  # type: ignore[operator]


# -- text ------------------------------------------------------------------------------------------


def _text(text: str, column: Column) -> str:
    return text


def _code(text: str, column: Column) -> str:
    code = unicodedata.normalize("NFKC", text).strip()
    if any(c.isspace() for c in code):
        raise BadCell("blank_inside", value=shown(code))
    if _SHORTENED.fullmatch(code):
        raise BadCell("lost_digits", value=shown(code))
    return code


def _date(text: str, column: Column) -> date:
    plain = unicodedata.normalize("NFKC", text)
    match = _DATE.fullmatch(plain)
    if match is None:
        raise BadCell("not_a_date", value=shown(text), example=EXAMPLES[Kind.DATE])
    return _day(match, text)


def _day(match: re.Match[str], text: str) -> date:
    year, month, day = (int(g) for g in match.group(*((1, 3, 4) if match[1] else (5, 6, 7))))
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise BadCell("date_out_of_range", value=shown(text))
    try:
        return date(year, month, day)
    except ValueError:
        raise BadCell("no_such_date", value=shown(text), example=EXAMPLES[Kind.DATE]) from None


def _datetime(text: str, column: Column) -> datetime:
    words = re.split(r"[T\s]+", unicodedata.normalize("NFKC", text), maxsplit=1)
    day = _DATE.fullmatch(words[0])
    clock = _TIME.fullmatch(words[1].replace(" ", "")) if len(words) == 2 else None
    if day is None or clock is None:
        raise BadCell("not_a_datetime", value=shown(text), example=EXAMPLES[Kind.DATETIME])
    on = _day(day, text)
    try:
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0))
        zone = datetime.strptime(clock[4].replace("Z", "+0000"), "%z").tzinfo if clock[4] else None
    except ValueError:
        raise BadCell("no_such_time", value=shown(text)) from None
    return datetime.combine(on, at, tzinfo=zone)


def _number(text: str, kind: Kind, decimals: int) -> Decimal:
    plain = unicodedata.normalize("NFKC", text)
    if _NOT_FINITE.fullmatch(plain):
        raise BadCell("not_finite", value=shown(text), example=EXAMPLES[kind])
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise BadCell("not_a_number", value=shown(text), example=EXAMPLES[kind])
    fraction = (match[2] or "").rstrip("0")
    if fraction and decimals == 0:
        raise BadCell("not_whole", value=shown(text), example=EXAMPLES[kind])
    if len(fraction) > decimals:
        raise BadCell("too_many_decimals", value=shown(text), limit=decimals)
    if len(match[1].lstrip("0")) + len(fraction) > DIGITS_MAX:
        raise BadCell("too_big", value=shown(text), limit=DIGITS_MAX)
    return Decimal(plain)


def _decimal(text: str, column: Column) -> Decimal:
    return _number(text, Kind.DECIMAL, column.decimals)


def _money(text: str, column: Column) -> Decimal:
    return _number(text, Kind.MONEY, MONEY_DECIMALS)


def _integer(text: str, column: Column) -> int:
    return int(_number(text, Kind.INTEGER, 0))


def _minutes(text: str, column: Column) -> int:
    match = _HOURS.fullmatch(unicodedata.normalize("NFKC", text))
    if match is not None:
        return int(match[1]) * 60 + int(match[2])
    try:
        return int(_number(text, Kind.MINUTES, 0))
    except BadCell as bad:
        if bad.code == "not_a_number":
            raise BadCell(
                "not_minutes", value=shown(text), example=EXAMPLES[Kind.MINUTES]
            ) from None
        raise


def _choice(text: str, column: Column) -> str:
    key = column.choice(text)
    if key is None:
        raise BadCell("not_a_choice", value=shown(text), choices=", ".join(column.choices))
    return key


_READERS: dict[Kind, Callable[[str, Column], Value]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MINUTES: _minutes,
    Kind.CHOICE: _choice,
    Kind.MONEY: _money,
}


# -- what a workbook has besides text --------------------------------------------------------------


def _of_workbook(cell: Cell, column: Column, cell_name: str) -> Value:
    if isinstance(cell, (date, datetime)):
        return _of_date(cell, column, cell_name)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _of_number(cell, column, cell_name)
    if isinstance(cell, timedelta | time) and column.kind is Kind.MINUTES:
        return _of_duration(cell, cell_name)
    raise _wrong(cell, column, cell_name)


def _of_date(cell: date, column: Column, cell_name: str) -> Value:
    if not YEAR_MIN <= cell.year <= YEAR_MAX:
        raise BadCell("date_out_of_range", value=shown(cell))
    if column.kind is Kind.DATETIME:
        whole = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        # A serial is a fraction of a day: what is stored as 07:29:59.9999 was typed as 07:30.
        return (whole + timedelta(milliseconds=500)).replace(microsecond=0)
    if column.kind is not Kind.DATE:
        raise _wrong(cell, column, cell_name)
    if not isinstance(cell, datetime):
        return cell
    if cell.time() != time():
        raise BadCell("time_in_date", value=shown(cell))
    return cell.date()


def _of_number(cell: int | float, column: Column, cell_name: str) -> Value:
    # repr of a float is the shortest text that means it, which is what the cell shows.
    exact = Decimal(repr(cell))
    if not exact.is_finite():
        raise BadCell("not_finite", value=shown(cell), example=EXAMPLES[column.kind])
    if column.kind in (Kind.DATE, Kind.DATETIME):
        # A bare serial may count from 1900 or 1904: refused instead of guessed.
        raise _wrong(cell, column, cell_name)
    if abs(exact) >= 10**DIGITS_MAX:
        raise BadCell("lost_digits", value=shown(cell))
    plain = format(exact, "f").removesuffix(".0")
    return _READERS[column.kind](plain, column)


def _of_duration(cell: timedelta | time, cell_name: str) -> int:
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    seconds = round(cell / timedelta(seconds=1))
    if seconds % 60:
        raise BadCell("not_minutes", value=shown(cell), example=EXAMPLES[Kind.MINUTES])
    return seconds // 60


def _wrong(cell: Cell, column: Column, cell_name: str) -> BadCell:
    return BadCell(
        "wrong_cell_type", cell=cell_name, value=shown(cell), example=EXAMPLES[column.kind]
    )
