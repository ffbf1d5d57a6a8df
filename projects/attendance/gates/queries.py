"""What the clerk's page shows of gates: each with its health, and events that wait, in groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, Max, Min, Q, QuerySet, Sum

from projects.attendance.models import IngestCount, ParkedEvent
from projects.sites.models import Device, DeviceAlarm, DeviceHour, Site
from projects.sites.rules import CLOCK_STEP_SECONDS

# Of groups, the largest are shown.
GROUPS_MAX = 100
# Doors that the product opened itself, for phones and roll calls: nobody stands before them.
INNER = ("phone", "roll_call", "sheet")
COUNTED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Gate:
    """One terminal: heard `bodies` times in the last day, `parked` of its events wait."""

    device: Device
    alarm: DeviceAlarm | None
    bodies: int
    parked: int

    @property
    def drifts(self) -> bool:
        """Whether its clock is wrong by more than measuring is."""
        return abs(self.device.drift_seconds) >= CLOCK_STEP_SECONDS


@dataclass(frozen=True, slots=True)
class Group:
    """Events that wait for the same thing: `code`, and whose number or which serial it is about."""

    code: str
    site: Site | None
    maker: str
    serial: str
    person_no: str
    events: int
    first_at: datetime
    last_at: datetime


def gates(where: Q, at: datetime) -> list[Gate]:
    """Terminals by a filter on Device: the silent first, then by site."""
    rows = list(
        Device.objects.filter(where)
        .exclude(kind__in=INNER)
        .select_related("site__project")
        .prefetch_related("drifts")
        .order_by("site__project", "site", "name", "pk")
    )
    alarms = {a.device_id: a for a in DeviceAlarm.objects.filter(device__in=rows, state="raised")}
    since = at - timedelta(days=1)
    heard = _sums(DeviceHour.objects.filter(device__in=rows, hour__gte=since), Sum("bodies"))
    parked = _sums(ParkedEvent.objects.filter(device__in=rows, state="parked"), Count("pk"))
    found = [
        Gate(row, alarms.get(row.pk), heard.get(row.pk, 0), parked.get(row.pk, 0)) for row in rows
    ]
    return sorted(found, key=lambda gate: gate.alarm is None)


def _sums(rows: QuerySet[Any], what: Aggregate) -> dict[int, int]:
    return dict(rows.values_list("device").annotate(n=what).order_by())


def groups(where: Q) -> list[Group]:
    """Waiting events by a filter on ParkedEvent, those with the most first."""
    rows = (
        ParkedEvent.objects.filter(where, state="parked")
        .values("code", "site", "maker", "serial", "person_no")
        .annotate(events=Count("pk"), first_at=Min("created_at"), last_at=Max("created_at"))
        .order_by("-events", "-last_at")[:GROUPS_MAX]
    )
    found = list(rows)
    sites = Site.objects.in_bulk({row["site"] for row in found if row["site"]})
    return [_group(row, sites) for row in found]


def _group(row: Mapping[str, Any], sites: Mapping[int, Site]) -> Group:
    return Group(**{**row, "site": sites.get(row["site"])})


def waiting(where: Q) -> int:
    """How many events wait."""
    return ParkedEvent.objects.filter(where, state="parked").count()


def hours(device: Device, at: datetime) -> list[DeviceHour]:
    """The hours of the last day in which it was heard, the latest first."""
    rows = DeviceHour.objects.filter(device=device, hour__gt=at - timedelta(days=1))
    return list(rows.order_by("-hour"))


def counts(at: datetime) -> dict[str, dict[str, int]]:
    """{what: {maker: how often}} of the last seven days: bodies, repeats, parked, refused, faults."""
    rows = IngestCount.objects.filter(on__gt=(at - COUNTED).date())
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, maker, count in (
        rows.values_list("name", "maker").annotate(n=Sum("count")).order_by("name", "maker")
    ):
        found[name][maker] = count
    return dict(found)


def makers(counted: Iterable[dict[str, int]]) -> list[str]:
    """Every maker that was counted."""
    return sorted({maker for by_maker in counted for maker in by_maker})
