"""From the last missing datum to the instruction at the rail, among many workers.

    python -m bench.latency [WORKERS]

The datum is an approved correction of one worker's day; the relay runs in this process, as it does
where there is no broker.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from bench.ground import AT, DAYS, MONTH, big_site, database

ROUNDS = 100


def main(workers: int) -> None:
    with database("bench_latency"):
        from jianzhu.access.actor import SYSTEM
        from jianzhu.outbox import relay
        from projects.attendance import commands as attendance
        from settlements.payouts import subscribers
        from settlements.payouts.rails.protocol import Outcome
        from tests.site import at

        handed: list[float] = []

        class Rail:
            def send_many(self, instructions):
                handed.append(time.perf_counter())
                return {i.key: Outcome("accepted", f"R{i.key}") for i in instructions}

            def read_many(self, keys):
                return {key: Outcome("accepted", f"R{key}") for key in keys}

        subscribers.rail_named = lambda name: Rail()
        site, ids = big_site(workers, DAYS - 1)
        relay.drain()
        last = MONTH + timedelta(days=DAYS - 1)
        took = []
        for worker_id in ids[:ROUNDS]:
            correction = attendance.request_correction(
                worker_id=worker_id,
                project_id=site.project.pk,
                on=last,
                intervals=[(at(last, 8), at(last, 16))],
                reason="bench",
                actor=SYSTEM,
                at=AT,
            )
            relay.drain()
            handed.clear()
            started = time.perf_counter()
            attendance.approve_correction(
                correction_id=correction.pk, answer="bench", actor=site.contractor, at=AT
            )
            while not handed:
                relay.run_once()
            took.append(handed[0] - started)
        took.sort()
        p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99) - 1]
        print(
            f"{workers} workers, {ROUNDS} rounds: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
