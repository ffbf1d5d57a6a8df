"""`POST /webhooks/stripe`: the provider's door. The signature is checked on the raw bytes first."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from threading import Timer

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jianzhu.kernel import clock
from settlements.payouts import webhooks
from settlements.payouts.rails.stripe.signature import Forged, check

BODY_MAX = 1024 * 1024


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Keep the event and answer; what it means is looked up afterwards."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > BODY_MAX:
        return HttpResponse(status=413)
    at = clock.now()
    try:
        body = _body(request)
        if len(body) != int(length):
            return HttpResponse(status=408)
        check(body, request.headers.get("Stripe-Signature", ""), _secrets(), at)
        event = json.loads(body)
        if not isinstance(event, dict) or not isinstance(event.get("id"), str):
            return HttpResponse(status=400)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except UnreadablePostError:
        return HttpResponse(status=408)
    except (Forged, ValueError):
        return HttpResponse(status=400)
    webhooks.keep(events=[(body, event)], source="webhook", at=at)
    return HttpResponse(status=200)


def _body(request: HttpRequest) -> bytes:
    """What came within the time for it: whoever sends a byte a minute would hold a thread for ever."""
    door: socket.socket | None = request.META.get("gunicorn.socket")
    if door is None:
        return request.body
    late = Timer(settings.WEBHOOK_BODY_SECONDS, _shut, [door])
    late.daemon = True
    late.start()
    try:
        return request.body
    finally:
        late.cancel()


def _shut(door: socket.socket) -> None:
    """Nothing more is read; what came so far can still be answered."""
    with suppress(OSError):
        door.shutdown(socket.SHUT_RD)


def _secrets() -> list[str]:
    """The endpoint's secrets: two while one is being replaced."""
    found: list[str] = settings.STRIPE_WEBHOOK_SECRETS
    return found
