"""The tamper drill: edits by somebody with every right of the server, each found and named.

SEED=… repeats a run; EDITS=… makes it longer (`make nightly`).
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from jianzhu.audit import commands, journal, queries, rebuild
from jianzhu.audit.keys import log_signer
from jianzhu.audit.merkle import Frontier, leaf_hash
from jianzhu.audit.models import AuditEvent, AuditLeaf, AuditNode, AuditSeal
from jianzhu.kernel.db import chunks
from settlements.books.rebuild import balances
from tests.evidence.conftest import seal
from tests.site import DAY, at

EDITS = int(os.environ.get("EDITS", "200"))
ROWS_AT_ONCE = 12


@dataclass(frozen=True)
class Edit:
    """SQL that a superuser could run with the triggers off, and what has to be named."""

    sql: str
    named: str


def as_superuser_for_now(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def column_kinds(table):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT column_name, data_type FROM information_schema.columns
               WHERE table_schema = current_schema() AND table_name = %s""",
            [table],
        )
        return dict(cursor.fetchall())


OTHER = {
    "bigint": "coalesce({c}, 0) + 1",
    "integer": "coalesce({c}, 0) + 1",
    "smallint": "coalesce({c}, 0) + 1",
    "boolean": "NOT coalesce({c}, false)",
    "character varying": "left(coalesce({c}, '') || 'x', 1) || 'y'",
    "text": "coalesce({c}, '') || 'x'",
    "character": "'XXX'",
    "date": "coalesce({c}, '2026-01-01') + 1",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 second'",
    "jsonb": "'[\"forged\"]'::jsonb",
    "bytea": "coalesce({c}, '') || '\\x00'::bytea",
    "uuid": "gen_random_uuid()",
}


def row_edit(rng, tables):
    """A random column of a random row of a random table of records gets another value."""
    table, ids = rng.choice(tables)
    ident, kinds = rng.choice(ids), column_kinds(table.table)
    names = [
        c for c in table.columns if c != "id" and c not in table.left_out and kinds[c] in OTHER
    ]
    column = rng.choice([*names, *(table.hashed or ())[:1]])
    value = OTHER[kinds[column]].format(c=f'"{column}"')
    where = f"WHERE id = {ident}"
    sql = f'UPDATE {table.table} SET "{column}" = {value} {where}'
    return Edit(sql, f"{table.table} {ident}:")


def row_delete(rng, tables):
    table, ids = rng.choice(tables)
    ident = rng.choice(ids)
    return Edit(f"DELETE FROM {table.table} WHERE id = {ident}", f"{table.table} {ident}:")


def balance_edit(rng, tables):
    accounts = next(ids for table, ids in tables if table.table == "settlements_account")
    ident = rng.choice(accounts)
    column = rng.choice(["credits_posted", "debits_posted", "credits_pending", "debits_pending"])
    sql = f"UPDATE settlements_account SET {column} = {column} + 1 WHERE id = {ident}"
    return Edit(sql, f"settlements_account {ident}:")


def event_edit(rng, tables):
    ident = rng.choice(list(AuditLeaf.objects.values_list("event_id", flat=True)))
    change = rng.choice(
        [
            "actor = actor || 'x'",
            "verb = 'nothing.happened'",
            "at = at + interval '1 microsecond'",
            "subject_id = subject_id + 1",
            "subject_type = 'x'",
            """data = data || '{"forged": 1}'""",
            "request_id = 'x'",
        ]
    )
    sql = f"UPDATE jianzhu_auditevent SET {change} WHERE id = {ident}"
    return Edit(sql, f"event {ident} was changed")


def line_edit(rng, tables):
    """One line of the many that a statement left: another digest for one row."""
    told = AuditEvent.objects.exclude(rows="").filter(pk__in=AuditLeaf.objects.values("event_id"))
    ident, rows = rng.choice(list(told.values_list("pk", "rows")))
    lines = rows.split("\n")
    place = rng.randrange(len(lines))
    number, *rest = lines[place].split(" ")
    lines[place] = " ".join([number, rng.randbytes(32).hex(), *rest[1:]])
    text = "\n".join(lines)
    sql = f"UPDATE jianzhu_auditevent SET rows = '{text}' WHERE id = {ident}"
    return Edit(sql, f"{table_of_event(ident)} {number}")


def table_of_event(ident):
    return AuditEvent.objects.get(pk=ident).data["of"]


def event_delete(rng, tables):
    ident = rng.choice(list(AuditLeaf.objects.values_list("event_id", flat=True)))
    return Edit(f"DELETE FROM jianzhu_auditevent WHERE id = {ident}", f"event {ident} was deleted")


def leaf_edit(rng, tables):
    leaf, event = rng.choice(list(AuditLeaf.objects.values_list("pk", "event_id")))
    sql = f"UPDATE jianzhu_auditleaf SET hash = sha256('x') WHERE id = {leaf}"
    return Edit(sql, f"event {event} was changed (leaf {leaf})")


def leaf_delete(rng, tables):
    leaf = rng.choice(list(AuditLeaf.objects.values_list("pk", flat=True)))
    sql = f"DELETE FROM jianzhu_auditleaf WHERE id = {leaf}"
    last = AuditLeaf.objects.count() - 1
    return Edit(sql, "lost its leaves" if leaf == last else f"leaf {leaf} is missing")


def leaves_swapped(rng, tables):
    """Two events change places."""
    one, two = sorted(rng.sample(list(AuditLeaf.objects.values_list("pk", flat=True)), 2))
    sql = (
        "UPDATE jianzhu_auditleaf l SET hash = o.hash, event_id = -o.event_id FROM jianzhu_auditleaf o "
        f"WHERE (l.id, o.id) IN (({one}, {two}), ({two}, {one}));"
        f"UPDATE jianzhu_auditleaf SET event_id = -event_id WHERE id IN ({one}, {two})"
    )
    return Edit(sql, f"is not what the witness saw as leaf {one}")


def event_forged_with_its_leaf(rng, tables):
    """Event and leaf are changed together, so that they fit each other."""
    leaf, event = rng.choice(list(AuditLeaf.objects.values_list("pk", "event_id")))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, at, 'nobody', verb, subject_type, subject_id, data::text, request_id, rows
               FROM jianzhu_auditevent WHERE id = %s""",
            [event],
        )
        made = leaf_hash(commands.canonical(cursor.fetchone())).hex()
    sql = (
        f"UPDATE jianzhu_auditevent SET actor = 'nobody' WHERE id = {event};"
        f"UPDATE jianzhu_auditleaf SET hash = '\\x{made}' WHERE id = {leaf}"
    )
    return Edit(sql, f"event {event} is not what the witness saw as leaf {leaf}")


def node_edit(rng, tables):
    node = rng.choice(list(AuditNode.objects.all()))
    sql = f"UPDATE jianzhu_auditnode SET hash = sha256('x') WHERE id = {node.pk}"
    return Edit(sql, f"node {node.number} of height {node.height} does not fit")


def head_edit(rng, tables):
    size = rng.choice(list(AuditSeal.objects.values_list("tree_size", flat=True)))
    change, said = rng.choice(
        [
            ("root = sha256('x')", f"the head at size {size} does not fit its leaves"),
            ("note = replace(note, '=', '')", f"the head at size {size} is not"),
            ("note = ''", f"the head at size {size} is not the one that the witness signed"),
            (f"note = '{forged_note(size)}'", f"the head at size {size} is not"),
        ]
    )
    return Edit(f"UPDATE jianzhu_auditseal SET {change} WHERE tree_size = {size}", said)


def forged_note(size):
    return log_signer().note(size, b"\0" * 32)


def head_delete(rng, tables):
    size = rng.choice(list(AuditSeal.objects.values_list("tree_size", flat=True)))
    sql = f"DELETE FROM jianzhu_auditseal WHERE tree_size = {size}"
    return Edit(sql, f"the head at size {size}, which the witness signed, was deleted")


def cosignature_edit(rng, tables):
    size = rng.choice(list(AuditSeal.objects.values_list("tree_size", flat=True)))
    sql = (
        "UPDATE jianzhu_cosignature SET line = overlay(line placing 'AAAA' from length(line) - 20) "
        f"WHERE tree_size = {size}"
    )
    return Edit(sql, f"the cosignature at size {size} is not over its head")


def tail_cut(rng, tables):
    """The last events go with their leaves and heads: what is left is whole in itself."""
    sizes = list(AuditSeal.objects.order_by("tree_size").values_list("tree_size", flat=True))
    size = rng.choice(sizes[:-1])
    sql = (
        "DELETE FROM jianzhu_auditevent WHERE id IN "
        f"(SELECT event_id FROM jianzhu_auditleaf WHERE id >= {size});"
        f"DELETE FROM jianzhu_auditleaf WHERE id >= {size};"
        f"DELETE FROM jianzhu_auditseal WHERE tree_size > {size};"
        f"DELETE FROM jianzhu_cosignature WHERE tree_size > {size};"
        f"DELETE FROM jianzhu_auditnode WHERE (number + 1) << height > {size}"
    )
    return Edit(
        sql, f"the log was cut: the witness saw {sizes[-1] - size} more leaves, from {size}"
    )


def written_anew(rng, tables):
    """One event is changed and the whole tree made anew over it, signed with the log's own key."""
    leaves = list(AuditLeaf.objects.order_by("pk").values_list("pk", "event_id", "hash"))
    leaf, event, _ = rng.choice(leaves)
    forged = event_forged_with_its_leaf(rng=Chosen((leaf, event)), tables=tables)
    hashes = [bytes(h) for _, _, h in leaves]
    hashes[leaf] = bytes.fromhex(forged.sql.split("\\x")[1][:64])
    frontier, sql = (
        Frontier(),
        [forged.sql, "DELETE FROM jianzhu_auditnode", "DELETE FROM jianzhu_cosignature"],
    )
    sizes = set(AuditSeal.objects.values_list("tree_size", flat=True))
    for one in hashes:
        sql += [
            f"INSERT INTO jianzhu_auditnode (height, number, hash) VALUES ({h}, {n}, '\\x{node.hex()}')"
            for h, n, node in frontier.grow([one])
            if h % commands.NODE_STEP == 0
        ]
        if frontier.size in sizes:
            note = log_signer().note(frontier.size, frontier.root)
            sql.append(
                f"UPDATE jianzhu_auditseal SET root = '\\x{frontier.root.hex()}', "
                f"peaks = '\\x{frontier.packed.hex()}', note = '{note}' "
                f"WHERE tree_size = {frontier.size}"
            )
    return Edit(";".join(sql), f"event {event} is not what the witness saw as leaf {leaf}")


class Chosen:
    """A choice that was made already."""

    def __init__(self, one):
        self.one = one

    def choice(self, _):
        return self.one


KINDS = [
    (row_edit, 60),
    (row_delete, 14),
    (balance_edit, 10),
    (event_edit, 24),
    (line_edit, 8),
    (event_delete, 10),
    (leaf_edit, 12),
    (leaf_delete, 10),
    (leaves_swapped, 8),
    (event_forged_with_its_leaf, 12),
    (node_edit, 4),
    (head_edit, 14),
    (head_delete, 8),
    (cosignature_edit, 6),
    (tail_cut, 4),
    (written_anew, 4),
]
ROWS = {row_edit, row_delete, balance_edit}


def found_after(kind):
    """What the two checks of the product say now."""
    if kind in ROWS:
        return [*map(str, rebuild.differences()), *balances()]
    return list(queries.verify(settings.WITNESS_DIR).faults)


@pytest.fixture
def tables(site, witness):
    """A site with some days, sealed and countersigned under several heads; every table with its rows."""
    for day in (13, 14):
        site.work(site.li_wei, DAY.replace(day=day))
        site.run()
        seal(witness)
    for number in range(40):
        site.punch(site.zhang_qiang, at(DAY.replace(day=15), number % 24, number), "in")
    seal(witness)
    assert AuditEvent.objects.count() > 256, "the tree has no inner node to tamper with"
    filled = []
    for table in journal.journaled():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table.table} ORDER BY id LIMIT 50")
            if ids := [row[0] for row in cursor.fetchall()]:
                filled.append((table, ids))
    return filled


def test_every_planted_edit_is_found_and_its_row_named(tables):
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
    print(f"tamper drill: SEED={seed} EDITS={EDITS}")
    rng = random.Random(seed)
    assert found_after(row_edit) == []
    assert found_after(event_edit) == []
    drawn = rng.choices([k for k, _ in KINDS], [w for _, w in KINDS], k=max(0, EDITS - len(KINDS)))

    kinds = [*(k for k, _ in KINDS), *drawn]
    rows = [kind for kind in kinds if kind in ROWS]
    log = [[kind] for kind in kinds if kind not in ROWS]
    # Rows don't hide one another, so that many are planted at once; of the log each edit alone.
    planted, missed = 0, []
    for batch in [*chunks(rows, ROWS_AT_ONCE), *log]:
        with transaction.atomic():
            edits = plant(rng, batch, tables)
            said = found_after(batch[0])
            transaction.set_rollback(True)
        planted += len(edits)
        missed += [(e, said[:3]) for e in edits if not any(e.named in one for one in said)]

    assert missed == [], f"SEED={seed}"
    assert planted == max(EDITS, len(KINDS))


def plant(rng, kinds, tables):
    """An edit of each kind on rows of their own; what a constraint refuses is drawn again."""
    edits = {}
    for kind in kinds:
        while True:
            edit = kind(rng, tables)
            if edit.named in edits:
                continue
            try:
                with transaction.atomic():
                    as_superuser_for_now(edit.sql)
            except DatabaseError:
                continue
            edits[edit.named] = edit
            break
    return list(edits.values())
