"""ZKTeco terminals speaking ADMS (PUSH 2.x): text lines over `/iclock/…`.

ATTLOG fields, tab separated: PIN, local time without zone, status, verify, work code, reserved
(5 to 11 fields by firmware). There is no authentication but the serial number; a wrong answer makes
the device send its whole store again, which is harmless because keys repeat.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from projects.attendance.devices.bodies import decoded, plain
from projects.attendance.devices.notebook import Notebook
from projects.attendance.devices.shapes import (
    DeviceAnswer,
    DeviceEvent,
    DevicePicture,
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
    text,
    whole,
)

# Pressed by the person, so weaker than the device's set-up. 2 is leaving for a break, 3 coming back.
DIRECTIONS = {
    "0": Direction.IN,
    "1": Direction.OUT,
    "2": Direction.OUT,
    "3": Direction.IN,
    "4": Direction.IN,
    "5": Direction.OUT,
}
METHODS = {
    1: Method.FINGER,
    2: Method.PASSWORD,
    3: Method.CARD,
    4: Method.CARD,
    15: Method.FACE,
    25: Method.PALM,
}
LINE_TABLES = {"ATTLOG", "OPERLOG", "BIODATA", "ERRORLOG", "USERINFO", "FINGERTMP"}
FIELDS_MIN, FIELDS_MAX = 2, 11

_SERIAL = re.compile(r"[^0-9A-Za-z_.:-]")
_PHOTO = re.compile(rb"PIN=(\d{14})(?:-([^\s.\x00/\\]{1,64}))?", re.ASCII)
_OPTIONS = """GET OPTION FROM: {serial}
Stamp=9999
OpStamp=9999
PhotoStamp=9999
ATTLOGStamp=None
OPERLOGStamp=9999
ATTPHOTOStamp=None
ErrorDelay=60
Delay=30
TransTimes=00:00;14:05
TransInterval=1
TransFlag=1111000000
Realtime=1
Encrypt=0
TimeZone={zone}
"""


def answer(request: DeviceRequest, zone: ZoneInfo) -> DeviceAnswer:
    """Option text, `OK: n` (n lines, counted not read) or `OK`, as the path and table ask."""
    kind = _kind(request)
    if kind is RequestKind.HANDSHAKE:
        said = _OPTIONS.format(serial=_serial(request), zone=_zone_option(request, zone))
    elif kind in (RequestKind.EVENTS, RequestKind.RECORDS) and _table(request) in LINE_TABLES:
        said = f"OK: {_lines(request.body)}"
    else:
        said = "OK"
    return DeviceAnswer(200, "text/plain", said.encode())


def read(request: DeviceRequest) -> Reading:
    """Punches of an ATTLOG body; other tables are counted by line."""
    book, kind = Notebook(), _kind(request)
    if not _serial(request):
        book.fault("missing_field", "query SN")
    if kind is RequestKind.EVENTS:
        _attlog(request, book)
    elif kind is RequestKind.PICTURE:
        _photo(request, book)
    elif kind is RequestKind.RECORDS:
        _records(request, book)
    elif kind is RequestKind.UNKNOWN:
        book.fault("unknown_table", "query table", _table(request) or request.path)
        book.counted["unknown_lines"] += _lines(request.body)
    return Reading(
        Maker.ZKTECO,
        _serial(request),
        kind,
        tuple(book.events),
        tuple(book.faults),
        dict(book.counted),
        tuple(book.pictures),
    )


def _kind(request: DeviceRequest) -> RequestKind:
    page = request.path.rstrip("/").rpartition("/")[2].lower().removesuffix(".aspx")
    if page in ("getrequest", "ping"):
        return RequestKind.POLL
    if page == "devicecmd":
        return RequestKind.COMMAND_RESULT
    if page == "fdata":
        return RequestKind.PICTURE
    if page == "registry" or (page == "cdata" and request.method.upper() == "GET"):
        return RequestKind.HANDSHAKE
    table = _table(request)
    if page != "cdata" or not table:
        return RequestKind.UNKNOWN
    if table == "ATTLOG":
        return RequestKind.EVENTS
    if table == "ATTPHOTO":
        return RequestKind.PICTURE
    return RequestKind.RECORDS if table in LINE_TABLES | {"OPTIONS"} else RequestKind.UNKNOWN


def _attlog(request: DeviceRequest, book: Notebook) -> None:
    lines = decoded(plain(request, book), book, "body").split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip("\x00 \t\r"):
            _punch(line, f"line {number}", request, book)


def _punch(line: str, place: str, request: DeviceRequest, book: Notebook) -> None:
    fields = _fields(line)
    if len(fields) < FIELDS_MIN or instant(fields[1]) is None:
        book.fault("bad_line", place, text(line))
        return
    checked = checked_time(
        instant(fields[1]), received_at=request.received_at, book=book, place=place
    )
    if checked is None:
        return
    at, doubts = checked
    status = fields[2] if len(fields) > 2 else ""
    verify = whole(fields[3]) if len(fields) > 3 else None
    number = person(fields[0])
    if not number:
        book.fault("missing_field", place, "PIN")
    book.add(
        DeviceEvent(
            person_no=number,
            at=at,
            local=at.tzinfo is None,
            direction=DIRECTIONS.get(status, Direction.UNKNOWN),
            method=METHODS.get(verify, Method.OTHER) if verify is not None else Method.OTHER,
            verified=bool(number),
            key=f"p{number}@{stamp(at)}/{text(status, 8)}",
            raw={"status": text(status, 8), "verify": verify, "workcode": _workcode(fields)},
            doubts=doubts,
        )
    )


def _fields(line: str) -> list[str]:
    fields = [field.strip("\x00 \r") for field in line.split("\t")]
    if len(fields) >= FIELDS_MIN:
        return fields[:FIELDS_MAX]
    # Some firmware and hand-made exports put spaces: the date and the time are then two words.
    words = line.split()
    return [words[0], " ".join(words[1:3]), *words[3:FIELDS_MAX]] if len(words) > 2 else fields


def _workcode(fields: list[str]) -> str:
    return text(fields[4], 16) if len(fields) > 4 else ""


def _records(request: DeviceRequest, book: Notebook) -> None:
    for line in decoded(plain(request, book), book, "body").split("\n"):
        if word := text(line.strip("\x00 \t\r").split(" ", 1)[0].split("\t", 1)[0], 16):
            kind = word.upper() if word.isascii() and word.isalpha() else "other"
            book.counted[f"{_table(request)}:{kind}"] += 1


def _photo(request: DeviceRequest, book: Notebook) -> None:
    """`PIN=20250313181041-7.jpg`, `SN=…`, `size=…`, a NUL, the picture. The name stays a name."""
    head, _, picture = plain(request, book).partition(b"\x00")
    if not picture:
        book.fault("picture_missing", "body")
        return
    match = _PHOTO.search(head[:1024])
    if match is None:
        book.fault("bad_picture_name", "body")
    number = person(match[2].decode("utf-8", "replace")) if match and match[2] else ""
    at = _compact(match[1].decode()) if match else None
    digest = hashlib.sha256(picture).hexdigest()
    book.pictures.append(DevicePicture(digest, len(picture), number, at))


def _compact(digits: str) -> datetime | None:
    date, time = digits[:8], digits[8:]
    return instant(f"{date[:4]}-{date[4:6]}-{date[6:]} {time[:2]}:{time[2:4]}:{time[4:]}")


def _query(request: DeviceRequest, name: str) -> str:
    for key, value in request.query.items():
        if key.lower() == name:
            return text(value, 64)
    return ""


def _serial(request: DeviceRequest) -> str:
    return _SERIAL.sub("", _query(request, "sn"))


def _table(request: DeviceRequest) -> str:
    return _query(request, "table").upper()


def _lines(body: bytes) -> int:
    return sum(1 for line in body.split(b"\n") if line.strip(b"\x00 \t\r"))


def _zone_option(request: DeviceRequest, zone: ZoneInfo) -> int:
    """Whole hours as hours, any other offset in minutes, which is how the protocol tells them."""
    offset = request.received_at.astimezone(zone).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    return minutes // 60 if minutes % 60 == 0 else minutes
