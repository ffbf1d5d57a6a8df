"""C9: a new version takes over under load, again and again, and nobody's request fails.

A new gunicorn inherits the open socket (SIGUSR2), the old one ends what it has begun (SIGTERM).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.chaos.ground import Ground
from tests.faults.sizes import LONG, seed_of, size

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.fault("C9"),
    pytest.mark.skipif(not LONG, reason="restarts take their time: make chaos FAULT=C9"),
]
SEED = seed_of("CHAOS_SEED")
RESTARTS, CLIENTS = size("C9_RESTARTS", 2, 20), size("C9_CLIENTS", 2, 4)
WORKERS, DAYS = 5, size("C9_DAYS", 5, 20)
READY_SECONDS_MAX = 60


def pid_in(file: Path, other_than: int = 0) -> int:
    """The master that has written its number, once it is another one."""
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            if (pid := int(file.read_text())) != other_than:
                return pid
        time.sleep(0.05)
    raise AssertionError(f"no new master in {file}")


def lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def take_over(ground: Ground, old: int) -> int:
    """The new master serves before the old one is told to end."""
    os.kill(old, signal.SIGUSR2)
    new = pid_in(ground.web_pid.with_name("web.pid.2"))
    ground.wait_until_serving(new)
    os.kill(old, signal.SIGTERM)
    while lives(old):
        time.sleep(0.05)
    return pid_in(ground.web_pid, other_than=old)


class Load:
    """Clients that ask without a pause; what they were answered."""

    def __init__(self, port: int) -> None:
        self.port, self.over, self.said = port, threading.Event(), Counter()

    def ask(self) -> None:
        while not self.over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", "/healthz")
                self.said[connection.getresponse().status] += 1
            except (OSError, http.client.HTTPException) as error:
                self.said[type(error).__name__] += 1
            finally:
                connection.close()

    @contextlib.contextmanager
    def running(self):
        clients = [threading.Thread(target=self.ask, daemon=True) for _ in range(CLIENTS)]
        for one in clients:
            one.start()
        yield
        self.over.set()
        for one in clients:
            one.join(30)


def roll(ground: Ground, load: Load) -> None:
    master = pid_in(ground.web_pid)
    with load.running():
        for _ in range(RESTARTS):
            master = take_over(ground, master)
            ground.restart_politely("relay-1")
    os.kill(master, signal.SIGTERM)


def test_nobodys_request_fails_while_new_versions_take_over(tmp_path):
    with Ground(tmp_path / "g", SEED) as ground:
        said = ground.prepare(WORKERS, DAYS)
        ground.start("web")
        ground.start("relay-1")
        ground.wait_until_serving(pid_in(ground.web_pid))
        accepting = ground.accept(said["token"], said["sheets"], patient=False)
        load = Load(ground.web_port)

        roll(ground, load)
        accepting.join(120)
        print(f"{RESTARTS} restarts, answers {dict(load.said)}")

        assert set(load.said) == {200}
        assert ground.refused == []
        ground.processes.pop("web").wait()
        ground.wait_until_settled(WORKERS * DAYS)
        assert ground.doubles() == []
        ground.python("manage.py", "books_verify")


def test_the_control_that_kills_the_old_before_it_has_ended_loses_requests(tmp_path):
    with Ground(tmp_path / "g", 7) as ground:
        ground.prepare(1, 1)
        ground.start("web")
        ground.wait_until_serving(pid_in(ground.web_pid))
        load, master = Load(ground.web_port), pid_in(ground.web_pid)
        with load.running():
            for _ in range(3):
                time.sleep(0.5)  # requests are under way
                os.killpg(master, signal.SIGKILL)
                ground.processes["web"].wait()
                ground.start("web")
                master = pid_in(ground.web_pid, other_than=master)
                ground.wait_until_serving(master)

        assert set(load.said) != {200}
