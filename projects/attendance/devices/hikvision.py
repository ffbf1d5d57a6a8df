"""Hikvision terminals: HTTP host push (JSON, XML, multipart with picture) and the AcsEvent pull.

Push: `{"macAddress", "dateTime", "eventType", "AccessControllerEvent": {…}}`, alone or as a part
(`event_log`, `AccessControllerEvent`) beside a picture. Pull: a page of `AcsEvent.InfoList`.
Field meanings: ISAPI access control guide; codes: `NET_DVR_ACS_ALARM_INFO` of the device SDK.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from projects.attendance.devices import markup
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
    instant,
    person,
    stamp,
    subset,
    text,
    whole,
)

MAJOR_EVENT = 5

# Sub types of major 5. Only what says "this person, by this means" is a verified punch; a code not
# listed is never guessed to be one.
PASSED = {
    1: Method.CARD,
    2: Method.CARD,
    38: Method.FINGER,
    40: Method.FINGER,
    43: Method.FINGER,
    46: Method.FINGER,
    54: Method.FACE,
    57: Method.FACE,
    60: Method.FACE,
    63: Method.FACE,
    66: Method.FACE,
    69: Method.FINGER,
    72: Method.FINGER,
    75: Method.FACE,
    77: Method.FACE,
    101: Method.PASSWORD,
}
FAILED = {
    3: Method.CARD,
    6: Method.CARD,
    7: Method.CARD,
    8: Method.CARD,
    9: Method.CARD,
    39: Method.FINGER,
    41: Method.FINGER,
    49: Method.FINGER,
    55: Method.FACE,
    58: Method.FACE,
    61: Method.FACE,
    76: Method.FACE,
    78: Method.FACE,
    102: Method.PASSWORD,
}
BUTTONS = {23}
DOORS = {21, 22, *range(24, 33)}

# Pressed by the person on the terminal, so weaker than the set-up of reader and device.
DIRECTIONS = {
    "checkin": Direction.IN,
    "breakin": Direction.IN,
    "overtimein": Direction.IN,
    "checkout": Direction.OUT,
    "breakout": Direction.OUT,
    "overtimeout": Direction.OUT,
}
KEPT = [
    "deviceName",
    "majorEventType",
    "major",
    "subEventType",
    "minor",
    "cardNo",
    "name",
    "cardReaderNo",
    "doorNo",
    "verifyNo",
    "serialNo",
    "userType",
    "currentVerifyMode",
    "attendanceStatus",
    "mask",
    "helmet",
    "picturesNumber",
]


def answer(request: DeviceRequest, zone: ZoneInfo) -> DeviceAnswer:
    """200 and a small JSON object, whatever came: anything else makes the device send again."""
    return DeviceAnswer(200, "application/json", b'{"statusCode":1,"statusString":"OK"}')


def read(request: DeviceRequest) -> Reading:
    """Events of one push, or of one page of a search answer."""
    book = Notebook()
    found, pictures = _documents(request, book)
    digest = hashlib.sha256(pictures[0]).hexdigest() if pictures else ""
    device, kind, more = "", RequestKind.UNKNOWN, False
    for place, value in found:
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            where = f"{place}[{number}]" if isinstance(value, list) else place
            document = as_object(item)
            device = device or text(document.get("macAddress"), 64).lower()
            kind, more = _one(document, where, digest, request, book)
    if not found and not request.body.strip():
        kind = RequestKind.HEARTBEAT
    return Reading(
        Maker.HIKVISION,
        device,
        kind,
        tuple(book.events),
        tuple(book.faults),
        dict(book.counted),
        more=more,
    )


def _documents(request: DeviceRequest, book: Notebook) -> tuple[list[tuple[str, Any]], list[bytes]]:
    if request.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return markup.documents(request.body, book), []
    return documents(request, book)


def _one(
    document: Mapping[str, Any], place: str, digest: str, request: DeviceRequest, book: Notebook
) -> tuple[RequestKind, bool]:
    if "AcsEvent" in document:
        return RequestKind.SEARCH_PAGE, _page(document["AcsEvent"], place, request, book)
    kind = text(document.get("eventType")).lower()
    if kind == "heartbeat":
        book.counted["heartbeat"] += 1
        return RequestKind.HEARTBEAT, False
    inner = document.get("AccessControllerEvent")
    if isinstance(inner, dict):
        backlog = inner.get("currentEvent") in (False, "false")
        _event(inner, document.get("dateTime"), place, request, book, backlog, digest)
        return RequestKind.EVENTS, False
    if kind and kind != "accesscontrollerevent":
        book.counted[f"event:{kind[:40]}"] += 1
        return RequestKind.EVENTS, False
    book.fault("missing_field", place, "AccessControllerEvent")
    return RequestKind.UNKNOWN, False


def _page(value: object, place: str, request: DeviceRequest, book: Notebook) -> bool:
    page = as_object(value)
    rows = page.get("InfoList", [])
    if not isinstance(rows, list):
        book.fault("wrong_type", f"{place}.AcsEvent.InfoList")
        rows = []
    for number, row in enumerate(rows):
        where = f"{place}.AcsEvent.InfoList[{number}]"
        if isinstance(row, dict):
            _event(row, row.get("time"), where, request, book, backlog=True, digest="")
        else:
            book.fault("wrong_type", where)
    return page.get("responseStatusStrg") == "MORE"


def _event(
    inner: Mapping[str, Any],
    when: object,
    place: str,
    request: DeviceRequest,
    book: Notebook,
    backlog: bool,
    digest: str,
) -> None:
    major = whole(inner.get("majorEventType", inner.get("major")))
    minor = whole(inner.get("subEventType", inner.get("minor")))
    number = person(inner.get("employeeNoString")) or person(inner.get("employeeNo"))
    if not _concerns_people(major, minor, number, book):
        return
    checked = checked_time(
        instant(when), received_at=request.received_at, book=book, place=f"{place} time"
    )
    if checked is None:
        return
    at, doubts = checked
    method, verified, unknown = _meaning(minor)
    if unknown:
        book.fault("unknown_event_code", place, f"{major}/{minor}")
    book.add(
        DeviceEvent(
            person_no=number,
            at=at,
            local=at.tzinfo is None,
            direction=DIRECTIONS.get(
                text(inner.get("attendanceStatus")).lower(), Direction.UNKNOWN
            ),
            method=method,
            verified=verified,
            key=_key(inner, number, stamp(at), minor),
            raw=subset(inner, KEPT),
            backlog=backlog,
            reader=text(inner.get("cardReaderNo"), 32),
            picture_sha256=digest,
            doubts=doubts + unknown,
        )
    )


def _concerns_people(major: int | None, minor: int | None, number: str, book: Notebook) -> bool:
    """Doors, alarms and operations are counted; an attempt or a pass of a person goes on."""
    if major not in (MAJOR_EVENT, None):
        book.counted[f"major:{major}"] += 1
    elif minor in DOORS:
        book.counted["door"] += 1
    elif minor in PASSED or minor in FAILED or minor in BUTTONS or number:
        return True
    else:
        book.counted[f"minor:{minor}"] += 1
    return False


def _meaning(minor: int | None) -> tuple[Method, bool, tuple[str, ...]]:
    if minor in BUTTONS:
        return Method.EXIT_BUTTON, False, ()
    if minor in PASSED:
        return PASSED[minor], True, ()
    if minor in FAILED:
        return FAILED[minor], False, ()
    return Method.OTHER, False, ("unknown_event_code",)


def _key(inner: Mapping[str, Any], number: str, at: str, minor: int | None) -> str:
    # The running number starts again after a factory reset, so the instant stands beside it.
    serial = whole(inner.get("serialNo"))
    return f"s{serial}@{at}" if serial else f"p{number}@{at}/{minor}"
