"""Whoever changes a record leaves an event: the product, a bulk update, hand-written SQL."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.audit import journal
from jianzhu.audit.models import AuditEvent
from jianzhu.audit.queries import history
from settlements.payouts.models import Payout
from settlements.statements.models import Statement, StatementLine
from tests.site import DAY, Site
from workers_app.people.models import Worker


@pytest.fixture
def site(transactional_db):
    site = Site.build()
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return site


def told_since(last):
    rows = AuditEvent.objects.filter(pk__gt=last, actor=journal.ACTOR).order_by("pk")
    return [(e.verb, e.subject_type, e.subject_id, journal.rows_told(e.lines)) for e in rows]


def newest():
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]


def raw(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def text_of(table, ident):
    one = next(t for t in journal.journaled() if t.table == table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {one.text('n')} FROM {table} n WHERE id = %s", [ident])
        return cursor.fetchone()[0]


def test_hand_written_sql_leaves_the_state_before_and_after(site):
    payout = Payout.objects.get()
    last = newest()

    raw(f"UPDATE settlements_payout SET state = 'sent', reference = 'x' WHERE id = {payout.pk}")

    ((verb, noun, ident, (row,)),) = told_since(last)
    assert (verb, noun, ident) == ("row.update", "payout", payout.pk)
    assert row.before == (str(payout.amount_minor), payout.state)
    assert row.after == (str(payout.amount_minor), "sent")
    assert (
        row.digest == hashlib.sha256(text_of("settlements_payout", payout.pk).encode()).hexdigest()
    )


def test_a_bulk_update_leaves_one_event_that_names_each_row(site):
    workers = Worker.objects.order_by("pk")
    last = newest()

    workers.update(trade="木工")

    ((verb, noun, block, rows),) = told_since(last)
    assert len(workers) > 1
    assert (verb, noun, block) == ("row.update", "worker/1024", workers[0].pk >> 10)
    assert [(row.id, row.digest) for row in sorted(rows, key=lambda row: row.id)] == [
        (w.pk, hashlib.sha256(text_of("workers_app_worker", w.pk).encode()).hexdigest())
        for w in workers
    ]


def test_rows_of_two_blocks_are_told_in_two_events(site):
    first = Worker.objects.order_by("pk").first().pk
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE workers_app_worker SET id = id + 1024 WHERE id = {first}")
    last = newest()

    Worker.objects.update(trade="木工")

    assert len(told_since(last)) == 2


def test_a_change_by_hand_of_many_is_in_the_history_of_each(site):
    site.work(site.zhang_qiang, DAY)
    site.run()

    raw("UPDATE settlements_statement SET findings = '[\"x\"]'")

    assert Statement.objects.count() > 1
    for statement in Statement.objects.all():
        assert [t.verb for t in history("statement", statement.pk)][-1] == "row.update"


def test_a_deleted_row_is_told_too(site):
    raw("INSERT INTO jianzhu_organisation (code, name, created_at) VALUES ('99X', 'x', now())")
    last = newest()

    raw("DELETE FROM jianzhu_organisation WHERE code = '99X'")

    ((verb, noun, _, (row,)),) = told_since(last)
    assert (verb, noun, row.digest) == ("row.delete", "organisation", "")


def test_lines_are_told_together_under_their_statement(site):
    rows = AuditEvent.objects.filter(verb="row.insert", data__of="settlements_statementline")

    assert {(e.subject_type, e.subject_id) for e in rows} == {
        ("statement", line.statement_id) for line in StatementLine.objects.all()
    }


def test_a_table_of_records_is_never_emptied(site):
    with pytest.raises(DatabaseError, match="never emptied"):
        raw("TRUNCATE projects_party")


def test_a_rolled_back_change_leaves_nothing(site):
    last = newest()

    with transaction.atomic():
        Payout.objects.update(reason="never")
        transaction.set_rollback(True)

    assert told_since(last) == []


def test_what_nobody_decides_by_is_not_told(site):
    last = newest()

    raw("UPDATE projects_device SET last_seen_at = now()")

    assert told_since(last) == []


def test_the_journal_is_in_step_with_the_models(db):
    assert journal.install() == 0


def test_rows_that_were_there_before_are_taken_in(site):
    raw("DROP FUNCTION journal_settlements_payout() CASCADE")
    last = newest()

    assert journal.install() == 1

    ((verb, noun, _, (row,)),) = told_since(last)
    assert (verb, noun, row.id) == ("row.adopt", "payout", Payout.objects.get().pk)
