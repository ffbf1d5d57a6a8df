"""A month of many workers: computed, matched, released; against COPY of the same lines alone.

python -m bench.settlement [WORKERS] [PROCESSES]
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from bench.ground import AT, DAYS, MONTH, big_site, database


def start() -> None:
    """Django in each process, on the database that the environment names."""
    import django

    django.setup()


def evaluate(project_id: int, chunk: list[int]) -> None:
    from settlements.statements import commands

    commands.evaluate(project_id=project_id, month=MONTH, worker_ids=chunk, at=AT)


def evaluate_all(project_id: int, chunks: list[list[int]], processes: int) -> float:
    """Seconds for all chunks, handed out one by one as a relay's two processes would take them."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=start) as pool:
        list(pool.map(time.sleep, [0.5] * processes))  # every process is up before the clock starts
        started = time.perf_counter()
        list(pool.map(evaluate, [project_id] * len(chunks), chunks))
        return time.perf_counter() - started


def main(workers: int, processes: int) -> None:
    with database("bench_settlement"):
        from jianzhu.kernel.db import chunks
        from settlements.payouts import commands as payouts
        from settlements.payouts.models import Payout
        from settlements.statements import commands
        from settlements.statements.models import StatementLine
        from settlements.statements.steps import _LINE_COLUMNS

        site, ids = big_site(workers)
        print(f"{workers} workers × {DAYS} days, {workers * DAYS} day records")
        groups = list(chunks(ids, commands.WORKERS_MAX))
        released = evaluate_all(site.project.pk, groups, processes)
        lines = StatementLine.objects.filter(state="released").count()
        print(
            f"computed, matched, released in {processes} processes: {released:.1f} s, "
            f"{workers / released:.0f} statements/s, {lines / released:.0f} lines/s"
        )

        started = time.perf_counter()
        for chunk in chunks(Payout.objects.order_by("pk").values_list("pk", flat=True), 1_000):
            payouts.send(payout_ids=chunk, at=AT)
        sent = time.perf_counter() - started
        print(f"sent to the rail's door: {sent:.1f} s, {workers / sent:.0f} payouts/s")

        again = evaluate_all(site.project.pk, groups, processes)
        print(f"evaluated again without news: {again:.1f} s")

        from django.db import connection

        columns = [name for name in _LINE_COLUMNS if name not in ("id", "sources")]
        rows = list(StatementLine.objects.values_list(*columns, "payout_id")[:lines])
        names = ", ".join(f'"{name}"' for name in (*columns, "payout_id", "id", "sources"))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE floor (LIKE settlements_statementline INCLUDING ALL)")
            started = time.perf_counter()
            with cursor.cursor.copy(f"COPY floor ({names}) FROM STDIN") as copy:
                for number, row in enumerate(rows):
                    copy.write_row((*row, number, "{}"))
            floor = time.perf_counter() - started
        print(f"floor, COPY of the lines alone: {floor:.1f} s; ratio {floor / released:.2f}")
        print(
            f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, "
            f"of the processes {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main(*(int(n) for n in (sys.argv[1:] + ["1000", "2"][len(sys.argv) - 1 :])))
