"""What the leader's page shows: the crew of the day, what was called, what the gates saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from projects.attendance.models import Punch
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from projects.sites.models import Site
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Line:
    """One worker of the crew that day: what was called so far, and when gates and phones saw them."""

    worker_id: int
    name: str
    phone: str
    entries: tuple[RollCallEntry, ...]
    seen: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A crew's day on a site; `round` is the one that would be called next."""

    lines: tuple[Line, ...]
    round: int

    @property
    def waiting(self) -> int:
        """Lines that wait for their worker's word."""
        return sum(entry.state == "called" for line in self.lines for entry in line.entries)


def sheet(crew_id: int, site: Site, on: date) -> Sheet:
    """Everybody of the crew with terms on the project that day, by name in the crew's order."""
    crew = people.workers_of_crews([crew_id], on, on)
    paid = {rate.worker_id for rate in terms.rates(crew, site.project_id, on, on)}
    entries: dict[int, list[RollCallEntry]] = defaultdict(list)
    rows = RollCallEntry.objects.filter(
        roll_call__crew=crew_id, roll_call__site=site, roll_call__on=on
    )
    for entry in rows.select_related("roll_call").order_by("roll_call__round", "pk"):
        entries[entry.worker_id].append(entry)
    seen = _seen(paid, site, on)
    lines = tuple(
        Line(
            one.id,
            one.name,
            one.phone,
            tuple(entries[one.id]),
            tuple(seen[one.id]),
        )
        for one in people.workers(people.some(paid | set(entries)))
    )
    called = RollCall.objects.filter(crew=crew_id, site=site, on=on).order_by("round")
    last = called.values_list("round", flat=True).last()
    return Sheet(lines, (last or 0) + 1)


def _seen(worker_ids: Iterable[int], site: Site, on: date) -> dict[int, list[datetime]]:
    """First and last passage on the project that day, of those that no roll call made."""
    start = datetime.combine(on, time.min, tzinfo=ZoneInfo(site.zone))
    rows = Punch.objects.filter(
        worker__in=list(worker_ids),
        project=site.project_id,
        at__gte=start,
        at__lt=start + timedelta(days=1),
    ).exclude(source="roll_call")
    found: dict[int, list[datetime]] = defaultdict(list)
    for worker_id, at in rows.order_by("at").values_list("worker_id", "at"):
        found[worker_id][1:] = [at]  # the first stays, the latest takes the second place
    return found
