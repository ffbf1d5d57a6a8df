"""The project's rows as the solver's problem: packages, people, sites, and what must hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from jianzhu.kernel.errors import NotFound
from projects.scheduling import errors
from projects.scheduling.models import PackageLink, SchedulingRule, StopDay, WorkPackage
from projects.scheduling.plans import taken, workforce
from projects.scheduling.plans.paces import paces_of
from projects.scheduling.rules import BEYOND_DAYS, DEFAULT, SAMPLE_MIN, Calendar, Pace, SiteRule
from projects.scheduling.solver.problem import (
    Crew,
    Fixed,
    Need,
    Package,
    Problem,
    Site,
    Worker,
    duration_of,
)
from projects.scheduling.solver.weights import Weights
from projects.scheduling.solver.wire import from_json, to_json
from projects.sites import queries as sites

# Between a skill and the package of whose refusal it knows: who declined a package lacks its skill.
ALIAS = "|"


@dataclass(frozen=True, slots=True)
class Pin:
    """A package that a person has put somewhere: its first day, its people, or both."""

    work_package_id: int
    starts_on: date | None
    worker_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the solver is asked, with the calendar of its slots and what rows need besides.

    `crews`: the crew of each worker. `stops`: slots on which each outdoor package's site stands still.
    `begun`: first day of packages that run already; their part here is what is left of them.
    """

    problem: Problem
    calendar: Calendar
    crews: Mapping[int, int | None] = field(default_factory=dict)
    stops: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    begun: Mapping[int, date] = field(default_factory=dict)
    held: tuple[int, ...] = ()

    def document(self) -> dict[str, Any]:
        """As a plan keeps it."""
        return {
            "problem": to_json(self.problem),
            "days": [day.isoformat() for day in self.calendar.days],
            "crews": to_json(self.crews),
            "stops": to_json(self.stops),
            "begun": [[pk, day.isoformat()] for pk, day in self.begun.items()],
            "held": list(self.held),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Asked:
        """What `document` wrote."""
        return cls(
            problem=from_json(Problem, document["problem"]),
            calendar=Calendar(tuple(date.fromisoformat(day) for day in document["days"])),
            crews={int(pk): crew for pk, crew in document["crews"]},
            stops={int(pk): tuple(slots) for pk, slots in document["stops"]},
            begun={int(pk): date.fromisoformat(day) for pk, day in document["begun"]},
            held=tuple(document["held"]),
        )


def build(
    project_id: int,
    starts_on: date,
    *,
    weights: Weights,
    pins: Iterable[Pin] = (),
    only: Iterable[int] = (),
    fresh: bool = True,
) -> Asked:
    """What there is to plan on a project from a day on. Raises a refusal that says what is missing.

    `only`: these packages and no others. `fresh`: nothing is held by the published plan but what runs.
    """
    project = sites.project(project_id)
    book = Book.read(project_id, starts_on)
    now = taken.read(project_id, starts_on)
    rows = _to_do(project_id, now, frozenset(only))
    last = max((max(r.ends_on, r.due_on or r.ends_on) for r in rows), default=starts_on)
    calendar = Calendar.of(
        starts_on,
        max(last, starts_on) + timedelta(days=BEYOND_DAYS),
        project.country,
        weekends=book.project.weekends,
    )
    learnt = {(p.trade, p.item, p.unit): p for p in paces_of(project_id)}
    before = _links(project_id)
    packages = tuple(
        _package(row, before.get(row.pk, []), book, calendar, now, learnt) for row in rows
    )
    places = frozenset(int(p.site) for p in packages if p.site is not None)
    crew = workforce.read(project_id, calendar, book.project, places)
    refused = _refused(packages, now)
    running = [row.pk for row in rows if row.pk in now.running]
    stops = book.stops(rows, calendar)
    return Asked(
        problem=Problem(
            packages=tuple(_aliased(p, refused) for p in packages),
            workers=tuple(_knowing(w, packages, refused) for w in crew.workers),
            sites=tuple(book.sites(packages, calendar)),
            crews=tuple(
                Crew(pk, book.project.crews_may_split)
                for pk in sorted({c for c in crew.of.values() if c is not None})
            ),
            fixed=tuple(_fixed(pins, running, now, calendar)),
            published=() if fresh else tuple(now.published(calendar, {p.id for p in packages})),
            weights=weights,
            horizon=len(calendar.days),
            name=project.code,
        ),
        calendar=calendar,
        crews=crew.of,
        stops=stops,
        begun={pk: now.running[pk].starts_on for pk in running},
    )


@dataclass(frozen=True, slots=True)
class Book:
    """The dated rules in force: the project's, and each site's own before it."""

    project: SiteRule
    of_site: Mapping[int, SiteRule]
    stopped: tuple[tuple[int | None, date], ...]

    @classmethod
    def read(cls, project_id: int, on: date) -> Book:
        """Rules that are in force on a day, and the days from it on that stand still."""
        found: dict[int | None, SiteRule] = {}
        rows = SchedulingRule.objects.filter(project_id=project_id, valid_from__lte=on)
        for row in rows.order_by("valid_from"):
            found[row.site_id] = SiteRule.read(row.document)
        stopped = StopDay.objects.filter(project_id=project_id, on__gte=on).order_by("on", "pk")
        return cls(
            found.get(None, DEFAULT),
            {pk: rule for pk, rule in found.items() if pk is not None},
            tuple(stopped.values_list("site_id", "on")),
        )

    def rule(self, site_id: int | None) -> SiteRule:
        """The rule of a site."""
        return self.of_site.get(site_id, self.project) if site_id else self.project

    def sites(self, packages: Iterable[Package], calendar: Calendar) -> Iterable[Site]:
        """The sites of the packages, with their headcount and their due day."""
        for pk in sorted({p.site for p in packages if p.site is not None}, key=int):
            rule = self.rule(int(pk))
            due = None if rule.due_on is None else calendar.after(rule.due_on)
            yield Site(pk, due, rule.late_minor, rule.headcount)

    def stops(self, rows: Iterable[WorkPackage], calendar: Calendar) -> dict[int, tuple[int, ...]]:
        """{outdoor package: slots on which its site stands still}."""
        found = {}
        for row in rows:
            days = {on for site, on in self.stopped if row.outdoor and site in (None, row.site_id)}
            if slots := tuple(s for s, day in enumerate(calendar.days) if day in days):
                found[row.pk] = slots
        return found


def _to_do(project_id: int, now: taken.Taken, only: frozenset[int]) -> list[WorkPackage]:
    rows = list(WorkPackage.objects.filter(project_id=project_id).order_by("starts_on", "pk"))
    known = {row.pk for row in rows}
    for pk in sorted(only - known):
        raise NotFound(noun=f"work_package {pk}")
    return [r for r in rows if r.pk not in now.over and (not only or r.pk in only)]


def _links(project_id: int) -> dict[int, list[int]]:
    """{package: those it waits for}."""
    rows = PackageLink.objects.filter(package__project_id=project_id).order_by("before_id")
    found: dict[int, list[int]] = defaultdict(list)
    for pk, before in rows.values_list("package_id", "before_id"):
        found[pk].append(before)
    return found


def _package(
    row: WorkPackage,
    before: list[int],
    book: Book,
    calendar: Calendar,
    now: taken.Taken,
    learnt: Mapping[tuple[str, str, str], Pace],
) -> Package:
    rule = book.rule(row.site_id)
    ends = [now.ends[pk] for pk in before if pk in now.ends]
    opens = [row.starts_on, *([rule.opens_on] if rule.opens_on else [])]
    opens += [day + timedelta(days=1) for day in ends]
    closes = min(day for day in (row.ends_on, rule.closes_on) if day is not None)
    running = now.running.get(row.pk)
    if closes < calendar.days[0] and not running:
        facts = {"package": f"{row.code} {row.name}", "latest": closes.isoformat()}
        raise errors.cannot(_(errors.WINDOW_PAST) % facts, "window_past")
    needs = [Need(row.trade, row.level, row.headcount, row.certificate or None)]
    needs += [
        Need(n["skill"], n.get("level", 0), n.get("count", 1), n.get("certificate") or None)
        for n in row.more_needs
    ]
    return Package(
        id=row.pk,
        name=row.code,
        duration=calendar.count(calendar.days[0], running.ends_on)
        if running
        else _duration(row, learnt),
        needs=tuple(needs),
        after=() if running else tuple(pk for pk in before if pk not in now.over),
        site=row.site_id,
        earliest=0 if running else calendar.slot(max(opens)),
        # A window may have been overrun by what stood still: what runs goes on.
        latest=None if running else calendar.after(closes),
        due=None if row.due_on is None else calendar.after(row.due_on),
        late_cost=row.late_minor,
    )


def _duration(row: WorkPackage, learnt: Mapping[tuple[str, str, str], Pace]) -> int:
    """As said, else from the quantity and what was learnt, else from the norm."""
    if row.days is not None:
        return row.days
    pace = learnt.get((row.trade, row.item, row.unit))
    rate = pace.thousandths if pace and pace.sample >= SAMPLE_MIN else row.norm_thousandths
    if rate is None or not row.planned_thousandths:
        raise errors.NoDuration(package=row.code)
    return duration_of(row.planned_thousandths, rate, row.headcount)


def _refused(packages: Iterable[Package], now: taken.Taken) -> dict[int, frozenset[int]]:
    return {int(p.id): now.refused[int(p.id)] for p in packages if p.id in now.refused}


def _aliased(package: Package, refused: Mapping[int, frozenset[int]]) -> Package:
    if package.id not in refused:
        return package
    return replace(
        package,
        needs=tuple(replace(n, skill=f"{n.skill}{ALIAS}{package.id}") for n in package.needs),
    )


def _knowing(
    worker: Worker, packages: Iterable[Package], refused: Mapping[int, frozenset[int]]
) -> Worker:
    """Who did not refuse a package has its own skills too."""
    if not refused:
        return worker
    skills = dict(worker.skills)
    for package in packages:
        if package.id in refused and worker.id not in refused[int(package.id)]:
            for need in package.needs:
                if need.skill in worker.skills:
                    skills[f"{need.skill}{ALIAS}{package.id}"] = worker.skills[need.skill]
    return replace(worker, skills=skills)


def _fixed(
    pins: Iterable[Pin], running: list[Any], now: taken.Taken, calendar: Calendar
) -> Iterable[Fixed]:
    held = {pin.work_package_id for pin in pins}
    for pin in pins:
        start = None if pin.starts_on is None else _slot_of(pin.starts_on, calendar)
        yield Fixed(pin.work_package_id, start, pin.worker_ids)
    for pk in running:
        if pk not in held:
            yield Fixed(pk, 0, now.running[pk].worker_ids)


def _slot_of(day: date, calendar: Calendar) -> int:
    """Before the first slot is negative: the solver's own check says so."""
    if day < calendar.days[0]:
        return -1
    return calendar.slot(day)
