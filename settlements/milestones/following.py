"""Parts and milestones follow the money of their shares: due → matched → released → paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import step
from settlements.milestones import sharing
from settlements.milestones.models import Milestone, MilestonePart

# How far money can be, and the verb that leads there from the stage before.
STAGES = ("due", "matched", "released", "paid")
VERBS = {"matched": "match", "released": "release", "paid": "pay"}


@step
def follow(milestone: Milestone, stages: Mapping[int, str], *, at: datetime) -> int:
    """Move the parts to the stages told, then the milestone to the least of its work."""
    moves = 0
    parts = list(milestone.parts.select_for_update(no_key=True).order_by("number"))
    for part in parts:
        if part.pk in stages and part.state in STAGES:
            moves += _move(part, part.state, stages[part.pk])
    moved = _move(milestone, *_stage(milestone, parts))
    if moved:
        sharing.tell(milestone, "follow", SYSTEM, at)
    return moves + moved


def _stage(milestone: Milestone, parts: Iterable[MilestonePart]) -> tuple[str, str]:
    """(stage now, stage to be) of a milestone; the same twice where it waits for people."""
    if milestone.state in ("accepted", "partly_accepted"):
        now = "due"
    elif milestone.state in STAGES:
        now = milestone.state
    else:
        return "due", "due"
    reached = [p.state for p in parts if p.kind == "work"]
    cut = sum(p.amount_minor for p in parts if p.kind != "correction")
    if cut < milestone.accepted_minor or not all(state in STAGES for state in reached):
        return now, now
    if not reached:  # everything of it is kept
        return now, now
    return now, min(reached, key=STAGES.index)


def _move(row: Milestone | MilestonePart, now: str, to: str) -> int:
    """Walk the stages one by one, so that every move is one of the table; back only from paid."""
    verbs = [VERBS[stage] for stage in STAGES[STAGES.index(now) + 1 : STAGES.index(to) + 1]]
    if now == "paid" and to == "released":
        verbs = ["owe"]
    for verb in verbs:
        getattr(row, verb)()
        row.save(update_fields=["state"])
    return len(verbs)
