"""Processes that live together: started, watched and ended by one that waits for them.

Each has a file `var/run/NAME.pid`, locked for as long as it or a process it made lives: the lock,
not the number in the file, says whether it runs, so a crash leaves nothing stale. What it prints
goes to `var/log/NAME.log`. A process that dies is started again, unless it keeps dying.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from jianzhu.embedded.postgres import VAR

LEASH = Path(__file__).with_name("leash.py")
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0
# Dying more often than this within a minute is no accident.
DEATHS_MAX = 5
LOG_BYTES_MAX = 10_000_000
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class CannotRun(RuntimeError):
    """A process did not become ready or keeps dying; the message has the end of its log."""


@dataclass(slots=True)
class Child:
    """One process that this supervisor started."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    lock: int
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Start, or start again."""
        leashed = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *self.argv]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                leashed,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches us alone
                pass_fds=[self.lock],
            )
        os.truncate(self.lock, 0)
        os.pwrite(self.lock, f"{self.process.pid}\n".encode(), 0)

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def told(self) -> str:
        """The end of what it printed."""
        return self.log.read_bytes()[-2_000:].decode(errors="replace")


class Supervisor:
    """Starts processes and keeps them until it is told to stop; leaving the `with` block ends them.

    Make it and call `start` in the main thread, which has to live as long as the processes shall.
    """

    def __init__(self, var: Path = VAR) -> None:
        self._var = var
        self._children: list[Child] = []
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self._former = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        for number, handler in self._former.items():
            signal.signal(number, handler)

    @property
    def children(self) -> dict[str, int]:
        """Name and process id of what this supervisor started itself."""
        return {one.name: one.process.pid for one in self._children if one.process is not None}

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        ready: Callable[[], bool],
    ) -> bool:
        """Start a process and return once it is ready; False when a healthy one runs already.

        `env` is the whole environment of the process. Raises CannotRun.
        """
        lock = self._lock(name)
        if lock is None or ready():
            if lock is not None:
                os.close(lock)
            self._await(name, ready, lambda: False, self._log(name))
            return False
        child = Child(name, list(argv), dict(env), self._log(name), lock)
        self._children.append(child)
        child.run()
        self._await(name, ready, child.has_died, child.log)
        return True

    def wait(
        self, tick: Callable[[], object] = lambda: None, *, every_seconds: float = 1.0
    ) -> None:
        """Until SIGINT or SIGTERM; meanwhile starts what died again and calls `tick`.

        Returns at once when everything was already running, because it is another's to keep.
        """
        while self._children and not self._stopping.wait(every_seconds):
            for child in self._children:
                if child.has_died():
                    self._restart(child)
            tick()

    def stop(self) -> None:
        """End everything started here, last first: politely, then not."""
        self._stopping.set()
        while self._children:
            child = self._children.pop()
            if child.process is not None:
                _end(child.process)
            os.close(child.lock)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _lock(self, name: str) -> int | None:
        """The locked pid file's descriptor; None while a process of that name lives."""
        folder = self._var / "run"
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f"{name}.pid", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    def _log(self, name: str) -> Path:
        folder = self._var / "log"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.log"
        if file.exists() and file.stat().st_size > LOG_BYTES_MAX:
            file.rename(file.with_suffix(".log.old"))
        file.touch(mode=0o600)
        return file

    def _await(
        self, name: str, ready: Callable[[], bool], died: Callable[[], bool], log: Path
    ) -> None:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready():
            late = time.monotonic() > deadline
            if late or died() or self._stopping.wait(0.05):
                told = log.read_bytes()[-2_000:].decode(errors="replace")
                raise CannotRun(f"{name} did not become ready. The end of {log}:\n{told}")

    def _restart(self, child: Child) -> None:
        now = time.monotonic()
        child.deaths = [at for at in child.deaths if now - at < 60] + [now]
        if len(child.deaths) > DEATHS_MAX:
            raise CannotRun(f"{child.name} keeps dying. The end of {child.log}:\n{child.told()}")
        child.run()


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and after a while SIGKILL to all that it made."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
