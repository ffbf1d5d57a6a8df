"""The Merkle tree hash of RFC 6962 §2.1 (the same in RFC 9162), kept as a frontier of peaks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

EMPTY_ROOT = hashlib.sha256(b"").digest()


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
        """Append leaf hashes: each full pair of equal subtrees becomes one."""
        for leaf in leaves:
            node, count = leaf, self.size
            while count & 1:
                node = node_hash(self.peaks.pop(), node)
                count >>= 1
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
