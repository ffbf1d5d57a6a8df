"""C6: another database takes over, without the last second of the one that died.

Where the standby is synchronous nothing that was acknowledged is lost. Where it is not, nobody can
know what is missing: so payouts stand still in the very first statement there, until the bank was read.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from jianzhu.embedded import postgres, postmaster, programs
from jianzhu.kernel import clock
from settlements.halt import commands as halt
from settlements.halt import queries
from settlements.halt.models import PayoutSwitch
from settlements.payouts.models import Payout
from settlements.statements.models import StatementLine
from tests.faults.sizes import LONG, size
from tests.site import DAY, Site

pytestmark = pytest.mark.fault("C6")
NAME = f"SELECT {queries.HERE}"
PROMOTIONS = size("C6_PROMOTIONS", 1, 50)


@pytest.fixture
def taken_over(db, bank):
    """Payouts ran on this cluster's former timeline; nobody has looked since."""
    site = Site.build(workers=1)
    halt.watch(faults=[], at=clock.now())
    cluster, timeline, database = queries.this_database().split(":")
    PayoutSwitch.objects.update(database=f"{cluster}:{int(timeline) + 1}:{database}")
    return site


def earn(site):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()


def test_where_another_took_over_nothing_is_released_or_sent_before_anybody_looked(
    taken_over, bank
):
    earn(taken_over)

    assert bank.calls == 0
    assert not Payout.objects.exists()
    assert StatementLine.objects.get().reason == "bank_not_read"
    halt.watch(faults=[], at=clock.now())
    switch = PayoutSwitch.objects.get()
    assert (switch.state, switch.restored) == ("stopped", True)


def test_the_control_that_knows_no_database_by_its_name_pays(taken_over, bank, monkeypatch):
    monkeypatch.setattr(queries, "STANDING", "FALSE")
    monkeypatch.setattr(queries, "HERE", "database")

    earn(taken_over)

    assert Payout.objects.get().state == "paid"


# With two real servers


class Standing:
    """A server of the test's own, made from `leader` as its standby, or empty."""

    def __init__(self, leader: postgres.Server | None = None) -> None:
        self.account = programs.server_account()
        self.home = Path(tempfile.mkdtemp(dir=programs.system_home(), prefix="pair-"))
        data = self.home / "data"
        if leader is None:
            with (self.home / "lock").open("w") as lock:
                postmaster.init(
                    self.home, data, user=postgres.USER, password="nobody", lock=lock.fileno()
                )
        else:
            data.mkdir(mode=0o700)
            (self.home / "log").touch(mode=0o600)
            for place in (data, self.home / "log"):
                os.chown(place, self.account.uid, self.account.gid)
            os.chown(self.home, 0, self.account.gid)
            self.home.chmod(0o710)
            programs.run(
                "pg_basebackup", f"--pgdata={data}", "--write-recovery-conf", "--wal-method=stream",
                "--checkpoint=fast", f"--dbname={leader.url('postgres')}",
                account=self.account, cwd=self.home,
            )  # fmt: skip
        self.server = postgres.Server(str(self.home), postmaster.free_port(), "nobody", True)
        assert postmaster.start(
            self.home, port=self.server.port, durable=True, answers=self._answers
        )

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            self.ask("SELECT 1")
            return True
        return False

    def ask(self, sql: str):
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            done = connection.execute(sql)
            return done.fetchone()[0] if done.description else None

    def kill(self) -> None:
        """As a machine that lost its power."""
        pid = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def forget(self) -> None:
        postmaster.stop(self.home)
        shutil.rmtree(self.home, ignore_errors=True)


def _write_until_it_dies(leader: Standing, rows: int) -> int:
    """Rows that were acknowledged before the server was gone, in the middle of the writing."""
    killer = threading.Timer(0.3, leader.kill)
    killer.start()
    acknowledged = 0
    with (
        contextlib.suppress(psycopg.OperationalError),
        psycopg.connect(leader.server.url("postgres"), autocommit=True) as link,
    ):
        while acknowledged < rows:
            link.execute("INSERT INTO kept SELECT count(*) + 1 FROM kept")
            acknowledged += 1
    killer.join()
    return acknowledged


@pytest.mark.slow
@pytest.mark.skipif(
    not LONG or not programs.as_root(), reason="servers of its own, as root: make chaos FAULT=C6"
)
def test_a_synchronous_standby_that_takes_over_has_every_acknowledged_row_and_another_name():
    leader = Standing()
    try:
        leader.ask("CREATE TABLE kept (id bigint)")
        for _number in range(PROMOTIONS):
            follower = Standing(leader.server)
            leader.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
            leader.ask("SELECT pg_reload_conf()")
            _wait_until_synchronous(leader)
            before, former = leader.ask("SELECT count(*) FROM kept"), leader.ask(NAME)
            acknowledged = _write_until_it_dies(leader, 100_000)
            leader.forget()
            leader = follower
            leader.ask("ALTER SYSTEM RESET synchronous_standby_names")
            leader.ask("SELECT pg_promote()")
            leader.ask("SELECT pg_reload_conf()")
            leader.ask("CHECKPOINT")

            assert leader.ask("SELECT count(*) FROM kept") >= before + acknowledged
            assert leader.ask(NAME) != former, "payouts know that this is another database"
        print(f"{PROMOTIONS} promotions")
    finally:
        leader.forget()


def _wait_until_synchronous(leader: Standing) -> None:
    deadline = time.monotonic() + 60
    while not leader.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
