"""Calling the roll, and answering it: the worker's word makes the foreman's one count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import NotFound
from jianzhu.outbox import steps as outbox
from projects.attendance import corrections, errors
from projects.attendance.models import DeviceBody
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from projects.attendance.steps import Passage, digest, write_punches
from projects.sites.models import Device, Site
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Called:
    """One worker as the foreman saw them: there over [begins_at, ends_at], or (None) not."""

    worker_id: int
    begins_at: datetime | None = None
    ends_at: datetime | None = None


@command
def call_roll(
    *,
    crew_id: int,
    site_id: int,
    on: date,
    called: Sequence[Called],
    actor: Actor,
    at: datetime,
) -> RollCall:
    """The leader says who was there. It makes no punch and cuts none: each line waits for its worker."""
    site = Site.objects.filter(
        policy.whose(actor, "roll_call", "call", on="site"), pk=site_id
    ).first()
    if site is None or actor.worker_id is None or not people.leads(actor.worker_id, [crew_id]):
        raise NotFound(noun="crew")
    _check(called, crew_id, site, on, at)
    try:
        with transaction.atomic():
            roll = RollCall.objects.create(
                project_id=site.project_id,
                site=site,
                crew_id=crew_id,
                on=on,
                made_by=str(actor),
                created_at=at,
            )
    except IntegrityError as error:
        if "roll_call_once" not in str(error):
            raise
        raise errors.AlreadyCalled(on=on) from error
    RollCallEntry.objects.bulk_create(
        [
            RollCallEntry(
                roll_call=roll,
                worker_id=one.worker_id,
                is_present=one.begins_at is not None,
                begins_at=one.begins_at,
                ends_at=one.ends_at,
            )
            for one in called
        ]
    )
    audit.record(
        "roll_call.call",
        "roll_call",
        roll.pk,
        actor=actor,
        at=at,
        on=on.isoformat(),
        workers=[[one.worker_id, one.begins_at is not None] for one in called],
    )
    _read_again(roll, [one.worker_id for one in called])
    return roll


def _check(called: Sequence[Called], crew_id: int, site: Site, on: date, at: datetime) -> None:
    crew = people.workers_of_crews([crew_id], on, on)
    paid = {r.worker_id for r in terms.rates(crew, site.project_id, on, on)}
    seen: set[int] = set()
    for one in called:
        if one.worker_id not in paid or one.worker_id in seen:
            raise errors.NotInCrew(worker=one.worker_id, on=on)
        seen.add(one.worker_id)
        if one.begins_at is not None and one.ends_at is not None:
            zone = ZoneInfo(site.zone).key
            corrections.check_intervals(on, [(one.begins_at, one.ends_at)], zone=zone, at=at)


@command
def confirm_entry(*, entry_id: int, actor: Actor, at: datetime) -> RollCallEntry:
    """The worker says so too: presence becomes two punches, absence a signal."""
    entry = lock(RollCallEntry, entry_id, policy.whose(actor, "roll_call_entry", "answer"))
    entry.confirm(at=at)
    entry.save(update_fields=["state", "answered_at"])
    if entry.is_present:
        _punch(entry, at)
    _tell(entry, "confirm", actor, at)
    return entry


@command
def deny_entry(*, entry_id: int, words: str, actor: Actor, at: datetime) -> RollCallEntry:
    """The worker says otherwise; the foreman's line then counts for nothing."""
    entry = lock(RollCallEntry, entry_id, policy.whose(actor, "roll_call_entry", "answer"))
    entry.deny(words=words, at=at)
    entry.save(update_fields=["state", "words", "answered_at"])
    _tell(entry, "deny", actor, at)
    return entry


def _punch(entry: RollCallEntry, at: datetime) -> None:
    roll, site = entry.roll_call, entry.roll_call.site
    gate, _ = Device.objects.get_or_create(
        kind="roll_call",
        serial=f"roll_call:{site.pk}",
        defaults={"site": site, "name": "点名", "zone": site.zone},
    )
    assert entry.begins_at is not None
    assert entry.ends_at is not None
    times = {"in": entry.begins_at, "out": entry.ends_at}
    said = {side: moment.isoformat() for side, moment in times.items()}
    body = json.dumps({"entry": entry.pk, "worker": entry.worker_id, **said}).encode()
    raw = DeviceBody.objects.create(
        device=gate,
        kind="roll_call",
        serial=gate.serial,
        received_at=at,
        method="CALL",
        path=f"roll-calls/{roll.pk}",
        body=body,
        digest=digest(body),
        understood_at=at,
        events=2,
        punches=2,
    )
    zone = ZoneInfo(site.zone)
    write_punches(
        [
            Passage(
                body_id=raw.pk,
                device_id=gate.pk,
                site_id=site.pk,
                project_id=roll.project_id,
                worker_id=entry.worker_id,
                at=moment,
                device_at=moment,
                received_at=at,
                told_on=moment.astimezone(zone).date(),
                direction=side,
                method="roll_call",
                source="roll_call",
                key=f"{entry.pk}/{side}",
            )
            for side, moment in times.items()
        ],
        at=at,
    )


def _tell(entry: RollCallEntry, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"roll_call_entry.{verb}",
        "roll_call_entry",
        entry.pk,
        actor=actor,
        at=at,
        worker=entry.worker_id,
        present=entry.is_present,
        words=entry.words,
    )
    _read_again(entry.roll_call, [entry.worker_id])


def _read_again(roll: RollCall, worker_ids: Sequence[int]) -> None:
    outbox.put_ids(
        "punch.record",
        "worker_ids",
        worker_ids,
        project_id=roll.project_id,
        first=(roll.on - timedelta(days=1)).isoformat(),
        last=(roll.on + timedelta(days=1)).isoformat(),
    )
