"""Where the suite's databases come from: quickly, and without two runs meeting in one.

Without DATABASE_URL it is a cluster of the tests' own, `var/postgres-test`, which gives up
durability for speed. Migrations run there once into a template that is kept until one of them
changes; every process of a run gets a copy. On a server named by DATABASE_URL each process migrates
a database of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from jianzhu.embedded import postgres
from jianzhu.embedded.postgres import Server

CLUSTER = "postgres-test"
# What decides how a freshly migrated database looks.
SOURCES = (
    "*/migrations/*.py",
    "*/*/models.py",
    "*/*/models/*.py",
    "jianzhu/apps.py",
    "jianzhu/audit/journal.py",
    "jianzhu/settings.py",
    "requirements.txt",
)
# The run that this process belongs to: xdist's workers inherit it from the process that started.
RUN = "JIANZHU_TEST_RUN"
OWN_SERVER = "JIANZHU_TEST_OWN_SERVER"


def enter() -> None:
    """Name server and settings to Django.

    The settings are named here and not in pyproject.toml: pytest-django would read them before any
    conftest, and so enter the site's own cluster instead of the tests'.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianzhu.settings")
    os.environ.setdefault(RUN, str(os.getpid()))
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgres.ensure(CLUSTER, durable=False).url()
        os.environ[OWN_SERVER] = "1"


def name() -> str:
    """The database of this process of this run."""
    return f"test_jianzhu_{os.environ[RUN]}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def url() -> str:
    """Where another process finds the database of this test."""
    from django.db import connection

    said = connection.settings_dict
    place = f"{said['HOST']}:{said['PORT']}/{said['NAME']}"
    return f"postgresql://{said['USER']}:{said['PASSWORD']}@{place}"


def template() -> str | None:
    """A migrated database to copy; None on a server that is not our own to fill."""
    if not os.environ.get(OWN_SERVER):
        return None
    server = postgres.ensure(CLUSTER, durable=False)
    wanted = f"template_{_digest()}"
    with (postgres.VAR / CLUSTER / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            _drop_left_over(connection)
            if wanted not in _databases(connection):
                _make(connection, server, wanted)
    return wanted


class Copy:
    """One more database beside the tests' own, migrated where a template is there to copy."""

    def __init__(self, name: str) -> None:
        self.name = name
        parts = urlsplit(os.environ["DATABASE_URL"])
        self._admin = urlunsplit(parts._replace(path="/postgres"))
        self.url = urlunsplit(parts._replace(path=f"/{name}"))
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if former := template():
            made += sql.SQL(" TEMPLATE {}").format(sql.Identifier(former))
        self._do(made)

    def drop(self) -> None:
        """It and whoever is still connected."""
        self._do(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name))
        )

    def _do(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(statement)


def _digest() -> str:
    found = hashlib.sha256()
    for pattern in SOURCES:
        for file in sorted(postgres.ROOT.glob(pattern)):
            found.update(str(file.relative_to(postgres.ROOT)).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]


def _make(connection: psycopg.Connection, server: Server, wanted: str) -> None:
    """Migrate into a draft: a killed run leaves no half template."""
    draft = f"draft_{wanted}"
    for former in _databases(connection):
        if former.startswith(("template_", "draft_")):
            _drop(connection, former)
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=postgres.ROOT,
        env=os.environ | {"DATABASE_URL": server.url(draft)},
        check=True,
    )
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(draft), sql.Identifier(wanted)
        )
    )


def _drop_left_over(connection: psycopg.Connection) -> None:
    """Databases of runs that were killed: their name has the number of a process that is gone."""
    for former in _databases(connection):
        run = former.removeprefix("test_jianzhu_").partition("_")[0]
        if former.startswith("test_jianzhu_") and run.isdigit() and not _lives(int(run)):
            _drop(connection, former)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _databases(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
    return [row[0] for row in rows]


def _drop(connection: psycopg.Connection, former: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(former))
    )
