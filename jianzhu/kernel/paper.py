"""A4 pages with an embedded Chinese font: heading, table over any number of pages, page numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

import paperang_p2_fonts_cjk
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from jianzhu.kernel.money import Money

FONT = "WenQuanYi"
MARGIN = 10 * mm
GRID = colors.HexColor("#8c959f")
SHADE = colors.HexColor("#eef1f4")


@cache
def font() -> str:
    """The font's name, after registering it once per process: 文泉驿微米黑 from its wheel."""
    file = Path(paperang_p2_fonts_cjk.__file__).parent / "fonts" / "wqy-microhei.ttc"
    pdfmetrics.registerFont(TTFont(FONT, str(file), subfontIndex=0))
    return FONT


def text(said: str, size: float, align: int = 0, leading: float = 1.25) -> Paragraph:
    """Words that wrap, Chinese ones at any character; `align` 0 left, 1 centre, 2 right."""
    style = ParagraphStyle(
        "text", fontName=font(), fontSize=size, leading=size * leading, alignment=align,
        wordWrap="CJK",
    )  # fmt: skip
    return Paragraph(escape(said), style)


def table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], size: float, heads: int = 1,
    more: Iterable[tuple[Any, ...]] = (),
) -> LongTable:  # fmt: skip
    """A ruled table whose heading comes again on every page; widths in millimetres."""
    style = [
        ("FONT", (0, 0), (-1, -1), font(), size),
        ("LEADING", (0, 0), (-1, -1), size * 1.25),
        ("GRID", (0, 0), (-1, -1), 0.3, GRID),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        *more,
    ]
    if heads:
        style.append(("BACKGROUND", (0, 0), (-1, heads - 1), SHADE))
    return LongTable(
        rows, colWidths=[w * mm for w in widths], repeatRows=heads, style=TableStyle(style)
    )


def facts(pairs: Sequence[tuple[str, str]], width: float, size: float) -> LongTable:
    """Names and values in rows of three pairs, over `width` millimetres."""
    cells = [text(f"{name}: {value}" if value else f"{name}:", size) for name, value in pairs]
    cells += [text("", size)] * (-len(cells) % 3)
    rows = [cells[at : at + 3] for at in range(0, len(cells), 3)]
    return LongTable(rows, colWidths=[width / 3 * mm] * 3)


def signatures(names: Sequence[str], width: float, size: float = 8) -> LongTable:
    """A line to sign for each."""
    cells = [text(f"{_(name)}: ____________", size) for name in names]
    return LongTable([cells], colWidths=[width / len(names) * mm] * len(names))


def gap(height: float = 3) -> Spacer:
    """Empty millimetres."""
    return Spacer(1, height * mm)


def money(minor: int) -> str:
    """Two decimals, nothing for nothing: a table of zeros hides what is there."""
    return str(Money(minor, "CNY")) if minor else ""


class Numbered(Canvas):  # type: ignore[misc]
    """Writes "page 2 of 5" when all pages are known."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keep the page until the number of all is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Number and write every page."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(font(), 7)
            shown = _("Page %(number)s of %(count)s") % {
                "number": number,
                "count": len(self._pages),
            }
            self.drawCentredString(self._pagesize[0] / 2, 6 * mm, shown)
            super().showPage()
        super().save()


def write(
    file: IO[bytes], title: str, parts: Sequence[Flowable], made_on: date, *, across: bool = False
) -> None:
    """Write the document; the same parts on the same day give the same bytes."""
    document = SimpleDocTemplate(
        file, pagesize=landscape(A4) if across else A4, leftMargin=MARGIN, rightMargin=MARGIN,
        topMargin=MARGIN, bottomMargin=MARGIN + 3 * mm, title=title, author="Jianzhu",
        subject=made_on.isoformat(), invariant=1,
    )  # fmt: skip
    document.build(list(parts), canvasmaker=Numbered)
