"""What a correction of a day would do to pay: the month computed with it and without, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from projects.attendance import queries as attendance
from projects.attendance.queries import CorrectedDay, Day
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.statements import facts, pay
from settlements.statements.due import Due
from settlements.statements.facts import MonthFacts
from settlements.statements.models import month_of


@dataclass(frozen=True, slots=True)
class Side:
    """A day's figures and what the worker's month comes to with them; amounts in minor units.

    `unknown_lines` have no amount yet: the sum is of the others.
    """

    state: str
    minutes: int
    night_minutes: int
    workday_thousandths: int
    amount_minor: int
    unknown_lines: int


@dataclass(frozen=True, slots=True)
class LineEffect:
    """A line whose amount would change; None where there is none or it isn't known."""

    key: str
    label: str
    old_minor: int | None
    new_minor: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Old and new, and what lies between. `mates_move`: a share-out by 工 moves with the day."""

    correction_id: int
    currency: str
    old: Side
    new: Side
    difference_minor: int
    lines: tuple[LineEffect, ...]
    mates_move: bool


def effects(where: Q, at: datetime) -> list[Effect]:
    """The effects of open corrections, the oldest first."""
    return [effect(one, at) for one in attendance.corrected_days(where)]


def effect(one: CorrectedDay, at: datetime) -> Effect:
    """The effect of one correction, asked for or only thought of."""
    day, corrected = one.day, one.as_corrected
    project = sites.project(corrected.project_id)
    read = facts.read(project, month_of(corrected.on), [corrected.worker_id])
    old = _due(read, project, corrected.worker_id, at)
    new = _due(_with(read, corrected), project, corrected.worker_id, at)
    before = _side(day or replace(corrected, **_NOTHING), old)
    after = _side(corrected, new)
    return Effect(
        correction_id=one.id,
        currency=project.currency,
        old=before,
        new=after,
        difference_minor=after.amount_minor - before.amount_minor,
        lines=_lines(old, new),
        mates_move=any(
            sheet.is_piece and sheet.share_rule == "workdays" for sheet in read.covering(corrected)
        ),
    )


_NOTHING: dict[str, Any] = {
    "state": "",
    "minutes": 0,
    "night_minutes": 0,
    "workday_thousandths": 0,
}
assert set(_NOTHING) <= {field.name for field in fields(Day)}


def _with(read: MonthFacts, corrected: Day) -> MonthFacts:
    """The month with the corrected day in the place of the one that stands."""

    def put(days: Mapping[int, Any], owner: int | None) -> dict[int, Any]:
        if owner is None:
            return dict(days)
        others = [d for d in days.get(owner, ()) if not _same(d, corrected)]
        return {**days, owner: sorted([*others, corrected], key=lambda d: (d.worker_id, d.on))}

    crew_days = read.crew_days
    if corrected.crew_id in crew_days:
        crew_days = put(crew_days, corrected.crew_id)
    return replace(read, days=put(read.days, corrected.worker_id), crew_days=crew_days)


def _same(day: Day, corrected: Day) -> bool:
    return (day.worker_id, day.on) == (corrected.worker_id, corrected.on)


def _due(read: MonthFacts, project: ProjectFacts, worker_id: int, at: datetime) -> dict[str, Due]:
    return {d.key: d for d in pay.compute(read, pay.today(project, at))[worker_id].due}


def _side(day: Day, due: Mapping[str, Due]) -> Side:
    amounts = [d.amount_minor for d in due.values()]
    return Side(
        state=day.state,
        minutes=day.minutes,
        night_minutes=day.night_minutes,
        workday_thousandths=day.workday_thousandths,
        amount_minor=sum(a for a in amounts if a is not None),
        unknown_lines=amounts.count(None),
    )


def _lines(old: Mapping[str, Due], new: Mapping[str, Due]) -> tuple[LineEffect, ...]:
    found = []
    for key in sorted({*old, *new}):
        was, will = old.get(key), new.get(key)
        amounts = (was.amount_minor if was else None, will.amount_minor if will else None)
        if amounts[0] != amounts[1]:
            found.append(LineEffect(key, (will or was).label, *amounts))  # type: ignore[union-attr]
    return tuple(found)
