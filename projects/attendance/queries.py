"""What was worked, as wages and pages ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import NotFound
from jianzhu.outbox import queries as outbox
from projects.attendance import corrections
from projects.attendance.corrections import day_as_corrected
from projects.attendance.models import Correction, DayRecord, DeviceBody, ParkedEvent, Punch
from projects.sites.queries import project, terminals
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Day:
    """A day record: minutes worked, of them at night, 工 in thousandths; `version` of the figures."""

    id: int
    worker_id: int
    project_id: int
    crew_id: int | None
    on: date
    state: str
    version: int
    minutes: int
    night_minutes: int
    workday_thousandths: int
    exceptions: list[Any]
    answer_due_on: date | None
    intervals: list[list[str]]
    punch_ids: list[int]
    correction_id: int | None
    late_punch_ids: list[int]


@dataclass(frozen=True, slots=True)
class Passed:
    """A punch as pages show it."""

    id: int
    worker_id: int
    at: datetime
    device_at: datetime
    direction: str
    method: str
    source: str
    device: str
    site: str
    zone: str  # the site's


def figures_of(project_id: int, worker_ids: Iterable[int], first: date, last: date) -> list[Day]:
    """As `days_of` for those who only reckon: intervals, exceptions and punches are left empty,
    because reading them takes longer than all the rest."""
    rows = DayRecord.objects.filter(
        project_id=project_id, worker_id__in=list(worker_ids), on__gte=first, on__lte=last
    ).order_by("worker_id", "on")
    empty: dict[str, Any] = {"exceptions": [], "intervals": [], "punch_ids": []}
    plain = [name for name in _DAY if name not in empty]
    return [Day(**empty, **dict(zip(plain, row, strict=True))) for row in rows.values_list(*plain)]


def days_of(project_id: int, worker_ids: Iterable[int], first: date, last: date) -> list[Day]:
    """Day records of these workers from `first` to `last`, by worker and date."""
    rows = DayRecord.objects.filter(
        project_id=project_id, worker_id__in=list(worker_ids), on__gte=first, on__lte=last
    ).order_by("worker_id", "on")
    return _days(rows)


def days_of_crews(project_id: int, crew_ids: Iterable[int], first: date, last: date) -> list[Day]:
    """Day records worked in these crews, by worker and date."""
    rows = DayRecord.objects.filter(
        project_id=project_id, crew_id__in=list(crew_ids), on__gte=first, on__lte=last
    ).order_by("worker_id", "on")
    return _days(rows)


# The columns of a Day, in its order: read as plain rows, because a month of a big site is many.
_DAY = tuple(Day.__slots__)


def _days(rows: QuerySet[DayRecord]) -> list[Day]:
    return [Day(*row) for row in rows.values_list(*_DAY)]


def days_by_id(day_ids: Iterable[int]) -> list[Day]:
    """Day records of these ids, by date."""
    return _days(DayRecord.objects.filter(pk__in=list(day_ids)).order_by("on"))


def days(where: Q) -> list[Day]:
    """Day records by a filter, newest first."""
    return _days(DayRecord.objects.filter(where).order_by("-on", "worker_id"))


def punches_of(records: Iterable[Day]) -> list[Passed]:
    """The punches that these days were read from, in time."""
    ids = [i for record in records for i in record.punch_ids]
    return punches(Q(pk__in=ids))


def punches(where: Q) -> list[Passed]:
    """Punches by a filter, in time."""
    rows = Punch.objects.filter(where).select_related("device", "site").order_by("at", "pk")
    return [
        Passed(
            p.pk,
            p.worker_id,
            p.at,
            p.device_at,
            p.direction,
            p.method,
            p.source,
            p.device.name,
            p.site.name,
            p.site.zone,
        )
        for p in rows
    ]


def today(worker_id: int, now: datetime) -> list[Passed]:
    """The worker's punches of the day that it is on each site now, in time."""
    lately = punches(Q(worker_id=worker_id, at__gt=now - timedelta(days=2)))
    return [p for p in lately if _date(p.at, p.zone) == _date(now, p.zone)]


def _date(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def days_with_punch(punch_id: int) -> list[int]:
    """Ids of the day records read from this punch (one, unless it was read anew)."""
    rows = DayRecord.objects.filter(punch_ids__contains=[punch_id])
    return list(rows.values_list("pk", flat=True))


def open_corrections(where: Q) -> list[Correction]:
    """Corrections that wait for an answer, the oldest first."""
    return list(Correction.objects.filter(where, state="requested").order_by("created_at"))


@dataclass(frozen=True, slots=True)
class CorrectedDay:
    """A correction: the day as it stands (None: nobody was recorded), and as it would be.

    `id` is 0 while nobody has asked for it yet.
    """

    id: int
    day: Day | None
    as_corrected: Day


def corrected_days(where: Q) -> list[CorrectedDay]:
    """Open corrections by a filter with the day before and after, the oldest first."""
    return [_corrected_day(row) for row in open_corrections(where)]


def _corrected_day(row: Correction) -> CorrectedDay:
    standing = days_of(row.project_id, [row.worker_id], row.on, row.on)
    corrected = day_as_corrected(row)
    values = {name: getattr(corrected, name) for name in _DAY if name != "project_id"}
    after = Day(project_id=row.project_id, **values)
    return CorrectedDay(row.pk or 0, standing[0] if standing else None, after)


def day_as_if(
    worker_id: int,
    project_id: int,
    on: date,
    intervals: list[tuple[datetime, datetime]],
    at: datetime,
) -> CorrectedDay:
    """What a correction to these times would make of the day; nothing is stored.

    Refuses times that a request would be refused for.
    """
    zone = project(project_id).zone
    corrections.check_intervals(on, intervals, zone=zone, at=at)
    thought = Correction(
        worker_id=worker_id,
        project_id=project_id,
        on=on,
        intervals=[[a.isoformat(), b.isoformat()] for a, b in intervals],
    )
    return _corrected_day(thought)


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A day as it stands, its punches, and what was ever asked about it, newest first."""

    day: Day | None
    punches: list[Passed]
    requests: list[Correction]


def asked_day(actor: Actor, worker_id: int, project_id: int, on: date) -> AskedDay:
    """What somebody sees before asking for a correction; NotFound unless they may ask for it."""
    corrections.check_person(actor, worker_id, project_id, on)
    standing = days_of(project_id, [worker_id], on, on)
    start = datetime.combine(on, time.min, tzinfo=ZoneInfo(project(project_id).zone))
    own = Q(worker_id=worker_id, project_id=project_id)
    there = own & Q(at__gte=start, at__lt=start + timedelta(days=1))
    of_day = Q(pk__in=standing[0].punch_ids) if standing and standing[0].punch_ids else there
    asked = Correction.objects.filter(own, on=on).order_by("-created_at", "-pk")
    return AskedDay(standing[0] if standing else None, punches(of_day), list(asked))


def may_witness(worker_id: int, project_id: int, on: date) -> set[int]:
    """The worker's mates of that day who can be named as witnesses."""
    crews = people.crew_ids([worker_id], on, on)
    mates = people.workers_of_crews(crews, on, on) - {worker_id}
    return {rate.worker_id for rate in terms.rates(mates, project_id, on, on)}


def correction_photo(where: Q) -> str:
    """The digest of the photo that a correction names; NotFound when there is none."""
    digest = Correction.objects.filter(where).values_list("photo_sha256", flat=True).first()
    if not digest:
        raise NotFound(noun="photo")
    return digest


def parked(where: Q) -> list[ParkedEvent]:
    """Events that could not become punches and wait for a person, newest first."""
    return list(
        ParkedEvent.objects.filter(where, state="parked").select_related("body").order_by("-pk")
    )


def bodies_of(punch_ids: Iterable[int]) -> list[int]:
    """Ids of the raw bodies that these punches were read from."""
    rows = Punch.objects.filter(pk__in=list(punch_ids)).order_by("body_id")
    return list(rows.values_list("body_id", flat=True).distinct())


def raw_bodies(body_ids: Iterable[int], of_worker: int | None = None) -> dict[int, bytes]:
    """{body: its bytes}; with `of_worker` only bodies that tell of nobody else."""
    rows = DeviceBody.objects.filter(pk__in=list(body_ids))
    if of_worker is not None:
        others = Punch.objects.filter(body__in=rows).exclude(worker_id=of_worker)
        parked = ParkedEvent.objects.filter(body__in=rows)
        rows = rows.exclude(pk__in=others.values("body_id")).exclude(
            pk__in=parked.values("body_id")
        )
    return {pk: bytes(body) for pk, body in rows.values_list("pk", "body")}


def behind(day_ids: Iterable[int]) -> tuple[list[int], list[int]]:
    """Ids of the corrections and of the day rules that these day records stand on."""
    rows = list(DayRecord.objects.filter(pk__in=list(day_ids)))
    return (
        sorted({r.correction_id for r in rows if r.correction_id is not None}),
        sorted({r.rule_id for r in rows if r.rule_id is not None}),
    )


def parked_for(site_id: int, person_nos: Iterable[str]) -> list[int]:
    """Ids of the parked events of these numbers on the site."""
    rows = ParkedEvent.objects.filter(
        site_id=site_id, person_no__in=list(person_nos), state="parked"
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def parked_from(device_id: int) -> list[int]:
    """Ids of the parked events that the device sent before it was on the list."""
    terminal = terminals({device_id})[device_id]
    rows = ParkedEvent.objects.filter(
        maker=terminal.kind, serial=terminal.serial, device=None, state="parked"
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


# A terminal without network sends what it stored within so many days of the work.
LATE = timedelta(days=7)
QUEUE_MAX = 1_000  # more of them than this: something is arriving, whatever it is


def arriving(project_id: int, first: date, last: date) -> bool:
    """Whether passages of these days may still lie unread or unpaired in our own queues."""
    unread = [int(one["body_id"]) for one in outbox.unheard("device_body.receive", QUEUE_MAX)]
    if len(unread) == QUEUE_MAX:
        return True
    bodies = DeviceBody.objects.filter(pk__in=unread, understood_at=None)
    if unread and bodies.filter(received_at__date__lte=last + LATE).exists():
        return True
    return any(
        int(one["project_id"]) == project_id
        and date.fromisoformat(one["first"]) <= last
        and date.fromisoformat(one["last"]) >= first
        for one in outbox.unheard("punch.record", QUEUE_MAX)
    )
