"""Processes started together live together and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jianzhu.embedded import postgres
from jianzhu.embedded.processes import CannotRun, Supervisor

# Says that it is there by a file, and then waits to be ended.
WORKER = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"


def worker(sign: Path) -> list[str]:
    return [sys.executable, "-c", WORKER, str(sign)]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it did not happen within 20 s"
        time.sleep(0.01)


def test_a_process_is_ready_when_start_returns_and_gone_when_the_block_ends(tmp_path: Path) -> None:
    sign = tmp_path / "sign"

    with Supervisor(tmp_path) as together:
        began = together.start("worker", worker(sign), os.environ, sign.exists)
        pid = together.children["worker"]
        written = (tmp_path / "run" / "worker.pid").read_text()

    assert began
    assert sign.exists()
    assert written == f"{pid}\n"
    assert not is_alive(pid)


def test_a_healthy_process_of_another_supervisor_is_reused(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    with Supervisor(tmp_path) as first:
        first.start("worker", worker(sign), os.environ, sign.exists)

        with Supervisor(tmp_path) as second:
            began = second.start("worker", worker(sign), os.environ, sign.exists)
            second.wait()

        assert not began
        assert second.children == {}
        assert is_alive(first.children["worker"])


def test_a_process_that_dies_at_once_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    dying = [sys.executable, "-c", "raise SystemExit('the reason')"]

    with Supervisor(tmp_path) as together, pytest.raises(CannotRun, match="the reason"):
        together.start("dying", dying, os.environ, lambda: False)


def test_a_process_that_was_killed_is_started_again(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    with Supervisor(tmp_path) as together:
        together.start("worker", worker(sign), os.environ, sign.exists)
        killed = together.children["worker"]
        os.kill(killed, signal.SIGKILL)

        def stop_when_replaced() -> None:
            if together.children["worker"] != killed:
                os.kill(os.getpid(), signal.SIGTERM)

        together.wait(stop_when_replaced, every_seconds=0.01)

        assert together.children["worker"] != killed
        assert is_alive(together.children["worker"])


def test_a_process_that_keeps_dying_ends_the_wait(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    brief = [sys.executable, "-c", WORKER.replace("time.sleep(60)", "time.sleep(0.01)"), str(sign)]

    with Supervisor(tmp_path) as together:
        together.start("brief", brief, os.environ, sign.exists)

        with pytest.raises(CannotRun, match="keeps dying"):
            together.wait(every_seconds=0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_children_die_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    parent = textwrap.dedent("""
        import os, pathlib, sys
        from jianzhu.embedded.processes import Supervisor
        var = pathlib.Path(sys.argv[1])
        with Supervisor(var) as together:
            sign = var / "sign"
            together.start("worker", sys.argv[2:], os.environ, sign.exists)
            print(together.children["worker"], flush=True)
            together.wait()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path), *worker(tmp_path / "sign")],
        stdout=subprocess.PIPE,
        cwd=postgres.ROOT,
    ) as living:
        assert living.stdout is not None
        child = int(living.stdout.readline())

        living.send_signal(how)
        living.wait(timeout=20)

        wait_until(lambda: not is_alive(child))
        assert living.returncode == (0 if how != signal.SIGKILL else -signal.SIGKILL)
