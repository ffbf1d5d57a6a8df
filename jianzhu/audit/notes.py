"""Signed tree heads: checkpoints and cosignatures as signed notes.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (Ed25519, RFC 8032).
A note is a text ending in a newline, an empty line, and signature lines "— name base64(id ‖ signature)".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 0x01, 0x04  # signature types of the specification
NOTE_BYTES_MAX = 100_000
_DASH = "—"
_NAME = re.compile(r"[^\s+]+")


class BadNote(ValueError):
    """A note that is none, or that the key did not sign; the message says which."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who may sign what: `kind` is LOG for heads, WITNESS for cosignatures."""

    name: str
    kind: int
    raw: bytes

    @property
    def ident(self) -> bytes:
        """The first four bytes of the hash over name, kind and key."""
        said = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(said).digest()[:4]

    def __str__(self) -> str:
        """The vkey: "name+id+base64(kind ‖ key)"."""
        key = base64.b64encode(bytes([self.kind]) + self.raw).decode()
        return f"{self.name}+{self.ident.hex()}+{key}"

    @classmethod
    def parse(cls, vkey: str) -> PublicKey:
        """The key that a vkey names; BadNote when it is none or its id is not its own."""
        try:
            name, ident, encoded = vkey.strip().split("+", 2)
            said = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadNote(f"no verifier key: {error}") from None
        key = cls(name, said[0] if said else 0, said[1:])
        if key.kind not in (LOG, WITNESS) or len(key.raw) != 32 or key.ident.hex() != ident:
            raise BadNote("the verifier key is damaged")
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, kind: int, secret: str) -> Signer:
        """The signer whose key follows from a secret text."""
        if not _NAME.fullmatch(name):
            raise BadNote(f"{name!r} is no key name: no spaces, no plus")
        seed = hashlib.sha256(b"jianzhu ed25519\0" + secret.encode()).digest()
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def note(self, size: int, root: bytes) -> str:
        """The signed checkpoint of the log that this key signs for."""
        text = str(Checkpoint(self.name, size, root))
        return f"{text}\n{_line(self.public, self.private.sign(text.encode()))}"

    def cosign(self, text: str, at: datetime) -> str:
        """The witness's signature line: the text was consistent with all it saw before, at `at`."""
        seconds = int(at.timestamp())
        signature = self.private.sign(_cosigned(text, seconds))
        return _line(self.public, seconds.to_bytes(8, "big") + signature)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head as the note's text says it."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Of a note's text; further lines are allowed and mean nothing here."""
        lines = text.split("\n")
        if len(lines) < 4 or not re.fullmatch(r"0|[1-9][0-9]*", lines[1]) or not lines[0]:
            raise BadNote("no checkpoint: origin, size and root are needed, a line each")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadNote(f"the root is no base64: {error}") from None
        if len(root) != 32:
            raise BadNote("the root has not 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def split(note: str) -> tuple[str, list[str]]:
    """A note's text and its signature lines."""
    if len(note.encode()) > NOTE_BYTES_MAX:
        raise BadNote("the note is too long")
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise BadNote("no note: a text, an empty line and signatures are needed")
    return text + "\n", signatures.removesuffix("\n").split("\n")


def verify(note: str, key: PublicKey) -> Checkpoint:
    """The head that the key signed; BadNote when it did not."""
    text, lines = split(note)
    signatures = [one for line in lines if (one := _signature(line, key)) is not None]
    if not signatures:
        raise BadNote(f"{key.name} has not signed this")
    for signature in signatures:
        # A cosignature begins with the time, which stands under the signature too.
        time, own = (signature[:8], signature[8:]) if key.kind == WITNESS else (b"", signature)
        said = _cosigned(text, int.from_bytes(time, "big")) if time else text.encode()
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(own, said)
        except InvalidSignature:
            raise BadNote(f"the signature of {key.name} is not over this text") from None
    return Checkpoint.parse(text)


def _signature(line: str, key: PublicKey) -> bytes | None:
    """What the key signed, if the line is of this key."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH:
        raise BadNote("a signature line is not of the form “— name signature”")
    try:
        said = base64.b64decode(parts[2], validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadNote(f"a signature is no base64: {error}") from None
    return said[4:] if parts[1] == key.name and said[:4] == key.ident else None


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _line(key: PublicKey, signature: bytes) -> str:
    return f"{_DASH} {key.name} {base64.b64encode(key.ident + signature).decode()}\n"
