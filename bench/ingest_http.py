"""Ingest over HTTP with two gunicorn workers, against floors measured in the same run.

    python -m bench.ingest_http [EVENTS] [REQUESTS]

Batches of 500 stored events at the API, against plain COPY of the same rows; single Hikvision events
of a terminal, against a view that only inserts the raw body with psycopg (`bench/floor.py`). Four
clients in this process share the cores with the server.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench.ground import database
from bench.ingest import copied, ground, lines

BATCH = 500
CLIENTS = 4
EVENT = (
    '{"macAddress":"a4:d5:c2:99:00:77","dateTime":"2026-10-12T07:58:48+08:00","eventType":'
    '"AccessControllerEvent","AccessControllerEvent":{"majorEventType":5,"subEventType":75,'
    '"employeeNoString":"00001","serialNo":%d,"attendanceStatus":"checkIn"}}'
)


def main(events: int, requests: int) -> None:
    with database("bench_ingest_http") as url:
        site = ground()
        token = _token(site)
        _floor_table()
        with served() as port:
            head = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {token}"}
            batches = [lines(n, BATCH) for n in range(0, events, BATCH)]
            rate = sent(port, "/api/v1/device-events", batches, head) * BATCH
            floor = copied(url, events)
            print(f"batches of {BATCH} over HTTP: {rate:10,.0f} events/s")
            print(f"plain COPY, the same rows:  {floor:10,.0f} rows/s; ratio {rate / floor:.2f}")
            single = [(EVENT % n).encode() for n in range(1, requests + 1)]
            head = {"Content-Type": "application/json"}
            rounds = []
            for _ in range(3):  # by turns, and the middle counts: other work moves both
                peer = sent(port, "/floor", single, head)
                ours = sent(port, "/devices/hikvision", single, head)
                rounds.append((ours / peer, ours, peer))
            ratio, ours, peer = sorted(rounds)[1]
            print(f"one event a request:        {ours:10,.0f} requests/s")
            print(f"a view that inserts a body: {peer:10,.0f} requests/s; ratio {ratio:.2f}")


def _token(site) -> str:
    from jianzhu.access.authentication import new_token
    from jianzhu.access.models import User
    from jianzhu.kernel import clock

    return new_token(User.objects.get(pk=site.contractor.user_id), clock.now())


def _floor_table() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE floor_body (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " received_at timestamptz DEFAULT now(), body bytea)"
        )


@contextmanager
def served():
    """Two gunicorn workers on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "bench.floor",
        "-w",
        "2",
        "-b",
        f"127.0.0.1:{port}",
    ]
    server = subprocess.Popen([*command, "--log-level", "error"], env=os.environ)
    try:
        for _ in range(100):
            try:
                sent(port, "/floor", [b"x"], {})
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def sent(port: int, path: str, bodies: list[bytes], head: dict[str, str]) -> float:
    """Requests per second of all clients together; every answer has to be a 200."""

    def send(own: list[bytes]) -> None:
        for body in own:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", path, body, head)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, (answer.status, said[:300])
            connection.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(send, [bodies[n::CLIENTS] for n in range(CLIENTS)]))
    return len(bodies) / (time.perf_counter() - started)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 50_000, given[1] if len(given) > 1 else 2_000)
