"""The element table (要素表): what has to be true, who says what, what the records say, the finding.

A case keeps its own table, where both sides spoke; of a line without one, or before anybody looked,
the records alone speak.
"""

from __future__ import annotations

from collections.abc import Iterable

from jianzhu.kernel.money import Money
from settlements.disputes import queries as disputes
from settlements.disputes.queries import Case, Element
from settlements.statements.trace import Trace

CONFIRMED_DAYS = ("confirmed", "corrected", "locked")
ACCEPTED_SHEETS = ("accepted", "partly_accepted", "deemed_accepted")


def elements(traces: Iterable[Trace], case: Case | None) -> list[Element]:
    """The table over all lines: terms, attendance, acceptance, amount, payment of each."""
    kept = disputes.elements(case.id) if case else []
    told = {e.line_id for e in kept}
    claim = case.claim if case else ""
    read = [
        row
        for trace in traces
        if trace.line.id not in told
        for row in (
            _terms(trace),
            _attendance(trace, claim),
            _acceptance(trace),
            _amount(trace),
            _payment(trace),
        )
    ]
    return [*kept, *read]


def _row(
    t: Trace, element: str, record: str, finding: str, claimant: str = "", respondent: str = ""
) -> Element:
    return Element(
        line_id=t.line.id,
        element=element,
        claimant=claimant,
        claimant_stance="claims" if claimant else "",
        respondent=respondent,
        respondent_stance="denies" if respondent else "",
        record=record,
        finding=finding,
        missing="",
        asked="",
    )


def _terms(t: Trace) -> Element:
    said = "; ".join(
        f"{r.rate_minor} {r.currency} / {r.basis} {r.item} from {r.valid_from}" for r in t.rates
    )
    return _row(t, "terms", said, "proved" if t.rates else "open")


def _attendance(t: Trace, claim: str) -> Element:
    said = "; ".join(f"{d.on}: {d.minutes} min, {d.state}" for d in t.days)
    clear = t.days and all(d.state in CONFIRMED_DAYS for d in t.days)
    finding = "proved" if clear else "contested" if claim else "open"
    return _row(t, "attendance", said, finding, claimant=claim)


def _acceptance(t: Trace) -> Element:
    said = "; ".join(f"{s.number}: {s.state}" for s in t.sheets)
    clear = t.sheets and all(s.state in ACCEPTED_SHEETS for s in t.sheets)
    defects = "; ".join(s.defect for s in t.sheets if s.defect)
    finding = "proved" if clear else "contested" if defects else "open"
    return _row(t, "acceptance", said, finding, respondent=defects)


def _amount(t: Trace) -> Element:
    minor = t.line.amount_minor
    said = "—" if minor is None else str(Money(minor, t.line.currency))
    finding = "open" if minor is None else "proved"
    return _row(t, "amount", f"{said} {t.line.rule}".strip(), finding)


def _payment(t: Trace) -> Element:
    payout = t.line.payout
    said = f"{payout.state} {payout.reference}".strip() if payout else t.line.reason or "—"
    finding = "proved" if payout and payout.state == "paid" else "open"
    return _row(t, "payment", said, finding)
