"""What a phone says of one punch, the text that it signs, and whether the signature is its own."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

HALF = 32  # bytes of r and of s in a P-256 signature as WebCrypto writes it (IEEE P1363)


@dataclass(frozen=True, slots=True)
class Said:
    """One punch in the phone's words. `at_text` is its time exactly as it was written and signed."""

    phone: UUID
    sequence: int
    worker_id: int
    site_id: int
    at: datetime
    at_text: str
    boot: str = ""
    monotonic_ms: int = 0
    direction: str = "unknown"
    latitude: int | None = None
    longitude: int | None = None
    accuracy_metres: int | None = None
    mock: bool = False
    code: str = ""
    photo_sha256: str = ""
    signature: str = ""

    @property
    def text(self) -> str:
        """What is signed: every word of the punch, a line each, in this order."""
        words = (
            self.phone,
            self.sequence,
            self.worker_id,
            self.site_id,
            self.at_text,
            self.boot,
            self.monotonic_ms,
            self.direction,
            _word(self.latitude),
            _word(self.longitude),
            _word(self.accuracy_metres),
            int(self.mock),
            self.code,
            self.photo_sha256,
        )
        return "\n".join(str(word) for word in words)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text: the same words are the same punch."""
        return hashlib.sha256(self.text.encode()).digest()


def _word(value: int | None) -> str:
    return "" if value is None else str(value)


def public_key(der: bytes) -> EllipticCurvePublicKey | None:
    """The key, when it is one of the only kind that is taken."""
    try:
        key = load_der_public_key(der)
    except ValueError:
        return None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    return None


def is_signed(said: Said, der: bytes) -> bool:
    """Whether the signature over the text is this key's."""
    key = public_key(der)
    try:
        raw = b64decode(said.signature, validate=True)
    except (Error, ValueError):
        return False
    if key is None or len(raw) != 2 * HALF:
        return False
    r, s = int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), said.text.encode(), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
