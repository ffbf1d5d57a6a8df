"""What the relay does by the clock: a room registers a function and how often it wants to run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError

from jianzhu.kernel import clock

log = logging.getLogger(__name__)

Work = Callable[[datetime], object]

_regular: dict[str, tuple[float, Work]] = {}
_done: dict[str, float] = {}


def every(seconds: float) -> Callable[[Work], Work]:
    """Have the relay call a function of (at) about this often; it must bear several relays."""

    def register(work: Work) -> Work:
        _regular[f"{work.__module__}.{work.__name__}"] = (seconds, work)
        return work

    return register


def run_due() -> None:
    """Do what is due in this process. What fails is told and tried next time; nothing else waits."""
    for name, (seconds, work) in _regular.items():
        now = time.monotonic()
        if now - _done.get(name, -seconds) < seconds:
            continue
        _done[name] = now
        try:
            work(clock.now())
        except OperationalError:
            raise
        except Exception:
            log.exception("%s failed", name)
