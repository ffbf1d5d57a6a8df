"""Rows as evidence: the text whose digest the log sealed, and the event that sealed it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, transaction

from jianzhu.audit.journal import (
    ACTOR,
    BLOCK_BITS,
    LINES,
    Journaled,
    journaled,
    record,
    rows_told,
)
from jianzhu.audit.models import AuditEvent

# What was told of these rows: under their subjects, or under the blocks that their ids lie in.
_TELLING = f"""
    SELECT id, columns, event FROM (
        SELECT split_part(line, ' ', 1)::bigint AS id, (e.data->>'columns')::int AS columns,
            e.id AS event
        FROM jianzhu_auditevent e, {LINES} AS line
        WHERE (e.subject_type = %(subject)s AND e.subject_id = ANY(%(subjects)s)
            OR e.subject_type = %(block)s AND e.subject_id = ANY(%(blocks)s))
          AND e.actor = '{ACTOR}' AND e.data->>'of' = %(table)s) told
    WHERE id = ANY(%(ids)s) ORDER BY event
"""


class Telling(NamedTuple):
    """An event that told of a row, when its table had so many columns."""

    id: int
    columns: int
    event_id: int


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


def unfit(wanted: Mapping[str, Collection[int]]) -> list[Record]:
    """Those of the rows that are not as the log last told of them: somebody changed them behind it."""
    found = records(wanted)
    rows = AuditEvent.objects.filter(pk__in={one.event_id for one in found})
    told = {
        (event_id, row.id): row.digest
        for event_id, own, data in rows.values_list("pk", "rows", "data")
        for row in rows_told(own or data["rows"])
    }
    return [
        one
        for one in found
        if told.get((one.event_id, one.id)) != hashlib.sha256(one.row.encode()).hexdigest()
    ]


def _records(table: Journaled, ids: list[int]) -> list[Record]:
    told = {i: Telling(i, len(table.columns), 0) for i in ids}
    told |= {one.id: one for one in telling(table, ids)}
    found = []
    for count in {one.columns for one in told.values()}:
        known = tuple(c for c in table.columns[:count] if c not in table.left_out)
        own = [i for i in ids if told[i].columns == count]
        found += [
            Record(table.table, ident, known, row, told[ident].event_id)
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


def telling(table: Journaled, ids: Collection[int]) -> list[Telling]:
    """Every event that told of these rows, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT DISTINCT "{table.subject_column}" FROM {table.table} WHERE id = ANY(%s)',
            [list(ids)],
        )
        subjects = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            _TELLING,
            {
                "subject": table.subject,
                "subjects": subjects,
                "block": table.block,
                "blocks": sorted({ident >> BLOCK_BITS for ident in ids}),
                "table": table.table,
                "ids": list(ids),
            },
        )
        return [Telling(*row) for row in cursor.fetchall()]


def events_about(subjects: Mapping[str, Iterable[int]]) -> dict[int, set[int]]:
    """Every event about these subjects ({noun: ids}), with the ids of their rows that it tells of."""
    found: dict[int, set[int]] = defaultdict(set)
    tables = journaled()
    for noun, ids in subjects.items():
        wanted = list(ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM jianzhu_auditevent WHERE subject_type = %s AND subject_id = ANY(%s)",
                [noun, wanted],
            )
            found |= {row[0]: set() for row in cursor.fetchall()}
        for table in tables:
            if table.subject == noun:
                for one in telling(table, rows_under(table, wanted)):
                    found[one.event_id].add(one.id)
    return found


def rows_under(table: Journaled, subjects: Collection[int]) -> list[int]:
    """The rows of the table that these subjects have now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id FROM {table.table} WHERE "{table.subject_column}" = ANY(%s) ORDER BY id',
            [list(subjects)],
        )
        return [row[0] for row in cursor.fetchall()]
