"""The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): hashing, a frontier to grow it, proofs both ways.

Proving needs the hashes of perfect subtrees, which the caller looks up: `Subtree(height, number)`
is the root over the 2^height leaves from number · 2^height on. Verifying needs nothing but the proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
SIZE_MAX = 2**64 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()

# (height, number) -> the root of that perfect subtree.
Subtree = Callable[[int, int], bytes]


class BadProof(ValueError):
    """A proof that proves nothing; the message says why."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf's content; the prefix keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """A tree of `size` leaves as the roots of its perfect subtrees, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def load(cls, size: int, packed: bytes) -> Frontier:
        """The frontier stored by `packed`."""
        return cls(size, [packed[i : i + 32] for i in range(0, len(packed), 32)])

    @property
    def packed(self) -> bytes:
        """The peaks, 32 bytes each."""
        return b"".join(self.peaks)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        for _ in self.grow(leaves):
            pass

    def grow(self, leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
        """Append leaf hashes: each full pair of equal subtrees becomes one, which is told as
        (height, number, hash)."""
        for leaf in leaves:
            node, height, number = leaf, 0, self.size
            while number & 1:
                node = node_hash(self.peaks.pop(), node)
                height, number = height + 1, number >> 1
                yield height, number, node
            self.peaks.append(node)
            self.size += 1

    @property
    def root(self) -> bytes:
        """The tree's root: the peaks folded from the right."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """A whole tree held in memory, from the leaf hashes up to [root]: for trees of some thousand."""
    found = [list(leaves)]
    while len(found[-1]) > 1:
        below = found[-1]
        above = [node_hash(a, b) for a, b in zip(below[::2], below[1::2], strict=False)]
        found.append(above + below[len(above) * 2 :])
    return found


def path_in(tree: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The inclusion proof of a leaf of `levels`."""
    places = [(level, (index >> height) ^ 1) for height, level in enumerate(tree)]
    return [level[place] for level, place in places if place < len(level) > 1]


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 §2.1.1, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(index, 0, size, subtree)


def _path(index: int, first: int, end: int, subtree: Subtree) -> list[bytes]:
    if end - first == 1:
        return []
    middle = first + _split(end - first)
    if index < middle:
        return [*_path(index, first, middle, subtree), _root(middle, end, subtree)]
    return [*_path(index, middle, end, subtree), _root(first, middle, subtree)]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 §2.1.2; empty when both are one."""
    if not 0 < old <= new:
        raise ValueError(f"there is no proof from {old} leaves to {new}")
    return _subproof(old, 0, new, True, subtree)


def _subproof(old: int, first: int, end: int, known: bool, subtree: Subtree) -> list[bytes]:
    if old == end:
        return [] if known else [_root(first, end, subtree)]
    middle = first + _split(end - first)
    if old <= middle:
        return [*_subproof(old, first, middle, known, subtree), _root(middle, end, subtree)]
    return [*_subproof(old, middle, end, False, subtree), _root(first, middle, subtree)]


def _root(first: int, end: int, subtree: Subtree) -> bytes:
    """The root over the leaves [first, end), where `first` is a multiple of the largest split."""
    count = end - first
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return subtree(height, first >> height)
    middle = first + _split(count)
    return node_hash(_root(first, middle, subtree), _root(middle, end, subtree))


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """The leaf hash stands at `index` of the tree of `size` leaves; else BadProof.

    The walk of RFC 9162 §2.1.3.2: lengths are exact, so no node may be missing or left over.
    """
    _bounds(index, size)
    _whole(leaf, "the leaf hash")
    if index >= size:
        raise BadProof(f"leaf {index} is not in a tree of {size}")
    place, last, node = index, size - 1, leaf
    for one in _nodes(proof):
        if last == 0:
            raise BadProof("the proof has more nodes than the tree has levels")
        if place & 1 or place == last:
            node = node_hash(one, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, one)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof has fewer nodes than the tree has levels")
    _fits(node, root, "the leaf leads to another root")


def verify_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """The tree of `new` leaves begins with the tree of `old` leaves; else BadProof.

    The walk of RFC 9162 §2.1.4.2. Trees of one size need no proof, and their roots are only compared.
    """
    _bounds(old, new)
    if old > new:
        raise BadProof(f"the old tree has {old} leaves, the new one only {new}")
    if old == new:
        if proof:
            raise BadProof("trees of one size need no proof")
        _fits(old_root, new_root, "trees of one size have different roots")
        return
    if old == 0:
        raise BadProof("an empty tree is the beginning of every tree: nothing is proved")
    _whole(old_root, "the old root")
    nodes = _nodes(proof)
    if old & (old - 1) == 0:
        nodes = [old_root, *nodes]
    if not proof:
        raise BadProof("the proof is empty")
    before, after = _climb(old - 1, new - 1, nodes)
    _fits(before, old_root, "the proof does not lead to the old root")
    _fits(after, new_root, "the proof does not lead to the new root")


def _climb(place: int, last: int, nodes: list[bytes]) -> tuple[bytes, bytes]:
    """Both roots that the nodes lead to, walking up from the old tree's last full subtree."""
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0]
    for one in nodes[1:]:
        if last == 0:
            raise BadProof("the proof has more nodes than the tree has levels")
        if place & 1 or place == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, one)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof has fewer nodes than the tree has levels")
    return before, after


def _bounds(*sizes: int) -> None:
    for size in sizes:
        if not 0 <= size <= SIZE_MAX:
            raise BadProof(f"{size} is no size of a tree")


def _whole(value: bytes, what: str) -> None:
    if len(value) != HASH_BYTES:
        raise BadProof(f"{what} has {len(value)} bytes instead of {HASH_BYTES}")


def _nodes(proof: Sequence[bytes]) -> list[bytes]:
    for number, one in enumerate(proof):
        _whole(one, f"node {number} of the proof")
    return list(proof)


def _fits(made: bytes, said: bytes, why: str) -> None:
    if made != said:
        raise BadProof(why)
