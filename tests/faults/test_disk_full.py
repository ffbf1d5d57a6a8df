"""C8: the database's disk is full. What was acknowledged is there afterwards, and nobody is paid twice.

The cluster lies on a small file system in memory, which only root may mount.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.chaos.ground import Ground
from tests.faults.sizes import LONG, seed_of, size

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.fault("C8"),
    pytest.mark.skipif(not LONG, reason="a cluster of its own takes its time: make chaos FAULT=C8"),
]
SEED = seed_of("CHAOS_SEED")
ROUNDS, WORKERS, DAYS = size("C8_ROUNDS", 1, 3), 5, size("C8_DAYS", 6, 18)
ROOM_MB = 80
FULL_SECONDS = 5


@contextlib.contextmanager
def on_a_small_disk(ground: Ground):
    """The cluster's data moved to a file system with little room left; yields a file that fills it."""
    with ground.sql() as connection:
        (said,) = connection.execute("SHOW data_directory").fetchone()
    data = Path(said)
    aside = data.with_name("data-aside")
    ground.python("-m", "jianzhu.embedded", "stop")
    data.rename(aside)
    data.mkdir()
    used = int(subprocess.check_output(["du", "-sm", str(aside)]).split()[0])
    options = f"size={used + ROOM_MB}m"
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)], check=False
    ).returncode:
        data.rmdir()
        aside.rename(data)
        pytest.skip("no file system can be mounted here")
    try:
        shutil.copystat(aside, data)
        os.chown(data, aside.stat().st_uid, aside.stat().st_gid)
        subprocess.run(["cp", "-a", f"{aside}/.", str(data)], check=True)
        ground.python("-m", "jianzhu.embedded", "start")
        yield data / "filler"
    finally:
        with contextlib.suppress(AssertionError):
            ground.python("-m", "jianzhu.embedded", "stop")
        subprocess.run(["umount", "-l", str(data)], check=False)
        shutil.rmtree(aside, ignore_errors=True)


def fill(file: Path) -> None:
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as rest:
        while rest.write(b"\0" * 65_536):
            pass


def test_what_was_acknowledged_before_and_while_the_disk_was_full_is_there_and_paid_once(tmp_path):
    with Ground(tmp_path / "g", SEED, cluster=True) as ground, on_a_small_disk(ground) as filler:
        said = ground.prepare(WORKERS, DAYS)
        ground.start("web")
        ground.start("relay-1")
        accepting = ground.accept(said["token"], said["sheets"])

        red = 0
        for _ in range(ROUNDS):
            fill(filler)
            deadline = time.monotonic() + FULL_SECONDS
            while time.monotonic() < deadline:
                red += ground._get("/healthz") != 200
                time.sleep(0.2)
            filler.unlink()
            ground.python("-m", "jianzhu.embedded", "start")
            ground.revive()
        accepting.join(120)

        ground.wait_until_settled(WORKERS * DAYS)
        assert ground.doubles() == []
        ground.python("manage.py", "books_verify")
        ground.python("manage.py", "audit_verify")
        print(f"{ROUNDS} rounds, {red} looks at /healthz were red")
