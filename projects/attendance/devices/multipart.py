"""Multipart bodies (RFC 2046 §5.1) from devices: bytes in, parts out, and never an exception.

Own code, because devices break the form in ways that library parsers refuse: bare LF, a missing
closing delimiter, a boundary that the Content-Type quotes wrongly or doesn't name at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from projects.attendance.devices.notebook import Notebook

PARTS_MAX = 32
HEAD_BYTES_MAX = 8 * 1024
BOUNDARY_BYTES_MAX = 200  # RFC 2046 allows 70; cameras are generous

_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s;,]+))', re.IGNORECASE)
_NAME = re.compile(r'\bname\s*=\s*(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM")


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `name` is for messages only; a file name is not even read."""

    name: str
    content_type: str
    body: bytes
    complete: bool

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/") or self.body.startswith(_MAGIC)


def split(raw: bytes, content_type: str, book: Notebook) -> list[Part]:
    """The parts in order. A missing end leaves the last part marked incomplete, with a fault."""
    boundary = _boundary(raw, content_type)
    if not boundary:
        book.fault("no_boundary", "header content-type", content_type)
        return []
    pieces, closed = _pieces(raw, b"--" + boundary)
    if not pieces:
        book.fault("no_parts", "body")
    if not closed:
        book.fault("truncated_multipart", "body")
    if len(pieces) > PARTS_MAX:
        book.fault("too_many_parts", "body", f"only {PARTS_MAX} are read")
    last = len(pieces) - 1
    parts = (
        _part(piece, closed or number < last, f"part {number}", book)
        for number, piece in enumerate(pieces[:PARTS_MAX])
    )
    return [part for part in parts if part is not None]


def _boundary(raw: bytes, content_type: str) -> bytes:
    match = _BOUNDARY.search(content_type)
    named = (match[1] or match[2]).encode("utf-8", "replace") if match else b""
    if named and b"--" + named in raw:
        return named[:BOUNDARY_BYTES_MAX]
    # Wrong or no Content-Type: the body's own first line says it.
    first = raw.lstrip(b"\r\n\t ").split(b"\n", 1)[0].rstrip(b"\r\t ")
    if first.startswith(b"--") and 2 < len(first) <= BOUNDARY_BYTES_MAX:
        return first[2:]
    return named if raw.lstrip().startswith(b"--") else b""


def _pieces(raw: bytes, delimiter: bytes) -> tuple[list[bytes], bool]:
    """What stands between delimiters at line starts, and whether the closing one was there."""
    marks = list(
        re.finditer(rb"(?:^|\r?\n)" + re.escape(delimiter) + rb"(--)?[ \t]*(?=\r?\n|$)", raw)
    )
    pieces: list[bytes] = []
    for number, mark in enumerate(marks):
        if mark[1]:
            return pieces, True
        end = marks[number + 1].start() if number + 1 < len(marks) else len(raw)
        pieces.append(raw[mark.end() : end])
        if number >= PARTS_MAX:
            break
    return pieces, False


def _part(piece: bytes, complete: bool, place: str, book: Notebook) -> Part | None:
    bare = re.match(rb"\r?\n(?=\r?\n)", piece)  # no header lines at all
    end = bare or _HEAD_END.search(piece, 0, HEAD_BYTES_MAX)
    if end is None:
        book.fault("no_part_head", place)
        return None
    head = _head(piece[: end.start()])
    body = piece[end.end() :] if not bare else piece[end.end() :].lstrip(b"\r\n")
    match = _NAME.search(head.get("content-disposition", ""))
    return Part(
        name=(match[1] or match[2] or "") if match else "",
        content_type=head.get("content-type", "").lower(),
        body=body,
        complete=complete or _as_long_as_told(head, body),
    )


def _head(raw: bytes) -> dict[str, str]:
    lines = (line.partition(b":") for line in raw.splitlines())
    return {
        name.strip().lower().decode("ascii", "replace"): value.strip().decode("utf-8", "replace")
        for name, _, value in lines
    }


def _as_long_as_told(head: dict[str, str], body: bytes) -> bool:
    told = head.get("content-length", "")
    return told.isascii() and told.isdigit() and len(told) < 12 and int(told) <= len(body)
