"""What a plan costs in wages, day by day, from the terms that are in force on each day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from jianzhu.kernel.errors import NotFound
from projects.scheduling.plans.models import LIVE_STATES, Offer, Plan, PlanSeat
from projects.scheduling.plans.problems import Book
from projects.scheduling.rules import Calendar
from projects.sites import queries as sites
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Booked:
    """Somebody at work from `first` to `last`; `rate_minor` where the terms name no day's wage."""

    worker_id: int
    first: date
    last: date
    rate_minor: int


@dataclass(frozen=True, slots=True)
class Week:
    """Wages of the working days of the week that begins on `monday`."""

    monday: date
    days: int
    wages_minor: int


def weekly(plan: Plan) -> list[Week]:
    """Wages of a plan by calendar week, in order."""
    rows = PlanSeat.objects.filter(part__plan=plan).values_list(
        "worker_id", "starts_on", "ends_on", "rate_minor"
    )
    daily = by_day(plan.project_id, [Booked(*row) for row in rows])
    wages: dict[date, int] = defaultdict(int)
    days: dict[date, int] = defaultdict(int)
    for day, minor in daily.items():
        monday = day - timedelta(days=day.weekday())
        wages[monday] += minor
        days[monday] += 1
    return [Week(monday, days[monday], wages[monday]) for monday in sorted(wages)]


def planned(project_id: int, first: date, last: date) -> list[tuple[date, int]]:
    """Wages of the published plan for each of its working days from `first` to `last`."""
    rows = Offer.objects.filter(
        work_package__project_id=project_id,
        state__in=LIVE_STATES,
        starts_on__lte=last,
        ends_on__gte=first,
    ).values_list("worker_id", "starts_on", "ends_on", "rate_minor")
    booked = [Booked(w, max(a, first), min(b, last), rate) for w, a, b, rate in rows]
    return sorted(by_day(project_id, booked).items())


def would_be(project_id: int, plan_id: int, first: date, last: date) -> list[tuple[date, int]]:
    """The same of a plan of the project that is not published; the published one asks by its offers."""
    plan = Plan.objects.filter(project_id=project_id, pk=plan_id).first()
    if plan is None:
        raise NotFound(noun="plan")
    if plan.state == "published":
        return planned(project_id, first, last)
    rows = PlanSeat.objects.filter(part__plan=plan, starts_on__lte=last, ends_on__gte=first)
    found = rows.values_list("worker_id", "starts_on", "ends_on", "rate_minor")
    booked = [Booked(w, max(a, first), min(b, last), rate) for w, a, b, rate in found]
    return sorted(by_day(project_id, booked).items())


def by_day(project_id: int, booked: list[Booked]) -> Mapping[date, int]:
    """{working day: wages in minor units}."""
    if not booked:
        return {}
    first, last = min(b.first for b in booked), max(b.last for b in booked)
    country = sites.project(project_id).country
    weekends = Book.read(project_id, first).project.weekends
    calendar = Calendar.of(first, last, country, weekends=weekends)
    rates = _rates(project_id, {b.worker_id for b in booked}, first, last)
    found: dict[date, int] = defaultdict(int)
    for one in booked:
        own = rates.get(one.worker_id, _Own((), ()))
        for day in calendar.between(one.first, one.last):
            found[day] += own.on(day, one.rate_minor)
    return found


@dataclass(frozen=True, slots=True)
class _Own:
    """Day's wages of one worker by the day from which each counts."""

    starts: tuple[date, ...]
    minors: tuple[int, ...]

    def on(self, day: date, otherwise: int) -> int:
        place = bisect_right(self.starts, day)
        return self.minors[place - 1] if place else otherwise


def _rates(project_id: int, workers: Iterable[int], first: date, last: date) -> dict[int, _Own]:
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for rate in terms.rates(workers, project_id, first, last):
        if rate.day_minor is not None:
            found[rate.worker_id].append((rate.valid_from, rate.day_minor))
    return {
        worker: _Own(tuple(d for d, _ in own), tuple(m for _, m in own))
        for worker, own in found.items()
    }
