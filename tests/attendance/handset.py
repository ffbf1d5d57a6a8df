"""A worker's phone for tests: makes punches with its two clocks and signs them as the page does."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from projects.attendance.phones import commands
from projects.attendance.phones.said import Said
from projects.attendance.rules.phone_clock import Sent
from tests.site import Site, at
from workers_app.people.models import Worker

HERE = (312_304_160, 1_214_737_010)


@dataclass
class Handset:
    """`wall_error`: how far its wall clock is ahead of the truth."""

    site: Site
    worker: Worker
    installation: UUID = field(default_factory=uuid4)
    boot: str = "boot-1"
    booted: datetime = field(default_factory=lambda: at(DAY_ZERO))
    wall_error: timedelta = timedelta(0)
    sequence: int = 0
    key: Any = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def register(self) -> Handset:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        commands.register_phone(
            installation=self.installation,
            key=der,
            name="handset",
            actor=self.site.actor(self.worker),
            at=self.booted,
        )
        return self

    def monotonic(self, moment: datetime) -> int:
        return int((moment - self.booted) / timedelta(milliseconds=1))

    def punch(self, moment: datetime, direction: str = "in", **other: Any) -> Said:
        """A punch at the true moment, with what the phone believes and finds."""
        self.sequence += 1
        believed = moment + self.wall_error
        said = Said(
            phone=self.installation,
            sequence=self.sequence,
            worker_id=self.worker.pk,
            site_id=self.site.place.pk,
            at=believed,
            at_text=believed.isoformat(),
            boot=self.boot,
            monotonic_ms=self.monotonic(moment),
            direction=direction,
            latitude=HERE[0],
            longitude=HERE[1],
            accuracy_metres=12,
        )
        return self.sign(replace(said, **other))

    def sign(self, said: Said) -> Said:
        raw = self.key.sign(said.text.encode(), ECDSA(SHA256()))
        r, s = decode_dss_signature(raw)
        return replace(
            said, signature=b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
        )

    def sent(self, moment: datetime, boot: str | None = None) -> Sent:
        """The clocks at the true moment of sending."""
        own = self.boot if boot is None else boot
        return Sent(moment + self.wall_error, own, self.monotonic(moment), received_at=moment)

    def send(self, *punches: Said, when: datetime, boot: str | None = None) -> list[Any]:
        return commands.take_phone_punches(
            punches=punches,
            sent=self.sent(when, boot),
            body=b"a batch",
            actor=self.site.actor(self.worker),
            at=when,
        )


DAY_ZERO = datetime(2026, 9, 2).date()
