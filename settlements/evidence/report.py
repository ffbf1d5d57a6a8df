"""The report to read: a PDF, Chinese and English side by side."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from reportlab.platypus import Flowable

from jianzhu.kernel import paper
from jianzhu.kernel.money import Money
from settlements.disputes.queries import Element
from settlements.statements.trace import Trace

FINDINGS = {
    "proved": "已证 proved",
    "open": "待证 open",
    "contested": "有争议 contested",
    "admitted": "认可 admitted",
    "adverse": "不利认定 adverse",
}
ELEMENTS = {
    "terms": "约定 Terms",
    "attendance": "考勤 Attendance",
    "acceptance": "验收 Acceptance",
    "amount": "金额 Amount",
    "payment": "支付 Payment",
}
HEADING, TEXT = 13, 9


def written(
    facts: dict[str, Any],
    traces: list[Trace],
    table: list[Element],
    proved: dict[str, Any],
    made_on: date,
) -> tuple[str, bytes]:
    """(file name, content) of the report."""
    file = io.BytesIO()
    parts: list[Flowable] = []
    for size, text in _lines(facts, traces, table, proved):
        parts += [paper.gap(2)] if size > TEXT else []
        parts.append(paper.text(text, size))
    title = f"{facts['about']['kind']} {facts['about']['id']}"
    paper.write(file, title, parts, made_on)
    return "report.pdf", file.getvalue()


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
        said = (
            f"{one.line_id} {ELEMENTS[one.element]}: {one.record or '—'} → {FINDINGS[one.finding]}"
        )
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
