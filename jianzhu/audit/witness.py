"""The witness: a second pair of eyes with its own key and its own memory, outside the database.

It countersigns a head only when the tree it has seen so far, continued by the leaves it is shown,
has that head's root. So whoever cuts the log's tail or writes the log anew, even with the rights of
the database's superuser and the log's own key, can't get the new head countersigned, and the leaf
where the two histories part is known (reliability.md §1.5).

The folder holds: `key` (secret), `vkey` (public), `log.vkey` (the log's key, pinned at the first
sight), `leaves` (32 bytes each), `heads` and `refused` (a JSON object a line). Everything is only
appended to, and on the disk before a signature leaves the house.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jianzhu.audit.merkle import HASH_BYTES, Frontier
from jianzhu.audit.notes import WITNESS, BadNote, Checkpoint, PublicKey, Signer, split, verify
from jianzhu.kernel.keys import kept_secret


class Inconsistent(Exception):
    """The log shows another history than the one that was countersigned."""


@dataclass(slots=True)
class Witness:
    """The folder's memory, opened for looking at new heads. One process per folder."""

    folder: Path
    signer: Signer
    frontier: Frontier = field(default_factory=Frontier)

    @classmethod
    def enter(cls, folder: Path, name: str) -> Witness:
        """The witness that lives in this folder; on first use with a new key."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        signer = Signer.of(name, WITNESS, kept_secret(folder / "key"))
        (folder / "vkey").write_text(f"{signer.public}\n")
        witness = cls(folder, signer)
        witness._remember()
        return witness

    def _remember(self) -> None:
        """Leaves that a crash left beyond the last head were never vouched for: they are cut off."""
        _cut_half_line(self.folder / "heads")
        last = last_head(self.folder)
        file = self.folder / "leaves"
        file.touch(mode=0o600)
        os.truncate(file, (last["size"] if last else 0) * HASH_BYTES)
        self.frontier.extend(leaves_seen(self.folder))
        if last and self.frontier.root.hex() != last["root"]:
            raise Inconsistent(f"{file} is damaged: it has not the root of the last head")

    @property
    def size(self) -> int:
        """How many leaves it has seen."""
        return self.frontier.size

    def see(self, note: str, leaves: Iterable[bytes], at: datetime) -> str:
        """Countersign the head: its note with our line. `leaves` are those after our last head.

        Raises Inconsistent, and keeps the refused head, when it does not continue what we saw.
        """
        head = verify(note, self._log_key(note))
        new = list(leaves)
        try:
            grown = self._grown(head, new)
        except Inconsistent as error:
            self._append("refused", {"at": at.isoformat(), "why": str(error), "note": note})
            raise
        line = self.signer.cosign(split(note)[0], at)
        _write(self.folder / "leaves", b"".join(new))
        said = {
            "size": head.size,
            "root": head.root.hex(),
            "at": at.isoformat(),
            "note": note + line,
        }
        self._append("heads", said)
        self.frontier = grown
        return line

    def _grown(self, head: Checkpoint, new: list[bytes]) -> Frontier:
        if head.size < self.size:
            raise Inconsistent(
                f"the log was cut: it shows {head.size} leaves, and {self.size} were countersigned"
            )
        grown = Frontier.load(self.size, self.frontier.packed)
        grown.extend(new)
        if grown.size != head.size or grown.root != head.root:
            raise Inconsistent(
                f"the head at {head.size} leaves does not continue the {self.size} countersigned ones"
            )
        return grown

    def _log_key(self, note: str) -> PublicKey:
        """The log's key as we know it; the first one that we are ever shown is pinned."""
        file = self.folder / "log.vkey"
        if not file.exists():
            raise BadNote(f"the log's key is not known: put its vkey into {file}")
        return PublicKey.parse(file.read_text())

    def pin(self, log: PublicKey) -> None:
        """Take this as the log's key if none is known yet."""
        file = self.folder / "log.vkey"
        if not file.exists():
            _write(file, f"{log}\n".encode())

    def _append(self, name: str, said: dict[str, Any]) -> None:
        _write(self.folder / name, json.dumps(said, ensure_ascii=False).encode() + b"\n")


def _write(file: Path, content: bytes) -> None:
    with file.open("ab") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _cut_half_line(file: Path) -> None:
    """What a crash left of a line that was being written."""
    if file.exists():
        os.truncate(file, file.read_bytes().rfind(b"\n") + 1)


def heads_seen(folder: Path) -> list[dict[str, Any]]:
    """Every head that was countersigned, oldest first; a half-written last line is none."""
    file = folder / "heads"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1] if line]


def last_head(folder: Path) -> dict[str, Any] | None:
    """The newest head that was countersigned."""
    return found[-1] if (found := heads_seen(folder)) else None


def leaves_seen(folder: Path) -> list[bytes]:
    """Every leaf hash under the newest head that was countersigned."""
    size = last["size"] if (last := last_head(folder)) else 0
    file = folder / "leaves"
    said = file.read_bytes()[: size * HASH_BYTES] if file.exists() else b""
    return [said[i : i + HASH_BYTES] for i in range(0, len(said), HASH_BYTES)]
