"""The log is append-only, sealed without holding writers up, and tells which row was tampered with."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import commands, queries, steps
from jianzhu.audit.events import Event
from jianzhu.kernel.db import command
from tests.audit.ground import as_superuser

AT = datetime(2026, 10, 31, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty(transactional_db):
    """What migrations wrote is told in a fresh database's log."""
    as_superuser("TRUNCATE jianzhu_auditevent")


@command
def do(*, count=1, verb="thing.do"):
    steps.record_many(
        [Event(verb, "thing", i, {"n": i}) for i in range(count)], actor=SYSTEM, at=AT
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE jianzhu_auditevent SET actor = 'me'",
        "DELETE FROM jianzhu_auditevent",
        "TRUNCATE jianzhu_auditevent",
        "DELETE FROM jianzhu_auditleaf",
        "UPDATE jianzhu_auditseal SET root = ''",
    ],
)
def test_nothing_written_can_be_changed(transactional_db, sql):
    do()
    commands.seal(at=AT)

    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_an_untouched_log_is_whole(transactional_db, count):
    do(count=count)
    assert commands.seal(at=AT) == count
    do(count=2)
    commands.seal(at=AT)

    found = queries.verify()

    assert found.faults == ()
    assert (found.events, found.leaves, found.unsealed) == (count + 2, count + 2, 0)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE jianzhu_auditevent SET data = '{\"n\": 9}' WHERE subject_id = 1", "was changed"),
        ("DELETE FROM jianzhu_auditevent WHERE subject_id = 1", "was deleted"),
        ("UPDATE jianzhu_auditleaf SET hash = sha256('x') WHERE id = 1", "was changed"),
        ("DELETE FROM jianzhu_auditleaf WHERE id = 1", "is missing"),
        ("DELETE FROM jianzhu_auditleaf WHERE id = 2", "has lost its leaves"),
    ],
)
def test_a_tampered_row_is_found_and_named(transactional_db, sql, fault):
    do(count=3)
    commands.seal(at=AT)

    as_superuser(sql)

    assert any(fault in said for said in queries.verify().faults)


def test_sealing_twice_adds_nothing(transactional_db):
    do(count=5)
    commands.seal(at=AT)

    assert commands.seal(at=AT) == 0


def test_a_writer_that_commits_after_a_later_one_is_sealed_all_the_same(transactional_db):
    """Ids are not commit order: the slow writer's event has the smaller id and comes second."""
    may_commit, has_written = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    """INSERT INTO jianzhu_auditevent
                       (at, actor, verb, subject_type, subject_id, data, request_id)
                       VALUES (now(), 'slow', 'thing.do', 'thing', 99, '{}', '')"""
                )
            has_written.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    has_written.wait(10)
    do()
    commands.seal(at=AT)
    may_commit.set()
    writer.join()
    commands.seal(at=AT)

    found = queries.verify()

    assert found.unsealed == 0
    assert found.leaves == 2
    assert found.faults == ()
