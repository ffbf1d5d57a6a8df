"""From raw bytes to documents: inflate with a ceiling, decode, JSON without surprises, forms."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from projects.attendance.devices.multipart import Part, split
from projects.attendance.devices.notebook import (
    BODY_BYTES_MAX,
    INFLATED_BYTES_MAX,
    Notebook,
)
from projects.attendance.devices.shapes import DeviceRequest

FORM_FIELDS_MAX = 100
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}  # both readings of "deflate"
_JSON_START = (b"{", b"[")


def plain(request: DeviceRequest, book: Notebook) -> bytes:
    """The body without its content encoding; empty (with a fault) when it breaks a limit."""
    if len(request.body) > BODY_BYTES_MAX:
        book.fault("body_too_large", "body", f"{len(request.body)} bytes")
        return b""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _unlabelled(request.body, book)
    if encoding not in _WINDOWS:
        book.fault("unknown_encoding", "header content-encoding", encoding)
        return request.body
    return _inflate(request.body, _WINDOWS[encoding], book)


def _unlabelled(body: bytes, book: Notebook) -> bytes:
    # Some firmware deflates without saying so; 0x78 with a right check is no start of any text.
    if len(body) > 2 and body[0] == 0x78 and (body[0] * 256 + body[1]) % 31 == 0:
        return _inflate(body, (15,), book)
    return body


def _inflate(body: bytes, windows: tuple[int, ...], book: Notebook) -> bytes:
    for bits in windows:
        inflater = zlib.decompressobj(bits)
        try:
            out = inflater.decompress(body, INFLATED_BYTES_MAX + 1)
        except zlib.error:
            continue
        if len(out) > INFLATED_BYTES_MAX:
            book.fault("inflated_too_large", "body", f"more than {INFLATED_BYTES_MAX} bytes")
            return b""
        if not inflater.eof:
            book.fault("deflate_truncated", "body")
        return out
    book.fault("deflate_broken", "body")
    return b""


def decoded(raw: bytes, book: Notebook, place: str) -> str:
    """UTF-8 (with or without BOM), else GB18030, else UTF-8 with marks where bytes were broken."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    book.fault("bad_encoding", place)
    return raw.decode("utf-8", "replace")


def json_value(raw: bytes, book: Notebook, place: str) -> Any:
    """The JSON value, or None with a fault. NaN becomes None; of a doubled key the last one wins."""

    def constant(name: str) -> None:
        book.fault("not_a_number", place, name)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            book.fault("duplicate_key", place)
        return found

    source = decoded(raw, book, place).strip("\x00 \r\n\t")
    try:
        return json.loads(source, parse_constant=constant, object_pairs_hook=pairs)
    except RecursionError:
        book.fault("too_deep", place)
    except ValueError as problem:  # also integers of more digits than Python converts
        book.fault("not_json", place, str(problem))
    return None


def form(raw: bytes, book: Notebook, place: str) -> dict[str, str]:
    """The fields of a urlencoded form; the first of a doubled name wins, with a fault."""
    fields: dict[str, str] = {}
    try:
        items = parse_qsl(
            decoded(raw, book, place),
            keep_blank_values=True,
            max_num_fields=FORM_FIELDS_MAX,
            errors="replace",
        )
    except ValueError:
        book.fault("too_many_fields", place)
        return fields
    for name, value in items:
        if name in fields:
            book.fault("duplicate_key", place, name)
        fields.setdefault(name, value)
    return fields


def documents(request: DeviceRequest, book: Notebook) -> tuple[list[tuple[str, Any]], list[bytes]]:
    """(place, JSON value) of every document in the body, and the pictures that came with them.

    What the body is, is decided by its first bytes; the Content-Type is only asked for the
    multipart boundary, for devices set it wrongly.
    """
    raw = plain(request, book)
    start = raw.lstrip(b"\xef\xbb\xbf\x00 \r\n\t")
    if start[:1] in _JSON_START:
        return _known([("body", json_value(raw, book, "body"))]), []
    kind = request.headers.get("content-type", "")
    if start[:2] == b"--" or (kind.strip().lower().startswith("multipart/") and start):
        return _of_parts(split(raw, kind, book), book)
    if start:
        book.fault("unknown_body", "body", kind)
    return [], []


def _of_parts(parts: list[Part], book: Notebook) -> tuple[list[tuple[str, Any]], list[bytes]]:
    found: list[tuple[str, Any]] = []
    pictures: list[bytes] = []
    for number, part in enumerate(parts):
        place = f"part {number}"
        if part.body.lstrip(b"\xef\xbb\xbf\x00 \r\n\t")[:1] in _JSON_START:
            found.append((place, json_value(part.body, book, place)))
        elif part.is_picture and part.complete:
            pictures.append(part.body)
        elif part.is_picture:
            book.fault("picture_truncated", place)
        elif part.body.strip():
            book.fault("unknown_part", place, part.name)
    return _known(found), pictures


def _known(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(place, value) for place, value in found if value is not None]


def as_object(value: object) -> Mapping[str, Any]:
    """The object itself, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}
