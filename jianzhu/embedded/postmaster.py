"""One cluster's server process: made, started, watched and stopped, whatever it died of before."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jianzhu.embedded import programs
from jianzhu.embedded.programs import Account, CannotStart

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    # What a caller was told is written stays written, whatever is killed.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A start that dies is tried again for about 8 s: backends of a killed server may still be leaving.
STARTS_MAX = 8
PAUSE_SECONDS = 0.25
# Replaying the log after a crash may take its time.
RECOVERY_SECONDS_MAX = 600.0


def init(home: Path, data: Path, *, user: str, password: str, lock: int) -> None:
    """Make an empty cluster in `data`, a new folder in `home`, owned by whom its server runs as.

    `initdb` holds the lock too: were we killed, the next caller waits until it has ended.
    Root's home stays root's: the server may pass through it and write its log, nothing else.
    """
    maker, owner = programs.initdb_account(), programs.server_account()
    file, log = home / "password", home / "log"
    data.mkdir(mode=0o700)
    for one in (file, log):
        one.touch(mode=0o600)
    file.write_text(password)
    if programs.as_root():
        os.chown(home, 0, owner.gid)
        home.chmod(0o710)
    _give(maker, data, file)
    programs.run(
        "initdb", f"--pgdata={data}", f"--username={user}", f"--pwfile={file}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums",
        account=maker, cwd=home, held=(lock,),
    )  # fmt: skip
    file.unlink()
    _give(owner, log, data, *data.rglob("*"))


def start(home: Path, *, port: int, durable: bool, answers: Callable[[], bool]) -> bool:
    """Start the server and return once it answers; False when the port is somebody else's."""
    _check_version(home)
    settings = SETTINGS | ({} if durable else NOT_DURABLE) | {"port": str(port)}
    for attempt in range(STARTS_MAX):
        before = _log_length(home)
        _launch(home, settings)
        if _wait(home, answers):
            return True
        if "could not create any TCP/IP sockets" in _log(home, before):
            return False
        time.sleep(PAUSE_SECONDS * attempt)
    raise CannotStart(f"PostgreSQL does not start. The end of {home}/log:\n{_log(home, -1500)}")


def stop(home: Path) -> bool:
    """Stop the server cleanly, which ends its clients; False when none was running."""
    if not is_alive(home):
        return False
    programs.run(
        "pg_ctl", f"--pgdata={home / 'data'}", "--mode=fast", "--wait", "stop",
        account=_owner(home), cwd=home,
    )  # fmt: skip
    return True


def is_alive(home: Path) -> bool:
    """Whether the process that postmaster.pid names is this cluster's server, and no zombie."""
    pid = _written_pid(home)
    if pid is None:
        return False
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()  # a zombie's is empty
    except OSError:
        return not Path("/proc/self").exists() and _exists(pid)
    return str(home / "data").encode() in said.split(b"\0")


def free_port() -> int:
    """A free port below those that outgoing connections are given, where it would be lost again."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _launch(home: Path, settings: dict[str, str]) -> None:
    """Start the server as nobody's child: left to init, it outlives us and is no zombie of ours."""
    options = [f"--{key}={value}" for key, value in settings.items()]
    postgres = str(programs.folder() / "postgres")
    done = programs.spawn(
        [
            "/bin/sh",
            "-c",
            'exec "$@" >> log 2>&1 &',
            "sh",
            postgres,
            "-D",
            str(home / "data"),
            *options,
        ],
        account=_owner(home),
        cwd=home,
        env=_disbelieved(home),
    )
    if done.returncode:
        raise CannotStart(f"PostgreSQL can't be started: {done.stdout}")


def _disbelieved(home: Path) -> dict[str, str]:
    """What makes PostgreSQL ignore a number in postmaster.pid that is a zombie's or a stranger's.

    It takes any living process for a running server except its own parents, and learns from this
    variable who its grandparent is. Its check for attached shared memory is untouched by that.
    """
    pid = _written_pid(home)
    return {} if pid is None or is_alive(home) else {"PG_GRANDPARENT_PID": str(pid)}


def _wait(home: Path, answers: Callable[[], bool]) -> bool:
    """Until the server answers (True) or has died (False)."""
    began = time.monotonic()
    while not answers():
        waited = time.monotonic() - began
        if waited > RECOVERY_SECONDS_MAX or (waited > 1 and not is_alive(home)):
            return False
        time.sleep(0.02)
    return True


def _check_version(home: Path) -> None:
    kept = (home / "data" / "PG_VERSION").read_text().strip()
    if kept != programs.MAJOR:
        raise CannotStart(
            f"{home}/data was made by PostgreSQL {kept}, this is {programs.MAJOR}: "
            "dump it with the old version and restore it here"
        )


def _written_pid(home: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return abs(int((home / "data" / "postmaster.pid").read_text().splitlines()[0]))
    return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _owner(home: Path) -> Account:
    held = (home / "data").stat()
    return Account(held.st_uid, held.st_gid)


def _give(account: Account, *paths: Path) -> None:
    for path in paths if programs.as_root() else ():
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _log_length(home: Path) -> int:
    file = home / "log"
    return file.stat().st_size if file.exists() else 0


def _log(home: Path, start: int) -> str:
    """The log from a byte on, or its last bytes when `start` is negative."""
    file = home / "log"
    return file.read_bytes()[start:].decode(errors="replace") if file.exists() else ""
