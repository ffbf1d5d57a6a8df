"""Database roles: the owner migrates, the application serves, the auditor reads.

The application's role owns nothing: on an append-only table it may INSERT and SELECT, so neither a
bug nor a stolen password can change, delete or truncate what was written, nor switch a trigger off.
What each table allows is read off its guards (`kernel/guards.py`); grants are renewed after every
migration and hold for tables to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

from jianzhu.kernel import guards

# The auditor reads everything but what opens doors.
HIDDEN_TABLES = frozenset({"django_session", "jianzhu_token", "jianzhu_onetimecode"})
HIDDEN_COLUMNS = {"jianzhu_user": frozenset({"password"})}
SCHEMA = "public"


@contextmanager
def as_owner() -> Iterator[None]:
    """Be the role that owns the tables: for migrations and grants, never while serving."""
    own = connection.settings_dict
    before = {name: own[name] for name in ("USER", "PASSWORD")}
    owner = settings.DATABASE_OWNER
    if before["USER"] == owner["USER"]:
        yield
        return
    connection.close()
    own.update({name: owner[name] for name in before})
    try:
        yield
    finally:
        connection.close()
        own.update(before)


def app_role() -> str:
    """Who serves: the user of DATABASE_URL unless that is the owner's, else the usual name."""
    user = str(settings.DATABASES["default"]["USER"])
    return settings.DATABASE_APP_ROLE if user == settings.DATABASE_OWNER["USER"] else user


def make(password: str | None, auditor_password: str | None) -> list[sql.Composed]:
    """SQL that makes both roles where they are missing and sets the passwords that are given."""
    return [
        *_role(app_role(), password, ""),
        *_role(settings.DATABASE_AUDITOR_ROLE, auditor_password, "read_only"),
    ]


def _role(name: str, password: str | None, kind: str) -> list[sql.Composed]:
    plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    done = [
        sql.SQL(
            "DO $$ BEGIN CREATE ROLE {} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ).format(sql.Identifier(name)),
    ]
    if password:
        alter = sql.SQL("ALTER ROLE {} " + plain + " PASSWORD {}")
        done.append(alter.format(sql.Identifier(name), sql.Literal(password)))
    if kind == "read_only":
        on = sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on")
        done.append(on.format(sql.Identifier(name)))
    return done


def grants(role: str, auditor: str) -> list[sql.Composed]:
    """SQL that gives both roles exactly what they may do on every table there is."""
    app, reader, schema = (sql.Identifier(name) for name in (role, auditor, SCHEMA))
    every = [
        "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {app}, {reader}",
        "GRANT USAGE ON SCHEMA {schema} TO {app}, {reader}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {app}",
        # Tables to come are append-only until the grants after their migration know better.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {app}",
    ]
    done = [sql.SQL(text).format(schema=schema, app=app, reader=reader) for text in every]
    standing = set(connection.introspection.table_names())
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in standing and not model._meta.proxy:
            done += _of_table(model, app, reader)
    return done


def _of_table(
    model: type[models.Model], app: sql.Identifier, reader: sql.Identifier
) -> list[sql.Composed]:
    table = model._meta.db_table
    named = sql.Identifier(table)
    found = [
        sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(", ".join(rights(model))), named, app),
    ]
    for column in guards.lock_columns(model):
        # SELECT … FOR UPDATE needs the right to update some column: this one never changes.
        one = sql.SQL("GRANT UPDATE ({}) ON {} TO {}")
        found.append(one.format(sql.Identifier(column), named, app))
    if table not in HIDDEN_TABLES:
        hidden = HIDDEN_COLUMNS.get(table, frozenset())
        shown = [str(f.column) for f in model._meta.concrete_fields if f.column not in hidden]
        columns = sql.SQL(", ").join([sql.Identifier(name) for name in shown])
        found.append(sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(columns, named, reader))
    return found


def rights(model: type[models.Model]) -> tuple[str, ...]:
    """What the application may do with the rows of a table, by the guards on it."""
    if getattr(model, "only_the_owner_writes", False):
        return ("SELECT",)
    if guards.is_append_only(model) or guards.lock_columns(model):
        return ("SELECT", "INSERT")
    if guards.keeps_rows(model):
        return ("SELECT", "INSERT", "UPDATE")
    return ("SELECT", "INSERT", "UPDATE", "DELETE")


def renew(**_: Any) -> None:
    """Give the trigger functions that need it their owner's rights, and grant anew to the roles,
    where the server has them."""
    run(_functions())
    names = [app_role(), settings.DATABASE_AUDITOR_ROLE]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])
        if len(cursor.fetchall()) == len(names):
            run(grants(*names))


def _functions() -> list[sql.Composed]:
    """A fixed search path: nobody may put a table of their own in the way."""
    made = (
        "DO $$ BEGIN IF to_regproc({text}) IS NOT NULL THEN ALTER FUNCTION {name}() "
        "SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp; END IF; END $$"
    )
    return [
        sql.SQL(made).format(
            text=sql.Literal(name), name=sql.Identifier(name), schema=sql.Identifier(SCHEMA)
        )
        for model in apps.get_models()
        for name in guards.functions_as_owner(model)
    ]


def run(statements: list[sql.Composed]) -> None:
    """Execute, as whoever is connected."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(";\n").join(statements))
