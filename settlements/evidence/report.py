"""The report to read: Chinese and English side by side, as a PDF, or as text where no font is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from jianzhu.kernel.money import Money
from settlements.evidence.elements import Element
from settlements.statements.trace import Trace

# Where systems keep a font with Chinese in it; of a collection the number of the simplified face.
FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("C:/Windows/Fonts/simsun.ttc", 0),
)
FINDINGS = {"proved": "已证 proved", "open": "待证 open", "contested": "有争议 contested"}
HEADING, TEXT = 13, 9


def written(
    facts: dict[str, Any], traces: list[Trace], table: list[Element], proved: dict[str, Any]
) -> tuple[str, bytes]:
    """(file name, content) of the report."""
    lines = list(_lines(facts, traces, table, proved))
    font = _font()
    if font is None:
        return "report.txt", "\n".join(text for _, text in lines).encode()
    return "report.pdf", _pdf(lines, *font)


def _lines(
    facts: dict[str, Any], traces: list[Trace], table: list[Element], proved: dict[str, Any]
) -> Iterator[tuple[int, str]]:
    """The report line by line, with the size of each."""
    about = facts["about"]
    yield 16, f"证据报告 Evidence report — {about['kind']} {about['id']}"
    yield TEXT, f"工人 Worker: {', '.join(facts['workers'].values())}"
    yield TEXT, f"项目 Project: {', '.join(facts['projects'].values())}"
    if facts["case"]:
        yield HEADING, "申请 Claim"
        yield (
            TEXT,
            f"{facts['case']['claim']} ({facts['case']['state']}, {facts['case']['filed_at']})",
        )
    yield HEADING, "要素表 Element table"
    for one in table:
        said = f"{one.line_id} {one.element}: {one.record or '—'} → {FINDINGS[one.finding]}"
        yield TEXT, said
        if one.claimant or one.respondent:
            yield (
                TEXT,
                f"    申请人 claimant: {one.claimant or '—'}; 被申请人 respondent: {one.respondent or '—'}",
            )
    for t in traces:
        yield from _line(t)
    yield HEADING, "证明 Proof"
    yield TEXT, f"日志公钥 log key: {proved['keys']['log']}"
    yield TEXT, f"见证公钥 witness key: {proved['keys']['witness'] or '—'}"
    for line in proved["head"].splitlines():
        yield TEXT, line
    yield TEXT, "核验 verify: python3 verify.py --log … --witness …"


def _line(t: Trace) -> Iterator[tuple[int, str]]:
    n = t.line
    amount = "—" if n.amount_minor is None else str(Money(n.amount_minor, n.currency))
    yield HEADING, f"明细 Line {n.id} · {n.on} · {n.label} · {amount}"
    yield TEXT, f"状态 state: {n.state} {n.reason}"
    yield TEXT, f"规则 rule: {n.rule} {n.article}"
    for p in t.punches:
        yield (
            TEXT,
            f"打卡 punch {p.id}: {p.at:%Y-%m-%d %H:%M:%S} UTC {p.direction} · {p.site} · {p.device}",
        )
    for d in t.days:
        yield (
            TEXT,
            f"考勤 day {d.id}: {d.on}, {d.minutes} min, {d.workday_thousandths / 1000:g} 工, {d.state}",
        )
    for s in t.sheets:
        yield TEXT, f"任务单 sheet {s.number}: {s.item}, {s.work_from}–{s.work_to}, {s.state}"
    for b in t.bank:
        yield (
            TEXT,
            f"银行 bank: {b.reference}, {Money(b.amount_minor, n.currency)}, {b.at:%Y-%m-%d}",
        )


@cache
def _font() -> tuple[str, int] | None:
    """A font with Chinese: the one that is set, else the first that is installed."""
    own = ((settings.PDF_FONT, settings.PDF_FONT_NUMBER),) if settings.PDF_FONT else ()
    return next(((f, n) for f, n in (*own, *FONTS) if Path(f).exists()), None)


def _pdf(lines: Iterable[tuple[int, str]], font: str, number: int) -> bytes:
    page = FPDF()
    page.add_font("cjk", fname=font, collection_font_number=number)
    page.set_margin(15)
    page.add_page()
    for size, text in lines:
        page.set_font("cjk", size=size)
        if size > TEXT:
            page.ln(2)
        page.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return bytes(page.output())
