"""Stored device events ingested per second, against plain COPY of the same rows in the same run.

    python -m bench.ingest [EVENTS] [WORKERS]

Files of JSON lines as `manage.py ingest_events` takes them, the HTTP batch endpoint, single events of
a terminal over HTTP, and bodies of 500 ZKTeco lines. The floor is COPY of the very rows, as text made
beforehand, into a table with the same unique key and nothing else, in one transaction.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from bench.ground import AT, database

DEVICES = 20
PEOPLE = 1_000
PIECE = 10_000
MILLION = 1_000_000
# The events of a month, every one with an instant of its own at its gate.
FIRST = AT - timedelta(days=35)


def main(events: int, workers: int) -> None:
    with database("bench_ingest") as url:
        site = ground()
        rounds = [(n, min(MILLION, events - n)) for n in range(0, events, MILLION)]
        rates = []
        for first, count in rounds:
            rate = files(first, count, workers)
            rates.append(rate)
            print(f"JSON lines, {first + count:>9,} rows: {rate:10,.0f} events/s", flush=True)
        floor = copied(url, min(events, MILLION))
        print(f"plain COPY, the same rows:   {floor:10,.0f} rows/s")
        print(f"ratio, first round:          {rates[0] / floor:10.2f}")
        if len(rates) > 1:
            print(f"last round to first:         {rates[-1] / rates[0]:10.2f}")
        bodies(site, min(events, 20_000), floor)


def ground():
    """A site with people who have numbers, and gates."""
    from projects.sites.models import Device, Enrolment
    from tests.site import START, Site

    site = Site.build(workers=10)
    Device.objects.bulk_create(
        Device(
            site=site.place, kind="zkteco", serial=f"ZK{n:06d}", name="gate", zone="Asia/Shanghai"
        )
        for n in range(DEVICES)
    )
    Enrolment.objects.bulk_create(
        Enrolment(
            site=site.place,
            person_no=f"{n:05d}",
            worker=site.workers[n % len(site.workers)],
            valid_from=START,
        )
        for n in range(PEOPLE)
    )
    return site


def lines(first: int, count: int) -> bytes:
    """JSON lines of events `first` to `first + count`."""
    return b"".join(
        b'{"kind":"zkteco","serial":"ZK%06d","person_no":"%05d","at":"%s","direction":"%s",'
        b'"method":"face"}\n'
        % (
            n % DEVICES,
            n % PEOPLE,
            (FIRST + timedelta(seconds=n // DEVICES)).replace(tzinfo=None).isoformat().encode(),
            b"in" if n % 2 else b"out",
        )
        for n in range(first, first + count)
    )


def files(first: int, count: int, workers: int) -> float:
    """Events per second of `manage.py ingest_events`, without reading the file."""
    from projects.management.commands.ingest_events import in_turn, processes

    pieces = [
        ("bench", lines(n, min(PIECE, first + count - n)))
        for n in range(first, first + count, PIECE)
    ]
    started = time.perf_counter()
    with processes(workers) as pool:
        new = sum(taken.new for taken in in_turn(pool, pieces, workers + 1))
        took = time.perf_counter() - started
    assert new == count, f"{new} of {count} events are new punches"
    return count / took


def copied(url: str, most: int) -> float:
    """Rows per second of plain COPY into a table with the same unique key."""
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT * FROM projects_punch LIMIT {most}) TO STDOUT") as copy:
            blocks = [bytes(block) for block in copy]
        cursor.execute("CREATE TABLE floor (LIKE projects_punch, UNIQUE (device_id, key, told_on))")
        connection.commit()
        data = b"".join(blocks)
        started = time.perf_counter()
        with cursor.copy("COPY floor FROM STDIN") as copy:
            for at in range(0, len(data), 1 << 20):
                copy.write(data[at : at + (1 << 20)])
        connection.commit()
        took = time.perf_counter() - started
        rows = cursor.execute("SELECT count(*) FROM floor").fetchone()[0]
    return rows / took


def bodies(site, events: int, floor: float) -> None:
    """Bodies of 500 ZKTeco lines: kept, then understood as the relay does."""
    from projects.attendance import capture
    from projects.attendance.devices import DeviceRequest, Maker
    from projects.attendance.models import DeviceBody

    requests = [
        DeviceRequest(
            method="POST",
            path="/iclock/cdata",
            query={"SN": "ZK000001", "table": "ATTLOG", "Stamp": "9999"},
            headers={"content-type": "text/plain"},
            body="".join(
                f"{n % PEOPLE:05d}\t{FIRST + timedelta(minutes=n):%Y-%m-%d %H:%M:%S}\t{n % 2}\t15\t0\t0\n"
                for n in range(number, number + 500)
            ).encode(),
            received_at=AT,
        )
        for number in range(0, events, 500)
    ]
    started = time.perf_counter()
    for request in requests:
        capture.store_body(maker=Maker.ZKTECO, serial="ZK000001", request=request)
    kept = time.perf_counter() - started
    ids = list(DeviceBody.objects.filter(understood_at=None).values_list("pk", flat=True))
    started = time.perf_counter()
    for at in range(0, len(ids), 20):
        capture.understand(body_ids=ids[at : at + 20], at=AT)
    understood = time.perf_counter() - started
    rate = events / (kept + understood)
    print(f"ZKTeco bodies of 500 lines:  {rate:10,.0f} events/s; ratio {rate / floor:.2f}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 100_000, given[1] if len(given) > 1 else 2)
