"""Asking terminals for what they could not send: where, as whom, and until when it has been asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel import vault
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.sites.models import Device

EVERY = timedelta(minutes=15)
# Asked again each time: an event may reach the terminal's log a little after its instant, and the
# terminal's clock may be behind. Repeats are no harm.
OVERLAP = timedelta(hours=2)
# How far back the first question goes.
FIRST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pull:
    """A terminal to ask, and the span of its own clock to ask for."""

    device_id: int
    serial: str
    zone: str
    address: str
    login: str
    password: str
    since: datetime
    until: datetime


@step
def connect(
    device: Device, *, address: str, login: str, password: str, actor: Actor, at: datetime
) -> None:
    """Keep address and login; the password is sealed and never shown. An empty address forgets all."""
    device.address, device.login = address, login if address else ""
    device.password_key = vault.new_person_key() if address else None
    device.password_sealed = (
        vault.seal(person_key=device.password_key, text=password, place=_place(device))
        if device.password_key
        else None
    )
    device.save(update_fields=["address", "login", "password_key", "password_sealed"])
    audit.record("device.connect", "device", device.pk, actor=actor, at=at, address=address)
    if address:
        ask_again(device.pk, at)


def pull_of(device_id: int, at: datetime) -> Pull | None:
    """What to ask this terminal now; None when it is not to be asked (any more)."""
    device = Device.objects.filter(pk=device_id, active=True).exclude(address="").first()
    if device is None:
        return None
    since = device.pulled_until - OVERLAP if device.pulled_until else at - FIRST
    return Pull(
        device_id=device.pk,
        serial=device.serial,
        zone=device.zone,
        address=device.address,
        login=device.login,
        password=vault.unseal(
            person_key=bytes(device.password_key or b""),
            sealed=bytes(device.password_sealed or b""),
            place=_place(device),
        ),
        since=since,
        until=at + timedelta(seconds=max(0, device.drift_seconds)),
    )


@step
def pulled(device: Device, *, until: datetime) -> None:
    """Everything up to here has been asked for; the mark only rises."""
    if device.pulled_until is None or device.pulled_until < until:
        device.pulled_until = until
        device.save(update_fields=["pulled_until"])


@step
def ask_again(device_id: int, due_at: datetime) -> None:
    """The terminal is asked at this instant; saying so again is saying it once."""
    slot = int(due_at.timestamp() // EVERY.total_seconds())
    outbox.put(
        "device.pull_due",
        due_at=due_at,
        key=f"device_pull:{device_id}:{slot}",
        device_id=device_id,
    )


def _place(device: Device) -> str:
    return f"device.password:{device.pk}"
