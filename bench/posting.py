"""Payments posted: the product's chunked path against plain SQL, hordak, and pgbench.

python -m bench.posting [PAYMENTS]

A payment is reserved and sent, then confirmed and posted: two transfers, six entries, states, audit
events, outbox. The floor writes the same rows in the same chunks into tables without a trigger.
hordak (bench/requirements.txt, in var/bench-packages) posts one two-legged transaction per payment.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.ground import AT, MONTH, big_site, database

PACKAGES = Path(__file__).resolve().parent.parent / "var" / "bench-packages"
TABLES = (
    "settlements_transfer",
    "settlements_entry",
    "jianzhu_auditevent",
    "jianzhu_outboxmessage",
)


def product(payments: int) -> tuple[float, dict[str, float]]:
    """Seconds of a payment in chunks, and of each half of one by itself."""
    from jianzhu.kernel.db import chunks
    from settlements.payouts import commands as payouts
    from settlements.payouts.models import Payout
    from settlements.payouts.rails.protocol import Outcome
    from settlements.statements import commands

    site, ids = big_site(payments, 1)
    for chunk in chunks(ids, commands.WORKERS_MAX):
        commands.evaluate(project_id=site.project.pk, month=MONTH, worker_ids=chunk, at=AT)
    made = list(Payout.objects.order_by("pk").values_list("pk", flat=True))
    alone, many = made[: len(made) // 10], made[len(made) // 10 :]
    before = _marks()

    def pay(chunk: list[int]) -> None:
        payouts.send(payout_ids=chunk, at=AT)
        outcomes = {f"payout:{i}:1": Outcome("paid", f"B-{i}", at=AT) for i in chunk}
        payouts.record_outcomes(outcomes=outcomes, asked=0, at=AT)

    started = time.perf_counter()
    for chunk in chunks(many):
        pay(chunk)
    together = (time.perf_counter() - started) / len(many)
    rows = _since(before)
    _analyze()
    single = {
        "reserved, stored, told": _each(alone, lambda i: payouts.send(payout_ids=[i], at=AT)),
        "heard as paid, booked, told": _each(
            alone,
            lambda i: payouts.record_outcomes(
                outcomes={f"payout:{i}:1": Outcome("paid", f"B-{i}", at=AT)}, asked=0, at=AT
            ),
        ),
    }
    print("rows per payment: " + ", ".join(f"{t} {n / len(many):.1f}" for t, n in rows.items()))
    _floor(before, many, together)
    return together, single


def _analyze() -> None:
    """What autovacuum does within a minute of so much growth, and `pgbench -i` does for its tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _each(ids: list[int], work: Callable[[int], object]) -> float:
    for ident in ids[:20]:  # plans are made, as in a process that runs
        work(ident)
    started = time.perf_counter()
    for ident in ids[20:]:
        work(ident)
    return (time.perf_counter() - started) / len(ids[20:])


def _marks() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def _since(before: dict[str, int]) -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table, mark in before.items():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE id > %s", [mark])
            found[table] = cursor.fetchone()[0]
        return found


def _floor(before: dict[str, int], many: list[int], together: float) -> None:
    """The same rows by INSERT … SELECT, the same two updates of each payout, as many commits."""
    from django.db import connection, transaction

    chunks = max(len(many) // 1_000, 1)
    with connection.cursor() as cursor:
        for table in (*TABLES, "settlements_payout"):
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
        cursor.execute("INSERT INTO floor_settlements_payout SELECT * FROM settlements_payout")
        cursor.execute("CREATE TABLE floor_account AS SELECT * FROM settlements_account")
        cursor.execute("CREATE UNIQUE INDEX ON floor_account (id)")
        bounds = {}
        for table, mark in before.items():
            cursor.execute(f"SELECT max(id) FROM {table}")
            bounds[table] = (mark, cursor.fetchone()[0] or mark)
        started = time.perf_counter()
        for part in range(chunks):
            for half in range(2):
                with transaction.atomic():
                    for table, (low, high) in bounds.items():
                        step = (high - low) / (2 * chunks)
                        first = low + int(step * (2 * part + half))
                        last = low + int(step * (2 * part + half + 1))
                        cursor.execute(
                            f"INSERT INTO floor_{table} SELECT * FROM {table} "
                            "WHERE id > %s AND id <= %s",
                            [first, last],
                        )
                    cursor.execute(
                        "UPDATE floor_settlements_payout SET state = %s, reference = 'x' "
                        "WHERE id = ANY(%s)",
                        [("sent", "paid")[half], many[part * 1_000 : (part + 1) * 1_000]],
                    )
                    cursor.execute(
                        """UPDATE floor_account a SET debits_posted = a.debits_posted + 1
                           FROM settlements_payout p WHERE p.id = ANY(%s)
                             AND a.kind = 'payable' AND a.worker_id = p.worker_id""",
                        [many[part * 1_000 : (part + 1) * 1_000]],
                    )
        floor = (time.perf_counter() - started) / len(many)
    print(f"plain SQL, the same rows: {1 / floor:.0f} payments/s")
    print(
        f"the product, chunks of 1,000: {1 / together:.0f} payments/s; ratio {floor / together:.2f}"
    )


def balance() -> None:
    """The balance of an account with a million entries beside one with a few."""
    from django.db import connection

    from settlements.ledger import queries
    from settlements.ledger.models import Account

    few = Account.objects.filter(kind="payable").order_by("pk").first()
    keys = {"kind": "trial", "project_id": 0, "currency": "CNY", "created_at": AT}
    hot = Account.objects.create(worker_id=1, **keys)
    cold = Account.objects.create(worker_id=2, **keys)
    with connection.cursor() as cursor:
        for part in range(10):
            cursor.execute(
                """WITH t AS (INSERT INTO settlements_transfer
                       (key, digest, kind, phase, amount_minor, currency, at)
                       SELECT 'hot:' || %s || ':' || n, '', 'trial', 'single', 1, 'CNY', now()
                       FROM generate_series(1, 100000) n RETURNING id)
                   INSERT INTO settlements_entry
                       (transfer_id, account_id, layer, side, amount_minor, currency)
                   SELECT id, %s, 'posted', 'D', -1, 'CNY' FROM t UNION ALL
                   SELECT id, %s, 'posted', 'C', 1, 'CNY' FROM t""",
                [part, cold.pk, hot.pk],
            )
    for name, account in (("a few entries", few), ("a million entries", hot)):
        found = []
        for _ in range(200):
            started = time.perf_counter()
            queries.balance(account.kind, account.project_id, account.worker_id)
            found.append(time.perf_counter() - started)
        print(f"balance of an account with {name}: {sorted(found)[100] * 1000:.2f} ms")


def pgbench(url: str) -> float | None:
    """TPC-B-like transactions per second with one client."""
    program = shutil.which("pgbench") or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None
    )
    if program is None:
        print("pgbench: skipped, not installed (apt-get install postgresql-15)")
        return None
    subprocess.run([program, "-i", "-q", "-s", "10", url], check=True, capture_output=True)
    said = subprocess.run([program, "-c", "1", "-T", "8", url], check=True, capture_output=True)
    found = re.search(r"tps = ([0-9.]+)", said.stdout.decode())
    return float(found[1]) if found else None


def hordak(url: str, together: float) -> None:
    """hordak's bulk path on the same server, in a process with settings of its own."""
    if not PACKAGES.exists():
        print("hordak: skipped; pip install --target var/bench-packages -r bench/requirements.txt")
        return
    done = subprocess.run(
        [sys.executable, "-m", "bench.hordak_bulk", url],
        env=os.environ | {"PYTHONPATH": f"{PACKAGES}:{PACKAGES.parent.parent}"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"([0-9.]+) transactions/s", done.stdout)
    if found is None:
        print(f"hordak: did not run: {done.stderr.strip()[-300:]}")
        return
    rate = float(found[1])
    print(
        f"hordak bulk, 1,000 at a time: {rate:.0f} transactions/s; ours is {1 / together / rate:.2f}× "
        f"in payments, {2 / together / rate:.2f}× in transfers (a payment is two)"
    )


def main(payments: int) -> None:
    with database("bench_posting") as url:
        together, single = product(payments)
        tps = pgbench(url)
        if tps:
            print(f"pgbench, TPC-B-like, one client: {tps:.0f} tps")
        for half, seconds in single.items():
            ratio = f"; ratio {1 / seconds / tps:.2f}" if tps else ""
            print(f"one payment by itself ({half}): {1 / seconds:.0f}/s{ratio}")
        hordak(url, together)
        balance()


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["20000"])[0]))
