"""Pay slip, wage table and attendance sheet on A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import IO

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable, PageBreak

from jianzhu.kernel import paper
from jianzhu.kernel.money import Money
from settlements.payouts.queries import Sent
from settlements.slips import words
from settlements.slips.capitals import capitals
from settlements.slips.columns import COLUMNS, SHEET_SIGNERS, SIGNERS
from settlements.slips.queries import (
    AttendanceRow,
    AttendanceSheet,
    Heading,
    PaySlip,
    SlipRow,
    WageRow,
    WageTable,
)
from settlements.slips.rules import short
from settlements.slips.told import how_far, legend, waits_for

UPRIGHT, ACROSS = 190, 277  # millimetres between the margins of A4
RIGHT, CENTRE = 2, 1


def pay_slip(file: IO[bytes], slip: PaySlip, made_on: date) -> None:
    """One worker's month, each sum with its line of arithmetic and its article."""
    currency = slip.currency
    parts: list[Flowable] = [
        paper.text(_("Pay slip"), 16, CENTRE),
        paper.gap(2),
        paper.facts(
            [
                (_("Name"), slip.worker.name),
                (_("ID number"), slip.worker.id_number),
                (_("Trade"), slip.worker.trade),
                *_heading(slip.heading),
                (_("Days worked"), f"{short(slip.workday_thousandths, 1000)} ({slip.days})"),
                (_("Hours worked"), words.hours(slip.minutes)),
                (_("Currency"), currency),
            ],
            UPRIGHT,
            9,
        ),
        paper.gap(2),
        _slip_lines(slip),
        paper.gap(3),
        _slip_sums(slip),
        paper.gap(1),
        paper.text(f"{_('Net in capitals')}: {capitals(slip.sums.net, currency)}", 9),
    ]
    parts += [paper.text(f"{_('Rounded')}: {said}", 7.5) for said in slip.roundings]
    parts += [paper.text(f"! {said}", 8) for said in slip.findings]
    parts += [paper.gap(2), *(paper.text(_paid(p), 8) for p in slip.payouts)]
    parts += [
        paper.gap(3),
        paper.text(_("Each line can be opened to its punches and objected to by itself."), 7.5),
        paper.gap(6),
        paper.signatures(["Worker's signature", "Date"], UPRIGHT, 9),
    ]
    paper.write(file, f"{_('Pay slip')} {slip.heading.month:%Y-%m}", parts, made_on)


def _slip_lines(slip: PaySlip) -> Flowable:
    head = [_("Day"), _("For"), _("Calculation"), _("Amount"), _("Rule"), _("State")]
    rows: list[Sequence[object]] = [[paper.text(name, 8.5) for name in head]]
    rows += [_slip_row(row) for row in slip.rows]
    return paper.table(rows, [17, 30, 58, 22, 38, 25], 8)


def _slip_row(row: SlipRow) -> list[object]:
    first, last = row.line.on, max(line.until for line in row.lines)
    day = f"{first:%m-%d}" if first == last else f"{first:%m-%d} – {last:%m-%d}"
    amount = "—" if row.amount_minor is None else str(Money(row.amount_minor, row.line.currency))
    state = "; ".join(filter(None, [how_far(row.line), waits_for(row.line)]))
    return [
        paper.text(day, 8),
        paper.text(row.what, 8),
        paper.text(row.how, 8),
        paper.text(amount, 8, RIGHT),
        paper.text(" · ".join(row.articles), 6.5),
        paper.text(state, 7),
    ]


def _slip_sums(slip: PaySlip) -> Flowable:
    sums = slip.sums
    taken = sums.of("tax") + sums.of("insurance") + sums.of("deduction")
    shown = [
        (_("Gross"), sums.gross),
        (_("Deducted"), taken),
        (_("Advances"), sums.of("advance")),
        (_("Net"), sums.net),
        (_("Paid out"), sums.released),
        (_("Waiting"), sums.waiting),
    ]
    rows = [
        [paper.text(name, 9, CENTRE) for name, _minor in shown],
        [paper.text(str(Money(minor, slip.currency)), 10, CENTRE) for _name, minor in shown],
    ]
    return paper.table(rows, [UPRIGHT / len(shown)] * len(shown), 9)


def _paid(payout: Sent) -> str:
    """When, how much, to which card, under which reference of the bank."""
    when = payout.settled_at.date().isoformat() if payout.settled_at else ""
    amount = Money(payout.amount_minor, payout.currency)
    tail = f"****{payout.account_tail}" if payout.account_tail else ""
    return " · ".join(filter(None, [_(payout.state), when, str(amount), tail, payout.reference]))


def _heading(heading: Heading) -> list[tuple[str, str]]:
    return [
        (_("Project"), heading.project.name),
        (_("General contractor (pays out)"), heading.contractor),
        (_("Employer"), heading.employer),
        (_("Month"), f"{heading.month:%Y-%m}"),
        (_("Pay date"), heading.pay_on.isoformat()),
    ]


def wage_table(file: IO[bytes], tables: Sequence[WageTable], maker: str, made_on: date) -> None:
    """The month of every worker, an employer after the other."""
    parts: list[Flowable] = []
    for table in tables:
        if parts:
            parts.append(PageBreak())
        parts += _wage_table(table, maker, made_on)
    paper.write(file, _("Wage table"), parts, made_on, across=True)


def _wage_table(table: WageTable, maker: str, made_on: date) -> list[Flowable]:
    currency = table.heading.project.currency
    heads = [paper.text(str(c.title), 6.5, CENTRE) for c in COLUMNS]
    scale = ACROSS / sum(c.width for c in COLUMNS)
    grid = paper.table(
        [heads, *(_wage_row(row) for row in table.rows), _wage_total(table)],
        [c.width * scale for c in COLUMNS],
        6,
    )
    unknown = table.total.unknown
    return [
        paper.text(_("Wage table"), 15, CENTRE),
        paper.facts(
            [*_heading(table.heading), (_("Made by"), f"{maker} {made_on.isoformat()}")], ACROSS, 8
        ),
        paper.gap(1),
        grid,
        paper.gap(1),
        paper.text(
            f"{_('Net in total')}: {Money(table.total.net, currency)} {currency} · "
            f"{capitals(table.total.net, currency)}", 9,
        ),
        *(
            [paper.text(_("%(n)s lines wait without an amount.") % {"n": unknown}, 8)]
            if unknown
            else []
        ),
        paper.gap(5),
        paper.signatures(SIGNERS, ACROSS),
    ]  # fmt: skip


def _wage_row(row: WageRow) -> list[object]:
    cells: list[object] = []
    for column in COLUMNS:
        value = column.value(row)
        if column.kind == "text":
            cells.append(paper.text(str(value), 6))
        elif column.kind == "money":
            cells.append(paper.text(paper.money(int(value)), 6, RIGHT))
        else:
            cells.append(paper.text(short(int(value), 100), 6, RIGHT))
    return cells


def _wage_total(table: WageTable) -> list[object]:
    cells: list[object] = [
        paper.text(paper.money(c.total(table.total)) if c.total else "", 6, RIGHT) for c in COLUMNS
    ]
    cells[1] = paper.text(_("Total"), 6)
    return cells


def attendance_sheet(
    file: IO[bytes], sheets: Sequence[AttendanceSheet], maker: str, made_on: date
) -> None:
    """The month of every crew, day by day."""
    parts: list[Flowable] = []
    for sheet in sheets:
        if parts:
            parts.append(PageBreak())
        parts += _attendance_sheet(sheet, maker, made_on)
    paper.write(file, _("Attendance sheet"), parts, made_on, across=True)


def _attendance_sheet(sheet: AttendanceSheet, maker: str, made_on: date) -> list[Flowable]:
    heads = [_("No."), _("Name"), _("Trade"), *(str(d.day) for d in sheet.days)]
    heads += [_("Days"), _("Overtime h"), _("Signature")]
    rows: list[Sequence[object]] = [[paper.text(name, 7, CENTRE) for name in heads]]
    rows += [_attendance_row(row) for row in sheet.rows]
    day_width = (ACROSS - 8 - 16 - 14 - 11 - 14 - 17) / len(sheet.days)
    widths = [8, 16, 14, *([day_width] * len(sheet.days)), 11, 14, 17]
    facts = [
        *_heading(sheet.heading)[:4],
        (_("Crew"), sheet.crew),
        (_("Made by"), f"{maker} {made_on.isoformat()}"),
    ]
    return [
        paper.text(_("Attendance sheet"), 15, CENTRE),
        paper.facts(facts, ACROSS, 8),
        paper.gap(1),
        paper.table(rows, widths, 7),
        paper.gap(1),
        paper.text(legend(), 7.5),
        paper.gap(5),
        paper.signatures(SHEET_SIGNERS, ACROSS),
    ]


def _attendance_row(row: AttendanceRow) -> list[object]:
    return [
        paper.text(str(row.number), 7, CENTRE),
        paper.text(row.worker.name, 7),
        paper.text(row.worker.trade, 7),
        *(paper.text(mark, 6.5, CENTRE) for mark in row.marks),
        paper.text(short(row.workday_thousandths, 1000), 7, RIGHT),
        paper.text(words.hours(row.overtime_minutes), 7, RIGHT),
        "",
    ]
