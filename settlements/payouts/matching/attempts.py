"""What may follow what when a payment is tried: an unknown outcome blocks every other attempt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# verb -> {state: state that follows}; the payout's own machine, seen from outside.
STEPS: dict[str, dict[str, str]] = {
    "send": {"ready": "sent"},
    "time_out": {"sent": "unknown"},
    "read_paid": {"sent": "paid", "unknown": "paid"},
    "read_failed": {"sent": "failed", "unknown": "failed"},
    "read_not_found": {"unknown": "sent"},
    "read_unknown": {"unknown": "unknown", "sent": "unknown"},
    "new_attempt": {"failed": "ready", "returned": "ready", "held": "ready"},
    "come_back": {"paid": "returned"},
}


class Answer(NamedTuple):
    """What became of one step; a refusal leaves the state as it was."""

    step: str
    allowed: bool
    state: str


def follow(steps: Iterable[str], state: str = "ready") -> list[Answer]:
    """Take the steps in order. KeyError for a step that does not exist."""
    answers = []
    for name in steps:
        after = STEPS[name].get(state)
        state = after or state
        answers.append(Answer(name, after is not None, state))
    return answers
