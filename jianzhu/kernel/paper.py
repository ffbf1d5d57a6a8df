"""A4 pages with an embedded Chinese font: heading, table over any number of pages, page numbers.

The font has 20,932 Chinese characters, Latin, Greek and Cyrillic; rare characters of names (CJK
extensions, Tibetan, Uyghur) it has not. What it lacks is printed as 〓, and the paper ends with how
many there are and which, so that nobody takes a name for another.
"""

from __future__ import annotations

import unicodedata
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
LACKING = "〓"  # the printers' mark for a character that the case lacks
# Marks that choose a variant of the character before them: without them it prints as usual.
VARIANTS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
MARGIN = 10 * mm
GRID = colors.HexColor("#8c959f")
SHADE = colors.HexColor("#eef1f4")


@cache
def font() -> str:
    """The font's name, after registering it once per process: 文泉驿微米黑 from its wheel."""
    file = Path(paperang_p2_fonts_cjk.__file__).parent / "fonts" / "wqy-microhei.ttc"
    pdfmetrics.registerFont(TTFont(FONT, str(file), subfontIndex=0))
    return FONT


@cache
def _known() -> frozenset[str]:
    """The characters that the font has."""
    return frozenset(map(chr, pdfmetrics.getFont(font()).face.charToGlyph))


def printable(said: str) -> tuple[str, list[str]]:
    """(the words as the font can print them, the characters that it lacks, in order)."""
    if said.isascii():
        return said, []
    composed = unicodedata.normalize("NFC", said)
    shown = [c for c in composed if unicodedata.category(c) != "Cf" and ord(c) not in VARIANTS]
    lacking = [c for c in shown if c not in _known() and not c.isspace()]
    return "".join(LACKING if c in lacking else c for c in shown), lacking


def text(said: str, size: float, align: int = 0, leading: float = 1.25) -> Paragraph:
    """Words that wrap, Chinese ones at any character; `align` 0 left, 1 centre, 2 right."""
    style = ParagraphStyle(
        "text", fontName=font(), fontSize=size, leading=size * leading, alignment=align,
        wordWrap="CJK",
    )  # fmt: skip
    shown, lacking = printable(said)
    found = Paragraph(escape(shown), style)
    found.lacking = lacking
    return found


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
    return _grid(rows, [w * mm for w in widths], repeatRows=heads, style=TableStyle(style))


def _grid(rows: Sequence[Sequence[Any]], widths: Sequence[float], **options: Any) -> LongTable:
    found = LongTable(rows, colWidths=widths, **options)
    found.lacking = _lacking(cell for row in rows for cell in row)
    return found


def _lacking(parts: Iterable[Any]) -> list[str]:
    return [c for part in parts for c in getattr(part, "lacking", ())]


def facts(pairs: Sequence[tuple[str, str]], width: float, size: float) -> LongTable:
    """Names and values in rows of three pairs, over `width` millimetres."""
    cells = [text(f"{name}: {value}" if value else f"{name}:", size) for name, value in pairs]
    cells += [text("", size)] * (-len(cells) % 3)
    rows = [cells[at : at + 3] for at in range(0, len(cells), 3)]
    return _grid(rows, [width / 3 * mm] * 3)


def signatures(names: Sequence[str], width: float, size: float = 8) -> LongTable:
    """A line to sign for each."""
    cells = [text(f"{_(name)}: ____________", size) for name in names]
    return _grid([cells], [width / len(names) * mm] * len(names))


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
    document.build([*parts, *_told(_lacking(parts))], canvasmaker=Numbered)


def _told(lacking: Sequence[str]) -> list[Flowable]:
    """How many characters could not be printed, and which."""
    if not lacking:
        return []
    codes = ", ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(lacking))
    said = _(
        "%(count)s characters that this font does not have are printed as %(mark)s: %(codes)s."
    )
    return [text(said % {"count": len(lacking), "mark": LACKING, "codes": codes}, 7.5)]
