"""From the month's records to the lines that are due: the wages engine's lines, each matched.

The engine is pure and knows answered days and accepted quantities only. What is not answered yet
becomes a held line without an amount; a line over several days waits until they are over and
answered, because one of them could still change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from jianzhu.kernel.errors import Refusal
from jianzhu.kernel.money import share_out
from projects.acceptance.queries import Sheet
from projects.attendance.queries import Day
from settlements.statements import rules
from settlements.statements.due import Due
from settlements.statements.facts import MonthFacts
from settlements.statements.models import RegionalValue, month_after
from settlements.statements.rules import Hold
from settlements.wages.engine import compute as compute_wages
from settlements.wages.facts import Case, Piece, Rate, Value
from settlements.wages.facts import Day as WorkedDay
from settlements.wages.statement import Finding, Line
from workers_app.terms.queries import RateVersion


@dataclass(frozen=True, slots=True)
class Computed:
    """One worker's month: the lines due, what the law would object to, the inputs' digest."""

    due: tuple[Due, ...]
    findings: list[dict[str, Any]] = field(default_factory=list)
    digest: bytes = b""


def compute(facts: MonthFacts, today: date) -> dict[int, Computed]:
    """What is due to each of the workers by the records of this moment."""
    values = _values(facts.project.region)
    return {worker_id: _one(facts, worker_id, values, today) for worker_id in facts.worker_ids}


def _values(region: str) -> tuple[Value, ...]:
    rows = RegionalValue.objects.filter(region=region).order_by("name", "valid_from")
    return tuple(Value(r.name, r.region, r.valid_from, r.value, r.source) for r in rows)


def _one(facts: MonthFacts, worker_id: int, values: tuple[Value, ...], today: date) -> Computed:
    days, rates = facts.days.get(worker_id, ()), facts.rates.get(worker_id, ())
    shares = _shares(facts, worker_id)
    waiting = _waiting(facts, days, shares, rates)
    case = _case(facts, worker_id, days, rates, shares, values)
    try:
        statement = compute_wages(case)
    except Refusal as refusal:
        # Never a guess, never a zero: every day waits until the terms can be computed with.
        return Computed(tuple(_refused(days, refusal)) + tuple(waiting))
    matcher = _Matcher(facts, {d.id: d for d in days}, {s.sheet.id: s for s in shares}, today)
    due = [matcher.due(line) for line in statement.lines]
    held = [
        Due(
            key=h.key,
            on=h.on,
            until=h.on,
            kind="time",
            amount_minor=None,
            hold=Hold("terms_gap" if h.code == "terms_gap" else "wage_refused", "subcontractor"),
            label=h.code,
            sources=_sources(h.sources, matcher),
        )
        for h in statement.held
    ]
    return Computed(
        tuple(due + held) + tuple(waiting),
        [_finding(f) for f in statement.findings],
        bytes.fromhex(statement.digest),
    )


def _case(
    facts: MonthFacts,
    worker_id: int,
    days: Sequence[Day],
    rates: Sequence[RateVersion],
    shares: Sequence[_Share],
    values: tuple[Value, ...],
) -> Case:
    return Case(
        worker_id=worker_id,
        first=facts.month,
        last=month_after(facts.month) - timedelta(days=1),
        rule_set=facts.project.rule_set,
        region=facts.project.region,
        currency=facts.project.currency,
        values=values,
        rates=tuple(
            Rate(
                id=r.id,
                basis=r.basis,
                rate_minor=r.rate_minor,
                currency=r.currency,
                valid_from=r.valid_from,
                valid_to=r.valid_to,
                workday_minutes=r.workday_minutes,
                item=r.item,
                unit=r.unit,
            )
            for r in rates
        ),
        days=tuple(
            WorkedDay(
                id=d.id,
                on=d.on,
                minutes=d.minutes,
                night_minutes=d.night_minutes,
                workday_thousandths=d.workday_thousandths,
                crew_id=d.crew_id,
            )
            for d in days
            if d.state in rules.DAY_CONFIRMED and d.minutes
        ),
        pieces=tuple(
            Piece(
                id=s.sheet.id,
                first=s.sheet.work_from,
                last=s.sheet.work_to,
                item=s.sheet.item,
                unit=s.sheet.unit,
                quantity_thousandths=s.quantity_thousandths,
                accepted_thousandths=s.sheet.accepted_thousandths,
                sheet_id=s.sheet.id,
            )
            for s in shares
            if s.hold is None and s.quantity_thousandths
        ),
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """A worker's part of a piece sheet, or what it still waits for."""

    sheet: Sheet
    quantity_thousandths: int
    hold: Hold | None


def _shares(facts: MonthFacts, worker_id: int) -> list[_Share]:
    found = []
    last = month_after(facts.month)
    for crew_id, sheets in facts.sheets.items():
        for sheet in sheets:
            if sheet.is_piece and facts.month <= sheet.work_to < last:
                days = [d for d in facts.crew_days.get(crew_id, ()) if sheet.covers(d.on)]
                share = _share(sheet, days, worker_id)
                if share is not None:
                    found.append(share)
    return found


def _share(sheet: Sheet, days: Sequence[Day], worker_id: int) -> _Share | None:
    """The worker's part by the agreed rule, shared by the largest remainder in order of id."""
    if worker_id not in {d.worker_id for d in days}:
        return None
    hold = rules.piece_hold(sheet, days)
    if hold is not None:
        return _Share(sheet, 0, hold)
    weights = _weights(sheet, days)
    workers = sorted(weights)
    if not sum(weights.values()):
        return _Share(sheet, 0, Hold("wage_refused", "crew_leader"))
    assert sheet.accepted_thousandths is not None
    parts = share_out(sheet.accepted_thousandths, [weights[w] for w in workers])
    return _Share(sheet, dict(zip(workers, parts, strict=True))[worker_id], None)


def _weights(sheet: Sheet, days: Iterable[Day]) -> dict[int, int]:
    worked: dict[int, int] = {}
    for day in days:
        worked[day.worker_id] = worked.get(day.worker_id, 0) + day.workday_thousandths
    if sheet.share_rule == "equal":
        return dict.fromkeys(worked, 1)
    if sheet.share_rule == "points":
        return {w: int(sheet.share_points.get(str(w), 0)) for w in worked}
    return worked


def _waiting(
    facts: MonthFacts,
    days: Sequence[Day],
    shares: Sequence[_Share],
    rates: Sequence[RateVersion],
) -> list[Due]:
    """Held lines without an amount: unanswered days of time workers, piece sheets not accepted."""
    found = []
    for day in days:
        hold = rules.day_hold(day)
        if hold is not None and _paid_by_time(day.on, rates):
            found.append(
                Due(
                    key=f"{day.on}/time/normal",
                    on=day.on,
                    until=day.on,
                    kind="time",
                    amount_minor=None,
                    hold=hold,
                    label="normal",
                    sources={"days": [[day.id, day.version]]},
                )
            )
    for share in shares:
        if share.hold is not None:
            sheet = share.sheet
            found.append(
                Due(
                    key=piece_key(sheet),
                    on=sheet.work_from,
                    until=sheet.work_to,
                    kind="piece",
                    amount_minor=None,
                    hold=share.hold,
                    label=sheet.item,
                    sources={"sheets": [[sheet.id, sheet.version]]},
                )
            )
    return found


def _paid_by_time(on: date, rates: Iterable[RateVersion]) -> bool:
    return any(
        r.basis != "piece" and r.valid_from <= on and (r.valid_to is None or on < r.valid_to)
        for r in rates
    )


def piece_key(sheet: Sheet) -> str:
    """The key under which the engine pays a share of this sheet."""
    return f"{sheet.work_to}/piece/{sheet.id}"


def _refused(days: Iterable[Day], refusal: Refusal) -> list[Due]:
    return [
        Due(
            key=f"{d.on}/time/normal",
            on=d.on,
            until=d.on,
            kind="time",
            amount_minor=None,
            hold=Hold("wage_refused", "subcontractor"),
            label=refusal.code,
            sources={"days": [[d.id, d.version]]},
        )
        for d in days
        if d.state in rules.DAY_CONFIRMED
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "article": finding.article,
        "line": finding.line_key,
        "facts": {name: str(value) for name, value in finding.facts.items()},
    }


@dataclass(frozen=True, slots=True)
class _Matcher:
    """Puts each computed line beside the records that it came from."""

    facts: MonthFacts
    days: dict[int, Day]
    shares: dict[int, _Share]
    today: date

    def due(self, line: Line) -> Due:
        """The engine's line with what it still waits for."""
        return Due(
            key=line.key,
            on=line.on,
            until=line.until,
            kind=line.kind,
            amount_minor=line.amount_minor,
            hold=self._hold(line),
            label=line.name,
            quantity=line.quantity,
            unit=line.unit,
            rate_num=line.rate_num,
            rate_den=line.rate_den,
            rate_minor=line.rate_minor,
            rate_per=line.rate_per,
            percent=line.percent,
            rule=line.rule.stamp,
            article=line.rule.article,
            rounding=line.rounding,
            sources=_sources(line.sources, self),
        )

    def _hold(self, line: Line) -> Hold | None:
        for noun, ident in line.sources:
            hold = None
            if noun == "day" and int(ident) in self.days:
                day = self.days[int(ident)]
                hold = rules.time_hold(day, self.facts.covering(day))
            elif noun == "piece":
                hold = self.shares[int(ident)].hold
            if hold is not None:
                return hold
        return self._hold_of_span(line) if line.kind != "piece" and line.on != line.until else None

    def _hold_of_span(self, line: Line) -> Hold | None:
        if self.today <= line.until:
            return Hold("period_open", "system", line.until + timedelta(days=1))
        for day in self.days.values():
            if line.on <= day.on <= line.until:
                hold = rules.day_hold(day)
                if hold is not None:
                    return hold
        return None


def _sources(sources: Iterable[tuple[str, Any]], matcher: _Matcher) -> dict[str, Any]:
    """Ids with the versions that were read: what a line can be opened to."""
    found: dict[str, Any] = {}
    for noun, ident in sources:
        if noun == "day" and int(ident) in matcher.days:
            day = matcher.days[int(ident)]
            found.setdefault("days", []).append([day.id, day.version])
            for sheet in matcher.facts.covering(day):
                entry = [sheet.id, sheet.version]
                if entry not in found.setdefault("sheets", []):
                    found["sheets"].append(entry)
        elif noun == "piece":
            sheet = matcher.shares[int(ident)].sheet
            found.setdefault("sheets", []).append([sheet.id, sheet.version])
        elif noun == "rate":
            found.setdefault("rates", []).append(int(ident))
    return found
