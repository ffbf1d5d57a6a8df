"""From the month's records to the lines that are due: the wages engine's lines, each matched.

The engine is pure and knows answered days and accepted quantities only. What is not answered yet
becomes a held line without an amount; a line over several days waits until they are over and
answered, because one of them could still change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jianzhu.kernel.errors import Refusal
from jianzhu.kernel.money import Rounding
from projects.attendance.queries import Day
from projects.sites.queries import ProjectFacts
from settlements.adjustments.queries import Agreed
from settlements.statements import milestones, rules
from settlements.statements.averaged import Averaged
from settlements.statements.due import Due
from settlements.statements.facts import MonthFacts
from settlements.statements.matching import Matcher, sources_of
from settlements.statements.models import RegionalValue, month_after
from settlements.statements.rules import Hold
from settlements.statements.shares import Share, piece_key, shares_of
from settlements.wages.engine import compute as compute_wages
from settlements.wages.facts import Adjustment, Case, Piece, Policy, Prevailing, Rate, Value
from settlements.wages.facts import Day as WorkedDay
from settlements.wages.statement import TO_PLAN, Finding, Statement
from workers_app.terms.queries import RateVersion


@dataclass(frozen=True, slots=True)
class Computed:
    """One worker's month: the lines due, what the law would object to, the inputs' digest."""

    due: tuple[Due, ...]
    findings: list[dict[str, Any]] = field(default_factory=list)
    digest: bytes = b""
    # The engine's inputs; None when it refused them, and then nothing is known.
    case: Case | None = None


def compute(facts: MonthFacts, today: date) -> dict[int, Computed]:
    """What is due to each of the workers by the records of this moment."""
    values = _values(facts.project.region)
    return {worker_id: _one(facts, worker_id, values, today) for worker_id in facts.worker_ids}


def today(project: ProjectFacts, at: datetime) -> date:
    """The site's own day: a period ends at its midnight, not at the server's."""
    return at.astimezone(ZoneInfo(project.zone)).date()


def month_over_at(project: ProjectFacts, month: date) -> datetime:
    """When the last day of the month may be judged: at noon of the next, as its night shift ends."""
    return datetime.combine(month_after(month), time(12), tzinfo=ZoneInfo(project.zone))


def _values(region: str) -> tuple[Value, ...]:
    rows = RegionalValue.objects.filter(region=region).order_by("name", "valid_from")
    return tuple(Value(r.name, r.region, r.valid_from, r.value, r.source) for r in rows)


def inputs(facts: MonthFacts, worker_id: int) -> Case:
    """The engine's inputs of one worker's month, as the records stand."""
    days, rates = facts.days.get(worker_id, ()), facts.rates.get(worker_id, ())
    shares = shares_of(facts, worker_id)
    return _case(facts, worker_id, days, rates, shares, _values(facts.project.region))


def _one(facts: MonthFacts, worker_id: int, values: tuple[Value, ...], today: date) -> Computed:
    days, rates = facts.days.get(worker_id, ()), facts.rates.get(worker_id, ())
    shares = shares_of(facts, worker_id)
    waiting = _waiting(facts, days, shares, rates) + milestones.dues(facts, worker_id)
    case = _case(facts, worker_id, days, rates, shares, values)
    try:
        statement = compute_wages(case)
    except Refusal as refusal:
        # Never a guess, never a zero: every day waits until the terms can be computed with.
        return Computed(tuple(_refused(case, days, refusal)) + tuple(waiting))
    known = {d.id: d for d in (*days, *facts.around.get(worker_id, ()))}
    digest = bytes.fromhex(statement.digest)
    matcher = Matcher(facts, known, {s.sheet.id: s for s in shares}, today, digest)
    due = [matcher.due(line) for line in statement.lines if line.kind not in TO_PLAN]
    held = [
        Due(
            key=h.key,
            on=h.on,
            until=h.on,
            kind="time",
            amount_minor=None,
            hold=Hold("terms_gap" if h.code == "terms_gap" else "wage_refused", "subcontractor"),
            label=h.code,
            sources=sources_of(h.sources, matcher),
        )
        for h in statement.held
        if h.code != "terms_gap" or not milestones.pays(facts, worker_id, h.on)
    ]
    return Computed(
        tuple(due + held) + tuple(waiting),
        [_finding(f) for f in (*statement.findings, *_to_plan(statement))],
        digest,
        case,
    )


def _case(
    facts: MonthFacts,
    worker_id: int,
    days: Sequence[Day],
    rates: Sequence[RateVersion],
    shares: Sequence[Share],
    values: tuple[Value, ...],
) -> Case:
    averaged = facts.averaged.get(worker_id, Averaged(0, None))
    return Case(
        worker_id=worker_id,
        first=facts.month,
        last=month_after(facts.month) - timedelta(days=1),
        rule_set=facts.project.rule_set,
        region=facts.project.region,
        currency=facts.project.currency,
        values=values,
        averaged_minutes_before=averaged.minutes_before,
        averaged_cap_minutes=averaged.cap_minutes,
        paid_beside_minor=facts.counted.get(worker_id, 0),
        policy=_policy(facts.project.pay_on(facts.month)),
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
                night_percent=r.night_percent,
                salary_per=r.salary_per,
                covers_minutes=r.covers_minutes,
                guarantee_minor=r.guarantee_minor,
                prevailing=Prevailing(**r.prevailing) if r.prevailing else None,
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
            for d in (*days, *facts.around.get(worker_id, ()))
            if d.state in rules.DAY_CONFIRMED and d.minutes
        ),
        adjustments=tuple(_adjustment(a) for a in facts.adjustments.get(worker_id, ())),
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


def _waiting(
    facts: MonthFacts,
    days: Sequence[Day],
    shares: Sequence[Share],
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
                    label=share.why or sheet.item,
                    sources={"sheets": [[sheet.id, sheet.version]]},
                )
            )
    return found


def _policy(agreed: Mapping[str, Any]) -> Policy:
    """The project's own settings over the engine's; each is printed on the lines it rounds."""
    chosen = dict(agreed)
    if "rounding" in chosen:
        chosen["rounding"] = Rounding(chosen["rounding"])
    return Policy(**chosen)


def _adjustment(one: Agreed) -> Adjustment:
    return Adjustment(
        id=one.id,
        kind=one.kind,
        amount_minor=one.amount_minor,
        currency=one.currency,
        first=one.first,
        last=one.last,
        label=one.label,
        in_regular_rate=one.in_regular_rate,
        in_minimum=one.in_minimum,
        percent=one.percent,
    )


def _paid_by_time(on: date, rates: Iterable[RateVersion]) -> bool:
    return any(
        r.basis != "piece" and r.valid_from <= on and (r.valid_to is None or on < r.valid_to)
        for r in rates
    )


def _to_plan(statement: Statement) -> list[Finding]:
    """What went to a plan for the worker is told, never paid out."""
    lines = [line for line in statement.lines if line.kind in TO_PLAN]
    if not lines:
        return []
    facts = {
        "amount_minor": sum(line.amount_minor for line in lines),
        "first": lines[0].on,
        "last": lines[-1].until,
    }
    return [Finding("plan_contribution", lines[0].rule.article, facts)]


def _refused(case: Case, days: Iterable[Day], refusal: Refusal) -> list[Due]:
    """Each confirmed day, and the month as a whole: pieces and allowances wait as well."""
    spans = [
        (f"{d.on}/time/normal", d.on, d.on, {"days": [[d.id, d.version]]})
        for d in days
        if d.state in rules.DAY_CONFIRMED
    ]
    spans.append((f"{case.first}/month", case.first, case.last, {}))
    return [
        Due(
            key=key,
            on=on,
            until=until,
            kind="time",
            amount_minor=None,
            hold=Hold("wage_refused", "subcontractor"),
            label=refusal.code,
            sources=sources,
        )
        for key, on, until, sources in spans
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "article": finding.article,
        "line": finding.line_key,
        "facts": {name: str(value) for name, value in finding.facts.items()},
    }
