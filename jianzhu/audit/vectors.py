"""Proofs as JSON, in the shape that the transparency logs' shared test vectors have.

Inclusion: leafIdx, treeSize, leafHash, proof, root. Consistency: size1, size2, root1, root2, proof.
Hashes are base64; `proof` is a list or null. `desc` and `wantErr` may stand beside them.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from jianzhu.audit.merkle import BadProof, verify_consistency, verify_inclusion


def verify_vector(said: Any) -> None:
    """Raise BadProof when this is no valid proof, whatever is wrong with it."""
    if not isinstance(said, dict):
        raise BadProof("a proof is a JSON object")
    if "leafIdx" in said:
        verify_inclusion(
            index=_number(said, "leafIdx"),
            size=_number(said, "treeSize"),
            leaf=_hash(said, "leafHash"),
            proof=_nodes(said),
            root=_hash(said, "root"),
        )
    elif "size1" in said:
        verify_consistency(
            old=_number(said, "size1"),
            new=_number(said, "size2"),
            old_root=_hash(said, "root1"),
            new_root=_hash(said, "root2"),
            proof=_nodes(said),
        )
    else:
        raise BadProof("neither leafIdx nor size1 is there: no kind of proof has this shape")


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadProof(f"{name} is no whole number")
    return value


def _hash(said: dict[str, Any], name: str) -> bytes:
    return _bytes(said.get(name), name)


def _nodes(said: dict[str, Any]) -> list[bytes]:
    nodes = said.get("proof") or []
    if not isinstance(nodes, list):
        raise BadProof("proof is no list")
    return [_bytes(one, f"proof[{number}]") for number, one in enumerate(nodes)]


def _bytes(value: Any, name: str) -> bytes:
    if not isinstance(value, str):
        raise BadProof(f"{name} is no text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadProof(f"{name} is no base64: {error}") from None
