"""Pictures on disk, each under its own SHA-256: the same picture once, and no name from outside."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from projects.acceptance import errors

# A phone's picture has 2 to 6 MB; what is larger is no picture of a wall.
SIZE_MAX = 8 * 1024 * 1024
# Disk or quota at its end.
FULL = (errno.ENOSPC, errno.EDQUOT)
PHOTOS_MAX = 50  # of one sheet
TYPES = ("image/jpeg", "image/png", "image/webp")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes with the type that they really are; its text is its digest."""

    content: bytes
    media_type: str

    @classmethod
    def read(cls, content: bytes) -> Picture:
        """The type by the first bytes, whatever was claimed; PhotoRefused when none of ours."""
        if len(content) > SIZE_MAX:
            raise errors.PhotoTooLarge(most=SIZE_MAX >> 20)
        found = _type_of(content)
        if found is None:
            raise errors.PhotoRefused
        return cls(content, found)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def __str__(self) -> str:
        return self.digest


def _type_of(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def check_told(media_type: str, length: str) -> None:
    """What the headers say, before one byte is read: a type and a size that may be."""
    if media_type not in TYPES:
        raise errors.PhotoRefused
    if not (length.isascii() and length.isdigit()) or not 0 < int(length) <= SIZE_MAX:
        raise errors.PhotoTooLarge(most=SIZE_MAX >> 20)


def keep(picture: Picture) -> None:
    """Write the bytes where they are found again; whole or not at all, and once."""
    path = _path(picture.digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(picture.content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except OSError as error:
        Path(draft).unlink(missing_ok=True)
        if error.errno in FULL:
            raise errors.NoRoom from error
        raise


def load(digest: str) -> bytes:
    """The kept bytes, compared with their name; PhotoLost when they are others or gone."""
    try:
        content = _path(digest).read_bytes()
    except FileNotFoundError:
        raise errors.PhotoLost(digest=digest) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise errors.PhotoLost(digest=digest)
    return content


def _path(digest: str) -> Path:
    """var/photos/ab/abcd…: made from a digest alone, so it can lead nowhere else."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"not a digest: {digest[:70]!r}")
    return Path(settings.VAR) / "photos" / digest[:2] / digest
