"""One worker's month stays far below the five milliseconds that it may take."""

from __future__ import annotations

import gc
import subprocess
import sys
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


def test_a_month_leaves_nothing_for_the_garbage_collector_to_look_for() -> None:
    months = list(cases(20))
    compute(months[0])
    gc.collect()
    gc.disable()
    try:
        for case in months:
            compute(case)
        left = gc.collect()
    finally:
        gc.enable()

    assert left == 0


def test_the_first_month_of_a_process_loads_no_library() -> None:
    look = (
        "import sys; from bench.wages import cases; from settlements.wages.engine import compute;"
        "case = next(cases(1)); before = set(sys.modules); compute(case);"
        "print(sorted(m for m in set(sys.modules) - before if m.startswith('holidays')))"
    )

    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
