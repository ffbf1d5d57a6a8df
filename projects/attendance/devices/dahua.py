"""Dahua ASI terminals: `{"Events": […]}` (backlog or batch) or one `{"Code", "Data", …}`.

Bodies come as JSON, multipart/x-mixed-replace or form-data with pictures, and may be deflated.
The device waits 3 s for `{"code":0}` and otherwise sends again or stores, so even a body that can't
be understood is answered with success.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from projects.attendance.devices.bodies import as_object, documents
from projects.attendance.devices.notebook import Notebook
from projects.attendance.devices.shapes import (
    DeviceAnswer,
    DeviceEvent,
    DeviceRequest,
    Direction,
    Maker,
    Method,
    Reading,
    RequestKind,
)
from projects.attendance.devices.values import (
    checked_time,
    from_epoch,
    person,
    stamp,
    subset,
    text,
    whole,
)

METHODS = {
    1: Method.CARD,
    2: Method.PASSWORD,
    3: Method.FACE,
    5: Method.EXIT_BUTTON,
    15: Method.FACE,
}
DIRECTIONS = {"entry": Direction.IN, "exit": Direction.OUT}
# RealUTC is UTC; on some firmware the other two are the wall clock dressed as Unix seconds.
TIMES = ("RealUTC", "UTC", "CreateTime")
KEPT = [
    "BlockId",
    "CardName",
    "CardNo",
    "CardType",
    "CreateTime",
    "CurrentTemperature",
    "Door",
    "ErrorCode",
    "HatColor",
    "HatType",
    "IsOverTemperature",
    "Method",
    "ReaderID",
    "RealUTC",
    "Status",
    "Type",
    "UTC",
    "UserType",
]


def answer(request: DeviceRequest, zone: ZoneInfo) -> DeviceAnswer:
    return DeviceAnswer(200, "application/json", b'{"code":0,"message":"success"}')


def read(request: DeviceRequest) -> Reading:
    """Access events; door status and the like are counted by their code."""
    book = Notebook()
    found, pictures = documents(request, book)
    device, kind = "", RequestKind.UNKNOWN
    for place, event in _events(found, book):
        data = as_object(event.get("Data"))
        serial = text(data.get("SN"), 64)
        if device and serial and serial != device:
            book.fault("mixed_devices", place, serial)
        device, kind = device or serial, RequestKind.EVENTS
        code = text(event.get("Code"), 40)
        if code == "AccessControl":
            _access(event, data, place, pictures, request, book)
        else:
            book.counted[f"code:{code or 'none'}"] += 1
    return Reading(
        Maker.DAHUA, device, kind, tuple(book.events), tuple(book.faults), dict(book.counted)
    )


def _events(
    found: list[tuple[str, Any]], book: Notebook
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, value in found:
        events = value.get("Events") if isinstance(value, dict) and "Events" in value else value
        if isinstance(events, dict):
            yield place, events
            continue
        for number, event in enumerate(events if isinstance(events, list) else [None]):
            where = f"{place}.Events[{number}]"
            if isinstance(event, dict):
                yield where, event
            else:
                book.fault("wrong_type", where)


def _access(
    event: Mapping[str, Any],
    data: Mapping[str, Any],
    place: str,
    pictures: list[bytes],
    request: DeviceRequest,
    book: Notebook,
) -> None:
    checked = checked_time(
        _time(data), received_at=request.received_at, book=book, place=f"{place}.Data time"
    )
    if checked is None:
        return
    at, doubts = checked
    method = METHODS.get(whole(data.get("Method")) or 0, Method.OTHER)
    source = data.get("DataSource", event.get("DataSource"))
    number = "" if method is Method.EXIT_BUTTON else person(data.get("UserID"))
    book.add(
        DeviceEvent(
            person_no=number,
            at=at,
            local=False,
            direction=DIRECTIONS.get(text(data.get("Type")).lower(), Direction.UNKNOWN),
            method=method,
            verified=whole(data.get("Status")) == 1 and bool(number),
            key=_key(data, number, stamp(at)),
            raw=subset(data, KEPT),
            backlog=text(source).lower() == "offline",
            reader=text(data.get("ReaderID"), 32),
            picture_sha256=_digest(data, pictures, place, book),
            doubts=doubts,
        )
    )


def _time(data: Mapping[str, Any]) -> datetime | None:
    for name in TIMES:
        if (seconds := whole(data.get(name))) is not None and seconds > 0:
            return from_epoch(seconds)
    return None


def _key(data: Mapping[str, Any], number: str, at: str) -> str:
    # The running number starts again when the store is wiped, so the instant stands beside it.
    block = whole(data.get("BlockId"))
    if block:
        return f"b{block}@{at}"
    kind, reader = text(data.get("Type"), 8), text(data.get("ReaderID"), 8)
    return f"p{number}@{at}/{kind}/{reader}/{whole(data.get('Method'))}"


def _digest(data: Mapping[str, Any], pictures: list[bytes], place: str, book: Notebook) -> str:
    """SHA-256 of this event's picture: its slice of the picture part where ImageInfo tells one."""
    if not pictures:
        return ""
    images = data.get("ImageInfo")
    first = as_object(images[0]) if isinstance(images, list) and images else {}
    offset, length = whole(first.get("Offset")), whole(first.get("Length"))
    if offset is None or length is None:
        return hashlib.sha256(pictures[0]).hexdigest()
    if offset < 0 or length <= 0 or offset + length > len(pictures[0]):
        book.fault("picture_mismatch", f"{place}.Data.ImageInfo")
        return ""
    return hashlib.sha256(pictures[0][offset : offset + length]).hexdigest()
