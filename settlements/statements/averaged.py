"""Averaged hours (综合计算工时): what a quarter or year knew before the month, and its normal time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from projects.attendance import queries as attendance
from projects.sites.queries import ProjectFacts
from settlements.statements.rules import DAY_CONFIRMED
from settlements.wages import averaging
from settlements.wages.law import Law, law
from workers_app.terms import queries as terms
from workers_app.terms.queries import RateVersion


@dataclass(frozen=True, slots=True)
class Averaged:
    """One worker's period: minutes that lie before the month, and the normal minutes of the whole.

    `cap_minutes` None: the worker's terms cover the whole period.
    """

    minutes_before: int
    cap_minutes: int | None


def over(project: ProjectFacts, month: date) -> str | None:
    """Over what the project's hours are averaged in the month; None where each day stands alone."""
    chosen = project.pay_on(month)
    if chosen.get("hours_system") != "comprehensive":
        return None
    return str(chosen.get("averaging", "month"))


def read(project: ProjectFacts, month: date, worker_ids: Iterable[int]) -> dict[int, Averaged]:
    """The period of each of the workers; nothing where hours are not averaged. Two queries at most."""
    name = over(project, month)
    if name is None:
        return {}
    ids, (first, last) = list(worker_ids), averaging.period(name, month)
    rates: dict[int, list[RateVersion]] = defaultdict(list)
    for rate in terms.rates(ids, project.id, first, last):
        rates[rate.worker_id].append(rate)
    days: dict[int, list[attendance.Day]] = defaultdict(list)
    if first < month:
        for day in attendance.figures_of(project.id, ids, first, month - timedelta(days=1)):
            days[day.worker_id].append(day)
    rules = law(project.rule_set, project.region)
    return {w: _one(project, name, month, rates[w], days[w], rules) for w in ids}


def _one(
    project: ProjectFacts,
    name: str,
    month: date,
    rates: list[RateVersion],
    days: list[attendance.Day],
    rules: Law,
) -> Averaged:
    def covered(on: date) -> bool:
        """Days under other settings, or under no terms of this worker, are no part of the period."""
        return over(project, on.replace(day=1)) == name and any(
            rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to)
            for rate in rates
        )

    before = sum(
        day.minutes
        for day in days
        if day.state in DAY_CONFIRMED and rules.day(day.on).kind != "holiday" and covered(day.on)
    )
    return Averaged(before, averaging.cap_of_part(rules, name, month, covered))


def months_after(project: ProjectFacts, month: date) -> list[date]:
    """Later months whose averaged hours the days of this month move."""
    name = over(project, month)
    if name is None:
        return []
    last, found = averaging.period(name, month)[1], []
    on = (month + timedelta(days=31)).replace(day=1)
    while on <= last:
        if over(project, on) == name:
            found.append(on)
        on = (on + timedelta(days=31)).replace(day=1)
    return found
