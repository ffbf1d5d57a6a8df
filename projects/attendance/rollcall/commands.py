"""Calling the roll, and answering it: the worker's word makes the foreman's one count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import NotFound
from jianzhu.outbox import steps as outbox
from jianzhu.web.accounts import commands as accounts
from jianzhu.web.accounts.senders import say
from projects.attendance import corrections, errors
from projects.attendance.models import DeviceBody
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from projects.attendance.steps import Passage, digest, write_punches
from projects.sites.models import Device, Site
from workers_app.people import queries as people
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Called:
    """One worker as the foreman saw them: came, went, or both; neither: was not there."""

    worker_id: int
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_present(self) -> bool:
        """Whether the worker was there."""
        return self.begins_at is not None or self.ends_at is not None


@command
def call_roll(
    *,
    crew_id: int,
    site_id: int,
    on: date,
    called: Sequence[Called],
    actor: Actor,
    at: datetime,
    round: int = 1,  # noqa: A002 - what it is called
) -> RollCall:
    """The leader says who was there. It makes no punch and cuts none: each line waits for its worker.

    The same round of a day again is refused (AlreadyCalled), so a doubled tap says nothing twice.
    """
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
                round=round,
                made_by=str(actor),
                created_at=at,
            )
    except IntegrityError as error:
        if "roll_call_round_once" not in str(error):
            raise
        raise errors.AlreadyCalled(on=on) from error
    RollCallEntry.objects.bulk_create(
        [
            RollCallEntry(
                roll_call=roll,
                worker_id=one.worker_id,
                is_present=one.is_present,
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
        round=round,
        workers=[[one.worker_id, one.is_present] for one in called],
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
            times = [(one.begins_at, one.ends_at)]
            corrections.check_intervals(on, times, zone=site.zone, at=at)
        elif one.is_present:
            _check_moment(one.begins_at or one.ends_at or at, on, site, at)


def _check_moment(moment: datetime, on: date, site: Site, at: datetime) -> None:
    """One side of a day: on that day on site, or, of a night, on the next; and it has been."""
    if not 0 <= (moment.astimezone(ZoneInfo(site.zone)).date() - on).days <= 1:
        raise errors.BadIntervals(on=on, problem=_("the work begins on another day"))
    if moment > at:
        raise errors.FutureDay(on=on)


@command
def confirm_entry(*, entry_id: int, actor: Actor, at: datetime) -> RollCallEntry:
    """The worker says so too: each time becomes a punch, absence a signal."""
    where = policy.whose(actor, "roll_call_entry", "answer")
    return _confirm(lock(RollCallEntry, entry_id, where), "worker", actor, at)


def send_code(*, entry_id: int, actor: Actor, at: datetime) -> None:
    """For a worker without a smartphone: a code to the number on record, with what it would confirm."""
    entry = _waiting(entry_id, actor)
    phone = people.phone_of(entry.worker)
    code = accounts.request_code(phone=phone, purpose=_purpose(entry), at=at)
    if code is not None:
        say(phone, _asked(entry, code))


def confirm_by_code(*, entry_id: int, code: str, actor: Actor, at: datetime) -> RollCallEntry:
    """The worker told the leader the code that came by message; it is good for this line alone.

    The try is counted in a transaction of its own: it stays counted when the answer is no.
    """
    entry = _waiting(entry_id, actor)
    right = accounts.is_right_code(
        phone=people.phone_of(entry.worker),
        code=code,
        purpose=_purpose(entry),
        user_id=entry.worker.user_id or 0,
        at=at,
    )
    if not right:
        raise errors.WrongCallCode
    return _confirm_by_code(entry_id=entry_id, actor=actor, at=at)


@command
def _confirm_by_code(*, entry_id: int, actor: Actor, at: datetime) -> RollCallEntry:
    where = policy.whose(actor, "roll_call_entry", "witness")
    return _confirm(lock(RollCallEntry, entry_id, where), "code", actor, at)


def _waiting(entry_id: int, actor: Actor) -> RollCallEntry:
    where = policy.whose(actor, "roll_call_entry", "witness")
    rows = RollCallEntry.objects.filter(where, pk=entry_id)
    entry = rows.select_related("worker", "roll_call__site").first()
    if entry is None:
        raise NotFound(noun="roll_call_entry")
    return entry


def _purpose(entry: RollCallEntry) -> str:
    return f"call:{entry.pk}"


def _asked(entry: RollCallEntry, code: str) -> str:
    """The message: what the leader says, and the code that says so too."""
    zone = ZoneInfo(entry.roll_call.site.zone)
    times = [f"{t.astimezone(zone):%H:%M}" if t else "…" for t in (entry.begins_at, entry.ends_at)]
    what = "–".join(times) if entry.is_present else _("not there")
    return _(
        "Roll call %(on)s, %(site)s: %(what)s. If that is right, tell your foreman %(code)s; "
        "if not, tell nobody."
    ) % {"on": entry.roll_call.on, "site": entry.roll_call.site.name, "what": what, "code": code}


def _confirm(entry: RollCallEntry, by: str, actor: Actor, at: datetime) -> RollCallEntry:
    entry.confirm(by=by, at=at)
    entry.save(update_fields=["state", "answered_by", "answered_at"])
    if entry.is_present:
        _punch(entry, at)
    _tell(entry, "confirm", actor, at)
    return entry


@command
def deny_entry(*, entry_id: int, words: str, actor: Actor, at: datetime) -> RollCallEntry:
    """The worker says otherwise; the foreman's line then counts for nothing."""
    entry = lock(RollCallEntry, entry_id, policy.whose(actor, "roll_call_entry", "answer"))
    entry.deny(words=words, at=at)
    entry.save(update_fields=["state", "words", "answered_by", "answered_at"])
    _tell(entry, "deny", actor, at)
    return entry


def _punch(entry: RollCallEntry, at: datetime) -> None:
    roll, site = entry.roll_call, entry.roll_call.site
    gate, _new = Device.objects.get_or_create(
        kind="roll_call",
        serial=f"roll_call:{site.pk}",
        defaults={"site": site, "name": "点名", "zone": site.zone},
    )
    sides = (("in", entry.begins_at), ("out", entry.ends_at))
    times = {side: moment for side, moment in sides if moment is not None}
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
        events=len(times),
        punches=len(times),
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
        by=entry.answered_by,
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
