"""Processes that may be killed at any moment, and what must be true when all is over."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests import database
from tests.brokers import free_port
from tests.faults.chaos.line import FATES, Line

ROOT = Path(__file__).resolve().parents[3]
# What the ground sets itself, whatever the suite runs on.
NOT_INHERITED = ("DATABASE_URL", "DATABASE_OWNER_URL", "SANDBOX_BANK_URL", "CELERY_BROKER_URL")
_ASK_NOW = """
    UPDATE jianzhu_outboxmessage SET due_at = now()
    WHERE done_at IS NULL AND topic IN ('payout.ask_due', 'payout.retry_due')
"""
_PAID_DAYS = """
    SELECT count(DISTINCT (l.statement_id, l."on")) FILTER (WHERE p.state = 'paid'),
           (SELECT count(*) FROM settlements_payout WHERE state <> 'paid')
    FROM settlements_statementline l JOIN settlements_payout p ON p.id = l.payout_id
    WHERE l.state = 'released'
"""
_WAITING = """
    SELECT count(*) FROM jianzhu_outboxmessage
    WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= clock_timestamp()
"""
SECONDS_MAX = 120


@dataclass
class Ground:
    """A bank behind a bad line, relays and a web server, all under `folder`, on a database of their own.

    Only where PostgreSQL itself is to be killed it is on a cluster of its own, which takes longer.
    """

    folder: Path
    seed: int
    cluster: bool = False
    broker: str = ""
    relay: tuple[str, ...] = ("manage.py", "relay")
    fates: dict[str, int] = field(default_factory=lambda: FATES)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Ground:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        self.env |= {"JIANZHU_VAR": str(self.folder / "var"), "OUTBOX_LEASE_SECONDS": "2"}
        self.env["CELERY_BROKER_URL"] = self.broker
        self.chances = random.Random(self.seed)
        self.copy = None
        if self.cluster:
            self.python("-m", "jianzhu.embedded", "start")
            self.url = self.python("-m", "jianzhu.embedded", "owner-url").strip()
        else:
            self.copy = database.Copy(f"chaos_{os.getpid()}_{self.folder.parent.name[-20:]}")
            self.url = self.env["DATABASE_URL"] = self.copy.url
        self.python("manage.py", "migrate", "--verbosity", "0")
        self.bank_port, self.web_port = free_port(), free_port()
        self.env["SANDBOX_BANK_URL"] = f"http://127.0.0.1:{self.bank_port}"
        self.start("bank")
        _wait_for_port(self.bank_port)
        self.line = Line(f"http://127.0.0.1:{self.bank_port}", self.seed, self.fates)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):  # a web that took over is of its group
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.line.shutdown()
        self.line.server_close()
        if self.copy:
            self.copy.drop()
        else:
            self.python("-m", "jianzhu.embedded", "remove")

    # What runs

    def start(self, name: str, inside: str = "", env: dict[str, str] | None = None) -> None:
        """Start a process of this name, or start it again; `inside` a network namespace."""
        kind = name.partition("-")[0]
        argv = {
            "relay": self.relay,
            "worker": ("-m", "celery", "-A", "jianzhu", "worker", "--pool=solo",
                       "--without-gossip", "--without-mingle", "--loglevel=INFO"),
            "web": ("-m", "gunicorn", "jianzhu.wsgi", "--workers=1", "--log-level=error",
                    f"--bind=127.0.0.1:{self.web_port}"),
            "bank": ("-m", "settlements.payouts.sandbox", "--port", str(self.bank_port),
                     "--dir", str(self.folder / "bank")),
        }[kind]  # fmt: skip
        line = {} if kind == "bank" else {"SANDBOX_BANK_URL": self.line.url}
        where = ("ip", "netns", "exec", inside) if inside else ()
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*where, sys.executable, *argv], cwd=ROOT, env=self.env | line | (env or {}),
                stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """kill -9 of the process and its children, and its start again."""
        if name == "postgres":
            os.kill(self._postmaster(), signal.SIGKILL)
            self.python("-m", "jianzhu.embedded", "start")
        else:
            process = self.processes[name]
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.start(name)
        self.kills[name] = self.kills.get(name, 0) + 1

    def revive(self) -> None:
        """Start again what died of something else, such as a database that was away."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start(name)

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}"
        return done.stdout

    def _postmaster(self) -> int:
        with self.sql() as connection:
            (directory,) = connection.execute("SHOW data_directory").fetchone()
        return int((Path(directory) / "postmaster.pid").read_text().split()[0])

    # What is asked of it

    def sql(self) -> psycopg.Connection:
        """A connection of the owner."""
        return psycopg.connect(self.url, autocommit=True)

    def prepare(self, workers: int, days: int) -> dict:
        """The site; returns the owner's token and the task sheets."""
        said = self.python("-m", "tests.faults.chaos.site", str(workers), str(days))
        return json.loads(said.strip().splitlines()[-1])

    def accept(self, token: str, sheets: list[int]) -> threading.Thread:
        """Accept them one by one over HTTP, each with one key until there is an answer."""

        def work() -> None:
            for sheet in sheets:
                path = f"/api/v1/task-sheets/{sheet}/acceptance"
                while (status := self._post(path, token, f"accept-{sheet}")) != 201:
                    assert status == 0 or status >= 500, f"{path} was refused with {status}"
                    time.sleep(0.05)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def _post(self, path: str, token: str, key: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=10)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key,
                   "Content-Type": "application/json"}  # fmt: skip
        try:
            connection.request("POST", path, "{}", headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def kill_at_random(self, times: int, shares: dict[str, int]) -> None:
        """That many kills, of whom and when drawn from the seed."""
        for _ in range(times):
            time.sleep(self.chances.uniform(0.05, 0.6))  # any moment is a moment to die
            self.kill(self.chances.choices([*shares], [*shares.values()])[0])
            self.revive()

    def wait_until_published(self) -> None:
        """Until nothing that is due waits for a relay."""
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            with self.sql() as connection:
                if connection.execute(_WAITING).fetchone() == (0,):
                    return
            time.sleep(0.1)
        raise AssertionError(f"messages are still due; see {self.folder}")

    def wait_until_settled(self, worker_days: int, seconds: float = SECONDS_MAX) -> None:
        """Until every worker's every day is released and paid. What is to be asked again in minutes
        is asked now."""
        deadline = time.monotonic() + seconds
        found = None
        while time.monotonic() < deadline:
            self.revive()
            with contextlib.suppress(psycopg.OperationalError), self.sql() as connection:
                connection.execute(_ASK_NOW)
                found = connection.execute(_PAID_DAYS).fetchone()
                if found == (worker_days, 0):
                    return
            time.sleep(0.2)
        raise AssertionError(f"(days paid, payouts open) are {found}; see {self.folder}")

    def doubles(self) -> list:
        """What the bank's own journal shows as paid more than once."""
        code = (
            "from pathlib import Path; from settlements.payouts.sandbox.books import Books; import json;"
            f"print(json.dumps(Books(Path({str(self.folder / 'bank')!r})).doubles()))"
        )
        return json.loads(self.python("-c", code).strip())


def _wait_for_port(port: int) -> None:

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")
