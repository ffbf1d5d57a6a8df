"""Bodies in, days out, corrections between."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import advisory_lock, command, lock, lock_many
from jianzhu.kernel.errors import SameHand
from jianzhu.outbox import steps as outbox
from projects.attendance import corrections, day_rows, days, errors, steps
from projects.attendance.devices import DeviceRequest, Maker, read
from projects.attendance.models import Correction, DeviceBody, ParkedEvent
from projects.sites import queries as sites


@command
def store_body(*, maker: Maker, serial: str, request: DeviceRequest) -> int:
    """Keep what a device sent, byte for byte; it is understood afterwards."""
    terminal = sites.device_by_serial(str(maker), serial) if serial else None
    body = DeviceBody.objects.create(
        device_id=terminal.id if terminal else None,
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
    outbox.put("device_body.receive", body_id=body.pk)
    return body.pk


@command
def understand(*, body_ids: Iterable[int], at: datetime) -> int:
    """Read stored bodies; returns how many punches were new. What can't be one is parked and seen."""
    bodies = [b for b in lock_many(DeviceBody, body_ids) if b.understood_at is None]
    readings = [(body, read(Maker(body.kind), _request(body))) for body in bodies]
    terminals = sites.devices_by_serial(
        {(b.kind, reading.device or b.serial) for b, reading in readings}
    )
    enrolments = sites.enrolments({t.site_id for t in terminals.values()})

    sorted_ = steps.Sorted()
    for body, reading in readings:
        terminal = terminals.get((body.kind, reading.device or body.serial))
        for event in reading.events:
            steps.sort_event(sorted_, body, event, terminal, enrolments, at)
    new = steps.write_punches(sorted_.passages, at=at)
    ParkedEvent.objects.bulk_create(sorted_.parked, ignore_conflicts=True)

    for body, reading in readings:
        body.understood_at, body.events = at, len(reading.events)
        body.punches = new.get(body.pk, 0)
        body.faults = [[f.code, f.place, f.detail[:200]] for f in reading.faults]
    DeviceBody.objects.bulk_update(bodies, ["understood_at", "events", "punches", "faults"])
    sites.seen([t.id for t in terminals.values()], at)
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


@command
def take_sheet(
    *,
    device_id: int,
    name: str,
    content: bytes,
    punches: list[tuple[str, datetime, str]],
    actor: Actor,
    at: datetime,
) -> int:
    """Punches written by hand: [(person number, instant, direction)]; the same sheet twice is once.

    Returns how many were new. Numbers that nobody has are parked like those of a terminal.
    """
    (terminal,) = sites.terminals({device_id}).values()
    body, _ = DeviceBody.objects.get_or_create(
        device_id=device_id,
        kind="sheet",
        digest=steps.digest(content),
        defaults={
            "serial": terminal.serial,
            "received_at": at,
            "method": "SHEET",
            "path": name[:200],
            "body": content,
            "understood_at": at,
            "events": len(punches),
        },
    )
    enrolments = sites.enrolments({terminal.site_id})
    sorted_ = steps.Sorted()
    for person_no, moment, direction in punches:
        steps.sort_written(sorted_, body, person_no, moment, direction, terminal, enrolments, at)
    new = steps.write_punches(sorted_.passages, at=at)
    ParkedEvent.objects.bulk_create(sorted_.parked, ignore_conflicts=True)
    audit.record(
        "device_body.take_sheet",
        "device_body",
        body.pk,
        actor=actor,
        at=at,
        rows=len(punches),
        new=sum(new.values()),
    )
    return sum(new.values())


@command
def unpark(*, site_id: int, person_nos: Iterable[str], at: datetime) -> int:
    """After an enrolment: parked events of these numbers are read again; repeats are no harm."""
    numbers = list(person_nos)
    parked = lock_many(
        ParkedEvent,
        ParkedEvent.objects.filter(
            site_id=site_id, person_no__in=numbers, code="unknown_person", state="parked"
        ).values_list("pk", flat=True),
    )
    enrolments = sites.enrolments({site_id})
    terminals = sites.terminals({p.body.device_id for p in parked if p.body.device_id})
    passages = [
        passage
        for p in parked
        if (passage := days.passage_of(p, terminals, enrolments)) is not None
    ]
    new = steps.write_punches(passages, at=at)
    keys = {(passage.body_id, passage.key) for passage in passages}
    for event in parked:
        if (event.body_id, event.key) in keys:
            event.resolve()
            event.save(update_fields=["state"])
            audit.record("parked_event.resolve", "parked_event", event.pk, actor=SYSTEM, at=at)
    return sum(new.values())


@command
def dismiss_parked(*, parked_id: int, reason: str, actor: Actor, at: datetime) -> ParkedEvent:
    """A person says why a parked event is no punch."""
    where = policy.whose(actor, "parked_event", "dismiss")
    event = lock(ParkedEvent, parked_id, where)
    event.dismiss(reason=reason)
    event.save(update_fields=["state", "reason"])
    audit.record(
        "parked_event.dismiss", "parked_event", event.pk, actor=actor, at=at, reason=reason
    )
    return event


@command
def pair_days(
    *, project_id: int, worker_ids: Iterable[int], first: date, last: date, at: datetime
) -> int:
    """Make day records of these workers' punches; clean days confirm themselves.

    Days that the punches of [first, last] may touch are read anew; returns how many changed.
    """
    return days.pair(project_id, sorted(set(worker_ids)), first, last, at=at)


@command
def request_correction(
    *,
    worker_id: int,
    project_id: int,
    on: date,
    intervals: list[tuple[datetime, datetime]],
    reason: str,
    actor: Actor,
    at: datetime,
    witness_id: int | None = None,
    photo_sha256: str = "",
) -> Correction:
    """Ask that a day be read otherwise than its punches say (补卡); who saw it, or a photo's digest."""
    corrections.check_person(actor, worker_id, project_id, on)
    if witness_id is not None:
        corrections.check_witness(witness_id, worker_id, project_id, on)
    project = sites.project(project_id)
    corrections.check_intervals(on, intervals, zone=project.zone, at=at)
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                worker_id=worker_id,
                project_id=project_id,
                on=on,
                reason=reason,
                intervals=[[a.isoformat(), b.isoformat()] for a, b in intervals],
                witness_id=witness_id,
                photo_sha256=photo_sha256,
                made_by=str(actor),
                created_at=at,
            )
    except IntegrityError as error:
        if "correction_one_open_a_day" not in str(error):
            raise
        raise errors.AlreadyAsked(on=on) from error
    _tell(correction, "request", actor, at)
    return correction


@command
def approve_correction(
    *, correction_id: int, answer: str, actor: Actor, at: datetime
) -> Correction:
    """A second person agrees: the day shows the correction beside the punches, which stay."""
    correction = _lock_for_answer(correction_id, actor)
    correction.approve(by=str(actor), answer=answer, at=at)
    correction.save(update_fields=["state", "checked_by", "answer", "decided_at"])
    corrections.correct(correction, at=at)
    _tell(correction, "approve", actor, at)
    return correction


@command
def refuse_correction(*, correction_id: int, answer: str, actor: Actor, at: datetime) -> Correction:
    """A second person says no, and why."""
    correction = _lock_for_answer(correction_id, actor)
    correction.refuse(by=str(actor), answer=answer, at=at)
    correction.save(update_fields=["state", "checked_by", "answer", "decided_at"])
    _tell(correction, "refuse", actor, at)
    return correction


@command
def withdraw_correction(*, correction_id: int, actor: Actor, at: datetime) -> Correction:
    """Whoever asked takes the request back; nobody else can."""
    where = policy.whose(actor, "correction", "withdraw")
    correction = lock(Correction, correction_id, where, Q(made_by=str(actor)))
    correction.withdraw(at=at)
    correction.save(update_fields=["state", "decided_at"])
    _tell(correction, "withdraw", actor, at)
    return correction


def _lock_for_answer(correction_id: int, actor: Actor) -> Correction:
    correction = lock(Correction, correction_id, policy.whose(actor, "correction", "answer"))
    if correction.made_by == str(actor):
        raise SameHand(noun="correction")
    advisory_lock(day_rows.day_key(correction.project_id, correction.worker_id))
    return correction


def _tell(correction: Correction, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"correction.{verb}",
        "correction",
        correction.pk,
        actor=actor,
        at=at,
        worker=correction.worker_id,
        on=correction.on.isoformat(),
        intervals=correction.intervals,
        reason=correction.reason,
        witness=correction.witness_id,
        photo=correction.photo_sha256,
        answer=correction.answer,
    )
    outbox.put(f"correction.{verb}", correction_id=correction.pk)
