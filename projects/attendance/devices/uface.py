"""Uface (宇泛) cloud call-back: a urlencoded form per recognition, answered by the word SUCCESS.

Fields: deviceKey, personGuid, showTime (device wall clock), photoUrl, type, data, recMode, guid,
userGuid, idCardInfo. There is no direction; it comes from the device's set-up. The photo address is
kept as text and never fetched here.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from projects.attendance.devices.bodies import as_object, form, json_value, plain
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
    instant,
    person,
    stamp,
    subset,
    text,
)

METHODS = {"1": Method.FACE, "2": Method.CARD}
STRANGERS = {"STRANGERBABY"}  # what the device writes for a face that it doesn't know
KEPT = ("type", "recMode", "guid", "userGuid", "photoUrl", "data")


def answer(request: DeviceRequest, zone: ZoneInfo) -> DeviceAnswer:
    return DeviceAnswer(200, "text/plain", b"SUCCESS")


def read(request: DeviceRequest) -> Reading:
    book = Notebook()
    fields = _fields(request, book)
    device = text(fields.get("deviceKey"), 64)
    if not device:
        book.fault("missing_field", "field deviceKey")
    if fields:
        _event(fields, request, book)
    kind = RequestKind.EVENTS if book.events else RequestKind.UNKNOWN
    return Reading(Maker.UFACE, device, kind, tuple(book.events), tuple(book.faults))


def _fields(request: DeviceRequest, book: Notebook) -> Mapping[str, object]:
    raw = plain(request, book).strip()
    if raw[:1] == b"{":
        return as_object(json_value(raw, book, "body"))
    return form(raw, book, "body")


def _event(fields: Mapping[str, object], request: DeviceRequest, book: Notebook) -> None:
    shown = fields.get("showTime")
    checked = checked_time(
        instant(shown) or from_epoch(shown),
        received_at=request.received_at,
        book=book,
        place="field showTime",
    )
    if checked is None:
        return
    at, doubts = checked
    number = person(fields.get("personGuid"))
    number = "" if number in STRANGERS else number
    guid = text(fields.get("guid"), 64)
    book.add(
        DeviceEvent(
            person_no=number,
            at=at,
            local=at.tzinfo is None,
            direction=Direction.UNKNOWN,
            method=METHODS.get(text(fields.get("recMode")), Method.OTHER),
            verified=bool(number),
            key=f"g{guid}@{stamp(at)}" if guid else f"p{number}@{stamp(at)}",
            raw=subset(fields, KEPT),
            doubts=doubts,
        )
    )
