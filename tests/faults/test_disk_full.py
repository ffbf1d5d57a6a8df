"""C8: the disk is full, under the database or under what is uploaded.

The short profile fills a disk of a few megabytes that is mounted for it; the long one takes a whole
PostgreSQL on such a disk through it, three times.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from django.test import Client

from jianzhu.embedded import postgres, programs
from jianzhu.kernel import clock, disk
from projects.acceptance import errors, photos
from settlements.books import checker
from settlements.halt.models import PayoutSwitch
from tests.acceptance.conftest import JPEG
from tests.faults.sizes import LONG, size

pytestmark = pytest.mark.fault("C8")
ROUNDS = size("C8_ROUNDS", 1, 3)
ROWS_MAX = 100_000


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int):
    """A disk of its own of that size."""
    folder.mkdir()
    options = f"size={megabytes}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(65_536))
    return filler


def picture(number: int) -> photos.Picture:
    return photos.Picture.read(JPEG + number.to_bytes(4, "big") + os.urandom(200_000))


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing_half_written(tmp_path, settings):
    with small_disk(tmp_path / "disk", 1) as folder:
        settings.VAR = folder
        kept = [picture(0)]
        photos.keep(kept[0])
        with pytest.raises(errors.NoRoom):
            for number in range(1, 10):
                kept.append(picture(number))
                photos.keep(kept[-1])

        files = [f for f in (folder / "photos").rglob("*") if f.is_file()]
        assert {f.name for f in files} == {p.digest for p in kept[:-1]}
        assert all(photos.load(f.name) for f in files), "each is whole"


def test_the_control_that_writes_where_it_is_read_leaves_half_a_picture(
    tmp_path, settings, monkeypatch
):
    def write(picture):
        path = photos._path(picture.digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture.content)

    with small_disk(tmp_path / "disk", 1) as folder:
        settings.VAR = folder
        with pytest.raises(OSError, match="No space"):
            for number in range(10):
                last = picture(number)
                write(last)

        with pytest.raises(errors.PhotoLost):
            photos.load(last.digest)


def test_payouts_stop_and_somebody_is_told_before_the_disk_is_full(db, tmp_path, settings):
    with small_disk(tmp_path / "disk", 4) as folder:
        settings.VAR = folder
        assert (checker.check(clock.now()), Client().get("/healthz").status_code) == ([], 200)
        filler = fill(folder)

        found = checker.check(clock.now(), tmp_path / "books.json")
        answer = Client().get("/healthz")
        filler.unlink()

    assert "full" in found[0]
    assert PayoutSwitch.objects.get().state == "stopped"
    assert (answer.status_code, answer.json()["disk_used_percent"]) == (503, 100)


def test_the_control_that_looks_at_no_disk_goes_on(db, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(disk, "used_percent", lambda folder=None: 0)
    with small_disk(tmp_path / "disk", 4) as folder:
        settings.VAR = folder
        fill(folder)

        assert checker.check(clock.now(), tmp_path / "books.json") == []


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="a PostgreSQL of its own: make chaos FAULT=C8")
def test_what_was_acknowledged_before_the_disk_was_full_is_there_afterwards(monkeypatch):
    folder = Path("/var/tmp") / f"jianzhu-full-{os.getpid()}"
    acknowledged = 0
    with small_disk(folder, 400) as disk_:
        disk_.chmod(0o755)
        monkeypatch.setattr(programs, "SYSTEM_HOME", disk_ / "system")  # root's clusters lie there
        server = postgres.ensure("full", var=disk_)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (id bigint PRIMARY KEY, body text)")
        for _round in range(ROUNDS):
            acknowledged = _write_until_full(server, disk_, acknowledged)
            server = _started_again(disk_)
            with psycopg.connect(server.url(), autocommit=True) as connection:
                rows = connection.execute("SELECT count(*), max(id) FROM kept").fetchone()
                assert rows is not None
                # The last one may be there although nobody heard so.
                assert acknowledged <= rows[0] <= acknowledged + 1
                connection.execute("TRUNCATE kept")
                connection.execute("CHECKPOINT")
            acknowledged = 0
        postgres.remove("full", var=disk_)
    shutil.rmtree(folder, ignore_errors=True)
    print(f"{ROUNDS} rounds")


def _write_until_full(server, folder: Path, number: int) -> int:
    filler = folder / "filler"
    free = shutil.disk_usage(folder).free
    with filler.open("wb") as file:  # all but a few megabytes
        file.write(bytes(max(0, free - 6 * 1024 * 1024)))
    with contextlib.suppress(psycopg.Error), psycopg.connect(server.url(), autocommit=True) as link:
        while number < ROWS_MAX:
            link.execute("INSERT INTO kept VALUES (%s, %s)", [number + 1, "x" * 2_000])
            number += 1
    filler.unlink()
    assert number < ROWS_MAX, "the disk was never full"
    return number


def _started_again(folder: Path):
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(Exception):
            server = postgres.ensure("full", var=folder)
            with psycopg.connect(server.url()) as connection:
                connection.execute("SELECT 1")
            return server
        assert time.monotonic() < deadline
        time.sleep(0.5)
