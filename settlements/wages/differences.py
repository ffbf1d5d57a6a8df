"""Corrections after release: signed lines, never a re-issued statement.

The old statement is computed again from the corrected records; what its lines now say otherwise
goes to the next statement, so that the sum is what a correct first run would have given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from settlements.wages.errors import DifferentPeople
from settlements.wages.statement import ADVANCES, DEDUCTIONS, TO_PLAN, Line, Statement

_KEPT_KINDS = (*DEDUCTIONS, *ADVANCES, *TO_PLAN)


def difference(
    old: Statement, new: Statement, said: Mapping[str, int] | None = None
) -> tuple[Line, ...]:
    """Signed lines, one for each key whose amount changed: new - old - what was `said` since.

    `said`: by line key, the sum of differences that earlier corrections already made of it.
    DifferentPeople when period or currency differ. Deductions, advances and plan contributions keep
    their kind, so that gross and net both come out right.
    """
    for field in ("currency", "first", "last"):
        if getattr(old, field) != getattr(new, field):
            raise DifferentPeople(field=field, old=getattr(old, field), new=getattr(new, field))
    before = {line.key: line for line in old.lines}
    after = {line.key: line for line in new.lines}
    found = []
    for key in sorted(before.keys() | after.keys()):
        was = before[key].amount_minor if key in before else 0
        now = after[key].amount_minor if key in after else 0
        amount = now - was - (said or {}).get(key, 0)
        if amount:
            found.append(_line(after.get(key) or before[key], amount))
    return tuple(found)


def _line(shown: Line, amount: int) -> Line:
    """The corrected line's rule and sources, with the difference as a plain amount."""
    kind = shown.kind if shown.kind in _KEPT_KINDS else "difference"
    return replace(
        shown,
        key=f"difference/{shown.key}",
        kind=kind,
        quantity=1,
        unit="",
        rate_num=amount,
        rate_den=1,
        rate_minor=amount,
        rate_per="",
        percent=100,
        amount_minor=amount,
        sources=(*shown.sources, ("line", shown.key)),
    )
