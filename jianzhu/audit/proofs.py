"""Proving from the stored tree: a few hundred hashes are read for any leaf of any size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from jianzhu.audit.commands import NODE_STEP
from jianzhu.audit.events import CONTENT, Row, canonical, line_tree
from jianzhu.audit.merkle import consistency_proof, inclusion_proof, node_hash, path_in
from jianzhu.audit.models import AuditEvent, AuditLeaf, AuditNode, AuditSeal, Cosignature


@dataclass(frozen=True, slots=True)
class Head:
    """A sealed head: its note with the witness's line, if there is one."""

    size: int
    root: bytes
    note: str
    witnessed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ProvedLine:
    """A line of a row event, its place among the event's lines, and the way to their root."""

    line: str
    place: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """An event's bytes, its place in the tree, the way from there to the head's root, and those of
    its lines that were asked for."""

    event_id: int
    content: bytes
    leaf: int
    proof: tuple[bytes, ...]
    lines: tuple[ProvedLine, ...] = ()


class Tree:
    """The stored tree's perfect subtrees; what was read once is kept for the next proof."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], bytes] = {}
        self._read_tiles: set[tuple[int, int]] = set()

    def inclusion(self, leaf: int, size: int) -> list[bytes]:
        """The proof that the leaf stands in the tree of this size."""
        return inclusion_proof(leaf, size, self.subtree)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` leaves begins with that of `old`."""
        return consistency_proof(old, new, self.subtree)

    def subtree(self, height: int, number: int) -> bytes:
        """Root of a perfect subtree: a kept one, or made from the kept ones below it."""
        if (height, number) not in self._kept and height % NODE_STEP == 0:
            self._read(height, number >> NODE_STEP)
        if (height, number) not in self._kept:
            left = self.subtree(height - 1, 2 * number)
            right = self.subtree(height - 1, 2 * number + 1)
            self._kept[height, number] = node_hash(left, right)
        return self._kept[height, number]

    def _read(self, height: int, tile: int) -> None:
        """All stored hashes of one height under one node of the next kept height, at once: a proof
        needs its neighbours too. Events sealed before nodes were kept have none of these."""
        if (height, tile) in self._read_tiles:
            return
        self._read_tiles.add((height, tile))
        first, end = tile << NODE_STEP, (tile + 1) << NODE_STEP
        found: Iterable[tuple[int, bytes | memoryview]]
        if height == 0:
            leaves = AuditLeaf.objects.filter(pk__gte=first, pk__lt=end)
            found = leaves.values_list("pk", "hash")
        else:
            nodes = AuditNode.objects.filter(height=height, number__gte=first, number__lt=end)
            found = nodes.values_list("number", "hash")
        self._kept |= {(height, number): bytes(node) for number, node in found}


def head_over(leaf: int) -> Head | None:
    """The newest countersigned head over this leaf; else the newest one; None when none covers it."""
    seals = AuditSeal.objects.filter(tree_size__gt=leaf, note__gt="")
    signed = Cosignature.objects.order_by("-tree_size").first()
    seal = seals.filter(tree_size=signed.tree_size).first() if signed else None
    seal = seal or seals.order_by("-tree_size").first()
    if seal is None:
        return None
    lines = Cosignature.objects.filter(tree_size=seal.tree_size).order_by("pk")
    cosigned = "".join(lines.values_list("line", flat=True))
    return Head(seal.tree_size, bytes(seal.root), seal.note + cosigned, bool(cosigned), seal.at)


def leaves_of(event_ids: Iterable[int]) -> dict[int, int]:
    """{event: its leaf} of those that are sealed."""
    rows = AuditLeaf.objects.filter(event_id__in=list(event_ids))
    return dict(rows.values_list("event_id", "pk"))


def prove(event_rows: Mapping[int, Collection[int]], size: int) -> list[Proved]:
    """Proofs of events, all sealed by the head of this size, in the tree's order.

    `event_rows` is {event: ids of the rows whose lines are wanted with it}.
    """
    tree, leaves = Tree(), leaves_of(event_rows)
    found = []
    for row in sorted(_events(leaves), key=lambda one: leaves[one[0]]):
        leaf = leaves[row[0]]
        way = tuple(tree.inclusion(leaf, size))
        lines = _lines(row[-1], event_rows[row[0]])
        found.append(Proved(row[0], canonical(row), leaf, way, lines))
    return found


def _events(event_ids: Iterable[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {CONTENT} FROM jianzhu_auditevent e WHERE id = ANY(%s)", [list(event_ids)]
        )
        return list(cursor.fetchall())


def _lines(rows: str, wanted: Collection[int]) -> tuple[ProvedLine, ...]:
    if not rows or not wanted:
        return ()
    tree, ids = line_tree(rows), {str(ident) for ident in wanted}
    return tuple(
        ProvedLine(line, place, tuple(path_in(tree, place)))
        for place, line in enumerate(rows.split("\n"))
        if line.partition(" ")[0] in ids
    )


def unsealed() -> int:
    """How many events wait for their leaf."""
    return AuditEvent.objects.count() - AuditLeaf.objects.count()
