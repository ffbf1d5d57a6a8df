"""An event as it is written, and the bytes of it that the tree hashes."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# Set by the web edge for the length of a request; joins an event to the request's log lines.
request_id: ContextVar[str] = ContextVar("request_id", default="")


@dataclass(frozen=True, slots=True)
class Event:
    """`verb` is "<noun>.<verb>"; `data` is JSON-ready: whole numbers, texts, lists, objects."""

    verb: str
    subject_type: str
    subject_id: int
    data: dict[str, Any] = field(default_factory=dict)


def canonical(row: tuple[int, datetime, str, str, str, int, Any, str]) -> bytes:
    """The event's bytes: (id, at, actor, verb, subject type and id, data, request id) as JSON."""
    ident, at, *rest = row
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(
        [ident, stamp, *rest], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
