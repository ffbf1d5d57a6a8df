"""When to stop. A rule is an argument; whoever calls hands in the stopwatch and the cancel button."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class StopRule:
    """The first of these that is reached ends the search; None is no limit.

    `seconds`: on the wall. How far a search gets in them depends on the machine, so a plan repeats
    only when it is proved before or a `work` limit ends it. `work`: deterministic units, about a
    second of one core each: the same seed and work give the same plan on every machine and with
    any number of cores. `gap`: share of the objective. `rounds`: of neighbourhood search.
    """

    seconds: float | None = 60.0
    work: float | None = None
    gap: float = 0.0
    rounds: int | None = None

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is not None and value < 0:
                raise ValueError(f"{name} is {value}: it has to be 0 or more")
        if self.seconds is None and self.work is None and self.rounds is None:
            raise ValueError("a search needs an end: give seconds, work or rounds")


def _never() -> bool:
    return False


class Meter:
    """What has been used of a stop rule."""

    def __init__(
        self,
        rule: StopRule,
        cancelled: Callable[[], bool] = _never,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rule, self.cancelled, self._stopwatch = rule, cancelled, stopwatch
        self._started, self.work, self.rounds = stopwatch(), 0.0, 0

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return self._stopwatch() - self._started

    def left(self) -> float:
        """Seconds until the wall-clock limit."""
        return float("inf") if self.rule.seconds is None else self.rule.seconds - self.seconds

    def work_left(self) -> float:
        """Units until the deterministic limit."""
        return float("inf") if self.rule.work is None else self.rule.work - self.work

    def ended_by(self, objective: int | None, bound: int) -> str:
        """The name of what ends the search now, or nothing."""
        if self.cancelled():
            return "cancelled"
        if objective is not None and objective <= bound:
            return "optimal"
        if objective is not None and objective - bound <= self.rule.gap * max(1, objective):
            return "gap"
        if self.left() <= 0:
            return "seconds"
        if self.work_left() <= 0:
            return "work"
        if self.rule.rounds is not None and self.rounds >= self.rule.rounds:
            return "rounds"
        return ""
