"""The web server as it is deployed, on the test's own database, under a load of our own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.brokers import free_port
from tests.database import url as database_url

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 60


class Web:
    """gunicorn; `renewed` puts a new one in its place the way a deployment does."""

    def __init__(self, folder: Path, threads: int = 4, **env: str) -> None:
        self.folder, self.threads, self.port = folder, threads, free_port()
        self.started: list[subprocess.Popen[bytes]] = []
        self.pid_file = folder / "web.pid"
        self.env = os.environ | {"DATABASE_URL": database_url(), "JIANZHU_VAR": str(folder)} | env

    def __enter__(self) -> Web:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.started:  # and whoever took over, of its group
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start(self) -> None:
        # The program itself: started by -m it could not start its successor.
        argv = [
            str(Path(sys.executable).with_name("gunicorn")), "jianzhu.wsgi", "--log-level", "error",
            "--bind", f"127.0.0.1:{self.port}", "--pid", str(self.pid_file),
            "--workers", "1", "--threads", str(self.threads), "--graceful-timeout", "30",
        ]  # fmt: skip
        with (self.folder / "web.log").open("ab") as log:
            started = subprocess.Popen(
                argv, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.started.append(started)
        wait_until(self.answers, "the web does not answer")

    def answers(self) -> bool:
        status, _body = self.call("GET", "/healthz", seconds=2)
        return status in (200, 503)

    def renewed(self) -> None:
        """A new master takes over the door (USR2); the old one ends what it began and goes (TERM)."""
        old = int(self.pid_file.read_text())
        os.kill(old, signal.SIGUSR2)
        beside = self.pid_file.with_name("web.pid.2")  # until the old one is gone
        wait_until(lambda: self._serves(_pid_in(beside)), "the new master has no worker")
        new = _pid_in(beside)
        os.kill(old, signal.SIGTERM)
        wait_until(lambda: self._live() == new, "the new master did not take over")

    def _live(self) -> int:
        return _pid_in(self.pid_file)

    @staticmethod
    def _serves(master: int) -> bool:
        """Its worker has loaded the application and waits at the door."""
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            return any(_rss_mb(int(child)) > 40 for child in children)
        return False

    def killed(self) -> None:
        """Ended and started again without anybody holding the door."""
        self.__exit__()
        self.started.clear()
        self.pid_file.unlink(missing_ok=True)
        self.start()

    def memory_mb(self) -> int:
        """Of the master and its workers together."""
        return sum(_rss_mb(pid) for pid in self._pids())

    def _pids(self) -> list[int]:
        master = self._live()
        if not master:
            return []
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            return [master, *map(int, children)]
        return [master]

    def call(
        self, method: str, path: str, body: bytes = b"", seconds: float = 60, **headers: str
    ) -> tuple[int, bytes]:
        """(status, body); status 0 when there was no whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named | {"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def begin_slowly(self, path: str, length: int, **headers: str) -> socket.socket:
        """A request whose body of `length` bytes never comes."""
        door = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        door.sendall(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n{named}\r\n{{"
            .encode()
        )  # fmt: skip
        return door


def wait_until(true, what: str) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _pid_in(file: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(file.read_text())
    return 0


def _rss_mb(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) >> 10
    return 0
