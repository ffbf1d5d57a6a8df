"""A document that proves itself: records, the events that sealed them, and a countersigned head."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jianzhu.audit import commands as audit
from jianzhu.audit.keys import log_key, witness_key
from jianzhu.audit.proofs import Head, Proved, head_over, leaves_of, prove
from jianzhu.audit.records import Record, events_about, records
from settlements.evidence.errors import NotSealedYet
from settlements.evidence.verifier import FORMAT

Wanted = Mapping[str, Collection[int]]


def document(
    about: Mapping[str, Any],
    wanted: Wanted,
    *,
    subjects: Mapping[str, Iterable[int]] | None = None,
    at: datetime,
) -> dict[str, Any]:
    """The rows {table: ids} with their proofs; with `subjects` ({noun: ids}) also all that was done
    to these until the head. What sealed a row is sealed now if it wasn't. NotSealedYet when that
    can't be."""
    found = records(wanted)
    events: dict[int, set[int]] = defaultdict(set)
    for one in found:
        if one.event_id:
            events[one.event_id].add(one.id)
    head = _head(set(events), at)
    told = events_about(subjects or {})
    for event_id, leaf in leaves_of(told).items():
        if leaf < head.size:
            events[event_id] |= told[event_id]
    proved = prove(events, head.size) if events else []
    return {
        "format": FORMAT,
        "about": {**about, "made_at": at.isoformat(timespec="seconds")},
        "records": [_record(one) for one in found],
        "events": [_event(one) for one in proved],
        "head": head.note,
        # A head that no witness has signed yet names none: ask again, and the receipt is stronger.
        "keys": public_keys() if head.witnessed else {**public_keys(), "witness": ""},
    }


def public_keys() -> dict[str, str]:
    """The vkeys of the log and of the witness, as anybody may know them."""
    witness = witness_key()
    return {"log": str(log_key()), "witness": str(witness) if witness else ""}


def _event(one: Proved) -> dict[str, Any]:
    return {
        "id": one.event_id,
        "content": one.content.decode(),
        "leaf": one.leaf,
        "proof": _nodes(one.proof),
        "lines": [
            {"line": said.line, "place": said.place, "proof": _nodes(said.proof)}
            for said in one.lines
        ],
    }


def _nodes(proof: Iterable[bytes]) -> list[str]:
    return [base64.b64encode(node).decode() for node in proof]


def _record(one: Record) -> dict[str, Any]:
    said = asdict(one)
    return {**said, "event": said.pop("event_id"), "columns": list(one.columns)}


def _head(event_ids: set[int], at: datetime) -> Head:
    """A head over all these events; they are sealed first where the sealer hasn't come round yet."""
    leaves = leaves_of(event_ids)
    if len(leaves) < len(event_ids):
        audit.seal(at=at)
        leaves = leaves_of(event_ids)
    head = head_over(max(leaves.values(), default=-1))
    if head is None or len(leaves) < len(event_ids):
        raise NotSealedYet
    return head
