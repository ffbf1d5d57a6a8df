"""Signals of trust about gates' punches: looked for in a whole project's days at once, set-based.

A passage about which nothing is odd is told nothing: of a million only the odd ones become rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, F

from jianzhu.kernel.db import step
from projects.attendance.models import Punch
from projects.attendance.phones import signals
from projects.attendance.phones.models import PunchSignal
from projects.attendance.phones.signals import About
from projects.attendance.rollcall.models import RollCallEntry
from projects.attendance.rules import places, trust
from projects.attendance.rules.trust import GateTold, Signal
from projects.sites.models import Enrolment
from projects.sites.queries import ProjectFacts
from workers_app.people import queries as people

Found = tuple[About, Signal]


@dataclass(frozen=True, slots=True)
class Days:
    """The days [first, last] of a project, as instants [start, end)."""

    project: ProjectFacts
    first: date
    last: date

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.project.zone)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, tzinfo=self.zone)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=self.zone)

    @property
    def told_on(self) -> tuple[date, date]:
        """The dates in the devices' own words: they name the partitions to read."""
        return self.first - timedelta(days=1), self.last + timedelta(days=1)


@step
def look(days: Days, *, at: datetime) -> set[int]:
    """Tell what is odd about the gates' passages of these days; returns whose score is another now."""
    odd = [*_clocks(days), *_rushes(days), *_journeys(days), *_absent(days)]
    if not odd:
        return set()
    abouts = list({about.punch_id: about for about, _ in odd}.values())
    crews = people.crew_ids({a.worker_id for a in abouts}, days.first, days.last)
    mates = people.workers_of_crews(crews, days.first, days.last) | {a.worker_id for a in abouts}
    near = signals.with_neighbours(abouts, mates, days.start, days.end)
    called = signals.with_roll_call(abouts, days.zone)
    found = [*odd, *_of_themselves(abouts), *near, *called]
    known = set(
        PunchSignal.objects.filter(punch_id__in=[a.punch_id for a in abouts]).values_list(
            "punch_id", "code"
        )
    )
    new = [one for one in found if (one[0].punch_id, one[1].code) not in known]
    signals.tell(new, at)
    return {about.worker_id for about, _ in new}


def _of_themselves(abouts: Sequence[About]) -> list[Found]:
    by_id = {about.punch_id: about for about in abouts}
    return [
        (by_id[punch_id], signal)
        for punch_id, own in of_gates(by_id).items()
        for signal in own
        if signal.code != "clock_wrong"  # told already, where it is
    ]


def of_gates(punch_ids: Iterable[int]) -> dict[int, tuple[Signal, ...]]:
    """What gates' punches say of themselves; other punches are left out."""
    rows = Punch.objects.filter(pk__in=list(punch_ids), source="device")
    return {
        pk: trust.signals_of_gate(GateTold(method, device_at - at, received_at - at))
        for pk, method, device_at, at, received_at in rows.values_list(
            "pk", "method", "device_at", "at", "received_at"
        )
    }


_OF_DAYS = """
       project_id = %(project)s AND told_on BETWEEN %(told_first)s AND %(told_last)s
   AND at >= %(start)s AND at < %(end)s AND source = 'device'
"""
_CLOCKS = f"""
    SELECT id, worker_id, at, round(extract(epoch FROM device_at - at))::int
      FROM projects_punch
     WHERE {_OF_DAYS} AND abs(extract(epoch FROM device_at - at)) >= %(wrong)s
"""
# Passages with many others at their gate within the seconds before and after; who they were is
# looked at afterwards.
_RUSHES = f"""
    SELECT id, worker_id, at, device_id, passages
      FROM (SELECT id, worker_id, at, device_id,
                   count(*) OVER (PARTITION BY device_id) AS passages,
                   count(*) OVER (PARTITION BY device_id ORDER BY at
                                  RANGE BETWEEN make_interval(secs => %(within)s) PRECEDING
                                        AND make_interval(secs => %(within)s) FOLLOWING) AS near
              FROM projects_punch
             WHERE {_OF_DAYS}) AS run
     WHERE near >= %(people)s
     ORDER BY device_id, at
"""


def _asked(days: Days) -> dict[str, Any]:
    told_first, told_last = days.told_on
    return {
        "project": days.project.id,
        "told_first": told_first,
        "told_last": told_last,
        "start": days.start,
        "end": days.end,
    }


def _clocks(days: Days) -> list[Found]:
    """The gate's clock was far off; the time was corrected."""
    with connection.cursor() as cursor:
        wrong = {"wrong": trust.CLOCK_WRONG.total_seconds()}
        cursor.execute(_CLOCKS, {**_asked(days), **wrong})
        return [
            (About(ident, worker, days.project.id, at), Signal("clock_wrong", {"seconds": seconds}))
            for ident, worker, at, seconds in cursor.fetchall()
        ]


def _rushes(days: Days) -> list[Found]:
    """More people through one gate than can have walked through it."""
    with connection.cursor() as cursor:
        rush = {"people": trust.RUSH_PEOPLE, "within": trust.RUSH_SECONDS}
        cursor.execute(_RUSHES, {**_asked(days), **rush})
        rows = cursor.fetchall()
    by_gate: dict[tuple[int, int], list[tuple[int, int, datetime]]] = defaultdict(list)
    for ident, worker, at, device, passages in rows:
        by_gate[device, passages].append((ident, worker, at))
    return [
        (About(ident, worker, days.project.id, at), Signal("many_at_once", {"people": people_}))
        for (_, passages), run in by_gate.items()
        if not trust.is_usual(len(run), passages)
        for (ident, worker, at), people_ in _crowded(run)
    ]


def _crowded(
    run: Sequence[tuple[int, int, datetime]],
) -> Iterable[tuple[tuple[int, int, datetime], int]]:
    """Those of a gate's passages with enough different people within the seconds around them."""
    within = timedelta(seconds=trust.RUSH_SECONDS)
    first = 0
    found: dict[int, int] = {}
    for last in range(len(run)):
        while run[last][2] - run[first][2] > within:
            first += 1
        people_ = len({worker for _, worker, _ in run[first : last + 1]})
        if people_ >= trust.RUSH_PEOPLE:
            for place in range(first, last + 1):
                found[place] = max(found.get(place, 0), people_)
    return [(run[place], people_) for place, people_ in sorted(found.items())]


def _journeys(days: Days) -> list[Found]:
    """Two passages of one worker at two sites, of any project, that nobody can have made."""
    here = Enrolment.objects.filter(site__project=days.project.id).values("worker")
    wide = (
        Enrolment.objects.filter(worker__in=here)
        .values("worker")
        .annotate(sites=Count("site", distinct=True))
        .filter(sites__gt=1)
        .values_list("worker", flat=True)
    )
    rows = list(
        Punch.objects.filter(
            worker__in=list(wide), at__gte=days.start, at__lt=days.end, source="device"
        )
        .order_by("worker", "at", "pk")
        .values_list("pk", "worker", "project", "at", "site")
    )
    centres = signals.centres({site for *_, site in rows}, days.last)
    found: list[Found] = []
    for before, after in pairwise(rows):
        if before[1] != after[1] or not {before[4], after[4]} <= set(centres):
            continue
        metres = places.distance(centres[before[4]], centres[after[4]])
        seconds = int((after[3] - before[3]).total_seconds())
        if trust.too_fast(metres, seconds):
            signal = Signal("impossible_speed", {"metres": metres, "seconds": seconds})
            found += [
                (About(*one[:4]), signal) for one in (before, after) if one[2] == days.project.id
            ]
    return found


def _absent(days: Days) -> list[Found]:
    """Passages on a day of which foreman and worker said that the worker was not there."""
    entries = RollCallEntry.objects.filter(
        roll_call__project=days.project.id,
        roll_call__on__gte=days.first,
        roll_call__on__lte=days.last,
        is_present=False,
        state="confirmed",
    ).annotate(on=F("roll_call__on"))
    said = {(entry.worker_id, entry.on): entry.pk for entry in entries}
    if not said:
        return []
    rows = Punch.objects.filter(
        worker__in={worker for worker, _ in said},
        project=days.project.id,
        at__gte=days.start,
        at__lt=days.end,
        source="device",
    ).values_list("pk", "worker", "at")
    return [
        (About(pk, worker, days.project.id, at), Signal("absent_signed", {"entry": said[key]}))
        for pk, worker, at in rows
        if (key := (worker, at.astimezone(days.zone).date())) in said
    ]
