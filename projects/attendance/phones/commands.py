"""What people do with phones: register one, send punches, draw a site's fence."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, keep, lock_many
from jianzhu.kernel.errors import Forbidden, NotFound
from jianzhu.kernel.vault import blind_index
from jianzhu.outbox import steps as outbox
from projects.attendance import errors
from projects.attendance.models import DeviceBody, ParkedEvent, Punch
from projects.attendance.phones import signals
from projects.attendance.phones.models import Phone, PhonePunch, SiteFence
from projects.attendance.phones.said import Said, public_key
from projects.attendance.phones.taking import Batch, Result, Taken, sort
from projects.attendance.rules import gate_code, places, trust
from projects.attendance.rules.phone_clock import Sent
from projects.attendance.steps import Passage, digest, write_punches
from projects.sites.models import Device, Site

CORNERS_MIN = 3


@command
def register_phone(
    *, installation: UUID, key: bytes, name: str, actor: Actor, at: datetime
) -> Phone:
    """An installation with the public key that it made; again is once, with another key never."""
    policy.whose(actor, "phone", "register")
    if key and public_key(key) is None:
        raise errors.BadKey
    phone, new = keep(
        Phone,
        {"installation": installation},
        first={
            "public_key": key,
            "worker_id": actor.worker_id,
            "name": name[:120],
            "registered_at": at,
        },
    )
    if bytes(phone.public_key) != key:
        raise errors.OtherKey
    if new:
        audit.record("phone.register", "phone", phone.pk, actor=actor, at=at, name=phone.name)
    return phone


@command
def take_phone_punches(
    *, punches: Sequence[Said], sent: Sent, body: bytes, actor: Actor, at: datetime
) -> list[Result]:
    """Keep a batch byte for byte and write what is new in it; sent any number of times it is once.

    The punches' own phones are locked first, so two sendings of one punch stand in a row.
    """
    policy.whose(actor, "phone_punch", "send")
    if actor.worker_id is None:
        raise Forbidden(noun="phone_punch", verb="send")
    ids = Phone.objects.filter(installation__in={s.phone for s in punches}).values_list("pk")
    phones = {phone.installation: phone for phone in lock_many(Phone, [pk for (pk,) in ids])}
    places_ = {site.pk: site for site in Site.objects.filter(pk__in={s.site_id for s in punches})}
    batch = sort(punches, phones, places_, sent, actor.worker_id)
    if batch.taken or batch.parked:
        raw = _keep(batch, punches, body, sent)
        _write(batch, raw, sent, actor, at)
    return batch.results


def _keep(batch: Batch, punches: Sequence[Said], body: bytes, sent: Sent) -> DeviceBody:
    """The batch as it came, with what could not become a punch set aside."""
    raw = DeviceBody.objects.create(
        kind="phone",
        serial=str(punches[0].phone),
        received_at=sent.received_at,
        method="POST",
        path="/api/v1/phone-punches",
        body=body,
        digest=digest(body),
        understood_at=sent.received_at,
        events=len(punches),
        punches=len(batch.taken),
    )
    ParkedEvent.objects.bulk_create(
        [
            ParkedEvent(
                body=raw,
                site_id=said.site_id if code != "unknown_site" else None,
                code=code,
                key=f"{said.phone}/{said.sequence}",
                event={"worker": said.worker_id, "at": said.at_text, "direction": said.direction},
                created_at=sent.received_at,
            )
            for said, code in batch.parked
        ],
        ignore_conflicts=True,
    )
    return raw


def _write(batch: Batch, raw: DeviceBody, sent: Sent, actor: Actor, at: datetime) -> None:
    if not batch.taken:
        return
    gates = {site_id: _gate(site_id) for site_id in {t.site.pk for t in batch.taken}}
    write_punches([_passage(t, raw, gates[t.site.pk], sent) for t in batch.taken], at=at)
    ids = dict(
        Punch.objects.filter(
            device__in=gates.values(), key__in=[t.key for t in batch.taken]
        ).values_list("key", "pk")
    )
    before = signals.known_phones({t.said.worker_id for t in batch.taken})
    rows = [_row(t, raw, ids[t.key], sent) for t in batch.taken]
    PhonePunch.objects.bulk_create(rows)
    own = [
        (signals.about(row), signal)
        for row, t in zip(rows, batch.taken, strict=True)
        for signal in trust.signals_of(_told(t, sent, before))
    ]
    zone = ZoneInfo(batch.taken[0].site.zone)
    shared = signals.of_company(rows, zone)
    signals.tell([*own, *shared, *signals.of_journeys(rows)], at)
    _read_again({about for about, _ in shared}, {row.punch_id for row in rows})
    for row in rows:
        batch.answer(_said_of(batch, row), "taken", punch_id=row.punch_id)
    audit.record(
        "phone_punch.take",
        "worker",
        rows[0].worker_id,
        actor=actor,
        at=at,
        punches=[[row.punch_id, row.said_at.isoformat(), row.clock] for row in rows],
    )


def _said_of(batch: Batch, row: PhonePunch) -> Said:
    return next(
        t.said for t in batch.taken if (t.phone.pk, t.said.sequence) == (row.phone_id, row.sequence)
    )


def _gate(site_id: int) -> Device:
    """All phones of a site speak through one door of the registry."""
    site = Site.objects.get(pk=site_id)
    device, _ = Device.objects.get_or_create(
        kind="phone",
        serial=f"phone:{site_id}",
        defaults={"site": site, "name": "手机", "zone": site.zone},
    )
    return device


def _passage(taken: Taken, raw: DeviceBody, gate: Device, sent: Sent) -> Passage:
    said = taken.said
    return Passage(
        body_id=raw.pk,
        device_id=gate.pk,
        site_id=taken.site.pk,
        project_id=taken.site.project_id,
        worker_id=said.worker_id,
        at=taken.time.at,
        device_at=said.at,
        received_at=sent.received_at,
        told_on=said.at.date(),
        direction=said.direction,
        method="qr" if said.code else "phone",
        source="phone",
        key=taken.key,
    )


def _row(taken: Taken, raw: DeviceBody, punch_id: int, sent: Sent) -> PhonePunch:
    said = taken.said
    return PhonePunch(
        phone=taken.phone,
        sequence=said.sequence,
        worker_id=said.worker_id,
        project_id=taken.site.project_id,
        site=taken.site,
        punch_id=punch_id,
        body=raw,
        digest=said.digest,
        said_at=said.at,
        boot=said.boot,
        monotonic_ms=said.monotonic_ms,
        received_at=sent.received_at,
        at=taken.time.at,
        clock=taken.time.how,
        direction=said.direction,
        latitude=said.latitude,
        longitude=said.longitude,
        accuracy_metres=said.accuracy_metres,
        mock=said.mock,
        photo_sha256=said.photo_sha256,
        signed=taken.signed,
    )


def _told(taken: Taken, sent: Sent, known: set[tuple[int, int]]) -> trust.Told:
    said = taken.said
    fence = signals.fence_on(taken.site.pk, taken.day)
    here = (said.latitude, said.longitude)
    has_position = None not in here
    return trust.Told(
        has_position=has_position,
        outside_by=places.outside_by(fence, here) if fence and has_position else None,  # type: ignore[arg-type]
        accuracy=said.accuracy_metres,
        mock=said.mock,
        signed=taken.signed,
        known_phone=(said.worker_id, taken.phone.pk) in known,
        clock=taken.time.how,
        delay=sent.received_at - taken.time.at,
        code=gate_code.check(
            gate_key(taken.site.pk), said.code, taken.site.pk, taken.time.at, sent.received_at
        )
        if said.code
        else "",
    )


def gate_key(site_id: int) -> bytes:
    """The secret of a site's gate codes; nobody is ever shown it."""
    return blind_index(str(site_id), "gate-code")


def _read_again(about: set[signals.About], own: set[int]) -> None:
    """Days of others on which a doubt has fallen by this batch."""
    spans: dict[int, list[signals.About]] = defaultdict(list)
    for one in about:
        if one.punch_id not in own:
            spans[one.project_id].append(one)
    for project_id, ones in spans.items():
        outbox.put_ids(
            "punch.record",
            "worker_ids",
            {one.worker_id for one in ones},
            project_id=project_id,
            first=(min(o.punched_at for o in ones).date() - timedelta(days=1)).isoformat(),
            last=(max(o.punched_at for o in ones).date() + timedelta(days=1)).isoformat(),
        )


@command
def draw_fence(
    *,
    site_id: int,
    valid_from: date,
    corners: list[tuple[int, int]],
    radius_metres: int,
    actor: Actor,
    at: datetime,
) -> SiteFence:
    """Where the site is, from a day on."""
    site = Site.objects.filter(policy.whose(actor, "fence", "draw", on="site"), pk=site_id).first()
    if site is None:
        raise NotFound(noun="site")
    if len(corners) != 1 if radius_metres else len(corners) < CORNERS_MIN:
        raise errors.BadFence
    values = {"corners": [list(c) for c in corners], "radius_metres": radius_metres}
    fence, new = keep(
        SiteFence, {"site": site, "valid_from": valid_from}, values, first={"made_by": str(actor)}
    )
    if new:
        audit.record(
            "fence.draw", "site", site.pk, actor=actor, at=at, fence=json.loads(json.dumps(values))
        )
    return fence
