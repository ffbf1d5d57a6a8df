"""What is wrong with a sheet: where, what, and what would be right, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal

SHOWN_MAX = 40  # characters of a wrong value that a message repeats

# code: (what is wrong, what would be right), %-format over the facts.
SENTENCES: Mapping[str, tuple[Any, Any]] = {
    # the file as a whole
    "empty_file": (_("the file is empty"), _("a header row and at least one row below it")),
    "too_large": (_("the file has %(size)d bytes"), _("at most %(limit)d bytes")),
    "too_many_rows": (_("there are more than %(limit)d rows"), _("at most %(limit)d rows a file")),
    "too_many_columns": (
        _("there are more than %(limit)d columns"),
        _("only the columns: %(columns)s"),
    ),
    "not_a_sheet": (
        _("this is neither CSV text nor an XLSX workbook"),
        _("CSV in UTF-8 or GB18030, or XLSX"),
    ),
    "old_workbook": (
        _("this is an old (.xls) or password-protected workbook"),
        _("XLSX without a password, or CSV"),
    ),
    "nul_byte": (_("there is a NUL byte in the text"), _("plain text without NUL bytes")),
    "undecodable": (
        _("byte %(offset)d is neither UTF-8 nor GB18030"),
        _("the whole file in UTF-8 or in GB18030"),
    ),
    "mixed_encoding": (
        _("this row is UTF-8 while others are not"),
        _("the whole file in one encoding, best UTF-8"),
    ),
    "ambiguous_encoding": (
        _("the text could be UTF-8 or GB18030, with different letters"),
        _("UTF-8 with a byte order mark (in Excel: CSV UTF-8)"),
    ),
    "broken_csv": (
        _("the quoting is broken: %(detail)s"),
        _("a quoted cell closed by a quote, and quotes inside it doubled"),
    ),
    "broken_workbook": (
        _("the workbook can't be read: %(detail)s"),
        _("an XLSX file saved by a spreadsheet program"),
    ),
    "unpacks_too_large": (
        _("%(part)s unpacks to %(size)d bytes"),
        _("at most %(limit)d bytes unpacked"),
    ),
    "too_many_parts": (_("the archive has too many parts"), _("at most %(limit)d parts")),
    "forbidden_part": (
        _("the workbook carries %(part)s"),
        _("XLSX without macros, links to other files, or embedded files"),
    ),
    "several_sheets": (
        _("data stands on more than one sheet: %(sheets)s"),
        _("all rows on one sheet; other sheets empty"),
    ),
    "rows_differ": (
        _("the workbook holds %(counted)d rows, but %(read)d could be read"),
        _("an XLSX file saved by a spreadsheet program"),
    ),
    # the header
    "missing_column": (
        _("the column %(name)s is missing"),
        _("a column headed %(names)s"),
    ),
    "unknown_column": (
        _("the column “%(header)s” is not known here"),
        _("only the columns: %(columns)s"),
    ),
    "duplicate_column": (
        _("“%(header)s” means the same column as “%(other)s”"),
        _("each column once"),
    ),
    "unnamed_column": (_("the column has values but no header"), _("a header in row 1")),
    # one row or cell
    "extra_cells": (
        _("the row has %(count)d cells, the header %(width)d"),
        _("%(width)d cells; quote a cell that holds the delimiter"),
    ),
    "missing_cells": (
        _("the row has %(count)d cells, the header %(width)d"),
        _("%(width)d cells, blank ones too"),
    ),
    "formula": (
        _("cell %(cell)s holds a formula"),
        _("the value itself (paste as values)"),
    ),
    "error_cell": (_("cell %(cell)s shows the error %(value)s"), _("a value")),
    "wrong_cell_type": (_("cell %(cell)s holds %(value)s"), "%(example)s"),
    "blank": (_("the cell is blank"), "%(example)s"),
    "too_long": (
        _("the text has %(length)d characters"),
        _("at most %(limit)d characters"),
    ),
    "hidden_character": (
        _("the text hides the character %(character)s"),
        _("visible characters only; type the text anew"),
    ),
    "lost_digits": (
        _("“%(value)s” is a number whose last digits a spreadsheet has dropped"),
        _("the cell formatted as text, with every digit"),
    ),
    "blank_inside": (_("“%(value)s” has a blank inside"), _("no blanks")),
    "not_a_date": (_("“%(value)s” is not a date"), "%(example)s"),
    "no_such_date": (_("“%(value)s” does not exist in the calendar"), "%(example)s"),
    "date_out_of_range": (_("“%(value)s” is too far away"), _("a year from 1900 to 2099")),
    "time_in_date": (_("“%(value)s” has a time of day"), _("a date without time")),
    "not_a_datetime": (_("“%(value)s” is not a date and time"), "%(example)s"),
    "no_such_time": (
        _("“%(value)s” does not exist on the clock"),
        _("00:00 to 23:59; midnight is 00:00 of the next day"),
    ),
    "not_a_number": (_("“%(value)s” is not a number"), "%(example)s"),
    "not_finite": (_("“%(value)s” is not a finite number"), "%(example)s"),
    "not_whole": (_("“%(value)s” is not a whole number"), "%(example)s"),
    "too_many_decimals": (
        _("“%(value)s” has too many decimal places"),
        _("at most %(limit)d decimal places"),
    ),
    "too_big": (_("“%(value)s” has too many digits"), _("at most %(limit)d digits")),
    "not_minutes": (_("“%(value)s” is no length of time"), "%(example)s"),
    "below_min": (_("%(value)s is below %(limit)s"), _("%(limit)s or more")),
    "above_max": (_("%(value)s is above %(limit)s"), _("%(limit)s or less")),
    "not_a_choice": (_("“%(value)s” is not one of the choices"), _("one of: %(choices)s")),
    "duplicate_value": (
        _("“%(value)s” stands in row %(other)d already"),
        _("each value once"),
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: row 1 is the header, row 0 the file as a whole."""

    file: str
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.row:
            parts.append(str(_("row %(row)d") % {"row": self.row}))
        if self.column:
            parts.append(str(_("column %(column)s") % {"column": self.column}))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault. `problem` and `expected` are sentences, translated when they are shown."""

    file: str
    row: int
    column: str
    code: str
    problem: Any
    expected: Any

    @property
    def place(self) -> Place:
        return Place(self.file, self.row, self.column)

    def __str__(self) -> str:
        return str(
            _("%(place)s: %(problem)s. Expected: %(expected)s.")
            % {"place": self.place, "problem": self.problem, "expected": self.expected}
        )

    def as_dict(self) -> dict[str, str | int]:
        """For an answer on the wire, in the current language."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "problem": str(self.problem),
            "expected": str(self.expected),
        }


class Unreadable(Exception):
    """The file as a whole can't be read; stays inside this package and becomes a fault."""

    def __init__(self, code: str, row: int = 0, **facts: object) -> None:
        super().__init__(code)
        self.code, self.row, self.facts = code, row, facts


class BadCell(Exception):
    """One cell can't be taken; stays inside this package and becomes a fault."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def fault(place: Place, code: str, facts: Mapping[str, object]) -> RowFault:
    """The fault of that code at that place."""
    problem, expected = SENTENCES[code]
    return RowFault(
        place.file, place.row, place.column, code, filled(problem, facts), filled(expected, facts)
    )


def filled(template: Any, facts: Mapping[str, object]) -> Any:
    """A %-format sentence with its facts, put into words only when it is shown."""
    return lazystr(_Sentence(template, dict(facts)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    template: Any
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return str(self.template) % self.facts


def shown(value: object) -> str:
    """A wrong value as a message may repeat it: short, and with hidden characters made visible."""
    text = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in str(value)[:SHOWN_MAX])
    return text + ("…" if len(str(value)) > SHOWN_MAX else "")


class NeededHere(Refusal):
    """A cell that may be blank elsewhere is needed by what the rest of its row says."""

    code = "blank"
    status = 422
    sentence = _("the cell is blank, but the rest of the row needs it")
