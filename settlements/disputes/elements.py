"""The element table of a case, within a command: built on filing, looked at again at every arrival.

Each side is asked only for what is missing, with a clock. Nobody is asked twice for the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from jianzhu.audit.records import unfit
from jianzhu.kernel.db import step
from jianzhu.kernel.money import Money
from projects.acceptance import queries as acceptance
from projects.attendance import queries as attendance
from settlements.disputes import clocks, telling, words
from settlements.disputes.models import CaseElement, Dispute, DisputedLine
from settlements.disputes.models.element import ELEMENTS
from settlements.disputes.rules import elements as rules
from settlements.disputes.rules.elements import Found, Said
from settlements.statements import queries as statements
from settlements.statements import trace
from settlements.statements.rules import DAY_CONFIRMED
from settlements.statements.trace import Trace
from workers_app.terms import queries as terms

ACCEPTED = ("accepted", "partly_accepted", "deemed_accepted")
Table = dict[tuple[int, str], CaseElement]


@step
def refresh(case: Dispute, rows: Sequence[DisputedLine], at: datetime) -> Table:
    """Bring the rows of these lines up to date with the records and with what was said."""
    standing = {(e.line_id, e.element): e for e in case.elements.all()}
    silent = _silent(case)
    claim = words.read(words.of_cases([case]))[words.claim_of(case.pk)]
    traces = traces_of(rows)
    new: list[CaseElement] = []
    changed: list[CaseElement] = []
    for row in rows:
        for element in ELEMENTS:
            key = (row.line_id, element)
            old = standing.get(key)
            one = old or _blank(case, traces[row.line_id], claim, element, at)
            if _put(one, row, traces[row.line_id], silent.get(_key(one), ())) or old is None:
                one.evaluated_at = at
                (changed if old else new).append(one)
            standing[key] = one
    CaseElement.objects.bulk_create(new)
    CaseElement.objects.bulk_update(
        changed, ["record", "finding", "missing", "asked", "evaluated_at"]
    )
    live = {row.line_id for row in rows}
    _ask(case, [e for (line_id, _), e in sorted(standing.items()) if line_id in live], at)
    return standing


def traces_of(rows: Sequence[DisputedLine]) -> dict[int, Trace]:
    """Everything behind each line, by its id."""
    found = statements.lines(Q(pk__in=[row.line_id for row in rows]))
    return {line.id: with_grounds(trace.of_line(line)) for line in found}


def with_grounds(t: Trace) -> Trace:
    """A line that could not be computed yet names neither rate nor sheet; those of its days stand."""
    if t.line.kind != "time":
        return t
    n = t.line
    rates = t.rates or terms.rates([n.worker_id], n.project_id, n.on, n.until)
    crews = {day.crew_id for day in t.days if day.crew_id is not None}
    sheets = t.sheets or acceptance.sheets_of(n.project_id, crews, n.on, n.until)
    return replace(t, rates=rates, sheets=sheets)


def _blank(case: Dispute, t: Trace, claim: str, element: str, at: datetime) -> CaseElement:
    """The claimant says by objecting what the line's grounds are; the respondent nothing yet."""
    claims = claim if element in ("attendance", "amount") else ""
    place = words.element_of(case.pk, t.line.id, element, "claimant")
    return CaseElement(
        dispute=case,
        line_id=t.line.id,
        element=element,
        claimant=words.keep(t.line.worker_id, claims, place),
        claimant_stance="claims" if claims else "",
        evaluated_at=at,
    )


def _put(one: CaseElement, row: DisputedLine, t: Trace, silent: Sequence[str]) -> bool:
    """Write record and finding into the row; returns whether anything changed."""
    found = _found(one, row, t, silent)
    now = (_record(one.element, t), found.finding, found.missing, found.asked)
    before = (one.record, one.finding, one.missing, one.asked)
    one.record, one.finding, one.missing, one.asked = now
    return now != before


def _found(one: CaseElement, row: DisputedLine, t: Trace, silent: Sequence[str]) -> Found:
    said = Said(one.claimant_stance, one.respondent_stance)
    if one.element == "payment":
        paid = t.line.payout is not None and t.line.payout.state == "paid"
        return Found("proved" if paid else "open")
    if one.element == "amount":
        return rules.amount(computed=t.line.amount_minor, claimed=row.claimed_minor, said=said)
    return rules.ground(
        one.element,
        proved=_proved(one.element, t),
        differs=one.element == "attendance" and _differs(row, t),
        said=said,
        silent=silent,
        keeper=_keeper(one.element, t),
    )


def _keeper(element: str, t: Trace) -> str:
    """Who has what is missing: a task sheet that was never handed in is the crew's own."""
    crews_own = element == "acceptance" and t.line.owed_by == "crew_leader"
    return "claimant" if crews_own else "respondent"


def _proved(element: str, t: Trace) -> bool:
    if element == "terms":
        return bool(t.rates or t.adjustments or t.milestones)
    if element == "attendance":
        return bool(t.days) and all(d.state in DAY_CONFIRMED for d in t.days)
    if t.line.kind != "time" and not t.sheets:
        return True  # what no acceptance belongs to (a premium, an agreed amount) lacks none
    return any(s.time_accepted_at is not None or s.state in ACCEPTED for s in t.sheets)


def _differs(row: DisputedLine, t: Trace) -> bool:
    """The claimant's minutes are others than those of the days."""
    minutes = row.claimed.get("minutes")
    return minutes is not None and minutes != sum(d.minutes for d in t.days)


def _record(element: str, t: Trace) -> str:
    if element == "terms":
        return "; ".join(
            f"{Money(r.rate_minor, r.currency)} {r.currency}/{r.basis} {r.item} {r.valid_from}"
            for r in t.rates
        )
    if element == "attendance":
        return "; ".join(f"{d.on}: {d.minutes} min, {d.state}" for d in t.days)
    if element == "acceptance":
        return "; ".join(f"{s.number}: {s.state} {s.defect}".strip() for s in t.sheets)
    if element == "amount":
        minor = t.line.amount_minor
        return "" if minor is None else f"{Money(minor, t.line.currency)} {t.line.rule}".strip()
    payout = t.line.payout
    return f"{payout.state} {payout.reference}".strip() if payout else t.line.reason


def _key(one: CaseElement) -> str:
    return f"{one.line_id}/{one.element}"


def _silent(case: Dispute) -> dict[str, list[str]]:
    """{element's key: the sides whose clock for it ran out}."""
    found: dict[str, list[str]] = {}
    for clock in case.clocks.filter(name="supply", state="lapsed"):
        place, _, side = clock.key.rpartition("/")
        found.setdefault(place, []).append(side)
    return found


def _ask(case: Dispute, standing: Sequence[CaseElement], at: datetime) -> None:
    """A clock for each datum that is missing, and none for what arrived."""
    running = {c.key: c for c in case.clocks.filter(name="supply", state__in=("running", "paused"))}
    wanted = {f"{_key(e)}/{e.asked}": e for e in standing if e.asked}
    for key in running.keys() - wanted.keys():
        clocks.meet(case, "supply", at=at, key=key)
    asked = set()
    for key, element in wanted.items():
        row = clocks.start(case, "supply", at=at, key=key, owed_by=element.asked)
        if key not in running and row is not None and row.state in ("running", "paused"):
            asked.add((element.asked, row.due_at))
    for side, due_at in sorted(asked):
        telling.ask(case, side, due_at, at=at)


@step
def drop_asks(case: Dispute, rows: Sequence[DisputedLine], at: datetime) -> None:
    """Lines that left the case wait for nobody."""
    gone = {str(row.line_id) for row in rows}
    for clock in case.clocks.filter(name="supply", state__in=("running", "paused")):
        if clock.key.partition("/")[0] in gone:
            clocks.meet(case, "supply", at=at, key=clock.key)


def verified(rows: Sequence[DisputedLine]) -> bool:
    """Whether everything that these lines stand on is as the log told of it."""
    wanted: dict[str, set[int]] = {}
    for t in traces_of(rows).values():
        days, punches = [d.id for d in t.days], [p.id for p in t.punches]
        for table, ids in (
            ("settlements_statementline", [t.line.id]),
            ("projects_dayrecord", days),
            ("projects_punch", punches),
            ("projects_devicebody", attendance.bodies_of(punches)),
            ("projects_tasksheet", [s.id for s in t.sheets]),
            ("workers_app_agreedrate", [r.id for r in t.rates]),
        ):
            wanted.setdefault(table, set()).update(ids)
    return not unfit(wanted)


def findings(standing: Mapping[tuple[int, str], CaseElement], line_id: int) -> dict[str, str]:
    """{element: finding} of one line."""
    return {name: standing[line_id, name].finding for name in ELEMENTS}
