"""Why a package is elsewhere than in the plan before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jianzhu.kernel.db import step
from projects.scheduling.models import PackageLink
from projects.scheduling.plans import answers
from projects.scheduling.plans.models import Plan, PlanPart
from projects.scheduling.plans.problems import Asked

Reason = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A part as reasons compare it."""

    package: int
    first: Any
    last: Any
    team: frozenset[int]


@step
def write(plan: Plan, asked: Asked) -> dict[str, int]:
    """Write to each moved part why; how many moved, could have stayed, and stayed of those."""
    old = {
        pk: Place(pk, o.starts_on, o.ends_on, frozenset(o.since))
        for pk, o in answers.old_places(plan.based_on).items()
    }
    parts = list(plan.parts.prefetch_related("seats").order_by("starts_on", "pk"))
    new = {p.work_package_id: _place(p) for p in parts}
    moved = {pk for pk, place in new.items() if pk in old and not _same(old[pk], place)}
    changed = []
    for part in parts:
        if part.work_package_id in moved:
            part.moved = list(_why(part.work_package_id, plan.causes, old, new, moved, asked))
            changed.append(part)
    PlanPart.objects.bulk_update(changed, ["moved"], batch_size=500)
    held = [pk for pk in asked.held if pk in new]
    return {
        "moved": len(moved),
        "could_stay": len(held),
        "stayed": sum(pk not in moved for pk in held),
    }


def _place(part: PlanPart) -> Place:
    team = frozenset(seat.worker_id for seat in part.seats.all())
    return Place(part.work_package_id, part.starts_on, part.ends_on, team)


def _same(a: Place, b: Place) -> bool:
    return (a.first, a.last, a.team) == (b.first, b.last, b.team)


def _why(
    pk: int,
    causes: list[Reason],
    old: dict[int, Place],
    new: dict[int, Place],
    moved: set[int],
    asked: Asked,
) -> Iterator[Reason]:
    """What happened to the package itself, else to what it waits for, else to its people."""
    own = [c for c in causes if pk in c["packages"]]
    if own:
        yield from ({"code": c["code"], "facts": c["facts"]} for c in own)
        return
    before, now = old[pk], new[pk]
    found = False
    if now.first > before.first:
        links = PackageLink.objects.filter(package_id=pk).values_list("before_id", flat=True)
        for link in sorted(links):
            if link in moved and new[link].last > old[link].last and new[link].last >= before.first:
                found = True
                yield {"code": "waits", "facts": {"package": link}}
    for worker in sorted(before.team - now.team):
        place = _at(worker, new.values(), before, pk)
        if place is not None:
            found = True
            yield {"code": "person_needed", "facts": {"worker": worker, "package": place}}
    for worker in sorted(now.team):
        place = _at(worker, new.values(), before, pk)
        if place is not None and not found:
            found = True
            yield {"code": "person_busy", "facts": {"worker": worker, "package": place}}
    if not found:
        yield {"code": "makes_room", "facts": {}}


def _at(worker: int, places: Any, when: Place, but: int) -> int | None:
    """Where a worker is now on the days that a package had before."""
    for place in places:
        overlaps = place.first <= when.last and when.first <= place.last
        if overlaps and place.package != but and worker in place.team:
            return int(place.package)
    return None
