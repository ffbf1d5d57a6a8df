"""Somebody who calls the API as a program would: with a token, and a key on each write.

Each call is made on the evening of the site's working day, whatever the calendar here says.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any
from unittest.mock import patch

from django.test import Client

from jianzhu.access.actor import Actor
from jianzhu.access.authentication import new_token
from jianzhu.access.models import User
from jianzhu.kernel import clock
from tests.site import DAY, at

EVENING = at(DAY, 20)
_keys = count()


class Caller:
    """`get` and `post` below /api/v1/; answers are Django's own."""

    def __init__(self, actor: Actor | None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {}
        self.now = EVENING
        if actor is not None:
            token = new_token(User.objects.get(pk=actor.user_id), EVENING)
            self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        return self.send("GET", path, None, {})

    def post(self, path: str, body: object = None, key: str | None = None) -> Any:
        own = f"key-{next(_keys)}" if key is None else key
        return self.send("POST", path, body, {"Idempotency-Key": own} if own else {})

    def picture(self, path: str, body: bytes, media_type: str = "image/jpeg", **more: Any) -> Any:
        """POST of a file as the body."""
        with patch.object(clock, "now", lambda: self.now):
            return self.client.generic(
                "POST",
                f"/api/v1/{path}",
                data=body,
                content_type=media_type,
                headers={**self.headers, "Idempotency-Key": f"key-{next(_keys)}"},
                **more,
            )

    def send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        with patch.object(clock, "now", lambda: self.now):
            return self.client.generic(
                method,
                f"/api/v1/{path}",
                data=json.dumps({} if body is None else body),
                content_type="application/json",
                headers={**self.headers, **headers},
            )


def refused(answer: Any, status: int, code: str) -> bool:
    """Whether this is that problem document; asserts its shape."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code), said
    return bool(answer.status_code == status)
