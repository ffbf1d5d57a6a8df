"""Every machine, every cell of state × verb, on two real connections: whoever comes second is judged
by the state that the first left, so a row never ends where no path of the table leads.

Both write as the product does, by the row's id and without looking again: nothing but the database
stands between a stale reader and an illegal change. `CHAOS=1` tries each cell against every rival,
otherwise against one, chosen by turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

from jianzhu.embedded import postgres
from tests import database
from tests.kernel.planting import IDENT, MACHINES, alone, legal, planted, table_of

WHOLE = bool(os.environ.get("CHAOS"))
LOCKED = psycopg.pq.ExecStatus.FATAL_ERROR


class Rivals:
    """Two connections over one row, and a third that plants it and looks on."""

    def __init__(self, url):
        self.ground = psycopg.connect(url, autocommit=True)
        self.ground.execute("SET session_replication_role = replica")
        self.first = psycopg.connect(url)
        self.second = psycopg.connect(url, autocommit=True)

    def close(self):
        for connection in (self.first, self.second, self.ground):
            connection.close()

    def execute(self, sql):
        cursor = self.ground.execute(sql)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []

    def race(self, machine, before, rival, target):
        """The row is at `before`. The first moves it to `rival` (None: only holds it) and commits
        when the second, which writes `target`, waits for it. (did the second write?, the end)"""
        table, field = table_of(machine), machine.field
        write = f'UPDATE {table} SET "{field}" = %s WHERE id = {IDENT}'
        self.ground.execute(write, [before])
        if rival is None:
            self.first.execute(f"SELECT 1 FROM {table} WHERE id = {IDENT} FOR UPDATE")
        else:
            self.first.execute(write, [rival])
        line = self.second.pgconn
        line.send_query_params(write.replace("%s", "$1").encode(), [target.encode()])
        line.flush()
        while not self._second_waits():
            line.consume_input()
            assert line.is_busy(), "the second did not wait for the first's row"
        self.first.commit()
        answer = line.get_result()
        while line.get_result() is not None:
            pass
        (state,) = self.execute(f'SELECT "{field}" FROM {table} WHERE id = {IDENT}')
        return answer.status != LOCKED, state

    def _second_waits(self):
        sql = "SELECT pg_blocking_pids(%s) <> '{}'"
        return self.ground.execute(sql, [self.second.info.backend_pid]).fetchone()[0]


@pytest.fixture(scope="module")
def rivals():
    """A database of its own, where constraints may go for good."""
    copy = database.Copy(f"{database.name()}_races")
    try:
        if database.template() is None:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=postgres.ROOT,
                env=os.environ | {"DATABASE_URL": copy.url},
                check=True,
            )
        with closing(Rivals(copy.url)) as rivals:
            yield rivals
    finally:
        copy.drop()


def cells(machine):
    """(state, what the second writes, rival) of every cell; beside each verb's target that is the
    state itself, as a stale save writes it. A final state has nobody but who holds the row."""
    for before in machine.states:
        ways = sorted({m.target for m in machine if before in m.sources} - {before}) or [None]
        for number, target in enumerate([before, *(move.target for move in machine)]):
            for rival in ways if WHOLE else [ways[number % len(ways)]]:
                yield before, target, rival


@pytest.mark.fault("R1")
@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_of_two_at_once_the_second_is_judged_by_the_firsts_state(machine, rivals):
    alone(rivals.execute, table_of(machine))
    rivals.ground.execute(*planted(machine, machine.starts[0]))
    allowed, wrong = legal(machine), []

    for before, target, rival in cells(machine):
        stood = rival or before
        wrote, ended = rivals.race(machine, before, rival, target)
        may = stood == target or (stood, target) in allowed
        if (wrote, ended) != (may, target if may else stood):
            wrong.append((before, rival, target, wrote, ended))

    assert wrong == []
