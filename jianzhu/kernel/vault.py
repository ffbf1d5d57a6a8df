"""Personal fields at rest: AES-256-GCM under a key per person, and a blind index for equality search.

Each person has a random data key, stored wrapped by the vault key (`VAULT_KEY`). A value is bound to
its place ("worker.id_number:17"), so a value moved to another row or column fails to open. Destroying
the wrapped key erases the person and leaves every hash of the ciphertext verifiable (GB/T 35273 6.1).

Layout of a sealed value: 1 byte version, 12 bytes nonce, ciphertext with its 16-byte tag.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"


class CannotOpen(Exception):
    """A sealed value does not belong where it was found, or its key is another or destroyed."""


def new_person_key() -> bytes:
    """A fresh data key, wrapped; store it with the person."""
    return _seal(_master(), os.urandom(32), b"person-key")


def seal(*, person_key: bytes, text: str, place: str) -> bytes:
    """The text encrypted for `place`."""
    return _seal(_open(_master(), person_key, b"person-key"), text.encode(), place.encode())


def unseal(*, person_key: bytes, sealed: bytes, place: str) -> str:
    """The text sealed for `place`; raises CannotOpen."""
    return _open(_open(_master(), person_key, b"person-key"), sealed, place.encode()).decode()


def blind_index(text: str, kind: str) -> bytes:
    """32 bytes that are equal for equal text of one kind, and say nothing without the key."""
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.digest(key, f"{kind}\0{text.strip().upper()}".encode(), "sha256")


def masked(text: str, shown: int = 4) -> str:
    """All but the last characters hidden: "****1234"."""
    return "****" + text[-shown:] if len(text) > shown else "****"


def _master() -> bytes:
    return hashlib.sha256(b"jianzhu vault\0" + settings.VAULT_KEY.encode()).digest()


def _seal(key: bytes, data: bytes, place: bytes) -> bytes:
    nonce = os.urandom(12)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, data, place)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    sealed = bytes(sealed)
    if sealed[:1] != VERSION:
        raise CannotOpen("unknown version of a sealed value")
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], place)
    except InvalidTag as error:
        raise CannotOpen("the value does not belong here, or its key is another") from error
