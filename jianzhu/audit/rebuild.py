"""Deriving what the records have to be from the log alone, and comparing with what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from jianzhu.audit.journal import (
    ACTOR,
    LINES,
    Journaled,
    digest_sql,
    journaled,
    record,
    rows_told,
)
from jianzhu.audit.models import AuditEvent
from jianzhu.audit.records import telling
from jianzhu.kernel.machine import all_machines, noun_of

# The last word of the log on each row of one table: [id, digest or "-", facts as text].
LAST_TOLD = """
    SELECT DISTINCT ON (id) id, digest, facts, columns, event FROM (
        SELECT split_part(line, ' ', 1)::bigint AS id, split_part(line, ' ', 2) AS digest,
            regexp_replace(split_part(line, ' <', 1), '^\\S+ \\S+ ?', '') AS facts,
            (e.data->>'columns')::int AS columns, e.id AS event
        FROM jianzhu_auditevent e, {lines} AS line
        WHERE e.actor = '{actor}' AND e.verb LIKE 'row.%' AND e.data->>'of' = '{table}') told
    ORDER BY id, event DESC
"""
_DIFFERENT = """
    SELECT coalesce(t.id, n.id), t.digest, t.facts, {facts}, n.id IS NOT NULL, t.event
    FROM told t FULL JOIN {table} n ON n.id = t.id
    WHERE t.id IS NULL AND n.id IS NOT NULL
       OR t.columns = {count} AND (t.digest <> coalesce({digest}, '-') OR {hashed})
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the log says; `said` and `found` are its facts, in words."""

    table: str
    id: int
    said: str
    found: str

    def __str__(self) -> str:
        return f"{self.table} {self.id}: the log says {self.said}, the table {self.found}"


def differences() -> Iterator[Difference]:
    """Every journaled row that is not as the log left it: changed, gone, or never told of."""
    for table in journaled():
        with transaction.atomic(), connection.cursor() as cursor:
            # Digests are taken of text, which these settings decide.
            cursor.execute(
                "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';"
                "SET LOCAL bytea_output = 'hex'"
            )
            last = LAST_TOLD.format(actor=ACTOR, lines=LINES, table=table.table)
            cursor.execute(f"SELECT DISTINCT columns FROM ({last}) told")
            counts = {row[0] for row in cursor.fetchall()} or {len(table.columns)}
            for count in sorted(counts):
                cursor.execute(f"WITH told AS MATERIALIZED ({last}) {_different(table, count)}")
                yield from (_difference(table, row) for row in cursor.fetchall())


def _different(table: Journaled, count: int) -> str:
    """Rows told of with `count` columns are compared in these; what came later wasn't sealed then."""
    known = tuple(c for c in table.columns[:count] if c not in table.left_out)
    facts = ", ".join(f"coalesce(n.\"{c}\"::text, '-')" for c in table.facts)
    digest = digest_sql(f"({record(known, 'n')})::text")
    return _DIFFERENT.format(
        table=table.table,
        count=count,
        facts=f"concat_ws(' ', {facts or 'NULL'})",
        hashed=f'sha256(n."{table.hashed[0]}") <> n."{table.hashed[1]}"'
        if table.hashed
        else "false",
        digest=f"CASE WHEN n.id IS NOT NULL THEN {digest} END",
    )


def _difference(table: Journaled, row: tuple[Any, ...]) -> Difference:
    ident, digest, said, found, there, event = row
    names = ", ".join(table.facts) or "no facts"
    if event is None:
        return Difference(table.table, ident, "nothing", f"has a row ({names}: {found})")
    if digest == "-":
        return Difference(table.table, ident, "it was deleted", "still has it")
    if not there:
        return Difference(table.table, ident, f"{names}: {said} (event {event})", "has no such row")
    if said != found:
        return Difference(table.table, ident, f"{names}: {said} (event {event})", f"says {found}")
    return Difference(
        table.table, ident, f"other content (event {event})", f"was changed beside {names}"
    )


_MOVES = """
    SELECT e.id, split_part(line, ' ', 1), {before}, {after}
    FROM jianzhu_auditevent e, {lines} AS line
    WHERE e.actor = '{actor}' AND e.verb = 'row.update' AND e.data->>'of' = '{table}'
      AND {before} <> {after} AND ({before}, {after}) NOT IN ({legal})
"""


def illegal_moves() -> list[str]:
    """Changes of state that the log tells of and no machine allows: triggers were switched off."""
    machines = {machine.noun: machine for machine in all_machines()}
    found = []
    for model, table in _models_and_tables():
        machine = machines.get(noun_of(model))
        if machine is None or machine.field not in table.facts:
            continue
        place = table.facts.index(machine.field)
        legal = {(s, m.target) for m in machine for s in m.sources} or {("", "")}
        sql = _MOVES.format(
            actor=ACTOR,
            lines=LINES,
            table=table.table,
            before=f"split_part(split_part(line, ' < ', 2), ' ', {place + 1})",
            after=f"split_part(line, ' ', {place + 3})",
            legal=", ".join(f"('{a}', '{b}')" for a, b in sorted(legal)),
        )
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found += [
                f"{table.table} {ident}: went from {before} to {after} (event {event}), "
                f"which no {machine.noun} may"
                for event, ident, before, after in cursor.fetchall()
            ]
    return found


def _models_and_tables() -> list[tuple[type[Any], Journaled]]:
    tables = {table.table: table for table in journaled()}
    return [
        (model, tables[model._meta.db_table])
        for model in apps.get_models()
        if model._meta.db_table in tables
    ]


_BY_HAND = """
    SELECT e.id, e.at, e.verb, e.data->>'of', e.subject_type, e.subject_id
    FROM jianzhu_auditevent e
    WHERE e.actor = %(actor)s AND e.verb <> 'row.adopt' AND e.id > %(known)s
      AND NOT (e.verb = 'row.insert' AND e.data->>'of' = ANY(%(arriving)s))
      AND NOT EXISTS (
          SELECT 1 FROM jianzhu_auditevent a
          WHERE a.transaction_id = e.transaction_id AND a.actor <> %(actor)s)
    ORDER BY e.id
"""


def by_hand(known_until: int = 0) -> list[str]:
    """Each row event after that one which no application event of the same transaction explains.

    The arrival of what speaks for itself (`journal_arrives`: raw bodies of devices) needs no other
    event; a change or deletion of it does.
    """
    arriving = [
        model._meta.db_table
        for model, _ in _models_and_tables()
        if getattr(model, "journal_arrives", False)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, {"actor": ACTOR, "known": known_until, "arriving": arriving})
        return [
            f"{verb} in {table} of {noun} {ident} at {at:%Y-%m-%d %H:%M:%S} UTC (event {event}): "
            "no application event says who and why"
            for event, at, verb, table, noun, ident in cursor.fetchall()
        ]


def state_since(table: str, ident: int, state: str) -> datetime:
    """When the row came to this state for the last time, as the log has it."""
    known = next(one for one in journaled() if one.table == table)
    place = known.facts.index("state")
    events = AuditEvent.objects.filter(pk__in=[one.event_id for one in telling(known, [ident])])
    return max(
        event.at
        for event in events
        for row in rows_told(event.lines)
        if row.id == ident and row.after[place : place + 1] == (state,)
    )
