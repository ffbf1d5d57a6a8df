"""Events of a provider that come twice, late and out of order: one effect each, one final state.

The product acts on the object as the provider shows it now and never on arrival order; this module
says which of several events tells the present state, for where only the events are at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# A payout may go from paid to failed days later, never back (Stripe, payout object).
PROGRESS = (
    "created", "pending", "in_transit", "updated", "posted", "paid", "reversed", "canceled", "failed",
)  # fmt: skip


class Heard(NamedTuple):
    """An event: `created` in whole seconds, `state` of the object that it tells."""

    id: str
    object_id: str
    created: int
    state: str


def final_states(events: Iterable[Heard]) -> dict[str, str]:
    """{object: state} as if each event had come once and in order; ties of a second go to progress."""
    best: dict[str, tuple[int, int, str]] = {}
    for event in set(events):
        rank = PROGRESS.index(event.state) if event.state in PROGRESS else -1
        mark = (event.created, rank, event.state)
        if event.object_id not in best or best[event.object_id] < mark:
            best[event.object_id] = mark
    return {object_id: state for object_id, (_, _, state) in sorted(best.items())}
