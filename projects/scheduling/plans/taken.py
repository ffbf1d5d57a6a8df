"""What is decided already: packages that are over or run, offers, absences, other projects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from projects.acceptance.models import FINAL_STATES, TaskSheet
from projects.scheduling.models import Assignment
from projects.scheduling.plans.models import LIVE_STATES, Offer, Plan, PlanPart
from projects.scheduling.rules import Calendar
from projects.scheduling.solver.problem import Fixed, Span
from workers_app.people import queries as people
from workers_app.terms import queries as terms

HOLDING = ("published", "accepted", "done")


@dataclass(frozen=True, slots=True)
class Placed:
    """A package's place in the published plan, with its people."""

    starts_on: date
    ends_on: date
    worker_ids: tuple[int, ...]
    pinned: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """`over`: not to be planned any more. `ends`: the last day of those that are over or placed by
    hand. `running`, `coming`: places in the published plan. `refused`: who declined which package."""

    over: frozenset[int]
    ends: Mapping[int, date]
    running: Mapping[int, Placed]
    coming: Mapping[int, Placed]
    refused: Mapping[int, frozenset[int]]

    def published(self, calendar: Calendar, packages: set[object]) -> Iterable[Fixed]:
        """The published plan as the solver knows it."""
        for pk, placed in (self.running | self.coming).items():  # type: ignore[operator]
            if pk in packages:
                start = max(0, calendar.slot(placed.starts_on))
                yield Fixed(pk, start, placed.worker_ids)


def read(project_id: int, on: date) -> Taken:
    """The state of a project's packages on a day."""
    running, coming, ends = {}, {}, {}
    plan = Plan.objects.filter(project_id=project_id, state="published").first()
    for part in _parts(plan):
        seats = tuple(seat.worker_id for seat in part.seats.all() if seat.ends_on >= on)
        placed = Placed(part.starts_on, part.ends_on, seats, part.pinned)
        if part.ends_on < on:
            ends[part.work_package_id] = part.ends_on
        elif part.starts_on < on:
            running[part.work_package_id] = placed
        else:
            coming[part.work_package_id] = placed
    by_hand = Assignment.objects.filter(
        work_package__project_id=project_id, plan=None, state__in=HOLDING
    ).order_by("ends_on")
    ends |= dict(by_hand.values_list("work_package_id", "ends_on"))
    accepted = _accepted(project_id)
    for pk in accepted:
        running.pop(pk, None)
        coming.pop(pk, None)
    return Taken(frozenset(ends) | accepted, ends, running, coming, _refused(project_id))


def _parts(plan: Plan | None) -> Iterable[PlanPart]:
    if plan is None:
        return ()
    return plan.parts.prefetch_related("seats").order_by("starts_on", "pk")


def _accepted(project_id: int) -> frozenset[int]:
    """Packages of which the whole planned quantity was accepted."""
    rows = TaskSheet.objects.filter(
        project_id=project_id, work_package__planned_thousandths__gt=0, state__in=FINAL_STATES
    )
    found: dict[int, int] = defaultdict(int)
    planned: dict[int, int] = {}
    for pk, accepted, whole in rows.values_list(
        "work_package_id", "accepted_thousandths", F("work_package__planned_thousandths")
    ):
        found[pk] += accepted or 0
        planned[pk] = whole
    return frozenset(pk for pk, quantity in found.items() if quantity >= planned[pk])


def _refused(project_id: int) -> dict[int, frozenset[int]]:
    rows = Offer.objects.filter(work_package__project_id=project_id, state="declined")
    found: dict[int, set[int]] = defaultdict(set)
    for package_id, worker_id in rows.values_list("work_package_id", "worker_id"):
        found[package_id].add(worker_id)
    return {pk: frozenset(workers) for pk, workers in found.items()}


def away(
    project_id: int, worker_ids: list[int], crew_of: Mapping[int, int | None], calendar: Calendar
) -> dict[int, list[Span]]:
    """When each is not free: ill or on leave, absent without a word, promised elsewhere."""
    first, last = calendar.days[0], calendar.days[-1]
    found: dict[int, list[Span]] = defaultdict(list)

    def add(worker_id: int, begin: date, end: date, why: str) -> None:
        a, b = calendar.slot(begin), calendar.after(end)
        if a < b:
            found[worker_id].append(Span(a, b, why))

    for one in terms.absences(worker_ids, first):
        add(one.worker_id, one.first_on, one.last_on, one.why)
    elsewhere = Offer.objects.filter(
        Q(state__in=LIVE_STATES), worker_id__in=worker_ids, ends_on__gte=first, starts_on__lte=last
    ).exclude(work_package__project_id=project_id)
    for offer in elsewhere.order_by("starts_on", "pk"):
        add(offer.worker_id, offer.starts_on, offer.ends_on, "other project")
    missed = Offer.objects.filter(
        missed_on__isnull=False, ends_on__gte=first, work_package__project_id=project_id
    )
    for offer in missed.order_by("pk"):
        add(offer.worker_id, offer.starts_on, offer.ends_on, "did not come")
    _with_crews(worker_ids, crew_of, first, last, add)
    return found


def _with_crews(
    worker_ids: list[int],
    crew_of: Mapping[int, int | None],
    first: date,
    last: date,
    add: object,
) -> None:
    """A crew that was assigned by hand is at that package with all its people."""
    assert callable(add)
    held = Assignment.objects.filter(
        plan=None,
        state__in=("published", "accepted"),
        crew_id__in={c for c in crew_of.values() if c is not None},
        ends_on__gte=first,
        starts_on__lte=last,
    )
    for row in held.order_by("starts_on", "pk"):
        members = people.workers_of_crews([row.crew_id], row.starts_on, row.ends_on)
        for pk in sorted(members & set(worker_ids)):
            add(pk, row.starts_on, row.ends_on, "assigned by hand")
