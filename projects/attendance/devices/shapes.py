"""The values that travel out of the parsers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from projects.attendance.rules.facts import Direction

__all__ = [
    "DeviceAnswer",
    "DeviceEvent",
    "DevicePicture",
    "DeviceRequest",
    "Direction",
    "Fault",
    "Maker",
    "Method",
    "Reading",
    "RequestKind",
]

Scalar = str | int | float | bool | None


class Maker(StrEnum):
    HIKVISION = "hikvision"
    ZKTECO = "zkteco"
    DAHUA = "dahua"
    UFACE = "uface"


class Method(StrEnum):
    """How the person showed who they are."""

    FACE = "face"
    CARD = "card"
    FINGER = "finger"
    PALM = "palm"
    PASSWORD = "password"  # noqa: S105
    QR = "qr"
    EXIT_BUTTON = "exit_button"  # opens the door from inside; carries no identity
    OTHER = "other"


class RequestKind(StrEnum):
    """What the request as a whole was about."""

    EVENTS = "events"
    SEARCH_PAGE = "search_page"  # an answer to our own pull of missed events
    HEARTBEAT = "heartbeat"
    HANDSHAKE = "handshake"
    POLL = "poll"
    COMMAND_RESULT = "command_result"
    RECORDS = "records"  # users, templates, operation logs: no punches
    PICTURE = "picture"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """One HTTP request as it came in; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """One person's attempt at one gate, exactly as the device tells it.

    `at` is aware when the device named its zone; otherwise naive and `local` is True: the site's
    wall clock. `key` is the idempotency key within one device. `direction` is what the device or
    the person's key press says: set-up of the reader or device comes first, this second.
    `doubts` are reasons to park the event (codes as in `Fault`); empty means well understood.
    """

    person_no: str
    at: datetime
    local: bool
    direction: Direction
    method: Method
    verified: bool
    key: str
    raw: Mapping[str, Scalar] = field(default_factory=dict)
    backlog: bool = False
    reader: str = ""
    picture_sha256: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DevicePicture:
    """A picture that came without its event (ZKTeco ATTPHOTO); `at` is the site's wall clock."""

    sha256: str
    size_bytes: int
    person_no: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something not understood: `code` for counting, `place` to find it, `detail` for a person."""

    code: str
    place: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one request said. `counted` numbers, by name, what is no person's punch (doors, …)."""

    maker: Maker
    device: str
    kind: RequestKind
    events: tuple[DeviceEvent, ...] = ()
    faults: tuple[Fault, ...] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    pictures: tuple[DevicePicture, ...] = ()
    more: bool = False  # a search page that is not the last one


@dataclass(frozen=True, slots=True)
class DeviceAnswer:
    status: int
    content_type: str
    body: bytes
