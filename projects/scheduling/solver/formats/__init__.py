"""The public formats, each read into the product's own problem (docs/scheduling.md)."""

from __future__ import annotations

from collections.abc import Callable

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats import crew, imopse, mspsp, psplib, roster
from projects.scheduling.solver.formats.instance import Instance

READERS: dict[str, Callable[[str, str], Instance]] = {
    "imopse": imopse.read,
    "mspsp": mspsp.read,
    "psplib": psplib.read,
    "crew": crew.read,
}
# How a file's name ends, and a word that stands in it early, per format.
_SIGNS = {
    "imopse": (".def", "ResourceID"),
    "mspsp": (".dzn", "nActs"),
    "psplib": (".sm", "jobs (incl. supersource/sink )"),
    "roster": (".txt", "SECTION_HORIZON"),
    "crew": (".json", '"workers"'),
}
KINDS = tuple(_SIGNS)
__all__ = ["KINDS", "READERS", "guess", "roster"]


def guess(text: str, file: str) -> str:
    """The format by what stands in the file, else by its name."""
    for kind, (_, word) in _SIGNS.items():
        if word in text:
            return kind
    for kind, (ending, _) in _SIGNS.items():
        if file.endswith(ending):
            return kind
    raise Fault("unknown_format", file=file, known=", ".join(KINDS))
