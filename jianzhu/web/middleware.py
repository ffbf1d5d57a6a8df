"""A name for each request, so that its log lines and audit events find each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from jianzhu.audit.events import request_id

SAFE = re.compile(r"[A-Za-z0-9-]{8,36}")


class RequestIdMiddleware:
    """Takes a safe incoming X-Request-Id or makes one; answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        name = given if SAFE.fullmatch(given) else str(uuid4())
        token = request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = name
        return response
