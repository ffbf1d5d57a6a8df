"""Plans as pages and the API ask: their parts with words, differences, what was done of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from jianzhu.kernel.errors import NotFound
from projects.acceptance.models import TaskSheet
from projects.attendance import queries as attendance
from projects.scheduling.models import WorkPackage
from projects.scheduling.plans import answers, faults
from projects.scheduling.plans.models import Offer, Plan, PlanPart
from projects.scheduling.plans.problems import Asked
from projects.scheduling.rules import DAY_MINUTES, Calendar
from projects.scheduling.solver.why import why
from projects.sites import queries as sites
from workers_app.people import queries as people


def plan(where: Q, plan_id: int) -> Plan:
    """One plan by a filter; NotFound when absent."""
    row = Plan.objects.filter(where, pk=plan_id).select_related("project").first()
    if row is None:
        raise NotFound(noun="plan")
    return row


def plans(where: Q, limit: int) -> list[Plan]:
    """Plans by a filter, newest first, without what was asked."""
    rows = Plan.objects.filter(where).select_related("project").defer("problem")
    return list(rows.order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class ToPlan:
    """A package that may be planned; `is_ready`: it says how long it takes."""

    id: int
    code: str
    name: str
    starts_on: date
    ends_on: date
    is_ready: bool


def to_plan(project_id: int) -> list[ToPlan]:
    """A project's packages in order of their windows."""
    rows = WorkPackage.objects.filter(project_id=project_id).order_by("starts_on", "code")
    return [
        ToPlan(p.pk, p.code, p.name, p.starts_on, p.ends_on, bool(p.days or p.norm_thousandths))
        for p in rows
    ]


@dataclass(frozen=True, slots=True)
class Sat:
    """Somebody's seat on a part."""

    worker_id: int
    worker: str
    crew_id: int | None
    crew: str
    starts_on: date
    ends_on: date
    answer: str


@dataclass(frozen=True, slots=True)
class Part:
    """A package's place with its people; `moved` in the reader's language."""

    id: int
    package_id: int
    code: str
    name: str
    site: str
    starts_on: date
    ends_on: date
    due_on: date | None
    pinned: bool
    moved: tuple[str, ...]
    seats: tuple[Sat, ...]


def parts(plan: Plan) -> list[Part]:
    """The plan's parts in order of their days."""
    rows = list(
        plan.parts.select_related("work_package__site")
        .prefetch_related("seats")
        .order_by("starts_on", "work_package__code", "pk")
    )
    seats = [seat for row in rows for seat in row.seats.all()]
    workers = people.names({seat.worker_id for seat in seats})
    crews = people.crew_names({seat.crew_id for seat in seats if seat.crew_id is not None})
    said = _said(plan, {seat.worker_id for seat in seats})
    moved = [reason for row in rows for reason in row.moved]
    words = iter(faults.sentences(plan, "move", moved))
    return [
        Part(
            row.pk,
            row.work_package_id,
            row.work_package.code,
            row.work_package.name,
            row.work_package.site.name if row.work_package.site else "",
            row.starts_on,
            row.ends_on,
            row.work_package.due_on,
            row.pinned,
            tuple(next(words) for _ in row.moved),
            tuple(
                Sat(
                    seat.worker_id,
                    workers.get(seat.worker_id, "?"),
                    seat.crew_id,
                    crews.get(seat.crew_id or 0, ""),
                    seat.starts_on,
                    seat.ends_on,
                    said.get((row.work_package_id, seat.worker_id, seat.starts_on), ""),
                )
                for seat in sorted(row.seats.all(), key=lambda s: (s.need, s.pk))
            ),
        )
        for row in rows
    ]


def _said(plan: Plan, worker_ids: set[int]) -> dict[tuple[int, int, date], str]:
    """{(package, worker, first day): the state of the offer}."""
    if plan.state not in ("published", "superseded"):
        return {}
    rows = Offer.objects.filter(work_package__project_id=plan.project_id, worker_id__in=worker_ids)
    return {
        (package, worker, first): state
        for package, worker, first, state in rows.order_by("pk").values_list(
            "work_package_id", "worker_id", "starts_on", "state"
        )
    }


def reasons(part: PlanPart) -> list[str]:
    """Why a part is where it is, with these people: worked out when asked."""
    asked = Asked.read(part.plan.problem)
    problem, plan = answers.read(part.plan, asked)
    names = faults.names(part.plan.project_id, asked)
    if all(p.id != part.work_package_id for p in problem.packages):
        return []
    return [names.say("why", r.code, r.facts) for r in why(problem, plan, part.work_package_id)]


@dataclass(frozen=True, slots=True)
class No:
    """Why there is no plan, in words: what clashes, and the ways out, the cheapest first."""

    clash: tuple[str, ...]
    repairs: tuple[str, ...]


def no_plan(plan: Plan) -> No | None:
    """The answer of a plan that there can't be."""
    if plan.state != "infeasible" and "clash" not in plan.result:
        return None
    clash = faults.sentences(plan, "clash", plan.result.get("clash", []))
    repairs = [
        " ".join(faults.sentences(plan, "repair", one["changes"]))
        for one in plan.result.get("repairs", [])
    ]
    return No(tuple(clash), tuple(repairs))


@dataclass(frozen=True, slots=True)
class Difference:
    """A package in two plans: days and people, where they differ."""

    package_id: int
    code: str
    name: str
    before: tuple[date, date] | None
    after: tuple[date, date] | None
    left: tuple[str, ...]
    joined: tuple[str, ...]


def differences(one: Plan, other: Plan) -> list[Difference]:
    """What is elsewhere in `other` than in `one`."""
    a, b = ({p.package_id: p for p in parts(plan)} for plan in (one, other))
    found = []
    for pk in sorted(a.keys() | b.keys(), key=lambda pk: (a.get(pk) or b[pk]).code):
        old, new = a.get(pk), b.get(pk)
        was, now = _team(old), _team(new)
        days = [(p.starts_on, p.ends_on) if p else None for p in (old, new)]
        if days[0] != days[1] or was.keys() != now.keys():
            named = old or b[pk]
            left = tuple(was[w] for w in was if w not in now)
            joined = tuple(now[w] for w in now if w not in was)
            found.append(Difference(pk, named.code, named.name, days[0], days[1], left, joined))
    return found


def _team(part: Part | None) -> dict[int, str]:
    return {seat.worker_id: seat.worker for seat in part.seats} if part else {}


@dataclass(frozen=True, slots=True)
class Done:
    """A package or a crew: people-days planned until today and in all, worked, and what was accepted.

    Minutes: `burned` were recorded; `earned` are the planned minutes of the accepted share.
    """

    id: int
    name: str
    planned_days: int
    planned_until_now: int
    worked_thousandths: int
    burned_minutes: int
    earned_minutes: int | None
    accepted_thousandths: int
    planned_thousandths: int

    @property
    def efficiency(self) -> int | None:
        """Earned by burned, in hundredths; None while nothing was burned or can be earned."""
        if self.earned_minutes is None or not self.burned_minutes:
            return None
        return round(100 * self.earned_minutes / self.burned_minutes)


@dataclass(frozen=True, slots=True)
class Performance:
    """Planned against done, by package and by crew, until `on`."""

    on: date
    packages: tuple[Done, ...]
    crews: tuple[Done, ...]


def performance(project_id: int, at: datetime) -> Performance:
    """What of the offered work was done: attendance of whoever was planned on the day."""
    project = sites.project(project_id)
    today = at.astimezone(ZoneInfo(project.zone)).date()
    rows = Offer.objects.filter(work_package__project_id=project_id).exclude(
        state__in=["declined", "withdrawn"]
    )
    offers = list(rows.order_by("starts_on", "pk"))
    if not offers:
        return Performance(today, (), ())
    first, last = min(o.starts_on for o in offers), max(o.ends_on for o in offers)
    calendar = Calendar.of(first, last, project.country, weekends=True)
    workdays = Calendar.of(first, last, project.country)
    worked = {
        (day.worker_id, day.on): day
        for day in attendance.figures_of(
            project_id, {o.worker_id for o in offers}, first, min(last, today)
        )
    }
    tally: dict[tuple[str, int], _Tally] = defaultdict(_Tally)
    for offer in offers:
        keys = [("package", offer.work_package_id)]
        keys += [("crew", offer.crew_id)] if offer.crew_id is not None else []
        for day in calendar.between(offer.starts_on, offer.ends_on):
            is_planned = workdays.count(day, day)
            record = worked.get((offer.worker_id, day))
            for key in keys:
                tally[key].add(is_planned, day <= today, record)
    packages = {p.pk: p for p in WorkPackage.objects.filter(project_id=project_id)}
    accepted = _accepted(project_id)
    crews = people.crew_names({pk for kind, pk in tally if kind == "crew"})
    return Performance(
        today,
        tuple(
            _done(pk, f"{packages[pk].code} {packages[pk].name}", one, accepted.get(pk, 0),
                  packages[pk].planned_thousandths)
            for (kind, pk), one in sorted(tally.items())
            if kind == "package"
        ),
        tuple(
            _done(pk, crews.get(pk, "?"), one, 0, 0)
            for (kind, pk), one in sorted(tally.items())
            if kind == "crew"
        ),
    )  # fmt: skip


class _Tally:
    """Sums over people and days."""

    def __init__(self) -> None:
        self.planned = self.until_now = self.thousandths = self.minutes = 0

    def add(self, is_planned: int, is_past: bool, record: attendance.Day | None) -> None:
        self.planned += is_planned
        self.until_now += is_planned if is_past else 0
        if record is not None:
            self.thousandths += record.workday_thousandths
            self.minutes += record.minutes


def _done(pk: int, name: str, one: _Tally, accepted: int, planned: int) -> Done:
    earned = one.planned * DAY_MINUTES * min(accepted, planned) // planned if planned else None
    return Done(
        pk,
        name,
        one.planned,
        one.until_now,
        one.thousandths,
        one.minutes,
        earned,
        accepted,
        planned,
    )


def _accepted(project_id: int) -> Mapping[int, int]:
    found: dict[int, int] = defaultdict(int)
    rows = TaskSheet.objects.filter(project_id=project_id, accepted_thousandths__isnull=False)
    for pk, quantity in rows.values_list("work_package_id", "accepted_thousandths"):
        found[pk] += quantity or 0
    return found


def offers(where: Q, limit: int) -> list[dict[str, Any]]:
    """Offers by a filter, the next to come first, as pages show them."""
    rows = Offer.objects.filter(where).select_related("work_package__project", "work_package__site")
    found = list(rows.order_by("-starts_on", "pk")[:limit])
    names = people.names({o.worker_id for o in found})
    return [
        {"offer": o, "worker": names.get(o.worker_id, "?"), "package": o.work_package.name,
         "project": o.work_package.project}
        for o in found
    ]  # fmt: skip


def lanes(parts: Iterable[Part], crew_id: int | None) -> list[Part]:
    """The parts on which somebody of the crew works; all of them without one."""
    return [p for p in parts if crew_id is None or any(seat.crew_id == crew_id for seat in p.seats)]
