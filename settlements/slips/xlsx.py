"""Wage table and attendance sheet as a workbook that prints on A4, a sheet per employer or crew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from jianzhu.kernel.money import Money
from jianzhu.kernel.sheets.export import neutralise
from settlements.slips.capitals import capitals
from settlements.slips.columns import COLUMNS, SHEET_SIGNERS, SIGNERS
from settlements.slips.queries import AttendanceSheet, Heading, WageRow, WageTable
from settlements.slips.told import legend

THIN = Side(style="thin", color="8C959F")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SHADE = PatternFill("solid", fgColor="EEF1F4")
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
MONEY, NUMBER = "#,##0.00", "0.##"
A4 = 9  # the paper's number in the file format
HEAD_ROW = 4
MM_PER_CHARACTER = 2.1
# Points: programs don't fit the height of rows that wrap by themselves.
HEAD_HEIGHT, ROW_HEIGHT = 34, 28
TITLE_MAX = 31  # characters of a sheet's name


def wage_table(file: IO[bytes], tables: Sequence[WageTable], maker: str, made_on: date) -> None:
    """A sheet per employer; amounts are numbers."""
    book = _book()
    for table in tables:
        _wage_table(_sheet(book, table.heading.employer), table, maker, made_on)
    _save(book, file)


def _wage_table(sheet: Worksheet, table: WageTable, maker: str, made_on: date) -> None:
    _heading(sheet, _("Wage table"), table.heading, "", maker, made_on, len(COLUMNS))
    _heads(sheet, [str(c.title) for c in COLUMNS], [c.width for c in COLUMNS])
    for at, row in enumerate(table.rows, start=HEAD_ROW + 1):
        _wage_row(sheet, at, row)
    end = HEAD_ROW + len(table.rows) + 1
    _put(sheet, end, 2, _("Total"))
    for place, column in enumerate(COLUMNS, start=1):
        if column.total is not None:
            _put(sheet, end, place, Decimal(column.total(table.total)).scaleb(-2), MONEY)
        elif place != 2:
            _put(sheet, end, place, None)
    currency = table.heading.project.currency
    net = f"{Money(table.total.net, currency)} {currency}"
    said = f"{_('Net in total')}: {net}   {capitals(table.total.net, currency)}"
    sheet.cell(end + 1, 1, said).font = Font(bold=True)
    if table.total.unknown:
        waits = _("%(n)s lines wait without an amount.") % {"n": table.total.unknown}
        sheet.cell(end + 2, 1, waits)
    _signatures(sheet, end + 4, SIGNERS, len(COLUMNS))


def _wage_row(sheet: Worksheet, at: int, row: WageRow) -> None:
    sheet.row_dimensions[at].height = ROW_HEIGHT
    for place, column in enumerate(COLUMNS, start=1):
        value = column.value(row)
        if column.kind == "text":
            _put(sheet, at, place, neutralise(str(value)))
        else:
            shown = Decimal(int(value)).scaleb(-2)
            _put(sheet, at, place, shown, MONEY if column.kind == "money" else NUMBER)


def attendance_sheet(
    file: IO[bytes], sheets: Sequence[AttendanceSheet], maker: str, made_on: date
) -> None:
    """A sheet per crew, a column per day."""
    book = _book()
    for one in sheets:
        _attendance_sheet(_sheet(book, one.crew), one, maker, made_on)
    _save(book, file)


def _attendance_sheet(sheet: Worksheet, shown: AttendanceSheet, maker: str, made_on: date) -> None:
    heads = [_("No."), _("Name"), _("Trade"), *(str(d.day) for d in shown.days)]
    heads += [_("Days"), _("Overtime h"), _("Signature")]
    _heading(
        sheet, _("Attendance sheet"), shown.heading, shown.crew, maker, made_on, len(heads)
    )  # fmt: skip
    _heads(sheet, heads, [8, 18, 16, *([7.5] * len(shown.days)), 12, 12, 20])
    for at, row in enumerate(shown.rows, start=HEAD_ROW + 1):
        values: list[Any] = [row.number, neutralise(row.worker.name), neutralise(row.worker.trade)]
        values += [*row.marks, Decimal(row.workday_thousandths).scaleb(-3)]
        values += [round(Decimal(row.overtime_minutes) / 60, 2), None]
        sheet.row_dimensions[at].height = ROW_HEIGHT
        for place, value in enumerate(values, start=1):
            cell = _put(
                sheet, at, place, value, NUMBER if isinstance(value, Decimal) else "General"
            )
            if value in row.marks:
                cell.alignment = CENTRED
    end = HEAD_ROW + len(shown.rows) + 1
    sheet.cell(end, 1, legend())
    _signatures(sheet, end + 2, SHEET_SIGNERS, len(heads))


def _save(book: Workbook, file: IO[bytes]) -> None:
    """A month without work is an empty sheet: a workbook has at least one."""
    if not book.sheetnames:
        _sheet(book, _("All"))
    book.save(file)


def _book() -> Workbook:
    book = Workbook()
    book.remove(book.active)
    return book


def _sheet(book: Workbook, name: str) -> Worksheet:
    """A sheet of that name, numbered where two are the same; printed across on A4, one page wide."""
    bare = "".join(c for c in name if c not in "[]:*?/\\'")[: TITLE_MAX - 4] or _("All")
    title = bare if bare not in book.sheetnames else f"{bare} {len(book.sheetnames) + 1}"
    sheet = book.create_sheet(title)
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.oddFooter.center.text = "&P / &N"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    return sheet


def _heading(
    sheet: Worksheet, title: str, heading: Heading, crew: str, maker: str, made_on: date, width: int
) -> None:
    sheet.cell(1, 1, title).font = Font(size=16, bold=True)
    sheet.cell(1, 1).alignment = Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    first = [
        (_("Project"), heading.project.name),
        (_("General contractor (pays out)"), heading.contractor),
        (_("Employer"), heading.employer),
        (_("Crew"), crew),
    ]
    second = [
        (_("Month"), f"{heading.month:%Y-%m}"),
        (_("Pay date"), heading.pay_on.isoformat()),
        (_("Made by"), f"{maker} {made_on.isoformat()}"),
    ]
    for at, pairs in ((2, first), (3, second)):
        said = "    ".join(f"{name}: {value}" for name, value in pairs if value)
        sheet.cell(at, 1, said)
        sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=width)


def _heads(sheet: Worksheet, names: Sequence[str], widths: Sequence[float]) -> None:
    for place, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
        cell = _put(sheet, HEAD_ROW, place, name)
        cell.font, cell.fill = Font(bold=True), SHADE
        cell.alignment = CENTRED
        sheet.column_dimensions[get_column_letter(place)].width = width / MM_PER_CHARACTER + 1
    sheet.row_dimensions[HEAD_ROW].height = HEAD_HEIGHT


def _put(sheet: Worksheet, row: int, column: int, value: Any, format_: str = "General") -> Any:
    cell = sheet.cell(row, column, value)
    cell.border, cell.number_format = BOX, format_
    cell.alignment = Alignment(vertical="center", wrap_text=format_ == "General")
    return cell


def _signatures(sheet: Worksheet, row: int, names: Sequence[str], width: int) -> None:
    step = max(1, width // len(names))
    for at, name in enumerate(names):
        sheet.cell(row, 1 + at * step, f"{_(name)}: ____________")
