"""How large each fault test is: short in the suite, at the figures of the plan with `make chaos`.

A name in the environment overrides both, as each test prints it: SIM_SEEDS=1 SIM_FIRST=7 replays.
"""

from __future__ import annotations

import os
import random

LONG = bool(os.environ.get("CHAOS"))


def size(name: str, short: int, long: int) -> int:
    """The number for this run."""
    return int(os.environ.get(name) or (long if LONG else short))


def seed_of(name: str) -> int:
    """The one that is given, or another each time; the test prints it."""
    return int(os.environ.get(name) or random.SystemRandom().randrange(1, 10**6))
