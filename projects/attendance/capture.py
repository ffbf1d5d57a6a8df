"""Capture: what gates sent is kept, read, and becomes punches; what can't be one is parked and seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import command, insert_row, lock, lock_many, take_ids
from jianzhu.outbox import steps as outbox
from projects.attendance import meter, steps
from projects.attendance.bulk import Sorter, Taken
from projects.attendance.devices import DeviceRequest, Fault, Maker, Reading, read
from projects.attendance.devices.lines import read_lines
from projects.attendance.devices.values import text
from projects.attendance.models import DeviceBody, ParkedEvent
from projects.sites import clocks, pulls
from projects.sites import queries as sites
from projects.sites.clocks import Heard
from projects.sites.models import Device
from projects.sites.queries import Terminal
from projects.sites.rules import Sample

# A body with more events than this is a backlog, whatever it says: it measures no clock.
LIVE_EVENTS_MAX = 3


@command
def store_body(*, maker: Maker, serial: str, request: DeviceRequest) -> int:
    """Keep what a device sent, byte for byte; whose it is and what it says is found afterwards."""
    body = DeviceBody(
        kind=str(maker),
        serial=serial,
        received_at=request.received_at,
        method=request.method,
        path=request.path[:200],
        query=dict(request.query),
        headers=dict(request.headers),
        body=request.body,
        digest=steps.digest(request.body),
    )
    insert_row(body)
    outbox.put("device_body.receive", body_id=body.pk)
    return body.pk


@command
def refuse_body(*, maker: Maker, why: str, at: datetime) -> None:
    """Count a request that was refused before it was read."""
    meter.add(Counter({(str(maker), f"refused:{why}"): 1}), at)


@command
def hear_poll(*, maker: Maker, serial: str, at: datetime) -> None:
    """A device asked whether there is work for it, and so was heard; once a minute is enough."""
    terminal = sites.device_not_seen(str(maker), serial, at)
    if terminal is not None:
        clocks.hear({terminal: Heard(received=[at])}, at=at)
        meter.add(Counter({(str(maker), "polls"): 1}), at)


@command
def understand(*, body_ids: Iterable[int], at: datetime) -> int:
    """Read stored bodies; returns how many punches were new. What can't be one is parked and seen."""
    bodies = [b for b in lock_many(DeviceBody, body_ids) if b.understood_at is None]
    readings = [(body, read(Maker(body.kind), _request(body))) for body in bodies]
    found = sites.devices_by_serial(
        {(b.kind, reading.device or b.serial) for b, reading in readings}
    )
    terminals = {
        body.pk: found.get((body.kind, reading.device or body.serial)) for body, reading in readings
    }
    enrolments = sites.enrolments(
        {t.site_id for t in found.values()},
        {event.person_no for _, reading in readings for event in reading.events},
    )

    sorted_ = steps.Sorted()
    for body, reading in readings:
        for event in reading.events:
            steps.sort_event(
                sorted_, body, reading.device, event, terminals[body.pk], enrolments, at
            )
    new = steps.write_punches(sorted_.passages, at=at)
    ParkedEvent.objects.bulk_create(sorted_.parked, ignore_conflicts=True)

    for body, reading in readings:
        body.understood_at, body.events = at, len(reading.events)
        body.punches = new.get(body.pk, 0)
        body.faults = _told(reading.faults)
        terminal = terminals[body.pk]
        body.device_id = terminal.id if terminal else None
    DeviceBody.objects.bulk_update(
        bodies, ["device", "understood_at", "events", "punches", "faults"]
    )
    clocks.hear(_heard(readings, terminals), at=at)
    meter.add(_counted(readings, sorted_, terminals), at)
    if bodies and not any(new.values()):
        # Punches are told by their own event; bodies without any are told to have been read.
        audit.record(
            "device_body.read", "device_body", bodies[0].pk, actor=SYSTEM, at=at, bodies=len(bodies)
        )
    return sum(new.values())


def _request(body: DeviceBody) -> DeviceRequest:
    return DeviceRequest(
        method=body.method,
        path=body.path,
        query=body.query,
        headers=body.headers,
        body=bytes(body.body),
        received_at=body.received_at,
    )


def _told(faults: Iterable[Fault]) -> list[list[str]]:
    """Faults as the body keeps them: texts that a database takes."""
    return [[f.code, text(f.place), text(f.detail, 200)] for f in faults]


def _heard(
    readings: Iterable[tuple[DeviceBody, Reading]], terminals: Mapping[int, Terminal | None]
) -> dict[int, Heard]:
    """By device: when it was heard, and what its events say of its clock."""
    heard: dict[int, Heard] = defaultdict(Heard)
    for body, reading in readings:
        terminal = terminals[body.pk]
        if terminal is None:
            continue
        heard[terminal.id].received.append(body.received_at)
        if len(reading.events) > LIVE_EVENTS_MAX:
            continue
        received = int(body.received_at.timestamp())
        for event in reading.events:
            if not event.backlog and not event.doubts:
                _, device_at = steps.place(event, terminal)
                heard[terminal.id].samples.append(
                    Sample(received, round(device_at.timestamp()) - received)
                )
    return heard


def _counted(
    readings: Iterable[tuple[DeviceBody, Reading]],
    sorted_: steps.Sorted,
    terminals: Mapping[int, Terminal | None],
) -> meter.Counts:
    counts: meter.Counts = Counter()
    makers = {}
    for body, reading in readings:
        makers[body.pk] = body.kind
        counts[body.kind, "bodies"] += 1
        counts[body.kind, "events"] += len(reading.events)
        counts[body.kind, "punches"] += body.punches
        for fault in reading.faults:
            counts[body.kind, f"fault:{fault.code}"] += 1
        for name, number in reading.counted.items():
            # A stranger's words name no counters: else anybody could make any number of them.
            counts[body.kind, name if terminals[body.pk] else "other"] += number
    for passage in sorted_.passages:
        counts[makers[passage.body_id], "repeats"] += 1
    for maker in set(makers.values()):
        counts[maker, "repeats"] -= counts[maker, "punches"]
    for one in sorted_.parked:
        counts[makers[one.body_id], f"parked:{one.code}"] += 1
    return counts


@command
def take_lines(*, content: bytes, name: str, actor: Actor, at: datetime) -> Taken:
    """Stored events as JSON lines, written at once: of the devices that the actor may speak for.

    Every event carries its own key, so the same lines any number of times are the same punches.
    """
    where = policy.whose(actor, "device_event", "send", on="device")
    events, book = read_lines(content)
    faults = _told(book.faults)
    body = DeviceBody(
        id=take_ids(DeviceBody, 1)[0],
        kind="lines",
        received_at=at,
        method="LINES",
        path=name[:200],
        body=content,
        digest=steps.digest(content),
        understood_at=at,
        events=len(events),
        faults=faults,
    )
    terminals = sites.devices_by_serial({(event.kind, event.serial) for event in events}, where)
    enrolments = sites.enrolments(
        {t.site_id for t in terminals.values()}, {event.person_no for event in events}
    )
    sorter = Sorter(body, terminals, enrolments)
    sorter.sort(events, at)
    rows = sorter.rows()
    body.punches = len(rows.texts)  # all of them new, as it is nearly always
    insert_row(body)
    new = sum(steps.write_rows(rows, at=at).values())
    if new != body.punches:
        DeviceBody.objects.filter(pk=body.pk).update(punches=new)
    ParkedEvent.objects.bulk_create(sorter.parked, ignore_conflicts=True, batch_size=1_000)
    taken = Taken(body.pk, len(events), new, len(sorter.parked), faults)
    audit.record(
        "device_event.send",
        "device_body",
        body.pk,
        actor=actor,
        at=at,
        events=taken.events,
        new=new,
        digest=body.digest.hex(),
    )
    meter.add(_counted_lines(taken, sorter, book.counted), at)
    return taken


def _counted_lines(taken: Taken, sorter: Sorter, more: Mapping[str, int]) -> meter.Counts:
    counts = Counter(
        {
            ("lines", "bodies"): 1,
            ("lines", "events"): taken.events,
            ("lines", "punches"): taken.new,
            ("lines", "repeats"): taken.known,
        }
    )
    counts.update(("lines", f"parked:{one.code}") for one in sorter.parked)
    counts.update(("lines", f"fault:{code}") for code, *_ in taken.faults)
    counts.update({("lines", name): number for name, number in more.items()})
    return counts


@command
def keep_page(*, serial: str, content: bytes, at: datetime) -> int:
    """A page that a terminal gave when it was asked for missed events, kept like what it sends."""
    body = DeviceBody.objects.create(
        kind=str(Maker.HIKVISION),
        serial=serial,
        received_at=at,
        method="PULL",
        path="/ISAPI/AccessControl/AcsEvent",
        body=content,
        digest=steps.digest(content),
    )
    outbox.put("device_body.receive", body_id=body.pk)
    return body.pk


@command
def end_pull(*, device_id: int, until: datetime | None, at: datetime) -> None:
    """The terminal was asked; `until` is None when it did not answer. It is asked again either way."""
    device = lock(Device, device_id)
    if until is not None:
        pulls.pulled(device, until=until)
    meter.add(Counter({("hikvision", "pulls" if until else "pulls_unanswered"): 1}), at)
    if device.address and device.active:
        pulls.ask_again(device.pk, at + pulls.EVERY)


@command
def read_again(*, parked_ids: Iterable[int], at: datetime) -> int:
    """Parked events whose device or person may be known by now; returns how many are punches."""
    parked = [one for one in lock_many(ParkedEvent, parked_ids) if one.state == "parked"]
    bodies = DeviceBody.objects.defer("body").in_bulk({one.body_id for one in parked})
    for one in parked:
        one.body = bodies[one.body_id]
    known = sites.devices_by_serial({(p.maker, p.serial) for p in parked if p.device_id is None})
    terminals = sites.terminals({p.device_id or p.body.device_id or 0 for p in parked})
    for one in parked:
        terminal = known.get((one.maker, one.serial))
        if one.device_id is None and terminal is not None:
            one.device_id, one.site_id = terminal.id, terminal.site_id
            terminals[terminal.id] = terminal
    enrolments = sites.enrolments({t.site_id for t in terminals.values()})
    passages = {
        one.pk: passage
        for one in parked
        if (passage := steps.passage_of(one, terminals, enrolments)) is not None
    }
    steps.write_punches(list(passages.values()), at=at)
    resolved = [one for one in parked if one.pk in passages]
    for one in resolved:
        one.resolve()
    ParkedEvent.objects.bulk_update(parked, ["device", "site", "state"])
    audit.record_many(
        [Event("parked_event.resolve", "parked_event", one.pk, {}) for one in resolved],
        actor=SYSTEM,
        at=at,
    )
    return len(resolved)
