"""What a plan's rows break of what the project's rows say, day by day: no solver, no reader of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from jianzhu.kernel.calendar import is_workday
from projects.scheduling.models import PackageLink, SchedulingRule, StopDay
from projects.scheduling.plans.models import Offer, Plan, PlanPart
from workers_app.people.models import CrewMember
from workers_app.terms.models import Absence, AgreedRate, Qualification


def faults(plan: Plan) -> list[str]:
    """Sentences; empty for a plan that a site can live with."""
    rules = _rules(plan)
    parts = list(
        PlanPart.objects.filter(plan=plan)
        .select_related("work_package")
        .prefetch_related("seats__worker")
    )
    days = {p.pk: _days(p, rules[None]) for p in parts}
    found = [*_order(plan, parts), *_rates(plan, parts, days)]
    for part in parts:
        found += [f"{part.work_package.code}: {said}" for said in _part(part, days[part.pk], rules)]
    return [*found, *_people(parts, days, rules[None]), *_places(parts, days, rules)]


def _rules(plan: Plan) -> dict[int | None, dict]:
    rows = SchedulingRule.objects.filter(project=plan.project, valid_from__lte=plan.starts_on)
    found: dict[int | None, dict] = {None: {}}
    found |= {row.site_id: row.document for row in rows.order_by("valid_from")}
    return found


def _days(part: PlanPart, rule: dict) -> list[date]:
    """The days of work of a part, days that stand still left in."""
    span = (part.ends_on - part.starts_on).days + 1
    every = [part.starts_on + timedelta(days=n) for n in range(span)]
    return [day for day in every if rule.get("weekends") or is_workday(day, "CN")]


def _part(part: PlanPart, days: list[date], rules: dict) -> Iterator[str]:
    package = part.work_package
    stops = StopDay.objects.filter(project=package.project, site_id__in=[package.site_id])
    stops |= StopDay.objects.filter(project=package.project, site=None)
    still = set(stops.values_list("on", flat=True)) if package.outdoor else set()
    worked = [day for day in days if day not in still]
    if part.starts_on >= part.plan.starts_on and len(worked) != package.days:
        yield f"{len(worked)} days of work instead of {package.days}"
    if days[0] < package.starts_on or days[-1] > package.ends_on:
        yield "outside of its window"
    site = rules.get(package.site_id, rules[None])
    for name, broken in (
        ("opens_on", lambda on: days[0] < on),
        ("closes_on", lambda on: days[-1] > on),
    ):
        if site.get(name) and broken(date.fromisoformat(site[name])):
            yield f"against {name} of its site"
    needs = [
        {"skill": package.trade, "level": package.level, "count": package.headcount,
         "certificate": package.certificate},
        *package.more_needs,
    ]  # fmt: skip
    seats = list(part.seats.all())
    if Counter(s.need for s in seats) != Counter(
        {n: need["count"] for n, need in enumerate(needs)}
    ):
        yield "the wrong head count"
    for seat in seats:
        if (seat.starts_on, seat.ends_on) == (part.starts_on, part.ends_on):
            need = needs[seat.need]
            yield from _able(seat.worker, need, part.plan.starts_on, part.ends_on)
    for offer in Offer.objects.filter(work_package=package, state="declined"):
        if offer.worker_id in {s.worker_id for s in seats}:
            yield f"{offer.worker} declined it"


def _able(worker, need: dict, first: date, last: date) -> Iterator[str]:
    held = Qualification.objects.filter(worker=worker, valid_from__lte=first)
    levels = [1] if worker.trade == need["skill"] else []
    levels += [
        q.level
        for q in held.filter(kind="skill", name=need["skill"])
        if q.valid_until is None or q.valid_until >= first
    ]
    if not levels or max(levels) < need.get("level", 0):
        yield f"{worker} is not up to {need['skill']}"
    papers = held.filter(kind="certificate", name=need.get("certificate") or "")
    if need.get("certificate") and not any(
        q.valid_until is None or q.valid_until >= last for q in papers
    ):
        yield f"{worker} has no {need['certificate']} on {last}"


def _order(plan: Plan, parts: list[PlanPart]) -> Iterator[str]:
    by_package = {p.work_package_id: p for p in parts}
    for link in PackageLink.objects.filter(package__project=plan.project):
        after, before = by_package.get(link.package_id), by_package.get(link.before_id)
        if after and before and after.starts_on <= before.ends_on:
            yield f"{after.work_package.code} before {before.work_package.code} is over"


def _rates(plan: Plan, parts: list[PlanPart], days: dict) -> Iterator[str]:
    for part in parts:
        for seat in part.seats.all():
            rates = AgreedRate.objects.filter(
                agreement__worker=seat.worker, agreement__project_id=plan.project_id, state="agreed",
                valid_from__lte=part.ends_on,
            )  # fmt: skip
            if not any(r.valid_to is None or r.valid_to > part.ends_on for r in rates):
                yield f"{seat.worker} has no terms on {part.ends_on}"


def _people(parts: list[PlanPart], days: dict, rule: dict) -> Iterator[str]:
    at_work: dict = defaultdict(dict)
    for part in parts:
        for seat in part.seats.all():
            for day in days[part.pk]:
                if seat.starts_on <= day <= seat.ends_on:
                    if day in at_work[seat.worker]:
                        yield f"{seat.worker} is at two places on {day}"
                    at_work[seat.worker][day] = part
    for worker, own in at_work.items():
        for away in Absence.objects.filter(worker=worker):
            if any(
                away.first_on <= d <= away.last_on and d >= parts[0].plan.starts_on for d in own
            ):
                yield f"{worker} is away from {away.first_on}"
        weeks = Counter(day.isocalendar()[:2] for day in own)
        if max(weeks.values()) > rule.get("week_days_max", 6):
            yield f"{worker} works {max(weeks.values())} days in a week"
        yield from _rest(worker, own, rule)


def _rest(worker, own: dict, rule: dict) -> Iterator[str]:
    """Working days of the calendar, not of the person, between two packages."""
    rest, ordered = rule.get("rest_days", 0), sorted(own)
    for before, after in pairwise(ordered):
        between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
        free = [day for day in between if rule.get("weekends") or is_workday(day, "CN")]
        if own[before] is not own[after] and len(free) < rest:
            yield f"{worker} has no rest after {before}"


def _places(parts: list[PlanPart], days: dict, rules: dict) -> Iterator[str]:
    heads: Counter = Counter()
    crews: dict = defaultdict(set)
    for part in parts:
        for day in days[part.pk]:
            if day >= part.plan.starts_on:
                heads[part.work_package.site_id, day] += part.seats.count()
            for seat in part.seats.all():
                if seat.crew_id and not rules[None].get("crews_may_split"):
                    crews[seat.crew_id, day].add(part.work_package_id)
            assert all(
                CrewMember.objects.filter(crew=s.crew_id, worker=s.worker).exists()
                for s in part.seats.all()
                if s.crew_id
            )
    for (site, day), count in heads.items():
        most = rules.get(site, rules[None]).get("headcount")
        if most is not None and count > most:
            yield f"{count} people at site {site} on {day}"
    for (crew, day), at in crews.items():
        if len(at) > 1:
            yield f"crew {crew} is split on {day}"
