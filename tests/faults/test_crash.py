"""C1, C3: kill -9 of anybody at any moment while wages go out over a bad line to the bank.

`make chaos` runs the long profile; CHAOS_SEED replays a run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.brokers import broker
from tests.faults.chaos.ground import ROOT, Ground
from tests.faults.sizes import LONG, seed_of, size

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]
SEED = seed_of("CHAOS_SEED")
# Each day is accepted by itself, and pays every worker.
WORKERS, DAYS = size("C1_WORKERS", 8, 63), size("C1_DAYS", 3, 80)
KILLS, KILLS_WITH_BROKER = size("C1_KILLS", 5, 200), size("C3_KILLS", 4, 60)
# Of 200 kills at least 25 of PostgreSQL and 50 of the web.
SHARES = {"relay-1": 27, "relay-2": 27, "web": 31, "postgres": 15}


def run(ground, kills, shares):
    said = ground.prepare(WORKERS, DAYS)
    for name in shares:
        if name != "postgres":
            ground.start(name)
    accepting = ground.accept(said["token"], said["sheets"])
    ground.kill_at_random(kills, shares)
    while accepting.is_alive():
        ground.revive()
        accepting.join(0.2)
    ground.wait_until_settled(WORKERS * DAYS)


def nothing_was_lost_or_doubled(ground):
    assert ground.doubles() == [], "the bank's own journal shows nobody paid twice"
    assert ground.line.changed == set(), "a key means one payment for ever"
    ground.python("manage.py", "books_verify")
    ground.python("manage.py", "audit_verify")
    with ground.sql() as connection:
        owed = connection.execute(
            """SELECT count(*) FROM settlements_account
               WHERE kind = 'payable'
                 AND (debits_posted <> credits_posted OR debits_pending <> 0)"""
        ).fetchone()
        parked = connection.execute(
            "SELECT count(*) FROM jianzhu_outboxmessage WHERE parked_at IS NOT NULL"
        ).fetchone()
    assert (owed, parked) == ((0,), (0,))


@pytest.mark.fault("C1", "C3")
def test_whoever_dies_nobody_is_paid_twice_and_nobody_is_forgotten(tmp_path):
    print(f"CHAOS_SEED={SEED}")
    with Ground(tmp_path / "ground", SEED, cluster=True) as ground:
        run(ground, KILLS, SHARES)

        nothing_was_lost_or_doubled(ground)
        assert sum(ground.kills.values()) == KILLS


@pytest.mark.fault("C1")
def test_the_control_that_invents_a_key_per_call_is_found_out_by_the_banks_journal(tmp_path):
    """A test that this defect could pass would prove nothing; the books alone would not show it."""
    worse = {"answer lost": 50, "passed": 50}
    defect = ("-m", "tests.faults.chaos.defect")
    with Ground(tmp_path / "ground", 7, relay=defect, fates=worse) as ground:
        run(ground, 0, {"relay-1": 1, "web": 1})

        assert ground.doubles() != []
        ground.python("manage.py", "books_verify")


@pytest.mark.fault("C3")
@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_the_same_holds_with_a_broker(kind, tmp_path):
    shares = {"relay-1": 2, "worker-1": 4, "worker-2": 4, "web": 2}
    with broker(kind) as url, Ground(tmp_path / "ground", SEED, broker=url) as ground:
        run(ground, KILLS_WITH_BROKER, shares)

        nothing_was_lost_or_doubled(ground)


@pytest.mark.fault("C3")
@pytest.mark.skipif(not LONG, reason="workers of its own: make chaos FAULT=C3")
def test_the_control_a_broker_that_forgets_what_it_hands_out_loses_running_work(tmp_path):
    """Over files in a folder a message is gone when it is handed out, whatever its settings say: what
    runs while its worker is killed is never done. So no broker is the record here, and this one no hint."""
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    env = os.environ | {"SLEEPY_FOLDER": str(tmp_path), "SLEEPY_BROKER": "filesystem://"}
    publish = (
        "from tests.faults.chaos.sleepy import take_a_while as t; [t.delay(n) for n in range(6)]"
    )
    subprocess.run([sys.executable, "-c", publish], cwd=ROOT, env=env, check=True)

    with worker(tmp_path, env):
        wait_for(lambda: len(list(tmp_path.glob("begun-*"))) == 2)
    with worker(tmp_path, env):
        wait_for(lambda: len(list(tmp_path.glob("begun-*"))) == 6)
        wait_for(lambda: len(list(tmp_path.glob("done-*"))) >= 4)
        time.sleep(4)  # what was lost would be brought again by now

    assert len(list(tmp_path.glob("done-*"))) == 4


@contextlib.contextmanager
def worker(folder, env):
    """Two at a time, killed with all its children at the end."""
    argv = [sys.executable, "-m", "celery", "-A", "tests.faults.chaos.sleepy", "worker",
            "--concurrency=2", "--without-gossip", "--without-mingle"]  # fmt: skip
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            argv, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(true):
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
