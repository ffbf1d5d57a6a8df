"""An event as it is written, and the bytes of it that the tree hashes."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jianzhu.audit.merkle import leaf_hash, levels

# Set by the web edge for the length of a request; joins an event to the request's log lines.
request_id: ContextVar[str] = ContextVar("request_id", default="")


@dataclass(frozen=True, slots=True)
class Event:
    """`verb` is "<noun>.<verb>"; `data` is JSON-ready: whole numbers, texts, lists, objects."""

    verb: str
    subject_type: str
    subject_id: int
    data: dict[str, Any] = field(default_factory=dict)


# The columns that an event's bytes are made of, as SQL reads them.
CONTENT = (
    "e.id, e.at, e.actor, e.verb, e.subject_type, e.subject_id, e.data::text, e.request_id, e.rows"
)
Row = tuple[int, datetime, str, str, str, int, Any, str, str]


def canonical(row: Row) -> bytes:
    """The event's bytes: (id, at, actor, verb, subject type and id, data, request id) as JSON.

    An event with lines of rows ends with [how many, the root of the Merkle tree over them, in hex]:
    any line is proved by its path to that root, and the others need not be shown.
    """
    ident, at, *rest, rows = row
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [ident, stamp, *rest]
    if rows:
        tree = line_tree(rows)
        said.append([len(tree[0]), tree[-1][0].hex()])
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def line_tree(rows: str) -> list[list[bytes]]:
    """The Merkle tree over the lines of a row event."""
    return levels([leaf_hash(line.encode()) for line in rows.split("\n")])
