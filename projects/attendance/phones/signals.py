"""Signals of trust: those of a punch itself, those between punches, those that come with the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from jianzhu.kernel.db import step
from projects.attendance.phones.models import PhonePunch, PunchSignal, SiteFence
from projects.attendance.rollcall.models import RollCallEntry
from projects.attendance.rules import places, trust
from projects.attendance.rules.trust import Signal

AROUND = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class About:
    """Which punch a signal is about."""

    punch_id: int
    worker_id: int
    project_id: int
    punched_at: datetime


@step
def tell(signals: Iterable[tuple[About, Signal]], at: datetime) -> None:
    """Write signals; the same one of the same punch again is once."""
    PunchSignal.objects.bulk_create(
        [
            PunchSignal(
                punch_id=about.punch_id,
                worker_id=about.worker_id,
                project_id=about.project_id,
                punched_at=about.punched_at,
                code=signal.code,
                points=signal.points,
                facts=signal.facts,
                told_at=at,
            )
            for about, signal in signals
        ],
        ignore_conflicts=True,
    )


def fence_on(site_id: int, day: date) -> places.Fence | None:
    """The site's fence in force that day."""
    row = SiteFence.objects.filter(site_id=site_id, valid_from__lte=day).order_by("valid_from")
    found = row.last()
    if found is None:
        return None
    return places.Fence(tuple((a, b) for a, b in found.corners), found.radius_metres)


def centres(site_ids: Iterable[int], day: date) -> dict[int, places.Point]:
    """The middle of each site that has a fence that day."""
    fences = {site_id: fence_on(site_id, day) for site_id in site_ids}
    return {site_id: places.centre(fence) for site_id, fence in fences.items() if fence}


def of_company(new: Sequence[PhonePunch], zone: ZoneInfo) -> list[tuple[About, Signal]]:
    """Several people on one phone on one day: said of all their punches of that day."""
    phones = {row.phone_id for row in new}
    first = min(row.at for row in new) - AROUND
    last = max(row.at for row in new) + AROUND
    days: dict[tuple[int, date], list[PhonePunch]] = defaultdict(list)
    for row in PhonePunch.objects.filter(phone__in=phones, at__gte=first, at__lte=last):
        days[row.phone_id, row.at.astimezone(zone).date()].append(row)
    return [
        (about(row), Signal("shared_phone", {"people": len({r.worker_id for r in rows})}))
        for rows in days.values()
        if len({r.worker_id for r in rows}) > 1
        for row in rows
    ]


def of_journeys(new: Sequence[PhonePunch]) -> list[tuple[About, Signal]]:
    """Two neighbouring punches of one worker that nobody can have made: said of both."""
    found: list[tuple[About, Signal]] = []
    workers = {row.worker_id for row in new}
    first = min(row.at for row in new) - AROUND
    last = max(row.at for row in new) + AROUND
    rows = PhonePunch.objects.filter(
        worker__in=workers, at__gte=first, at__lte=last, latitude__isnull=False
    ).order_by("worker_id", "at", "pk")
    before: PhonePunch | None = None
    for row in rows:
        if before is not None and before.worker_id == row.worker_id:
            metres = places.distance(_place(before), _place(row))
            seconds = int((row.at - before.at).total_seconds())
            if trust.too_fast(metres, seconds):
                signal = Signal("impossible_speed", {"metres": metres, "seconds": seconds})
                found += [(about(before), signal), (about(row), signal)]
        before = row
    return found


def _place(row: PhonePunch) -> places.Point:
    assert row.latitude is not None
    assert row.longitude is not None
    return row.latitude, row.longitude


def about(row: PhonePunch) -> About:
    """The raw punch of what a phone said."""
    return About(row.punch_id, row.worker_id, row.project_id, row.at)


_NEIGHBOURS = """
    SELECT p.id, count(DISTINCT q.worker_id)
      FROM projects_punch p
      JOIN projects_punch q ON q.worker_id = ANY(%s) AND q.worker_id <> p.worker_id
       AND q.site_id = p.site_id AND q.at BETWEEN p.at - make_interval(secs => %s)
       AND p.at + make_interval(secs => %s)
     WHERE p.worker_id = ANY(%s) AND p.id = ANY(%s) AND p.at >= %s AND p.at < %s
     GROUP BY p.id
"""


def phoned(
    project_id: int, worker_ids: Iterable[int], start: datetime, end: datetime
) -> list[PhonePunch]:
    """The phone punches of these workers in [start, end)."""
    rows = PhonePunch.objects.filter(
        project_id=project_id, worker__in=list(worker_ids), at__gte=start, at__lt=end
    )
    return list(rows)


@step
def of_the_day(
    rows: Sequence[PhonePunch],
    mates: Iterable[int],
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    *,
    at: datetime,
) -> None:
    """Tell what only the day can tell of its phone punches: mates who came at the same time, and
    the roll call."""
    abouts = [about(row) for row in rows]
    tell([*with_neighbours(abouts, mates, start, end), *with_roll_call(abouts, zone)], at)


def scores(worker_ids: Iterable[int], start: datetime, end: datetime) -> dict[int, int]:
    """The score of each punch of [start, end) about which something was told, phone or gate."""
    points: dict[int, list[int]] = defaultdict(list)
    told = PunchSignal.objects.filter(
        worker__in=list(worker_ids), punched_at__gte=start, punched_at__lt=end
    )
    for punch_id, one in told.values_list("punch_id", "points"):
        points[punch_id].append(one)
    return {punch_id: trust.score(given) for punch_id, given in points.items()}


def with_neighbours(
    rows: Sequence[About], mates: Iterable[int], start: datetime, end: datetime
) -> list[tuple[About, Signal]]:
    """Those who came with mates of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NEIGHBOURS,
            [
                sorted(mates),
                trust.NEIGHBOUR.seconds,
                trust.NEIGHBOUR.seconds,
                sorted({row.worker_id for row in rows}),
                [row.punch_id for row in rows],
                start,
                end,
            ],
        )
        near = dict(cursor.fetchall())
    return [
        (row, Signal("neighbours", {"people": near[row.punch_id]}))
        for row in rows
        if near.get(row.punch_id, 0) >= trust.NEIGHBOURS_MIN
    ]


def with_roll_call(rows: Sequence[About], zone: ZoneInfo) -> list[tuple[About, Signal]]:
    """What the foreman called and the worker confirmed; a word that was denied says nothing.

    Of several rounds of a day one confirmed presence is enough: who came late was absent before.
    """
    days = {(row.worker_id, row.punched_at.astimezone(zone).date()) for row in rows}
    called: dict[tuple[int, date], Signal] = {}
    for entry in (
        RollCallEntry.objects.filter(
            worker__in={w for w, _ in days}, roll_call__on__in={d for _, d in days}
        )
        .exclude(state="denied")
        .select_related("roll_call")
        .order_by("is_present", "pk")
    ):
        code = "roll_call_present" if entry.is_present else "roll_call_absent"
        if entry.state == "confirmed" or not entry.is_present:
            called[entry.worker_id, entry.roll_call.on] = Signal(code, {"entry": entry.pk})
    keys = {row.punch_id: (row.worker_id, row.punched_at.astimezone(zone).date()) for row in rows}
    return [(row, called[keys[row.punch_id]]) for row in rows if keys[row.punch_id] in called]


def known_phones(worker_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(worker, phone) that punched together before."""
    rows = PhonePunch.objects.filter(worker__in=list(worker_ids)).values_list("worker", "phone")
    return set(rows.distinct())
