"""The journal: PostgreSQL itself tells of every row that is made, changed or deleted.

Whoever changes rows, by the product, by a bulk update or by hand-written SQL, leaves a `row.…` event
by the actor "database": a line per row with the digest of its new content and its facts (state,
amounts) before and after. An application's own event in the same transaction says who and why; a row
event without one is a change made by hand, and is shown as such.

A statement leaves one event per block of `BLOCK` row ids, not one per row. Where all rows of the
block are about one subject, the event is about that subject; else about the block itself:
("payout/1024", 3) tells of payouts 3072 to 4095. So one equality finds what was told of a row, in
events that stay small, however many rows there are. The lines stand in `AuditEvent.rows`; the tree's
leaf binds them by the root of a Merkle tree of their own (`events.canonical`), so that one row is
proved without showing the others.

The digest is SHA-256 over the row's text as PostgreSQL prints it, of its first `columns` columns: a
column that is added later changes no digest of before. So the sealed log binds every column of every
audited row, and a row changed behind the triggers' back no longer fits it.

A model says more about itself, where it wants to, in class attributes:
`journal_under` names the foreign key whose row the event is about (many lines, one statement),
`journal_facts` more columns whose values are told, `journal_except` columns that are left out,
because other records tell them (balances) or nobody decides by them (last seen), and
`journal_digest` a column whose SHA-256 is another column: it is left out, and checked through that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from jianzhu.kernel.machine import noun_of

ACTOR = "database"
APPS = ("jianzhu", "workers_app", "projects", "settlements")
# Row ids of one event of many subjects; part of what stored events say, so it never changes.
BLOCK_BITS = 10
BLOCK = 1 << BLOCK_BITS
# Not records but means: the log itself, the queue, sessions, codes, cursors, counters, stored answers.
UNJOURNALED = {
    "jianzhu_auditevent",
    "jianzhu_auditleaf",
    "jianzhu_auditnode",
    "jianzhu_auditseal",
    "jianzhu_cosignature",
    "jianzhu_outboxmessage",
    "jianzhu_idempotentanswer",
    "jianzhu_onetimecode",
    "jianzhu_token",
    "projects_devicehour",
    "projects_ingestcount",
    "projects_planneighbourhood",
    "projects_planprogress",
    "settlements_railcursor",
}


@dataclass(frozen=True, slots=True)
class Journaled:
    """How one table is journaled; `subject_column` holds the id of the row that events are about."""

    table: str
    noun: str
    subject: str
    subject_column: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    facts: tuple[str, ...]
    hashed: tuple[str, str] | None

    @property
    def block(self) -> str:
        """What events about a block of this table's rows call it."""
        return f"{self.noun}/{BLOCK}"

    def text(self, row: str) -> str:
        """SQL: the row's text, of which the digest is taken."""
        return f"({record(self.digested, row)})::text"

    @property
    def digested(self) -> tuple[str, ...]:
        """The columns under the digest, in the table's order."""
        return tuple(c for c in self.columns if c not in self.left_out)


def named(columns: tuple[str, ...]) -> str:
    """A mark of the columns' names, so that a row's values can't be shown under other names."""
    return hashlib.sha256(",".join(columns).encode()).hexdigest()[:16]


def record(columns: tuple[str, ...], row: str) -> str:
    """SQL: these columns as one record."""
    return f"ROW({_named(columns, row)})"


def _named(columns: tuple[str, ...], row: str) -> str:
    return ", ".join(f'{row}."{c}"' for c in columns)


def journaled_models() -> list[type[models.Model]]:
    """Every model whose rows are records."""
    return [
        model
        for name in APPS
        for model in apps.get_app_config(name).get_models()
        if model._meta.db_table not in UNJOURNALED
    ]


def journaled() -> list[Journaled]:
    """Every table whose rows are records, with the columns that it has in this database."""
    found = _columns()
    return [
        _journaled(model, found[model._meta.db_table])
        for model in journaled_models()
        if model._meta.db_table in found
    ]


def _journaled(model: type[models.Model], columns: tuple[str, ...]) -> Journaled:
    under = getattr(model, "journal_under", "")
    parent: Any = model._meta.get_field(under).related_model if under else model
    told = getattr(model, "journal_facts", ())
    hashed = getattr(model, "journal_digest", None)
    left_out = (*getattr(model, "journal_except", ()), *(hashed[:1] if hashed else ()))
    return Journaled(
        table=model._meta.db_table,
        noun=noun_of(model),
        subject=noun_of(parent),
        subject_column=f"{under}_id" if under else "id",
        columns=columns,
        left_out=left_out,
        hashed=hashed,
        facts=tuple(
            c
            for c in columns
            if (c == "state" or c.endswith("_minor") or c in told) and c not in left_out
        ),
    )


def _columns() -> dict[str, tuple[str, ...]]:
    """{table: its columns in the order they were added}."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
                 AND a.attnum > 0 AND NOT a.attisdropped
               GROUP BY 1"""
        )
        return {table: tuple(names) for table, names in cursor.fetchall()}


# A line per row: "id digest facts", and in a change "< facts of before" after it; "-" stands for no
# value. Text, because it costs two thirds of nested JSON. In an update every old row meets its new
# one; an id that was itself changed is a row deleted and another made.
_EVENT = """
        INSERT INTO jianzhu_auditevent
            (at, actor, verb, subject_type, subject_id, data, request_id, rows)
        SELECT clock_timestamp(), '{actor}', 'row.{verb}',
            CASE WHEN min(subject) = max(subject) THEN '{subject}' ELSE '{block}' END,
            CASE WHEN min(subject) = max(subject) THEN min(subject) ELSE id >> {bits} END,
            jsonb_build_object('of', '{table}', 'columns', {count}, 'named', '{named}',
                'facts', '{names}'),
            '', string_agg(line, E'\\n')
        FROM (SELECT {id} AS id, {under} AS subject, concat_ws(' ', {id}, {line}) AS line
              FROM {rows}) told
        GROUP BY id >> {bits} ORDER BY id >> {bits};
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
    SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET bytea_output = 'hex' AS $journal$
BEGIN
    IF TG_OP = 'INSERT' THEN {insert}
    ELSIF TG_OP = 'UPDATE' THEN {update}
    ELSIF TG_OP = 'DELETE' THEN {delete}
    ELSE
        RAISE EXCEPTION '{table} holds records: it is never emptied'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $journal$;
CREATE OR REPLACE TRIGGER journal_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE OR REPLACE TRIGGER journal_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE OR REPLACE TRIGGER journal_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE OR REPLACE TRIGGER journal_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
_ADOPT = """
DO $journal$ BEGIN
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex';
    LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
    {event}
END $journal$;
"""


def digest_sql(text: str) -> str:
    """SQL: the digest of a row's text, as events hold it."""
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


def _facts(table: Journaled, row: str) -> str:
    return ", ".join(f"coalesce({row}.\"{c}\"::text, '-')" for c in table.facts) or "NULL"


def _event(table: Journaled, verb: str, **parts: str) -> str:
    return _EVENT.format(
        actor=ACTOR,
        verb=verb,
        subject=table.subject,
        block=table.block,
        bits=BLOCK_BITS,
        table=table.table,
        count=len(table.columns),
        named=named(table.digested),
        names=" ".join(table.facts),
        **parts,
    )


def _made(table: Journaled, verb: str, rows: str) -> str:
    return _event(
        table,
        verb,
        id="n.id",
        under=f'n."{table.subject_column}"',
        line=f"{digest_sql(table.text('n'))}, {_facts(table, 'n')}",
        rows=rows,
    )


def _changed(table: Journaled) -> str:
    differ = (
        f" WHERE {record(table.digested, 'o')} IS DISTINCT FROM {record(table.digested, 'n')}"
        if table.left_out
        else ""
    )
    under = table.subject_column
    return _event(
        table,
        "update",
        id="coalesce(n.id, o.id)",
        under=f'coalesce(n."{under}", o."{under}")',
        line=f"CASE WHEN n.id IS NULL THEN '-' ELSE {digest_sql(table.text('n'))} END, "
        f"{_facts(table, 'n')}, '<', {_facts(table, 'o')}",
        rows=f"old_rows o FULL JOIN new_rows n ON n.id = o.id{differ}",
    )


def _deleted(table: Journaled) -> str:
    return _event(
        table,
        "delete",
        id="o.id",
        under=f'o."{table.subject_column}"',
        line=f"'-', '<', {_facts(table, 'o')}",
        rows="old_rows o",
    )


def _function(table: Journaled) -> str:
    return _FUNCTION.format(
        name=f"journal_{table.table}",
        table=table.table,
        insert=_made(table, "insert", "new_rows n"),
        update=_changed(table),
        delete=_deleted(table),
    )


@dataclass(frozen=True, slots=True)
class RowTold:
    """One line of a row event: `digest` is empty when the row was deleted."""

    id: int
    digest: str
    after: tuple[str, ...]
    before: tuple[str, ...]


# SQL: the lines of a row event `e`. Before there was a column for them they stood in `data`.
LINES = "string_to_table(coalesce(nullif(e.rows, ''), e.data->>'rows'), E'\\n')"


def rows_told(lines: str) -> list[RowTold]:
    """The rows that a row event's lines tell of."""
    return [_row_told(line) for line in lines.split("\n")]


def _row_told(line: str) -> RowTold:
    now, _, was = line.partition(" <")
    ident, digest, *facts = now.split(" ")
    return RowTold(int(ident), digest.strip("-"), tuple(facts), tuple(was.split()))


def install() -> int:
    """Bring the triggers in step with the models; returns how many tables were changed.

    Runs after every migration. A function's comment holds the digest of its text, so that a
    database in step costs one query. Rows that were there before the journal are taken into it.
    """
    standing = _standing()
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table in journaled():
            function = _function(table)
            mark = hashlib.sha256(function.encode()).hexdigest()
            if standing.get(table.table) == mark:
                continue
            cursor.execute(function)
            cursor.execute(f"COMMENT ON FUNCTION journal_{table.table}() IS '{mark}'")
            if table.table not in standing:
                adopted = _made(table, "adopt", f"{table.table} n")
                cursor.execute(_ADOPT.format(table=table.table, event=adopted))
            changed += 1
    return changed


def _standing() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.proname::text, obj_description(p.oid, 'pg_proc') FROM pg_proc p
               WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'journal\\_%'"""
        )
        return {name.removeprefix("journal_"): mark or "" for name, mark in cursor.fetchall()}
