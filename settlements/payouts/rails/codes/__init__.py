"""What a bank's code means: what may be done, who has to act by when, and what the worker is told.

The codes are dated data (`*.toml`, one file a provider): a file or group counts from its `valid_from`.
A code that nobody knows holds the payout and asks the operator.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from settlements.payouts.rails.codes.groups import GROUPS, Meaning

__all__ = ["GROUPS", "Meaning", "known_codes", "meaning_of"]

UNKNOWN_CODE = GROUPS["unknown"]


class _Entry(NamedTuple):
    provider: str
    group: str
    valid_from: date
    valid_to: date
    codes: frozenset[str]
    phrases: tuple[str, ...]


@cache
def _entries() -> tuple[_Entry, ...]:
    found = []
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        for group, entry in said.items():
            if isinstance(entry, dict):
                found.append(
                    _Entry(
                        said["provider"],
                        group,
                        entry.get("valid_from", said["valid_from"]),
                        entry.get("valid_to", date.max),
                        frozenset(entry.get("codes", ())),
                        tuple(entry.get("phrases", ())),
                    )
                )
    return tuple(found)


def meaning_of(code: str, text: str = "", *, on: date = date.max) -> Meaning:
    """The meaning of a code on a day; where a bank has no codes, of its words.

    A provider's code wins over the words beside it. NARR ("see the text") asks a person to read,
    whatever the text says.
    """
    entries = [e for e in _entries() if e.valid_from <= min(on, date.max) and on <= e.valid_to]
    asked = code.strip()
    for entry in entries:
        if asked in entry.codes or asked.lower() in entry.codes or asked.upper() in entry.codes:
            return GROUPS[entry.group]
    # Some banks write their words into the field of the code.
    words = f"{asked} {text}"
    for entry in entries:
        if any(phrase in words for phrase in entry.phrases):
            return GROUPS[entry.group]
    return UNKNOWN_CODE


def known_codes() -> dict[str, str]:
    """{code or phrase: group}, for the documents."""
    return {c: e.group for e in _entries() for c in (*sorted(e.codes), *e.phrases)}


def codes_of(*groups: str) -> frozenset[str]:
    """The codes of these groups."""
    return frozenset(c for e in _entries() if e.group in groups for c in e.codes)
