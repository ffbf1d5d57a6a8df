"""The element table (要素表): what has to be true, who says what, what the records say, the finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jianzhu.kernel.money import Money
from settlements.disputes.queries import Case
from settlements.statements.trace import Trace

CONFIRMED_DAYS = ("confirmed", "corrected", "locked")
ACCEPTED_SHEETS = ("accepted", "partly_accepted", "deemed_accepted")


@dataclass(frozen=True, slots=True)
class Element:
    """One row of the table; `finding` is "proved", "open" or "contested"."""

    line_id: int
    element: str
    claimant: str
    respondent: str
    record: str
    finding: str


def elements(traces: Iterable[Trace], case: Case | None) -> list[Element]:
    """The table over all lines: terms, attendance, acceptance, amount, payment of each."""
    claim = case.claim if case else ""
    return [
        row
        for trace in traces
        for row in (
            _terms(trace),
            _attendance(trace, claim),
            _acceptance(trace),
            _amount(trace),
            _payment(trace),
        )
    ]


def _terms(t: Trace) -> Element:
    said = "; ".join(
        f"{r.rate_minor} {r.currency} / {r.basis} {r.item} from {r.valid_from}" for r in t.rates
    )
    return Element(t.line.id, "约定 Terms", "", "", said, "proved" if t.rates else "open")


def _attendance(t: Trace, claim: str) -> Element:
    said = "; ".join(f"{d.on}: {d.minutes} min, {d.state}" for d in t.days)
    clear = t.days and all(d.state in CONFIRMED_DAYS for d in t.days)
    finding = "proved" if clear else "contested" if claim else "open"
    return Element(t.line.id, "考勤 Attendance", claim, "", said, finding)


def _acceptance(t: Trace) -> Element:
    said = "; ".join(f"{s.number}: {s.state}" for s in t.sheets)
    clear = t.sheets and all(s.state in ACCEPTED_SHEETS for s in t.sheets)
    defects = "; ".join(s.defect for s in t.sheets if s.defect)
    finding = "proved" if clear else "contested" if defects else "open"
    return Element(t.line.id, "验收 Acceptance", "", defects, said, finding)


def _amount(t: Trace) -> Element:
    minor = t.line.amount_minor
    said = "—" if minor is None else str(Money(minor, t.line.currency))
    finding = "open" if minor is None else "proved"
    return Element(t.line.id, "金额 Amount", "", "", f"{said} {t.line.rule}".strip(), finding)


def _payment(t: Trace) -> Element:
    payout = t.line.payout
    said = f"{payout.state} {payout.reference}".strip() if payout else t.line.reason or "—"
    finding = "proved" if payout and payout.state == "paid" else "open"
    return Element(t.line.id, "支付 Payment", "", "", said, finding)
