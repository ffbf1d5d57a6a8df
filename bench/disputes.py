"""From the missing acceptance to the money: a case that closes itself, beside the same chain without one.

    python -m bench.disputes [WORKERS]
    python -m bench.disputes queue [CASES]

The queue is that of an arbitrator with so many open cases of one project, contradictions reckoned.
The datum is the acceptance of the crew's day; the relay runs in this process, the bank answers at once.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from bench.ground import database

ROUNDS = 5


def main(workers: int) -> None:
    with database("bench_disputes"):
        from settlements.disputes import commands as disputes
        from settlements.disputes.models import Dispute
        from settlements.payouts import subscribers
        from settlements.payouts.rails.protocol import Outcome
        from tests.site import DAY, Site, at

        class Rail:
            def send_many(self, instructions):
                return {i.key: Outcome("paid", f"R{i.key}") for i in instructions}

            def read_many(self, keys):
                return {key: Outcome("paid", f"R{key}") for key in keys}

        subscribers.rail_named = lambda name: Rail()

        def chain(code: str, objects: bool) -> float:
            site = Site.build(code=code, workers=workers)
            for worker in site.workers:
                site.work(worker, DAY)
            site.run()
            if objects:
                disputes.file_for_crew(
                    crew_id=site.crew.pk,
                    work_from=DAY,
                    work_to=DAY,
                    claim="nobody accepts our wall",
                    actor=site.leader,
                    at=at(DAY, 20),
                )
                site.run()
            sheet = site.sheet(DAY, DAY)
            started = time.perf_counter()
            site.accept(sheet, at(DAY, 20) + timedelta(minutes=1))
            site.run()
            took = time.perf_counter() - started
            assert {line.state for line in site.lines()} == {"released"}
            return took

        plain = sorted(chain(f"P{n}", objects=False) for n in range(ROUNDS))[ROUNDS // 2]
        closed = sorted(chain(f"D{n}", objects=True) for n in range(ROUNDS))[ROUNDS // 2]
        assert set(Dispute.objects.values_list("state", flat=True)) == {"closed"}
        print(
            f"a case of {workers}: acceptance → closed and money out {closed:.2f} s (asked: ≤ 2 s); "
            f"the same chain without a case {plain:.2f} s, ratio {plain / closed:.2f}"
        )


def queue(cases: int) -> None:
    with database("bench_disputes"):
        from django.db.models import Q

        from settlements.desk import queries
        from settlements.disputes import commands as disputes
        from tests.site import DAY, Site, at

        site = Site.build(workers=cases)
        for worker in site.workers:
            site.punch(worker, at(DAY, 8), "in")
        site.run()
        took = {}
        filed = 0
        for size in (1, cases):
            for worker in site.workers[filed:size]:
                ids = [line.pk for line in site.lines(worker)]
                actor = site.actor(worker)
                disputes.file(line_ids=ids, claim="a whole day", actor=actor, at=at(DAY, 20))
            filed = size
            rounds = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                assert len(queries.queue(Q(), at(DAY, 21))) == size
                rounds.append(time.perf_counter() - started)
            took[size] = min(rounds)
        print(
            f"a queue of {cases}: {took[cases]:.2f} s (asked: ≤ 1 s); of one case {took[1]:.3f} s, "
            f"ratio per case {took[1] * cases / took[cases]:.0f}"
        )


if __name__ == "__main__":
    said = sys.argv[1:]
    if said[:1] == ["queue"]:
        queue(int(said[1] if len(said) > 1 else 200))
    else:
        main(int(said[0] if said else 20))
