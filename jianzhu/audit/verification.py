"""Proving the log whole: events against leaves, leaves against nodes and heads, heads against the
log's key, the witness's key, and what the witness itself remembers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from jianzhu.audit import witness
from jianzhu.audit.commands import EVENTS_AT_ONCE, NODE_STEP
from jianzhu.audit.events import CONTENT, canonical
from jianzhu.audit.journal import journaled
from jianzhu.audit.keys import log_key, witness_key
from jianzhu.audit.merkle import Frontier, leaf_hash
from jianzhu.audit.models import AuditEvent, AuditNode, AuditSeal, Cosignature
from jianzhu.audit.notes import BadNote, Checkpoint
from jianzhu.audit.notes import verify as verify_note
from jianzhu.audit.records import unfit

# A log with more changed events than this is not mended by reading names.
LOOKED_AT_MAX = 100


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: `faults` is empty when the log is whole."""

    events: int
    leaves: int
    seals: int
    unsealed: int
    witnessed: int
    root: str
    faults: tuple[str, ...]


@dataclass(slots=True)
class _Search:
    """The walk through the leaves in order, with what each size has to agree with."""

    seals: dict[int, bytes]
    nodes: dict[tuple[int, int], bytes]
    seen: list[bytes]
    heads: dict[int, bytes]
    frontier: Frontier = field(default_factory=Frontier)
    faults: list[str] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    def leaf(self, seq: int, event_id: int, kept: bytes, made: bytes | None) -> None:
        size = self.frontier.size
        if seq != size:
            self.faults.append(f"leaf {size} is missing")
        if made is None:
            self.faults.append(f"event {event_id} was deleted (leaf {seq})")
        elif made != kept:
            self.faults.append(f"event {event_id} was changed (leaf {seq})")
            self.changed.append(event_id)
        if size < len(self.seen) and self.seen[size] != kept:
            self.faults.append(f"event {event_id} is not what the witness saw as leaf {size}")
        for height, number, node in self.frontier.grow([kept]):
            if height % NODE_STEP == 0 and self.nodes.pop((height, number), node) != node:
                self.faults.append(f"node {number} of height {height} does not fit its leaves")
        self._head(self.seals, "the head at size {} does not fit its leaves")
        self._head(self.heads, "the witness signed another tree of size {}")

    def _head(self, roots: dict[int, bytes], said: str) -> None:
        root = roots.pop(self.frontier.size, None)
        if root is not None and root != self.frontier.root:
            self.faults.append(said.format(self.frontier.size))

    def end(self) -> None:
        """What is left over has lost what it stood on."""
        lost = len(self.seen) - self.frontier.size
        if lost > 0:
            self.faults.append(
                f"the log was cut: the witness saw {lost} more leaves, from {self.frontier.size} on"
            )
        self.faults += [
            f"the head at size {size} has lost its leaves" for size in sorted(self.seals)
        ]
        self.faults += [
            f"node {number} of height {height} has lost its leaves"
            for height, number in sorted(self.nodes)
        ]


def verify(folder: Path | None = None) -> Verification:
    """Recompute the whole tree. `folder` is the witness's memory, where it can be read."""
    with transaction.atomic():
        # Before the heads that they are over: a head may come in between, never a cosignature alone.
        cosignatures = list(Cosignature.objects.order_by("tree_size"))
        seals = list(AuditSeal.objects.order_by("tree_size"))
        search = _Search(
            seals={s.tree_size: bytes(s.root) for s in seals},
            nodes={(n.height, n.number): bytes(n.hash) for n in AuditNode.objects.iterator()},
            seen=witness.leaves_seen(folder) if folder else [],
            heads=_heads_seen(folder),
        )
        for leaf in _leaves():
            search.leaf(*leaf)
        search.end()
        lost = _cosignatures(seals, cosignatures)
        lines = _changed_lines(search.changed)
        faults = [*search.faults, *lines, *_signatures(seals), *lost, *_unknown(seals, folder)]
        events = AuditEvent.objects.count()
    return Verification(
        events=events,
        leaves=search.frontier.size,
        seals=len(seals),
        unsealed=events - search.frontier.size,
        witnessed=len(cosignatures),
        root=search.frontier.root.hex(),
        faults=tuple(faults),
    )


def _changed_lines(event_ids: Iterable[int]) -> Iterator[str]:
    """Which row's line of a changed event it is: those that the rows themselves contradict, or, where
    a later event told of them anew or their digest is as it was, all that it tells of."""
    tables = {table.table for table in journaled()}
    for event in AuditEvent.objects.filter(pk__in=list(event_ids)[:LOOKED_AT_MAX]).exclude(rows=""):
        table, told = event.data.get("of"), _ids(event.rows)
        if table not in tables or not told:
            continue
        wrong = [one.id for one in unfit({table: told}) if one.event_id == event.pk]
        named = ", ".join(f"{table} {ident}" for ident in wrong or told)
        yield f"event {event.pk}: the line changed is {'that' if wrong else 'one'} of {named}"


def _ids(rows: str) -> list[int]:
    """The rows that the lines name, as far as they still can be read."""
    first = (line.partition(" ")[0] for line in rows.split("\n"))
    return [
        int(ident) for ident in first if ident.isascii() and ident.isdigit() and len(ident) < 19
    ]


def _heads_seen(folder: Path | None) -> dict[int, bytes]:
    if folder is None:
        return {}
    return {said["size"]: bytes.fromhex(said["root"]) for said in witness.heads_seen(folder)}


def _signatures(seals: list[AuditSeal]) -> list[str]:
    """Each head is signed by the log's key, as it stands. Heads before signing began have no note."""
    faults, key, signed = [], log_key(), False
    for seal in seals:
        if not seal.note and not signed:
            continue
        signed = True
        try:
            head = verify_note(seal.note, key)
        except BadNote as error:
            faults.append(f"the head at size {seal.tree_size} is not signed: {error}")
            continue
        if head != Checkpoint(key.name, seal.tree_size, bytes(seal.root)):
            faults.append(f"the head at size {seal.tree_size} is not what was signed")
    return faults


def _cosignatures(seals: list[AuditSeal], rows: list[Cosignature]) -> list[str]:
    """Which cosignatures are not over their head."""
    notes, key = {s.tree_size: s.note for s in seals}, witness_key()
    faults = []
    for row in rows:
        if key is None or key.name != row.witness:
            continue  # another witness's, whose key is not known here
        try:
            verify_note(notes.get(row.tree_size, "") + row.line, key)
        except BadNote as error:
            faults.append(f"the cosignature at size {row.tree_size} is not over its head: {error}")
    return faults


def _unknown(seals: list[AuditSeal], folder: Path | None) -> list[str]:
    """Heads and cosignatures that the witness remembers and the database has no more."""
    if folder is None:
        return []
    kept = {s.tree_size: s.note for s in seals}
    signed = set(Cosignature.objects.values_list("tree_size", flat=True))
    found = witness.heads_seen(folder)
    gone = [said["size"] for said in found if said["size"] not in kept]
    other = [
        said["size"]
        for said in found
        if said["size"] in kept and not said["note"].startswith(kept[said["size"]] or "-")
    ]
    # The last one may still be on its way into the database.
    unsigned = [s["size"] for s in found[:-1] if s["size"] not in signed and s["size"] in kept]
    return [
        *(f"the head at size {size}, which the witness signed, was deleted" for size in gone),
        *(f"the head at size {size} is not the one that the witness signed" for size in other),
        *(f"the cosignature at size {size} was deleted" for size in unsigned),
    ]


def _leaves() -> Iterator[tuple[int, int, bytes, bytes | None]]:
    """(leaf, event id, kept hash, hash made anew or None), streamed in the tree's order."""
    cursor = connection.cursor()
    with cursor.connection.cursor("audit_verify") as stream:
        stream.itersize = EVENTS_AT_ONCE
        stream.execute(
            f"""SELECT l.id, l.event_id, l.hash, {CONTENT}
               FROM jianzhu_auditleaf l LEFT JOIN jianzhu_auditevent e ON e.id = l.event_id
               ORDER BY l.id"""
        )
        for seq, event_id, kept, *event in stream:
            made = leaf_hash(canonical(tuple(event))) if event[0] is not None else None
            yield seq, event_id, bytes(kept), made
