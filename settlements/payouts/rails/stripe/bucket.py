"""A token bucket: we stay at half of what the provider allows, so that it never has to say 429."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class TokenBucket:
    """`rate` calls a second on average, at most `burst` at once; shared by the threads of a process."""

    def __init__(
        self,
        rate: float,
        burst: int,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rate, self.burst = rate, burst
        self._now, self._wait = now, wait
        self._tokens, self._seen = float(burst), now()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait until a call may be made."""
        with self._lock:
            now = self._now()
            self._tokens = min(self.burst, self._tokens + (now - self._seen) * self.rate)
            self._seen = now
            self._tokens -= 1
            debt = -self._tokens / self.rate
        if debt > 0:
            self._wait(debt)
