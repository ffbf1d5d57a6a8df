"""When data settle a case."""

from __future__ import annotations


def settled_by_data(
    *, state_filed: str, version_filed: int, version: int, holds: bool, differs: bool
) -> bool:
    """Whether the records answer the objection by themselves.

    A line that waited is settled as soon as nothing holds it any more. A line that already matched
    needs news: its figures changed since. A line that was paid needs a difference made since.
    """
    if state_filed == "released":
        return differs
    if holds:
        return False
    return state_filed == "held" or version > version_filed
