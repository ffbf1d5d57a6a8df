"""Untrusted scalars made safe: text that a database takes, whole numbers, instants in bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from projects.attendance.devices.notebook import PERSON_NO_MAX, TEXT_MAX, Notebook
from projects.attendance.devices.shapes import Scalar

# Outside these years a device's clock has lost its power (1970, 2000) or is broken: parked.
YEAR_MIN, YEAR_END = 2000, 2100
# A clock may run ahead of ours this far before its events are parked; wall clocks without a zone
# may differ from UTC by 14 h on top of it.
AHEAD_MAX = timedelta(days=1)
LOCAL_SLACK = timedelta(hours=14)
LATEST_AHEAD = AHEAD_MAX + LOCAL_SLACK
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_SECONDS_END = 4_102_444_800 * 2  # far past YEAR_END, still a valid datetime

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r" ?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def text(value: object, limit: int = TEXT_MAX) -> str:
    """A scalar as storable text: no NUL, no control codes, no lone surrogates, trimmed, bounded."""
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list, float)):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else ""
    return _UNSTORABLE.sub("\ufffd", str(value)[: limit * 4]).strip()[:limit]


def person(value: object) -> str:
    """A person number as the device has it: leading zeros stay, "0" and blanks are nobody."""
    number = text(value, PERSON_NO_MAX + 1)
    if len(number) > PERSON_NO_MAX:  # cut short it might be somebody else's
        return number[: PERSON_NO_MAX - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return "" if number.strip("0") == "" and len(number) <= 1 else number


def whole(value: object) -> int | None:
    """An integer, or None: digits as text count, booleans, fractions, NaN and huge ones don't."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value == int(value) else None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    return None


def instant(value: object) -> datetime | None:
    """ISO-like text: aware when it names a zone, else naive wall clock; None when it is no date."""
    match = _INSTANT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    *parts, second, zone = match.groups()
    try:
        year, month, day, hour, minute = (int(part) for part in parts)
        at = datetime(year, month, day, hour, minute, int(second or 0))  # noqa: DTZ001 - local
        return at if zone is None else at.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> Any:
    return datetime.strptime(name.replace("Z", "+0000"), "%z").tzinfo


def from_epoch(value: object) -> datetime | None:
    """Unix seconds (milliseconds when too large for seconds) as an aware instant."""
    seconds = whole(value)
    if seconds is None:
        return None
    if seconds >= EPOCH_SECONDS_END:
        seconds //= 1000
    return EPOCH + timedelta(seconds=seconds) if 0 <= seconds < EPOCH_SECONDS_END else None


def doubts_of(at: datetime, received_at: datetime) -> tuple[str, ...]:
    """Why this instant can't be trusted: outside of all reason, or ahead of the time of arrival."""
    if not YEAR_MIN <= at.year < YEAR_END:
        return ("time_out_of_bounds",)
    slack = AHEAD_MAX if at.tzinfo else LATEST_AHEAD
    if at.replace(tzinfo=at.tzinfo or UTC) > received_at + slack:
        return ("time_ahead",)
    return ()


def checked_time(
    at: datetime | None, *, received_at: datetime, book: Notebook, place: str
) -> tuple[datetime, tuple[str, ...]] | None:
    """The instant with its doubts, or None (and a fault) when there is none to keep."""
    if at is None or at.year < 1970 or at.year > 2200:
        book.fault("bad_time", place)
        return None
    doubts = doubts_of(at, received_at)
    for code in doubts:
        book.fault(code, place, at.isoformat())
    return at, doubts


def subset(source: Mapping[str, Any], names: Iterable[str]) -> dict[str, Scalar]:
    """The named scalars of an untrusted object, cleaned, for people to look at."""
    kept: dict[str, Scalar] = {}
    for name in names:
        value = source.get(name)
        if isinstance(value, str):
            kept[name] = text(value)
        elif (
            isinstance(value, bool)
            or (isinstance(value, int) and abs(value) < 10**18)
            or (isinstance(value, float) and math.isfinite(value))
        ):
            kept[name] = value
    return kept


def stamp(at: datetime) -> str:
    """An instant inside a key: seconds, UTC when aware, so that push and pull agree."""
    return stamped(at.isoformat())


def stamped(iso: str) -> str:
    """`stamp` of an instant in ISO form; aware ones end with their offset."""
    digits = iso[:19].replace("-", "").replace(":", "")
    return f"{digits}Z" if "+" in iso or iso.count("-") > 2 else digits
