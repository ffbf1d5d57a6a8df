"""One billion yuan: statements computed, matched, released, sent, confirmed, reconciled.

python -m bench.billion [STATEMENTS] [PROCESSES]      150,000 statements of about 6,600 by default

Each statement is 22 days with holidays and rest days, 6,650.00 in all. The bank is the sandbox bank,
behind its HTTP door. Prints each stage's time, rows per second and processor time (what the clock would
show at least on two idle cores is half of it), the slowest, the money, and the peak memory of a process.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from bench import cpu
from bench.ground import AT, MONTH, big_site, database

# Three holidays at 300 % and seven rest days at 200 % make 35 day rates of the first 22 days of October.
DAYS, RATE, PER_SITE = 22, 19_000, 5_000


def start() -> None:
    import django

    django.setup()
    # Each process of the pool is up and connected before the clock runs.
    from django.db import connection

    connection.ensure_connection()


def evaluate(job: tuple[int, list[int]]) -> int:
    from settlements.statements import commands

    return commands.evaluate(project_id=job[0], month=MONTH, worker_ids=job[1], at=AT)


def send(ids: list[int]) -> int:
    from settlements.payouts import commands

    return len(commands.send(payout_ids=ids, at=AT))


def hand_over(ids: list[int]) -> int:
    from settlements.payouts import commands, queries
    from settlements.payouts.rails import rail_named

    done = 0
    for name, instructions in queries.instructions(ids).items():
        outcomes = rail_named(name).send_many(instructions)
        done += sum(commands.record_outcomes(outcomes=outcomes, asked=0, at=AT).values())
    return done


def reconcile(account_id: int) -> int:
    from settlements.funding.models import WageAccount
    from settlements.payouts import reconciliation
    from settlements.payouts.rails import rail_named

    account = WageAccount.objects.get(pk=account_id)
    classes = reconciliation.reconcile(account, rail_named(account.rail), at=AT)
    return sum(n for name, n in classes.items() if name == "matched")


def own_pid(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def peak_mb(_: int) -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bank(port: int, folder: str) -> subprocess.Popen[bytes]:
    module = [sys.executable, "-m", "settlements.payouts.sandbox"]
    return subprocess.Popen(
        [*module, "--port", str(port), "--dir", folder], stdout=subprocess.DEVNULL
    )


def main(statements: int, processes: int) -> None:
    from jianzhu.embedded.postmaster import free_port

    port = free_port()
    os.environ["SANDBOX_BANK_URL"] = f"http://127.0.0.1:{port}"
    os.environ.setdefault("SANDBOX_BANK_TOKEN", "for-the-benchmark-only-0123456789abcdef")
    with tempfile.TemporaryDirectory() as folder, database("bench_billion"):
        running = bank(port, folder)
        try:
            _run(statements, processes, running.pid)
        finally:
            running.terminate()
            running.wait()


def _run(statements: int, processes: int, bank_pid: int) -> None:
    from jianzhu.kernel.db import chunks
    from settlements.funding.models import WageAccount
    from settlements.payouts.models import Payout
    from settlements.payouts.rails import rail_named
    from settlements.statements import commands
    from settlements.statements.models import StatementLine

    started = time.perf_counter()
    jobs: list[tuple[int, list[int]]] = []
    left, number = statements, 0
    while left > 0:
        number += 1
        size = min(PER_SITE, left)
        site, ids = big_site(size, DAYS, rate=RATE, overtime=False, code=f"B{number}")
        jobs += [(site.project.pk, c) for c in chunks(ids, commands.WORKERS_MAX)]
        left -= size
    for account in WageAccount.objects.all():
        rail_named(account.rail).deposit(account.bank_account, f"D-B{account.pk}", 10**13)
    print(f"{statements} × {DAYS} days on {number} sites, made in {_since(started)}", flush=True)

    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=start) as pool:
        list(pool.map(time.sleep, [0.5] * processes))
        stages: dict[str, float] = {}
        spent: dict[str, float] = {}
        # pids of the pool are no public name; each process tells its own.
        workers = set(pool.map(own_pid, [0.2] * processes * 2))

        def stage(name, work, jobs, of):
            who = {"Python": workers, "PostgreSQL": cpu.backends(), "the bank": [bank_pid]}
            before = {name: cpu.seconds(pids) for name, pids in who.items()}
            began = time.perf_counter()
            done = sum(pool.map(work, jobs))
            stages[name] = time.perf_counter() - began
            used = {name: cpu.seconds(pids) - before[name] for name, pids in who.items()}
            spent[name] = sum(used.values())
            rows = of(done)
            print(
                f"{name:34} {stages[name]:7.1f} s {rows / stages[name]:9.0f} rows/s  {rows} rows; "
                f"processor: {', '.join(f'{who} {n:.1f} s' for who, n in used.items())}",
                flush=True,
            )
            return done

        made = stage(
            "computed, matched, released",
            evaluate,
            jobs,
            lambda n: StatementLine.objects.filter(state="released").count(),
        )
        payouts = list(Payout.objects.order_by("project", "pk").values_list("pk", flat=True))
        groups = list(chunks(payouts))
        stage("sent: reserved, instruction stored", send, groups, int)
        paid = stage("handed to the bank, answer written", hand_over, groups, int)
        accounts = list(WageAccount.objects.order_by("pk").values_list("pk", flat=True))
        matched = stage("reconciled with its statement", reconcile, accounts, int)
        peak = max(pool.map(peak_mb, range(processes)))

    total = sum(stages.values())
    states = Counter(Payout.objects.values_list("state", flat=True))
    money = sum(Payout.objects.filter(state="paid").values_list("amount_minor", flat=True))
    slowest = max(stages, key=lambda name: stages[name])
    print(
        f"{money / 100:,.2f} paid; {made} payouts, {paid} answered, {matched} matched; "
        f"by the bank's script of accounts: {', '.join(f'{n} {state}' for state, n in states.items())}"
    )
    print(f"in all {total:.1f} s, {statements / total:.0f} statements/s; slowest: {slowest}")
    scale = 150_000 / statements / 60
    print(
        f"150,000 at this speed: {scale * total:.1f} minutes (asked: 6); by processor time two idle "
        f"cores would need {scale * sum(spent.values()) / 2:.1f}"
    )
    print(f"peak memory of a process {peak:.0f} MB (asked: 1,000)")


def _since(started: float) -> str:
    return f"{time.perf_counter() - started:.0f} s"


if __name__ == "__main__":
    given = [int(n) for n in sys.argv[1:]]
    main(*(given + [150_000, 2][len(given) :]))
