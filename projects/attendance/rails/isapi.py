"""Hikvision's search of stored events: `POST /ISAPI/AccessControl/AcsEvent`, with HTTP Digest.

A page holds at most 30 events and says OK (the last), MORE, or NO MATCH. Positions count within one
searchID. Instants go out in the terminal's own zone. Pages are given on as bytes: they are kept raw
and read like everything else that a terminal says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import requests
from requests.auth import HTTPDigestAuth

PATH = "/ISAPI/AccessControl/AcsEvent"
MAJOR_EVENT = 5
PAGE_EVENTS = 30
# A terminal holds some 100,000 events; whoever says MORE for longer is broken.
PAGES_MAX = 4_000
PAGE_BYTES_MAX = 4 * 1024 * 1024
TIMEOUT_SECONDS = (3.05, 15)


class Unreachable(ConnectionError):
    """The terminal did not answer the question; it is asked again later."""


def pages(
    address: str, login: str, password: str, *, zone: str, since: datetime, until: datetime
) -> Iterator[bytes]:
    """The pages of events from `since` to `until`, as they come; raises Unreachable."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = HTTPDigestAuth(login, password) if login else None
        search, position = uuid4().hex, 0
        for _ in range(PAGES_MAX):
            page = _page(session, address, _question(search, position, zone, since, until))
            status, events = _told(page)
            if events:
                yield page
            if status != "MORE" or not events:
                return
            position += events
    raise Unreachable(f"{address} says MORE after {PAGES_MAX} pages")


def _question(search: str, position: int, zone: str, since: datetime, until: datetime) -> bytes:
    local = ZoneInfo(zone)
    asked = {
        "searchID": search,
        "searchResultPosition": position,
        "maxResults": PAGE_EVENTS,
        "major": MAJOR_EVENT,
        "minor": 0,
        "startTime": since.astimezone(local).isoformat(timespec="seconds"),
        "endTime": until.astimezone(local).isoformat(timespec="seconds"),
    }
    return json.dumps({"AcsEventCond": asked}).encode()


def _page(session: requests.Session, address: str, question: bytes) -> bytes:
    try:
        with session.post(
            f"{address}{PATH}?format=json",
            data=question,
            headers={"Content-Type": "application/json"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            content = answer.raw.read(PAGE_BYTES_MAX + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise Unreachable(f"{address}: {type(error).__name__}") from error
    if answer.status_code != requests.codes.ok:
        raise Unreachable(f"{address} answers {answer.status_code}")
    if len(content) > PAGE_BYTES_MAX:
        raise Unreachable(f"{address}: a page of more than {PAGE_BYTES_MAX} bytes")
    return bytes(content)


def _told(page: bytes) -> tuple[str, int]:
    """(status, number of events) of a page; what is no page ends the search as unreachable."""
    try:
        found = json.loads(page)["AcsEvent"]
        events = found.get("InfoList") or []
        return str(found.get("responseStatusStrg", "")), len(events)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreachable(f"no page of events: {type(error).__name__}") from error
