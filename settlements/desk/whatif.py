"""What would the month come to if one fact were another? The engine reckons it; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jianzhu.kernel.errors import Invalid, NotFound
from projects.sites import queries as sites
from settlements.disputes.queries import Case
from settlements.statements import facts, pay
from settlements.statements import queries as statements
from settlements.wages.engine import compute
from settlements.wages.facts import Case as Inputs
from settlements.wages.facts import Day
from settlements.wages.statement import Line, Statement


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, changed: the minutes of a day, the rate in force that day, or an accepted quantity.

    `on` names the day; for a quantity `sheet_id` names the task sheet. Exactly one value is given.
    """

    line_id: int
    on: date | None = None
    minutes: int | None = None
    night_minutes: int = 0
    rate_minor: int | None = None
    sheet_id: int | None = None
    quantity_thousandths: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A line before and after; None where it is not there."""

    key: str
    on: date
    name: str
    before_minor: int | None
    after_minor: int | None

    @property
    def difference_minor(self) -> int:
        return (self.after_minor or 0) - (self.before_minor or 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """Both months of one worker, and every line that moves. `digest` names the changed inputs."""

    worker_id: int
    month: date
    currency: str
    before_minor: int
    after_minor: int
    moved: tuple[Moved, ...]
    held: tuple[str, ...]
    digest: str

    @property
    def difference_minor(self) -> int:
        return self.after_minor - self.before_minor


def ask(case: Case, fact: Fact) -> Answer:
    """The month of the line's worker with this one fact changed. NotFound for a line of another
    case, Invalid for a fact that isn't there, a wage refusal where the engine says no."""
    inputs, line = _inputs(case, fact)
    before, after = compute(inputs), compute(_changed(inputs, fact, line))
    old, new = _by_key(before), _by_key(after)
    moved = [
        _moved(key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if _minor(old.get(key)) != _minor(new.get(key))
    ]
    return Answer(
        worker_id=line.worker_id,
        month=line.month,
        currency=line.currency,
        before_minor=sum(n.amount_minor for n in before.lines),
        after_minor=sum(n.amount_minor for n in after.lines),
        moved=tuple(moved),
        held=tuple(f"{h.on} {h.code}" for h in after.held),
        digest=after.digest,
    )


def _inputs(case: Case, fact: Fact) -> tuple[Inputs, statements.Line]:
    """The engine's real inputs of this moment: today's records, not a copy made for the question."""
    own = [n.line_id for n in case.lines if n.line_id == fact.line_id]
    found = statements.lines(Q(pk__in=own))
    if not found:
        raise NotFound(noun="statement_line")
    line = found[0]
    project = sites.project(line.project_id)
    read = facts.read(project, line.month, [line.worker_id])
    inputs = pay.inputs(read, line.worker_id)
    return inputs, line


def _changed(inputs: Inputs, fact: Fact, line: statements.Line) -> Inputs:
    on = fact.on or line.on
    if fact.minutes is not None:
        return _with_day(inputs, on, fact)
    if fact.rate_minor is not None:
        return _with_rate(inputs, on, fact.rate_minor)
    if fact.quantity_thousandths is not None:
        return _with_quantity(inputs, fact)
    raise Invalid(field="fact", problem=_("name minutes, a rate or a quantity"))


def _with_day(inputs: Inputs, on: date, fact: Fact) -> Inputs:
    """The day with these minutes; one that is not answered yet is put there."""
    assert fact.minutes is not None
    figures: Mapping[str, Any] = {
        "minutes": fact.minutes,
        "night_minutes": fact.night_minutes,
        "workday_thousandths": None,
    }
    same = [d for d in inputs.days if d.on == on]
    others = tuple(d for d in inputs.days if d.on != on)
    made = replace(same[0], **figures) if same else Day(id="asked", on=on, **figures)
    return replace(inputs, days=(*others, made))


def _with_rate(inputs: Inputs, on: date, rate_minor: int) -> Inputs:
    """The time rate in force that day, for as long as it is in force."""
    wanted = [
        r
        for r in inputs.rates
        if r.basis != "piece" and r.valid_from <= on and (r.valid_to is None or on < r.valid_to)
    ]
    if not wanted:
        raise Invalid(field="rate", problem=_("no time rate is in force that day"))
    rates = tuple(replace(r, rate_minor=rate_minor) if r in wanted else r for r in inputs.rates)
    return replace(inputs, rates=rates)


def _with_quantity(inputs: Inputs, fact: Fact) -> Inputs:
    """Another accepted share of a task sheet."""
    quantity = fact.quantity_thousandths
    assert quantity is not None
    if not any(p.sheet_id == fact.sheet_id for p in inputs.pieces):
        raise Invalid(
            field="sheet_id", problem=_("no accepted share of this sheet is in the month")
        )
    pieces = tuple(
        replace(p, quantity_thousandths=quantity, accepted_thousandths=None)
        if p.sheet_id == fact.sheet_id
        else p
        for p in inputs.pieces
    )
    return replace(inputs, pieces=pieces)


def _by_key(statement: Statement) -> dict[str, Line]:
    return {line.key: line for line in statement.lines}


def _minor(line: Line | None) -> int | None:
    return line.amount_minor if line else None


def _moved(key: str, old: Line | None, new: Line | None) -> Moved:
    shown = new or old
    assert shown is not None
    return Moved(key, shown.on, shown.name, _minor(old), _minor(new))
