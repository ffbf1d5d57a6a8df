"""kill -9 in the middle of the month, then the month again: the same books, nobody paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.database import Copy

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 120
# What the month says just before each kill: in the set-up, among the gates, while working it off.
KILL_AFTER = ("set up: agreements", "gates: 800", "sheets:", "worked off")

# What must come out the same, whoever was killed when.
OUTCOME = """
    SELECT w.code, l.key, l.state, l.amount_minor, p.state
    FROM settlements_statementline l
    JOIN settlements_statement s ON s.id = l.statement_id
    JOIN workers_app_worker w ON w.id = s.worker_id
    LEFT JOIN settlements_payout p ON p.id = l.payout_id
    ORDER BY 1, 2
"""


class Month:
    """`manage.py run --no-serve` on a database and a var folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.copy = Copy(f"month_{name}_{os.getpid()}")
        self.url = self.copy.url
        own = {"DATABASE_URL": self.url, "JIANZHU_VAR": str(folder), "LC_ALL": "C"}
        self.env = os.environ | own

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "run", "--no-serve"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self) -> str:
        process = self.start()
        said, _ = process.communicate(timeout=SECONDS_MAX)
        assert process.returncode == 0, said
        return said

    def run_and_kill_after(self, text: str) -> None:
        """Kill -9 the month and the bank as soon as it says this."""
        process = self.start()
        for line in process.stdout:
            if line.startswith(text):
                break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_MAX,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def outcome(self) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(OUTCOME).fetchall()


@pytest.fixture
def months(tmp_path):
    made = []

    def make(name):
        made.append(Month(name, tmp_path / name))
        return made[-1]

    yield make
    for month in made:
        month.copy.drop()


@pytest.mark.slow
def test_a_month_that_was_killed_again_and_again_ends_in_the_same_books(months):
    untouched, killed = months("untouched"), months("killed")
    untouched.run()

    for text in KILL_AFTER:
        killed.run_and_kill_after(text)
    killed.run()

    assert killed.outcome() == untouched.outcome()
    assert "BROKEN" not in killed.manage("books_verify")
    assert "unbroken" in killed.manage("audit_verify")
    assert "nothing changed" in killed.run()
