"""Where terminals talk to us: the body is kept, the device is answered at once, read afterwards.

No session and no token: a terminal can't hold one. What counts is the allow-list of serials, checked
when the body is read; a body of an unknown device is kept and shown, never paid from.
"""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from jianzhu.kernel import clock
from projects.attendance import capture
from projects.attendance.devices import DeviceAnswer, DeviceRequest, Maker, answer
from projects.attendance.devices.values import text
from projects.sites import queries as sites

log = logging.getLogger(__name__)

# Headers that say how to read the body; nothing else of a request is kept.
KEPT_HEADERS = ("content-type", "content-encoding", "user-agent")


@csrf_exempt
def receive(request: HttpRequest, maker: str, table: str = "") -> HttpResponse:
    """One request of a terminal of this maker; `table` is a ZKTeco path's last word."""
    kind = Maker(maker)
    try:
        said = _said(request)
    except RequestDataTooBig:
        return _refused(kind, "too_large", 413)
    except (TooManyFieldsSent, UnreadablePostError):
        return _refused(kind, "unreadable", 400)
    # Only ZKTeco says its serial outside the body; the others are known once the body is read.
    serial = said.query.get("SN", "")[:64] if kind is Maker.ZKTECO else ""
    if request.method == "POST":  # polls and hand-shakes carry no news
        try:
            capture.store_body(maker=kind, serial=serial, request=said)
        except DatabaseError:
            log.exception("a body of a %s terminal could not be kept", maker)
            return HttpResponse(status=500)  # the device keeps the event and sends it again
    elif serial:
        capture.hear_poll(maker=kind, serial=serial, at=said.received_at)
    return _http(answer(kind, said, zone=_zone(kind, serial, said)))


def _zone(maker: Maker, serial: str, said: DeviceRequest) -> ZoneInfo:
    """The site's zone, where the answer tells it: only a hand-shake does, and only that asks for it."""
    terminal = (
        sites.device_by_serial(str(maker), serial) if serial and said.method == "GET" else None
    )
    return ZoneInfo(terminal.zone if terminal else settings.TIME_ZONE)


def _said(request: HttpRequest) -> DeviceRequest:
    headers = {
        name: value for name in KEPT_HEADERS if (value := request.headers.get(name)) is not None
    }
    # A query may hold what no text column takes (NUL); the body is kept as bytes.
    return DeviceRequest(
        method=request.method or "",
        path=text(request.path, 200),
        query={text(name, 64): text(value) for name, value in request.GET.items()},
        headers={name: text(value) for name, value in headers.items()},
        body=request.body,
        received_at=clock.now(),
    )


def _refused(maker: Maker, why: str, status: int) -> HttpResponse:
    log.warning("a request of a %s terminal was refused: %s", maker, why)
    capture.refuse_body(maker=maker, why=why, at=clock.now())
    return HttpResponse(status=status)


def _http(said: DeviceAnswer) -> HttpResponse:
    return HttpResponse(said.body, status=said.status, content_type=said.content_type)
