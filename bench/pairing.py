"""A month of many workers' punches paired to day records, in chunks by two processes.

python -m bench.pairing [WORKERS] [PROCESSES]

The floor is what cannot be spared: reading the same punches and COPYing the same day records.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.ground import AT, DAYS, MONTH, big_site, database, pour

CHUNK = 250
GATES = 12
LAST = MONTH + timedelta(days=DAYS - 1)
ZONE = ZoneInfo("Asia/Shanghai")


def start() -> None:
    """Django in each process, on the database that the environment names."""
    import django

    django.setup()
    gc.freeze()  # as the relay does


def pair(project_id: int, chunk: list[int]) -> None:
    from projects.attendance import commands

    commands.pair_days(project_id=project_id, worker_ids=chunk, first=MONTH, last=LAST, at=AT)


def doubt(project_id: int) -> float:
    """Seconds to look for what is odd about the gates of the whole month, in one process."""
    from projects.attendance import commands

    started = time.perf_counter()
    commands.doubt_gates(project_id=project_id, first=MONTH, last=LAST, at=AT)
    return time.perf_counter() - started


def timed(pool: ProcessPoolExecutor, project_id: int, chunks: list[list[int]]) -> float:
    started = time.perf_counter()
    list(pool.map(pair, [project_id] * len(chunks), chunks))
    return time.perf_counter() - started


def punched(site, ids: list[int]) -> int:
    """Four punches a day: in, out for lunch, in, out; a person a second through each of some gates."""
    from django.db import connection

    from projects.attendance.models import DeviceBody, Punch
    from projects.attendance.steps import digest
    from projects.sites.models import Device

    gates = [site.gate.pk] + [
        Device.objects.create(
            site=site.place, kind="hikvision", serial=f"bench-{n}", name="gate", zone=site.gate.zone
        ).pk
        for n in range(GATES - 1)
    ]

    body = DeviceBody.objects.create(
        device=site.gate,
        kind="hikvision",
        serial=site.gate.serial,
        received_at=AT,
        method="POST",
        path="/",
        body=b"[]",
        digest=digest(b"[]"),
        understood_at=AT,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT punch_partition(%s)", [MONTH])
    names = ("worker_id", "project_id", "site_id", "device_id", "body_id", "at", "device_at")
    names += ("received_at", "told_on", "direction", "method", "source", "key", "created_at")
    times = ((7, "in"), (12, "out"), (13, "in"), (17, "out"))

    def rows():
        for place, i in enumerate(ids):
            gate, queued = gates[place % GATES], timedelta(seconds=2 * (place // GATES))
            for n in range(DAYS):
                on = MONTH + timedelta(days=n)
                for hour, side in times:
                    at = datetime(on.year, on.month, on.day, hour, tzinfo=ZONE) + queued
                    same = (i, site.project.pk, site.place.pk, gate, body.pk, at, at)
                    key = f"{i}@{on}/{hour}"
                    yield (*same, AT, on, side, "face", "device", key, AT)

    pour(Punch, names, rows())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(ids) * DAYS * len(times)


def floor(project_id: int, ids: list[int]) -> float:
    """Seconds to read the punches and to COPY the records, in one process."""
    from django.db import connection

    from projects.attendance import day_rows
    from projects.attendance.models import DayRecord

    columns = [f.column for f in DayRecord._meta.concrete_fields]
    read = 0.0
    for at in range(0, len(ids), CHUNK):
        started = time.perf_counter()
        day_rows.punches(project_id, ids[at : at + CHUNK], AT - timedelta(days=60), AT)
        read += time.perf_counter() - started
    with connection.cursor() as cursor:
        names = ", ".join(f'"{c}"' for c in columns)
        shown = ", ".join(
            f'"{c}"::text' if f.get_internal_type() == "JSONField" else f'"{c}"'
            for c, f in zip(columns, DayRecord._meta.concrete_fields, strict=True)
        )
        cursor.execute(f"SELECT {shown} FROM projects_dayrecord")
        rows = cursor.fetchall()
        cursor.execute("CREATE TABLE floor (LIKE projects_dayrecord INCLUDING ALL)")
        started = time.perf_counter()
        with cursor.cursor.copy(f"COPY floor ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return read + time.perf_counter() - started


def main(workers: int, processes: int) -> None:
    with database("bench_pairing"):
        from jianzhu.kernel.db import chunks
        from projects.attendance.models import DayRecord

        site, ids = big_site(workers, days=0)
        count = punched(site, ids)
        print(f"{workers} workers × {DAYS} days, {count} punches")
        groups = list(chunks(ids, CHUNK))
        first = groups[: max(1, len(groups) // 4)]
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=spawn, initializer=start) as pool:
            list(pool.map(time.sleep, [0.5] * processes))
            quarter = timed(pool, site.project.pk, first)
            rest = timed(pool, site.project.pk, groups[len(first) :])
            again = timed(pool, site.project.pk, groups)
        odd = doubt(site.project.pk)
        took, made = quarter + rest, DayRecord.objects.filter(state="confirmed").count()
        part = sum(map(len, first)) * DAYS
        print(
            f"paired in {processes} processes: {took:.1f} s, {made / took:.0f} days/s; the first "
            f"{part} days at {part / quarter:.0f}/s, the rest at {(made - part) / rest:.0f}/s"
        )
        print(f"paired again without news: {again:.1f} s")
        print(f"looked for what is odd about {GATES} gates: {odd:.1f} s")
        least = floor(site.project.pk, ids)
        print(
            f"floor, read and COPY alone in one process: {least:.1f} s; "
            f"ratio {least / (took * processes):.2f} of two processes' time"
        )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"the processes' own time, both runs: {used.ru_utime + used.ru_stime:.1f} s of CPU; "
            f"peak memory of one {used.ru_maxrss / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main(*(int(n) for n in (sys.argv[1:] + ["2000", "2"][len(sys.argv) - 1 :])))
