"""What proof costs: settlement with and without audit, sealing, verifying, proving, a bundle.

python -m bench.audit [WORKERS] [EVENTS]
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time

from bench import cpu
from bench.ground import AT, DAYS, MONTH, big_site, database

ROUNDS = 2
PROOFS = 200


def settle(audited: bool, workers: int) -> None:
    """Print one process's statements per second and ms of processor time (its own and PostgreSQL's) a
    statement, with all of audit or with none of it."""
    with database("bench_audit"):
        from django.db import connection

        from jianzhu.audit import journal, steps
        from jianzhu.kernel.db import chunks
        from settlements.statements import commands

        site, ids = big_site(workers)
        if not audited:
            steps.record_many = lambda events, **_: None
            with connection.cursor() as cursor:
                for table in journal.journaled():
                    cursor.execute(f"DROP FUNCTION journal_{table.table}() CASCADE")
        busy = [os.getpid(), *cpu.backends()]
        before, started = cpu.seconds(busy), time.perf_counter()
        for chunk in chunks(ids, commands.WORKERS_MAX):
            commands.evaluate(project_id=site.project.pk, month=MONTH, worker_ids=chunk, at=AT)
        seconds, used = time.perf_counter() - started, cpu.seconds(busy) - before
        print(workers / seconds, used / workers * 1e3)


def cost(workers: int) -> None:
    """Both halves in turn, the best of each: other load on the machine slows, it never speeds up."""
    best = {"on": 0.0, "off": 0.0}
    least = {"on": float("inf"), "off": float("inf")}
    for _ in range(ROUNDS):
        for half in ("on", "off"):
            run = [sys.executable, "-m", "bench.audit", half, str(workers)]
            said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
            rate, used = (float(word) for word in said.split()[-2:])
            best[half], least[half] = max(best[half], rate), min(least[half], used)
    print(
        f"settlement, {workers} × {DAYS} days, one process: {best['off']:.0f} statements/s without audit, "
        f"{best['on']:.0f} with; audit costs {1 - best['on'] / best['off']:.0%} (asked: ≤ 25 %)"
    )
    print(
        f"by processor time, whoever else uses the machine: {least['off']:.2f} ms a statement without, "
        f"{least['on']:.2f} with; audit costs {1 - least['off'] / least['on']:.0%}"
    )


def log(events: int) -> None:
    """Sealing, verifying and proving over one log."""
    with database("bench_audit"):
        from jianzhu.access.actor import SYSTEM
        from jianzhu.audit import commands, queries, steps
        from jianzhu.audit.events import Event
        from jianzhu.audit.proofs import Tree
        from jianzhu.kernel.db import chunks, command

        @command
        def write(*, numbers: list[int]) -> None:
            told = [
                Event(
                    "statement_line.match", "statement", n, {"lines": [[n, "2026-10-05/time", n]]}
                )
                for n in numbers
            ]
            steps.record_many(told, actor=SYSTEM, at=AT)

        for chunk in chunks(range(events), 1_000):
            write(numbers=chunk)
        started = time.perf_counter()
        sealed = 0
        while done := commands.seal(at=AT):
            sealed += done
        seconds = time.perf_counter() - started
        print(f"sealed {sealed} events: {sealed / seconds:.0f} events/s (asked: 5,000)")

        started = time.perf_counter()
        for n in range(events):
            hashlib.sha256(b"%200d" % n).digest()
        floor = time.perf_counter() - started
        started = time.perf_counter()
        found = queries.verify()
        seconds = time.perf_counter() - started
        assert found.faults == ()
        print(
            f"verified {found.leaves} events: {seconds:.1f} s, so {seconds / found.leaves * 1e6:.0f} s for "
            f"1,000,000 (asked: ≤ 60 s); hashing alone {floor:.1f} s, ratio {floor / seconds:.2f}"
        )

        times = []
        for leaf in random.Random(1).sample(range(found.leaves), PROOFS):
            started = time.perf_counter()
            Tree().inclusion(leaf, found.leaves)
            times.append((time.perf_counter() - started) * 1_000)
        times.sort()
        print(
            f"a proof: p50 {times[PROOFS // 2]:.1f} ms, p99 {times[PROOFS * 99 // 100]:.1f} ms (asked: ≤ 10)"
        )


def bundle() -> None:
    """A line's bundle on a site with a month of gates behind it."""
    with database("bench_audit"):
        from datetime import timedelta

        from django.db.models import Q

        from settlements.disputes import commands as disputes
        from settlements.disputes import queries
        from settlements.evidence import bundle as bundles
        from tests.site import DAY, Site, at

        site = Site.build(workers=10)
        days = [DAY + timedelta(days=n) for n in range(10)]
        for day in days:
            for worker in site.workers:
                site.work(worker, day)
        site.run()
        lines = [n.pk for n in site.lines(site.li_wei) if n.state == "held"]
        when = at(days[-1], 20)
        case = disputes.file(line_ids=lines, claim="", actor=site.actor(site.li_wei), at=when)
        (found,) = queries.cases(Q(pk=case.pk))
        started = time.perf_counter()
        content = bundles.of_case(found, reader=None, at=when)
        print(
            f"bundle of a case of {len(lines)} lines: {time.perf_counter() - started:.1f} s, "
            f"{len(content) / 1024:.0f} KiB (asked: ≤ 5 s)"
        )


def main(workers: int, events: int) -> None:
    cost(workers)
    for part in (["log", str(events)], ["bundle", "0"]):
        subprocess.run([sys.executable, "-m", "bench.audit", *part], check=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    if given[:1] in (["on"], ["off"]):
        settle(given[0] == "on", int(given[1]))
    elif given[:1] == ["log"]:
        log(int(given[1]))
    elif given[:1] == ["bundle"]:
        bundle()
    else:
        main(*(int(n) for n in (given + ["500", "100000"][len(given) :])))
