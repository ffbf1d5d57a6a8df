"""Where the suite's databases come from: quickly, and without two runs meeting in one.

Without DATABASE_URL it is a cluster of the tests' own, `var/postgres-test`, which gives up
durability for speed. Migrations run there once into a template, a new one on top of those that it
has already; every process of a run gets a copy. On a server named by DATABASE_URL each process migrates
a database of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from jianzhu.embedded import postgres
from jianzhu.embedded.postgres import Server

CLUSTER = "postgres-test"
MIGRATIONS = ("*/migrations/*.py",)
# What decides how a freshly migrated database looks.
SOURCES = (
    *MIGRATIONS,
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
    return hashlib.sha256(json.dumps(_digests(*SOURCES)).encode()).hexdigest()[:16]


def _digests(*patterns: str) -> dict[str, str]:
    """{file: digest of its content}, in order."""
    return {
        str(file.relative_to(postgres.ROOT)): hashlib.sha256(file.read_bytes()).hexdigest()
        for pattern in patterns
        for file in sorted(postgres.ROOT.glob(pattern))
    }


def _make(connection: psycopg.Connection, server: Server, wanted: str) -> None:
    """Migrate into a draft: a killed run leaves no half template.

    The former template is the ground where it has only migrations that are still there unchanged:
    models and triggers are brought in step after every migration anyway.
    """
    draft, migrations = f"draft_{wanted}", _digests(*MIGRATIONS)
    ground = ""
    for former in _databases(connection):
        if former.startswith("template_") and _applied(connection, former) <= migrations.items():
            ground = former
        elif former.startswith(("template_", "draft_")):
            _drop(connection, former)
    if ground:
        _rename(connection, ground, draft)
    else:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=postgres.ROOT,
        env=os.environ | {"DATABASE_URL": server.url(draft)},
        check=True,
    )
    connection.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(draft), sql.Literal(json.dumps(migrations))
        )
    )
    _rename(connection, draft, wanted)


def _applied(connection: psycopg.Connection, former: str) -> set[tuple[str, str]]:
    """(file, digest) of the migrations in a template."""
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        [former],
    ).fetchone()
    # A template that doesn't say is as good as one with a migration that is no more.
    return set(json.loads(row[0]).items()) if row and row[0] else {("", "")}


def _rename(connection: psycopg.Connection, former: str, wanted: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(former), sql.Identifier(wanted)
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
