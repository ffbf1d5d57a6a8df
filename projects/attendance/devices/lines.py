"""JSON Lines: one event a line, from many terminals at once, as gateways and exports hold them.

    {"kind": "zkteco", "serial": "ZK990001", "person_no": "00042", "at": "2026-10-12T07:58:00",
     "direction": "in", "method": "face", "serial_no": 139}

`kind`, `serial`, `person_no` and `at` have to be there. `at` without an offset is the terminal's wall
clock. `serial_no` is the terminal's own number of the event and makes the same key as the event sent
by the terminal itself; `key` names it outright. Lines that can't be read are faults with their
number; the others stand.

Decoded and checked by msgspec: a tenth of the time that json and checks by hand take, and this is
where a million events spend it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from projects.attendance.devices.notebook import EVENTS_MAX, Notebook
from projects.attendance.devices.values import YEAR_END, YEAR_MIN, stamped

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event as a line says it. `at` is naive where it is the terminal's wall clock."""

    kind: Literal["hikvision", "zkteco", "dahua", "uface"]
    serial: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    person_no: _Word
    at: datetime
    direction: Literal["in", "out", "unknown"] = "unknown"
    method: Literal["face", "card", "finger", "palm", "password", "qr", "other"] = "other"
    serial_no: Annotated[int, msgspec.Meta(gt=0, lt=10**18)] | None = None
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=120)] | None = None


_decoder = msgspec.json.Decoder(Event)
# How the makers' own parsers begin a key that holds the terminal's number of the event.
_NUMBERED = {"hikvision": "s", "dahua": "b"}


def read_lines(content: bytes) -> tuple[list[Event], Notebook]:
    """The events in order, and what could not be read. Never raises for content."""
    book = Notebook()
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        events = _decoder.decode_lines(content)
        if len(events) <= EVENTS_MAX and all(map(_is_proper, events)):
            return events, book
    except (ValueError, RecursionError):
        pass  # line by line, to say which
    return _one_by_one(content, book), book


def _one_by_one(content: bytes, book: Notebook) -> list[Event]:
    events: list[Event] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line or line.isspace():
            continue
        if len(events) >= EVENTS_MAX:
            book.fault("too_many_events", f"line {number}", f"only {EVENTS_MAX} are read")
            break
        try:
            event = _decoder.decode(line)
        except msgspec.ValidationError as problem:
            book.fault("bad_field", f"line {number}", str(problem))
        except UnicodeDecodeError:
            book.fault("bad_encoding", f"line {number}")
        except (ValueError, RecursionError) as problem:
            book.fault("not_json", f"line {number}", str(problem))
        else:
            if _is_proper(event):
                events.append(event)
            else:
                book.fault("bad_text", f"line {number}", "blanks or control codes in a name")
    return events


def _is_proper(event: Event) -> bool:
    """Names without blanks and control codes, and years that every database takes."""
    return (
        (event.person_no.isalnum() or _is_word(event.person_no))
        and (event.serial.isalnum() or _is_word(event.serial))
        and (event.key is None or _is_word(event.key))
        and 1900 < event.at.year < 9000
    )


def _is_word(text: str) -> bool:
    return text.isprintable() and " " not in text


def is_possible(at: datetime) -> bool:
    """Whether a terminal whose clock has power can say so: not 1970, not 2099."""
    return YEAR_MIN <= at.year < YEAR_END


def key_of(event: Event, told: str) -> str:
    """The event's name on its terminal, by its own instant in ISO form: UTC, or wall clock where it
    said that."""
    if event.key is not None:
        return event.key
    if event.serial_no is not None and event.kind in _NUMBERED:
        return f"{_NUMBERED[event.kind]}{event.serial_no}@{stamped(told)}"
    return f"p{event.person_no}@{stamped(told)}/{event.direction}"
