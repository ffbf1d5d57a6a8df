"""The embedded PostgreSQL: a real server that any process of this checkout can count on.

A cluster has a name and a place `var/NAME`, whose `server.json` (readable by its owner only) says
where the data are, the port and the password. An ordinary user's data are beside it; root's are in
a folder of their own under /var/lib/jianzhu that nobody else can enter (`programs` says why).
Deleting `var/` forgets the cluster in either case: the keys that its fields are sealed with stand
in `var/` too.

The server listens on 127.0.0.1 alone, asks for the password, checks its pages, and outlives the
processes that started it. Nothing that a file or a process table says is believed: a server runs
when a query on it works and it names our data folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psycopg

from jianzhu.embedded import postmaster, programs
from jianzhu.embedded.programs import CannotStart

__all__ = ["CannotStart", "Server", "database_urls", "ensure", "names", "remove", "running", "stop"]

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("JIANZHU_VAR") or ROOT / "var").resolve()
NAME = "postgres"
USER = DATABASE = "jianzhu"
# Who serves and who audits; USER, the cluster's superuser, only migrates.
APP, AUDITOR = "jianzhu_app", "jianzhu_auditor"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a cluster is, and how to enter it. `home` is absolute; `durable` False: for tests."""

    home: str
    port: int
    password: str
    durable: bool

    def url(self, database: str = DATABASE, role: str = USER) -> str:
        """The address of a database on this server, for its owner or another role."""
        return f"postgresql://{role}:{self.password_of(role)}@127.0.0.1:{self.port}/{database}"

    def password_of(self, role: str) -> str:
        """Each role's own; from the owner's all others follow, and no way leads back."""
        if role == USER:
            return self.password
        return hmac.new(self.password.encode(), role.encode(), "sha256").hexdigest()

    @property
    def data(self) -> Path:
        return Path(self.home) / "data"


def database_urls() -> tuple[str, str]:
    """The embedded server's `jianzhu` database as the application and as its owner enter it,
    started and created where needed."""
    server = ensure(NAME)
    return server.url(role=APP), server.url()


def ensure(name: str = NAME, *, durable: bool = True, var: Path = VAR) -> Server:
    """The running server of this name; any number of processes may ask at once.

    Answers within milliseconds while the server runs. `durable=False` makes a cluster that may
    lose everything when the machine stops: for tests alone.
    """
    place = var / name
    known = _known(place)
    if known is not None and _is_whole(known):
        return known
    with _one_at_a_time(place) as lock:
        server = _known(place) or _create(place, durable, lock)
        if not _answers(server, "postgres"):
            server = _start(place, server)
        _make_database(server)
        return server


def running(name: str = NAME, *, var: Path = VAR) -> bool:
    """Whether the server of this name answers; nothing is started."""
    server = _known(var / name)
    return server is not None and _answers(server, "postgres")


def stop(name: str = NAME, *, var: Path = VAR) -> bool:
    """Stop the server of this name cleanly; False when none was running."""
    if not (var / name).exists():
        return False
    with _one_at_a_time(var / name):
        server = _known(var / name)
        return server is not None and postmaster.stop(Path(server.home))


def remove(name: str = NAME, *, var: Path = VAR) -> None:
    """Stop the server of this name and delete its data."""
    place = var / name
    stop(name, var=var)
    server = _known(place)
    for folder in (Path(server.home) if server else place, place):
        shutil.rmtree(folder, ignore_errors=True)


def names(var: Path = VAR) -> list[str]:
    """The clusters that this checkout has."""
    return sorted(file.parent.name for file in var.glob("*/server.json"))


def _known(place: Path) -> Server | None:
    """What is written about the cluster, unless its data are gone or another checkout's."""
    try:
        server = Server(**json.loads((place / "server.json").read_text()))
        server = replace(server, home=str(place.resolve() / server.home))
        whole = (server.data / "PG_VERSION").exists()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise CannotStart(
            f"{place} belongs to another user: run as that user, or set JIANZHU_VAR or DATABASE_URL"
        ) from error
    return server if whole and _is_ours(place, Path(server.home)) else None


def _is_ours(place: Path, home: Path) -> bool:
    """Whether root's far-off home belongs to this checkout, not to one that this is a copy of.

    A checkout that was moved takes its cluster along.
    """
    if home == place.resolve():
        return True
    marker = home / "place"
    said = Path(marker.read_text()) if marker.exists() else None
    if said == place.resolve():
        return True
    if said is not None and (said / "server.json").exists():
        return False
    marker.write_text(str(place.resolve()))
    return True


@contextlib.contextmanager
def _one_at_a_time(place: Path) -> Iterator[int]:
    """Holds the place's lock, and gives its descriptor."""
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = (place / "lock").open("w")
    except PermissionError as error:
        raise CannotStart(f"{error}: run as the user it belongs to, or set JIANZHU_VAR") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.fileno()


def _answers(server: Server, database: str) -> bool:
    """Whether a query works there, and it is our server: a copied checkout has the same port."""
    return _said(server, database) is not None


def _is_whole(server: Server) -> bool:
    """Whether it answers and has the database and the roles that it was made with."""
    said = _said(server, DATABASE)
    return said is not None and {APP, AUDITOR} <= said


def _said(server: Server, database: str) -> set[str] | None:
    """The roles that the cluster has; None when it does not answer or is not ours."""
    try:
        with psycopg.connect(server.url(database), connect_timeout=2) as connection:
            row = connection.execute(
                "SELECT current_setting('data_directory'), array_agg(rolname::text) FROM pg_roles"
            ).fetchone()
    except psycopg.OperationalError:
        return None
    return set(row[1]) if row is not None and row[0] == str(server.data) else None


def _create(place: Path, durable: bool, lock: int) -> Server:
    """Make a cluster. A kill at any point leaves either nothing that counts or a whole one."""
    home = _home(place)
    draft = home / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    server = Server(str(home), postmaster.free_port(), secrets.token_urlsafe(24), durable)
    postmaster.init(home, draft, user=USER, password=server.password, lock=lock)
    _write_down(place, server)
    draft.rename(server.data)
    return server


def _home(place: Path) -> Path:
    """Where a new cluster will live: in its place, or for root in a new folder of its own."""
    if not programs.as_root():
        return place.resolve()
    for marker in programs.system_home().glob("*/place"):
        if marker.read_text() == str(place.resolve()):  # its var/ was deleted
            postmaster.stop(marker.parent)
            shutil.rmtree(marker.parent)
    home = Path(tempfile.mkdtemp(dir=programs.SYSTEM_HOME, prefix=f"{place.name}-"))
    (home / "place").write_text(str(place.resolve()))
    return home


def _write_down(place: Path, server: Server) -> None:
    """Replace server.json as a whole; an ordinary user's home is relative, so it can be moved."""
    home = "." if server.home == str(place.resolve()) else server.home
    handle, draft = tempfile.mkstemp(dir=place, prefix="server.json.")  # mode 0600
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(replace(server, home=home)), file)
    if programs.as_root():  # in a checkout of somebody else's, its owner has to read it again
        os.chown(draft, place.stat().st_uid, place.stat().st_gid)
    Path(draft).rename(place / "server.json")


def _start(place: Path, server: Server) -> Server:
    """Start the cluster, on another port when a stranger has taken ours meanwhile."""
    for _ in range(3):
        if postmaster.start(
            Path(server.home),
            port=server.port,
            durable=server.durable,
            answers=lambda: _answers(server, "postgres"),  # noqa: B023  asked before it is rebound
        ):
            return server
        server = replace(server, port=postmaster.free_port())
        _write_down(place, server)
    raise CannotStart("no free port between 20000 and 32000 was found on 127.0.0.1")


def _make_database(server: Server) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        sought = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(sought, [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        for role in {APP, AUDITOR} - (_said(server, "postgres") or set()):
            # What a role may do is granted by the project after each migration.
            password = server.password_of(role)  # hexadecimal digits
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
            if role == AUDITOR:
                connection.execute(f"ALTER ROLE {role} SET default_transaction_read_only = on")
