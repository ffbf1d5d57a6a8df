"""One worker's month stays far below the five milliseconds that it may take."""

from __future__ import annotations

import time
from statistics import median

from bench.wages import cases
from settlements.wages.engine import compute


def test_a_workers_month_takes_less_than_five_milliseconds() -> None:
    times = []
    for case in cases(60):
        started = time.perf_counter()
        compute(case)
        times.append(time.perf_counter() - started)

    assert median(times) < 0.005
