"""Who can be planned: what each can do, earns and pays for the way, and when each is not free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from projects.attendance import queries as attendance
from projects.attendance.phones.signals import centres
from projects.attendance.rules import places
from projects.scheduling.plans import taken
from projects.scheduling.rules import Calendar, SiteRule
from projects.scheduling.solver.problem import Id, Limit, Span, Worker
from workers_app.people import queries as people
from workers_app.people.rules import PARTS
from workers_app.terms import queries as terms

# A way counts in whole steps, rounded up: a plan is kept, and must not tell where somebody lives.
WAY_KM = 5


@dataclass(frozen=True, slots=True)
class Workforce:
    """Everybody who can be planned, and the crew of each."""

    workers: tuple[Worker, ...]
    of: dict[int, int | None]


def read(
    project_id: int, calendar: Calendar, rule: SiteRule, site_ids: frozenset[int]
) -> Workforce:
    """Everybody with terms on the project, with what each can do, earns, and is not free for."""
    first, last = calendar.days[0], calendar.days[-1]
    everybody = sorted(terms.workers_of(project_id))
    wages = _wages(everybody, project_id, calendar)
    on_terms = sorted(wages)
    skills, papers = _qualifications(on_terms, calendar)
    crews = people.crews_on(on_terms, first, last)
    of = {pk: crews[pk].on(first) if pk in crews else None for pk in on_terms}
    away = taken.away(project_id, on_terms, of, calendar)
    worked = _worked_this_week(project_id, on_terms, first)
    fares = fares_of(on_terms, site_ids, rule.fare_minor, first)
    workers = tuple(
        Worker(
            id=pk,
            skills=skills[pk],
            rate=wages[pk][0],
            travel=fares.get(pk, {}),
            certificates=papers[pk],
            off=(*wages[pk][1], *away[pk]),
            limits=tuple(_limits(calendar, rule, worked.get(pk, 0))),
            rest=rule.rest_days,
            crew=of[pk],
        )
        for pk in on_terms
    )
    return Workforce(workers, of)


def _wages(
    worker_ids: list[int], project_id: int, calendar: Calendar
) -> dict[int, tuple[int, tuple[Span, ...]]]:
    """{worker: (a day's wage on the first day with terms, spans without terms)}; of pieces alone the
    average day of the others."""
    found: dict[int, list[terms.RateVersion]] = defaultdict(list)
    for rate in terms.rates(worker_ids, project_id, calendar.days[0], calendar.days[-1]):
        found[rate.worker_id].append(rate)
    day = {
        pk: next((r.day_minor for r in own if r.day_minor is not None), None)
        for pk, own in found.items()
    }
    known = [minor for minor in day.values() if minor is not None]
    average = -(-sum(known) // len(known)) if known else 0
    return {
        pk: (minor if minor is not None else average, tuple(_gaps(found[pk], calendar)))
        for pk, minor in day.items()
    }


def _gaps(rates: list[terms.RateVersion], calendar: Calendar) -> Iterable[Span]:
    free, end = 0, len(calendar.days)
    for rate in sorted(rates, key=lambda r: r.valid_from):
        first = calendar.slot(rate.valid_from)
        if first > free:
            yield Span(free, first, "terms")
        last = end if rate.valid_to is None else calendar.slot(rate.valid_to)
        free = max(free, last)
    if free < end:
        # Beyond the calendar nobody is asked either.
        yield Span(free, end, "terms")


def _qualifications(
    worker_ids: list[int], calendar: Calendar
) -> tuple[dict[int, dict[str, int]], dict[int, dict[str, int]]]:
    """({worker: {skill: level}}, {worker: {certificate: slot from which it is void}})."""
    persons = people.workers(people.those(worker_ids))
    skills = {p.id: {p.trade: 1} for p in persons}
    papers: dict[int, dict[str, int]] = {p.id: {} for p in persons}
    forever = 10 * len(calendar.days)
    for one in terms.qualifications(worker_ids, calendar.days[0]):
        if one.valid_from > calendar.days[0]:
            continue
        if one.kind == "skill":
            skills[one.worker_id][one.name] = one.level
        else:
            void = forever if one.valid_until is None else calendar.after(one.valid_until)
            own = papers[one.worker_id]
            own[one.name] = max(own.get(one.name, 0), void)
    return skills, papers


def _worked_this_week(project_id: int, worker_ids: list[int], first: date) -> dict[int, int]:
    monday = first - timedelta(days=first.weekday())
    found: dict[int, int] = defaultdict(int)
    if monday < first:
        yesterday = first - timedelta(days=1)
        for day in attendance.figures_of(project_id, worker_ids, monday, yesterday):
            found[day.worker_id] += day.minutes > 0
    return found


def _limits(calendar: Calendar, rule: SiteRule, worked: int) -> Iterable[Limit]:
    for first, last in calendar.weeks():
        most = max(0, rule.week_days_max - (worked if first == 0 else 0))
        if last - first > most:
            yield Limit(first, last, most)


def fares_of(
    worker_ids: list[int], site_ids: frozenset[int], fare_minor: int, on: date
) -> dict[int, Mapping[Id, int]]:
    """{worker: {site: minor units a day, there and back}} of those who said where they live, to sites
    whose fence says where they are."""
    where = centres(site_ids, on) if fare_minor else {}
    if not where:
        return {}
    part = places.UNIT // PARTS
    return {
        pk: {
            site: 2 * fare_minor * _way((home.latitude * part, home.longitude * part), place)
            for site, place in where.items()
        }
        for pk, home in people.homes(worker_ids).items()
    }


def _way(home: places.Point, site: places.Point) -> int:
    """Kilometres."""
    return -(-places.distance(home, site) // (WAY_KM * 1_000)) * WAY_KM
