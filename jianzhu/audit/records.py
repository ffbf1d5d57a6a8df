"""Rows as evidence: the text whose digest the log sealed, and the event that sealed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from jianzhu.audit.journal import ACTOR, Journaled, journaled, record

_LAST = """
    SELECT DISTINCT ON (id) id, columns, event FROM (
        SELECT split_part(line, ' ', 1)::bigint AS id, (e.data->>'columns')::int AS columns,
            e.id AS event
        FROM jianzhu_auditevent e, string_to_table(e.data->>'rows', E'\\n') AS line
        WHERE e.subject_type = %(subject)s AND e.subject_id = ANY(%(subjects)s)
          AND e.actor = %(actor)s AND e.data->>'of' = %(table)s) told
    WHERE id = ANY(%(ids)s) ORDER BY id, event DESC
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it is now: `event_id` is the last event that told of it, 0 when none ever did."""

    table: str
    id: int
    columns: tuple[str, ...]
    row: str
    event_id: int


def records(wanted: Mapping[str, Collection[int]]) -> list[Record]:
    """The rows of these ids by table, as they are now, each with the event that has to fit it."""
    tables = {table.table: table for table in journaled()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'"
        )
        return [
            one
            for name in sorted(wanted)
            if wanted[name]
            for one in _records(tables[name], sorted(wanted[name]))
        ]


def _records(table: Journaled, ids: list[int]) -> list[Record]:
    told = _last_told(table, ids)
    found = []
    for count in {columns for columns, _ in told.values()} | {len(table.columns)}:
        known = tuple(c for c in table.columns[:count] if c not in table.left_out)
        own = [i for i in ids if told.get(i, (len(table.columns), 0))[0] == count]
        found += [
            Record(table.table, ident, known, row, told.get(ident, (0, 0))[1])
            for ident, row in _texts(table, known, own)
        ]
    return sorted(found, key=lambda one: one.id)


def _texts(table: Journaled, columns: tuple[str, ...], ids: list[int]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT n.id, ({record(columns, 'n')})::text FROM {table.table} n WHERE n.id = ANY(%s)",
            [ids],
        )
        return list(cursor.fetchall())


def _last_told(table: Journaled, ids: list[int]) -> dict[int, tuple[int, int]]:
    """{row: (how many columns were told of, event)}."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT DISTINCT "{table.subject_column}" FROM {table.table} WHERE id = ANY(%s)', [ids]
        )
        subjects = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            _LAST,
            {
                "subject": table.subject,
                "subjects": subjects,
                "actor": ACTOR,
                "table": table.table,
                "ids": ids,
            },
        )
        return {ident: (columns, event) for ident, columns, event in cursor.fetchall()}


def events_about(subjects: Mapping[str, Iterable[int]]) -> list[int]:
    """Ids of every event about these subjects ({noun: ids}), oldest first."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for noun, ids in subjects.items():
            cursor.execute(
                "SELECT id FROM jianzhu_auditevent WHERE subject_type = %s AND subject_id = ANY(%s)",
                [noun, list(ids)],
            )
            found |= {row[0] for row in cursor.fetchall()}
    return sorted(found)
