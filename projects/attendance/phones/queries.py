"""What pages and the API ask of phones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from projects.attendance.gates.signals import of_gates
from projects.attendance.phones.models import PhonePunch, PunchSignal
from projects.attendance.rules import trust
from projects.sites.models import Site
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Trusted:
    """A punch's score and the signals that it is the sum of."""

    score: int
    signals: tuple[PunchSignal, ...]


def trusted(punch_ids: Iterable[int]) -> dict[int, Trusted]:
    """Scores with their reasons, of those of the raw punches that a phone or a gate made.

    Of a gate's passage about which nothing is odd only what it says of itself is known.
    """
    wanted = list(punch_ids)
    found: dict[int, list[PunchSignal]] = {
        i: []
        for i in PhonePunch.objects.filter(punch_id__in=wanted).values_list("punch_id", flat=True)
    }
    for signal in PunchSignal.objects.filter(punch_id__in=wanted).order_by("points", "code"):
        found.setdefault(signal.punch_id, []).append(signal)
    for punch_id, own in of_gates(wanted).items():
        if not found.get(punch_id):
            found[punch_id] = [PunchSignal(code=s.code, points=s.points) for s in own]
    return {
        punch_id: Trusted(trust.score(s.points for s in signals), tuple(signals))
        for punch_id, signals in found.items()
    }


def shown(rows: Sequence[PhonePunch]) -> list[dict[str, Any]]:
    """Phone punches with their trust, as the serializer reads them."""
    found = trusted(row.punch_id for row in rows)
    return [
        {
            **{f.attname: getattr(row, f.attname) for f in PhonePunch._meta.concrete_fields},
            "trust": found[row.punch_id].score,
            "signals": found[row.punch_id].signals,
        }
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Used:
    """Somebody punched with a phone."""

    phone_id: int
    worker_id: int
    at: datetime


def uses(worker_ids: Iterable[int], start: datetime, end: datetime) -> list[Used]:
    """By whom the phones with which any of these punched in [start, end) were used within it."""
    rows = PhonePunch.objects.filter(at__gte=start, at__lt=end)
    phones = rows.filter(worker_id__in=list(worker_ids)).values("phone_id")
    found = rows.filter(phone__in=phones).order_by("at", "pk")
    return [Used(*row) for row in found.values_list("phone_id", "worker_id", "at")]


@dataclass(frozen=True, slots=True)
class Place:
    """A site where a worker may punch today."""

    id: int
    name: str
    project_id: int


def places_of(worker_id: int, at: datetime) -> list[Place]:
    """The sites of the projects on which the worker has terms on the day that it is there now."""
    days = {(at + timedelta(hours=hours)).date() for hours in (-12, 0, 14)}  # all that it can be
    projects = {day: terms.projects_of(worker_id, day) for day in days}
    rows = Site.objects.filter(project__in=set().union(*projects.values()))
    return [
        Place(row.pk, row.name, row.project_id)
        for row in rows.order_by("project", "code")
        if row.project_id in projects.get(at.astimezone(ZoneInfo(row.zone)).date(), ())
    ]
