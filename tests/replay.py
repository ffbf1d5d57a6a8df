"""A set-up's rows, written again as they were instead of made again.

Most tests begin with the same building site, and making one takes longer than most tests. What the
first of a process wrote is kept and written back for the next, same ids and all: sequences never
give a number twice, so nothing can be in the way in a database without a set-up.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from psycopg import sql

from jianzhu.access.models import Organisation, User
from jianzhu.audit.models import AuditEvent

Made = TypeVar("Made")


@dataclass(frozen=True)
class Kept:
    """What a set-up returned, and the SQL that writes its rows past the triggers."""

    made: Any
    rows: str


_kept: dict[object, Kept] = {}


def again(asked: object, make: Callable[[], Made]) -> Made:
    """What `make` makes: by itself the first time that this is asked, from its rows afterwards."""
    if _somebody_was_here():
        return make()
    if asked not in _kept:
        before = dict(_tables())
        made = make()
        _kept[asked] = Kept(copy.deepcopy(made), _insert(before, dict(_tables())))
        return made
    kept = _kept[asked]
    with connection.cursor() as cursor:
        cursor.execute(kept.rows)
    return copy.deepcopy(kept.made)


def _somebody_was_here() -> bool:
    """Before this test's set-up; the migrations' own events don't count."""
    events = AuditEvent.objects.exclude(subject_type__startswith="permitted_movement")
    return Organisation.objects.exists() or User.objects.exists() or events.exists()


def _tables() -> Iterator[tuple[str, Counter[str]]]:
    """(table, its rows as JSON) of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_class
               WHERE relkind IN ('r', 'p') AND NOT relispartition
                 AND relnamespace = 'public'::regnamespace"""
        )
        for (name,) in cursor.fetchall():
            every = sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(sql.Identifier(name))
            cursor.execute(every)
            yield name, Counter(row for (row,) in cursor)


def _insert(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> str:
    """A set-up only adds: a row that it changed could not be written back by inserting."""
    changed = [name for name, rows in before.items() if rows - after[name]]
    assert not changed, f"the set-up changed rows of {changed} that were there before it"
    added = {name: rows - before[name] for name, rows in after.items()}
    inserts = [_insert_into(name, rows) for name, rows in added.items() if rows]
    return "; ".join(
        [
            "SET session_replication_role = replica",
            *inserts,
            "SET session_replication_role = origin",
        ]
    )


def _insert_into(name: str, rows: Counter[str]) -> str:
    made = sql.SQL(
        """INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
           SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, {rows})"""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT attname FROM pg_attribute
               WHERE attrelid = %s::regclass AND attnum > 0
                 AND NOT attisdropped AND attgenerated = ''""",
            [name],
        )
        columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in cursor.fetchall())
        return made.format(
            table=sql.Identifier(name),
            columns=columns,
            rows=sql.Literal(f"[{', '.join(rows.elements())}]"),
        ).as_string(cursor.connection.connection)
