"""A case in order of time, each fact marked: agreed, contested, open, or a plain event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q

from jianzhu.access import queries as access
from jianzhu.audit.queries import history
from projects.sites import queries as sites
from settlements.disputes import queries as disputes
from settlements.disputes.elements import with_grounds
from settlements.disputes.queries import Case, Element
from settlements.evidence.elements import elements
from settlements.statements import queries as statements
from settlements.statements import trace
from settlements.statements.trace import Trace
from workers_app.people import queries as people

# What a finding of the element table says of the facts under it.
MARKS = {
    "proved": "agreed",
    "admitted": "agreed",
    "adverse": "agreed",
    "contested": "contested",
    "open": "open",
}
LOOKS = ("dispute.take_evidence", "statement_line.take_evidence", "dispute.look")


@dataclass(frozen=True, slots=True)
class Moment:
    """One fact or event. `kind`: punch, day, sheet, payment, event, look or clock; `mark` agreed,
    contested or open, "" of an event. `line_id` 0 where it is of the whole case."""

    at: datetime
    kind: str
    mark: str
    code: str
    facts: str
    by: str
    line_id: int


def of(case: Case) -> list[Moment]:
    """Everything, the oldest first."""
    lines = statements.lines(Q(pk__in=[n.line_id for n in case.lines]))
    traces = [with_grounds(trace.of_line(line)) for line in lines]
    marks = _marks(traces, case)
    names = people.names({line.worker_id for line in lines})
    zone = ZoneInfo(sites.project(case.project_id).zone)
    found = [
        moment
        for t in traces
        for moment in _of_line(t, marks.get(t.line.id, {}), names[t.line.worker_id], zone)
    ] + list(_of_case(case))
    # Two lines of one day stand on the same punches; two workers pass one gate at the same time.
    unique = {(m.at, m.kind, m.code, m.facts, m.by): m for m in found}
    return sorted(unique.values(), key=lambda m: (m.at, m.kind, m.line_id))


def _marks(traces: Iterable[Trace], case: Case) -> dict[int, dict[str, str]]:
    """{line: {element: mark}} by the element table, as the parties and the records left it."""
    told: list[Element] = elements(traces, case)
    found: dict[int, dict[str, str]] = {}
    for one in told:
        found.setdefault(one.line_id, {})[one.element] = MARKS.get(one.finding, "open")
    return found


def _of_line(t: Trace, marks: dict[str, str], name: str, zone: ZoneInfo) -> Iterator[Moment]:
    attended, accepted = marks.get("attendance", "open"), marks.get("acceptance", "open")
    for p in t.punches:
        facts = f"{p.direction} · {p.site} · {p.device}"
        yield Moment(p.at, "punch", attended, "punch", facts, name, t.line.id)
    for d in t.days:
        noon = datetime.combine(d.on, time(23, 59), tzinfo=zone)
        yield Moment(noon, "day", attended, d.state, f"{d.minutes} min", name, t.line.id)
    for s in t.sheets:
        end = datetime.combine(s.work_to, time(23, 59), tzinfo=zone)
        facts = f"{s.number} {s.item}"
        yield Moment(s.submitted_at or end, "sheet", accepted, s.state, facts, "", t.line.id)
    for b in t.bank:
        yield Moment(
            b.at, "payment", marks.get("payment", "open"), "paid", b.reference, "", t.line.id
        )


def _of_case(case: Case) -> Iterator[Moment]:
    told = history("dispute", case.id)
    names = access.names_of({e.actor for e in told})
    for e in told:
        kind = "look" if e.verb in LOOKS else "event"
        yield Moment(e.at, kind, "", e.verb, "", names.get(e.actor, e.actor), 0)
    for clock in disputes.clocks(case.id):
        yield Moment(clock.due_at, "clock", "", clock.name, clock.state, clock.owed_by, 0)
