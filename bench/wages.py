"""Wage engine: 10,000 workers x 31 days, against a plain loop that only multiplies (the floor).

Every worker has overtime, night shifts, one rate change and two piece lines, as the month-end run of
a large project has. One core, no database.

Repeat with:  python bench/wages.py [workers] [--profile]
"""

from __future__ import annotations

import cProfile
import gc
import pstats
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from settlements.wages.engine import compute
from settlements.wages.facts import Case, Day, Piece, Rate, Value

WORKERS = 10_000
FIRST, LAST, CHANGE = date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 16)
VALUES = (Value("minimum_wage_month", "CN-99", date(2026, 1, 1), 240_000, "bench"),)


def cases(count: int) -> Iterator[Case]:
    """Months of different people: no two have the same rates or hours."""
    for worker in range(count):
        yield Case(
            worker_id=worker, first=FIRST, last=LAST, rule_set="CN", region="CN-99",
            currency="CNY", rates=_rates(worker), days=_days(worker), pieces=_pieces(worker),
            values=VALUES,
        )  # fmt: skip


def _rates(worker: int) -> tuple[Rate, ...]:
    return (
        Rate(2 * worker, "day", 40_000 + worker % 97, "CNY", FIRST, CHANGE, night_percent=20),
        Rate(2 * worker + 1, "day", 41_600 + worker % 89, "CNY", CHANGE, night_percent=20),
        Rate(f"p{worker}", "piece", 2_300, "CNY", FIRST, item="masonry", unit="m3"),
    )  # fmt: skip


def _days(worker: int) -> tuple[Day, ...]:
    return tuple(
        Day(
            worker * 31 + at, FIRST + timedelta(days=at), 480 + (worker + at) % 4 * 60, 1000,
            (worker + at) % 3 * 120,
        )
        for at in range(31)
    )  # fmt: skip


def _pieces(worker: int) -> tuple[Piece, ...]:
    return tuple(
        Piece(2 * worker + at, FIRST, LAST, "masonry", "m3", 12_345 + at, quota_thousandths=10_000)
        for at in range(2)
    )


def floor(count: int) -> int:
    """The same days times a rate and nothing else: what the arithmetic alone costs."""
    total = 0
    for worker in range(count):
        rate = 40_000 + worker % 97
        for at in range(31):
            total += (480 + (worker + at) % 4 * 60) * rate // 480
    return total


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    count = numbers[0] if numbers else WORKERS
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.runcall(lambda: [compute(case) for case in cases(min(count, 500))])
        pstats.Stats(profile).sort_stats("tottime").print_stats(20)
        return
    compute(next(cases(1)))  # the calendar of the month is read once
    # As the relay does: a full collection looks through every object of the loaded libraries (11 ms
    # in one worker's month), though the engine itself leaves nothing to collect.
    gc.freeze()
    # Processor time of this one process: a shared machine would add its neighbours' work.
    started = time.process_time()
    floor(count)
    bare = time.process_time() - started
    times, lines = [], 0
    for case in cases(count):
        started = time.process_time()
        found = compute(case)
        times.append(time.process_time() - started)
        lines += len(found.lines)
    spent, times = sum(times), sorted(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} workers x 31 days: {lines} lines in {spent:.2f} s of one core, {lines / spent:,.0f} lines/s"
    )
    shown = (times[len(times) // 2], times[len(times) * 99 // 100], times[-1])
    half, most, worst = (f"{one * 1000:.2f} ms" for one in shown)
    print(f"a worker's month: {half} median, {most} at the 99th percentile, {worst} at most")
    print(f"peak memory {peak:.0f} MB")
    print(f"plain multiplying loop: {bare:.3f} s; the engine takes {spent / bare:.0f} times that")


if __name__ == "__main__":
    main()
