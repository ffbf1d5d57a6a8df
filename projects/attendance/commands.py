"""Sheets in, days out, corrections between (what gates send comes in by `capture`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import advisory_lock, command, lock, lock_many
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.outbox import steps as outbox
from projects.attendance import corrections, day_rows, days, errors, steps
from projects.attendance.gates import signals as gates
from projects.attendance.models import Correction, DeviceBody, ParkedEvent
from projects.sites import queries as sites

# What one tap puts away; the rest of a larger group takes another.
DISMISSED_MAX = 10_000


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
def dismiss_group(*, where: Q, reason: str, actor: Actor, at: datetime) -> int:
    """A person says why all these waiting events are no punches; returns how many they were."""
    allowed = policy.whose(actor, "parked_event", "dismiss")
    ids = ParkedEvent.objects.filter(allowed & where, state="parked").values_list("pk", flat=True)
    ids = ids.order_by("pk")[:DISMISSED_MAX]
    rows = [one for one in lock_many(ParkedEvent, ids) if one.state == "parked"]
    if not rows:
        raise NotFound(noun="parked_event")
    for row in rows:
        row.dismiss(reason=reason)
    ParkedEvent.objects.bulk_update(rows, ["state", "reason"])
    audit.record_many(
        [Event("parked_event.dismiss", "parked_event", r.pk, {"reason": reason}) for r in rows],
        actor=actor,
        at=at,
    )
    return len(rows)


@command
def doubt_gates(*, project_id: int, first: date, last: date, at: datetime) -> set[int]:
    """Tell what is odd about the gates' passages of these days, when they are over; whose they are.

    Goes before pairing: a day that confirmed itself meanwhile is read again by who is named.
    """
    project = sites.project(project_id)
    if at.astimezone(ZoneInfo(project.zone)).date() <= last:
        return set()
    return gates.look(gates.Days(project, first, last), at=at)


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
