"""What a device's being heard says: when it was seen, what its clock is wrong by, that it speaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import lock_many, step
from jianzhu.outbox import steps as outbox
from projects.sites import rules
from projects.sites.models import Device, DeviceAlarm, DeviceDrift, DeviceHour
from projects.sites.rules import Sample

# Before the first change of a drift, the one that the device was registered with counts.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
# Silences are looked for a little after each full hour.
WATCH_AFTER = timedelta(minutes=5)

_HOURS = """
    INSERT INTO projects_devicehour (device_id, hour, bodies)
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[])
    ON CONFLICT (device_id, hour) DO UPDATE SET bodies = projects_devicehour.bodies + excluded.bodies
"""


@dataclass(slots=True)
class Heard:
    """What was heard of one device: when its bodies came, and events sent as they happened."""

    received: list[datetime] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


@step
def hear(heard: Mapping[int, Heard], *, at: datetime) -> None:
    """Note the devices as seen, measure their clocks, end the alarms of those that were silent."""
    if not heard:
        return
    for device in lock_many(Device, heard):
        said = heard[device.pk]
        latest = max(said.received)
        if device.last_seen_at is None or device.last_seen_at < latest:
            device.last_seen_at = latest
        measure(device, said.samples)
        device.save(update_fields=["last_seen_at", "clock", "drift_seconds"])
    _count_hours(heard)
    _end_alarms({device_id: max(said.received) for device_id, said in heard.items()}, at)
    watch(at)


@step
def measure(device: Device, samples: Iterable[Sample]) -> None:
    """Take the samples in; where they agree on another error of the clock, it counts from then on."""
    found = rules.sampled([Sample(*one) for one in device.clock], list(samples))
    device.clock = [list(one) for one in found]
    seconds = rules.drift(found)
    if seconds is None or abs(seconds - device.drift_seconds) < rules.CLOCK_STEP_SECONDS:
        return
    since = datetime.fromtimestamp(rules.since(found, seconds), UTC)
    note(device, seconds, valid_from=since, source="measured", by=str(SYSTEM))
    device.drift_seconds = seconds


@step
def note(device: Device, seconds: int, *, valid_from: datetime, source: str, by: str) -> None:
    """The clock is wrong by this from then on; what it was wrong by before is kept."""
    if not device.drifts.exists():
        DeviceDrift.objects.create(
            device=device,
            valid_from=ALWAYS,
            seconds=device.drift_seconds,
            source="said",
            made_by=str(SYSTEM),
        )
    DeviceDrift.objects.create(
        device=device, valid_from=valid_from, seconds=seconds, source=source, made_by=by
    )
    outbox.put("device.drift", device_id=device.pk)


def _count_hours(heard: Mapping[int, Heard]) -> None:
    hours = Counter(
        (device_id, received.replace(minute=0, second=0, microsecond=0))
        for device_id, said in heard.items()
        for received in said.received
    )
    rows = sorted((device_id, hour, count) for (device_id, hour), count in hours.items())
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [list(column) for column in zip(*rows, strict=True)])


def _end_alarms(latest: Mapping[int, datetime], at: datetime) -> None:
    alarms = DeviceAlarm.objects.filter(device_id__in=list(latest), state="raised")
    for alarm in lock_many(DeviceAlarm, alarms.values_list("pk", flat=True)):
        if latest[alarm.device_id] > alarm.silent_since:
            alarm.end(at=at)
            alarm.save(update_fields=["state", "ended_at"])
            audit.record("device_alarm.end", "device_alarm", alarm.pk, actor=SYSTEM, at=at)


@step
def watch(at: datetime) -> None:
    """Silences are looked for after this hour, too; saying so again is saying it once."""
    due = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) + WATCH_AFTER
    outbox.put("device.watch_due", due_at=due, key=f"device_watch:{due.isoformat()}")


@step
def find_silent(at: datetime) -> int:
    """Raise an alarm for each gate that was silent in an hour in which it usually speaks."""
    raised = 0
    end = at.replace(minute=0, second=0, microsecond=0)
    silent = Device.objects.filter(active=True, last_seen_at__lt=end - timedelta(hours=1))
    for device in silent.exclude(alarms__state="raised").order_by("pk"):
        usual = _usual(device, end - timedelta(hours=1))
        if usual is not None:
            _raise(device, usual, at)
            raised += 1
    return raised


def _usual(device: Device, hour: datetime) -> tuple[int, int] | None:
    zone = ZoneInfo(device.zone)
    since = hour - timedelta(days=rules.USUAL_DAYS + 1)
    rows = DeviceHour.objects.filter(device=device, hour__gte=since)
    heard = {_local(start, zone) for start in rows.values_list("hour", flat=True)}
    return rules.usual(heard, *_local(hour, zone))


def _local(instant: datetime, zone: ZoneInfo) -> tuple[date, int]:
    local = instant.astimezone(zone)
    return local.date(), local.hour


def _raise(device: Device, usual: tuple[int, int], at: datetime) -> None:
    spoke, of_days = usual
    alarm = DeviceAlarm.objects.create(
        device=device,
        silent_since=device.last_seen_at or at,
        usual_days=spoke,
        of_days=of_days,
        state="raised",
        created_at=at,
    )
    audit.record(
        "device_alarm.raise", "device_alarm", alarm.pk, actor=SYSTEM, at=at, device=device.pk
    )
    outbox.put("device_alarm.raise", alarm_id=alarm.pk)
