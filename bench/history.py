"""Ten times the history: what one worker's month costs, and a chunk's insert, before and after.

python -m bench.history [PUNCHES A MONTH] [TRANSFERS A MONTH]

One month of punches and of the ledger is written through the product and measured; nine more months are
copies of its rows, made in PostgreSQL; then the same is measured again: the punches of one worker's month
read, 10,000 stored events ingested, 1,000 transfers posted. What grows with the history shows as a ratio
above 1. Of each the best of some runs, because other load on the machine slows and never speeds up.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.ground import database
from bench.ingest import DEVICES, PEOPLE, ground

MONTHS, MONTH = 10, timedelta(days=30)
FIRST = datetime(2026, 9, 1)
LAST = datetime(2028, 1, 1, tzinfo=UTC)
CHUNK, LINES = 1_000, 10_000
TIMES = 5


def main(punches: int, transfers: int) -> None:
    with database("bench_history"):
        site = ground()
        books = Books()
        found = []
        write(0, punches)
        books.post(transfers)
        for months in (1, MONTHS):
            for month in range(1, months):
                copy_punches(month)
                books.copy_transfers(month, transfers)
            analyze()
            found.append(measured(site, books))
        for name, once in found[0].items():
            tenfold = found[1][name]
            print(
                f"{name:38} {once * 1e3:8.2f} ms, with ten times the history {tenfold * 1e3:8.2f} ms; "
                f"ratio {tenfold / once:.2f}"
            )


def analyze() -> None:
    """As autovacuum does within a minute."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lines(month: int, first: int, count: int) -> bytes:
    """JSON lines of events of one month, spread over it."""
    start = FIRST + month * MONTH
    return b"".join(
        b'{"kind":"zkteco","serial":"ZK%06d","person_no":"%05d","at":"%s","direction":"in"}\n'
        % (
            n % DEVICES,
            n % PEOPLE,
            (start + timedelta(seconds=2 * n)).isoformat().encode(),
        )
        for n in range(first, first + count)
    )


def take(content: bytes) -> None:
    from jianzhu.access.actor import SYSTEM
    from projects.attendance import capture

    taken = capture.take_lines(content=content, name="bench", actor=SYSTEM, at=LAST)
    assert taken.known == taken.parked == 0, taken


def write(month: int, punches: int) -> None:
    for first in range(0, punches, LINES):
        take(lines(month, first, min(LINES, punches - first)))


def copy_punches(month: int) -> None:
    """The first month's punches once more, some months later."""
    from django.db import connection

    shift, later = "make_interval(days => %(days)s)", {"days": month * MONTH.days, "n": month}
    first = {"from": FIRST.date(), "to": (FIRST + MONTH).date()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT punch_partition(date_trunc('month', d)::date)
                FROM generate_series(%(from)s::date + {shift}, %(to)s::date + {shift}, '1 day') d""",
            {**later, **first},
        )
        cursor.execute(
            f"""INSERT INTO projects_punch (at, device_at, direction, method, source, key, created_at,
                    body_id, device_id, project_id, worker_id, site_id, received_at, told_on)
                SELECT at + {shift}, device_at + {shift}, direction, method, source,
                    key || ':' || %(n)s, created_at, body_id, device_id, project_id, worker_id, site_id,
                    received_at, told_on + %(days)s
                FROM projects_punch WHERE told_on >= %(from)s AND told_on < %(to)s""",
            {**later, **first},
        )


class Books:
    """Transfers between two accounts that nothing guards."""

    def __init__(self) -> None:
        from bench.ground import AT
        from settlements.ledger.models import Account

        keys = {"kind": "trial", "project_id": 0, "currency": "CNY", "created_at": AT}
        self.source, self.target = (Account.objects.create(worker_id=n, **keys).pk for n in (1, 2))
        self.made = 0
        self.fresh = iter(
            range(10**6, 10**9, LINES)
        )  # moments of the first month that nothing was told of

    def post(self, count: int) -> None:
        from bench.ground import AT
        from jianzhu.kernel.db import command
        from settlements.ledger import steps
        from settlements.ledger.rules import Leg, Movement

        @command
        def chunk(*, first: int) -> None:
            leg = Leg(self.source, self.target, 1)
            movements = [
                Movement(f"history:{n}", "trial", "single", (leg,), "CNY")
                for n in range(first, first + CHUNK)
            ]
            steps.transfer(movements, at=AT)

        for _ in range(0, count, CHUNK):
            chunk(first=self.made)
            self.made += CHUNK

    def copy_transfers(self, month: int, count: int) -> None:
        """As many transfers between the same two accounts."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                """WITH t AS (INSERT INTO settlements_transfer
                       (key, digest, kind, phase, amount_minor, currency, at)
                       SELECT 'copied:' || %s || ':' || n, '', 'trial', 'single', 1, 'CNY', now()
                       FROM generate_series(1, %s) n RETURNING id)
                   INSERT INTO settlements_entry
                       (transfer_id, account_id, layer, side, amount_minor, currency)
                   SELECT id, %s, 'posted', 'D', -1, 'CNY' FROM t UNION ALL
                   SELECT id, %s, 'posted', 'C', 1, 'CNY' FROM t""",
                [month, count, self.source, self.target],
            )


def measured(site, books: Books) -> dict[str, float]:
    """Seconds of each."""
    from django.db.models import Q

    from projects.attendance import queries

    month = Q(told_on__gte=FIRST.date(), told_on__lt=FIRST.date() + MONTH)
    workers = iter(site.workers * TIMES)
    return {
        "one worker's month of punches": timed(
            lambda: queries.punches(Q(worker=next(workers)) & month)
        ),
        "10,000 stored events ingested": timed(lambda: take(lines(0, next(books.fresh), LINES))),
        "1,000 transfers posted": timed(lambda: books.post(CHUNK)),
    }


def timed(work: Callable[[], object]) -> float:
    found = []
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [100_000, 20_000][len(given) :]))
