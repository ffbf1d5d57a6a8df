"""Brokers for tests: a server of Debian's packages, of the test's own, on free ports.

A missing package is a skip that says which.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

READY_SECONDS_MAX = 60
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")


@contextlib.contextmanager
def broker(kind: str) -> Iterator[str]:
    """The URL of a fresh `rabbitmq` or `redis`, gone with all it held when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="jianzhu-broker-", dir="/var/tmp"))
    try:
        with {"rabbitmq": _rabbitmq, "redis": _redis}[kind](folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Redis:
    """A Redis of the test's own that can be killed, with all that it held, and started again there."""

    def __enter__(self) -> Redis:
        if REDIS is None:
            pytest.skip("redis-server is not installed")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = Path(tempfile.mkdtemp(prefix="jianzhu-broker-", dir="/var/tmp"))
        self.start()
        return self

    def start(self) -> None:
        self._running = contextlib.ExitStack()
        self._running.enter_context(_redis(self.folder, self.port))

    def kill(self) -> None:
        self._running.close()

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def _redis(folder: Path, port: int = 0) -> Iterator[str]:
    if REDIS is None:
        pytest.skip("redis-server is not installed")
    port = port or free_port()
    keeps_nothing = ["--save", "", "--appendonly", "no"]
    argv = [REDIS, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), *keeps_nothing]
    with _running(argv, port, folder, dict(os.environ)):
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def _rabbitmq(folder: Path) -> Iterator[str]:
    if not RABBITMQ.exists():
        pytest.skip("rabbitmq-server is not installed")
    port, distribution = free_port(), free_port()
    env = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"jianzhu{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    argv = [str(RABBITMQ)]
    if os.getuid() == 0:  # the server refuses to share root's cookie
        shutil.chown(folder, "rabbitmq", "rabbitmq")
        argv = ["setpriv", "--reuid=rabbitmq", "--regid=rabbitmq", "--clear-groups", *argv]
    with _running(argv, port, folder, env):
        yield f"amqp://guest:guest@127.0.0.1:{port}//"


@contextlib.contextmanager
def _running(argv: list[str], port: int, folder: Path, env: dict[str, str]) -> Iterator[None]:
    """The server from the moment that it answers on its port; it and its children end with the block."""
    with (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(
            argv, cwd=folder, env=env, stdout=printed, stderr=printed, start_new_session=True
        )
    try:
        _wait_for(port, process, folder)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"the broker did not start: {(folder / 'printed').read_text()[-2_000:]}")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
