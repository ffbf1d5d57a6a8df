"""What a project may agree on, what a terminal's clock is wrong by, and when its silence is odd."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

# Who may be asked before wages leave, beside the match itself (Decree 724 art. 28, 31).
GATES = (
    ("worker", "the worker confirms the statement's line"),
    ("labour_officer", "the labour officer (劳资专管员) checks it"),
)

# A clock is measured by one event in each five minutes at most: what a gate kept during an outage
# comes in bursts, so it can't outvote the events that are sent as they happen.
CLOCK_SLOT_SECONDS = 300
CLOCK_SAMPLES_MAX = 15
CLOCK_SAMPLES_MIN = 5
# Half of the samples have to lie this close around the middle; and a smaller change is no change.
CLOCK_SPREAD_SECONDS = 20
CLOCK_STEP_SECONDS = 30
# Further off it is no drift but a wrong date, and its events are parked.
CLOCK_ERROR_MAX_SECONDS = 86_400


class Sample(NamedTuple):
    """An event sent as it happened: received at (Unix seconds), device time minus that."""

    received: int
    offset: int


def sampled(samples: Sequence[Sample], new: Collection[Sample]) -> list[Sample]:
    """The latest samples, one a slot: the one that took the shortest way stands for its slot."""
    slots: dict[int, Sample] = {}
    for one in (*samples, *new):
        if abs(one.offset) <= CLOCK_ERROR_MAX_SECONDS:
            slot = one.received // CLOCK_SLOT_SECONDS
            slots[slot] = max(slots.get(slot, one), one, key=lambda s: s.offset)
    return sorted(slots.values())[-CLOCK_SAMPLES_MAX:]


def drift(samples: Sequence[Sample]) -> int | None:
    """The clock's error in seconds: the middle of the samples, or None while they don't agree.

    The median and the median deviation from it: up to half of the samples may be anything.
    """
    recent = samples[-CLOCK_SAMPLES_MIN * 2 + 1 :]
    if len(recent) < CLOCK_SAMPLES_MIN:
        return None
    middle = median(one.offset for one in recent)
    spread = median(abs(one.offset - middle) for one in recent)
    return round(middle) if spread <= CLOCK_SPREAD_SECONDS else None


def since(samples: Sequence[Sample], seconds: int) -> int:
    """From when on the clock was wrong by this, by its own time (Unix seconds)."""
    first = samples[-1]
    for one in reversed(samples):
        if abs(one.offset - seconds) > CLOCK_STEP_SECONDS:
            break
        first = one
    return first.received + first.offset


# An hour is usual when the gate spoke in it on most of the last two weeks' days.
USUAL_DAYS = 14
USUAL_DAYS_MIN = 5
USUAL_PERCENT = 70


def usual(heard: Collection[tuple[date, int]], on: date, hour: int) -> tuple[int, int] | None:
    """(days on which it spoke in this hour, of so many); None when its silence now says nothing.

    `heard`: (local date, hour) in which it spoke. The same weekday a week ago counts alone, too:
    where nobody works on Sundays a silent Sunday is no news.
    """
    days = {day for day, _ in heard if on - timedelta(days=USUAL_DAYS) <= day < on}
    spoke = sum((day, hour) in heard for day in days)
    last_week = on - timedelta(days=7)
    known = any(day <= last_week for day in days)
    if len(days) < USUAL_DAYS_MIN or spoke * 100 < USUAL_PERCENT * len(days):
        return None
    return None if known and (last_week, hour) not in heard else (spoke, len(days))
