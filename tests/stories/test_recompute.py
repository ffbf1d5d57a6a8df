"""Years later a line is computed again from what was known then, and says the same, bit for bit."""

import io
import zlib
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from projects.attendance import commands as attendance
from settlements.books import queries as books
from settlements.statements import kept, recompute
from settlements.statements.models import Statement, StatementLine, WageInputs
from tests.site import DAY, Site, at
from workers_app.terms.models import AgreedRate

SATURDAY = DAY + timedelta(days=5)


@pytest.fixture
def site(db, bank):
    """A day of ten hours and rest-day work, released."""
    site = Site.build()
    site.work(site.li_wei, DAY, 8, 18)
    site.work(site.li_wei, SATURDAY, 8, 16)
    site.accept(site.sheet(DAY, SATURDAY))
    site.run()
    assert {n.state for n in site.lines(site.li_wei)} == {"released"}
    return site


def said(*arguments):
    out = io.StringIO()
    try:
        call_command("statement_recompute", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def test_every_line_is_what_its_kept_inputs_give(site):
    text, code = said("--project", site.project.code, "--month", "2026-10", "--records")

    assert code == 0
    assert "3 lines computed again: the same, bit for bit" in text


def test_a_correction_leaves_the_old_line_to_its_old_inputs(site):
    """An hour more comes as a difference; the lines that were paid stand on what was known then."""
    before = {n.key: bytes(n.inputs_digest) for n in site.lines(site.li_wei)}
    correction = attendance.request_correction(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        on=DAY,
        intervals=[(at(DAY, 8), at(DAY, 19))],
        reason="the gate had no power",
        actor=site.actor(site.li_wei),
        at=at(DAY, 20),
    )
    attendance.approve_correction(
        correction_id=correction.pk, answer="seen", actor=site.contractor, at=at(DAY, 21)
    )

    site.run()

    lines = site.lines(site.li_wei)
    differences = [n for n in lines if n.kind == "difference"]
    assert differences != []
    assert {n.key: bytes(n.inputs_digest) for n in lines if n.key in before} == before
    assert {bytes(n.inputs_digest) for n in differences}.isdisjoint(before.values())
    assert said()[1] == 0
    assert books.truths()[7].faults == ()


def test_a_line_that_says_otherwise_is_named(site):
    line = StatementLine.objects.filter(key__endswith="overtime").get()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE settlements_statementline SET quantity = 121 WHERE id = %s", [line.pk]
        )
        cursor.execute("SET session_replication_role = origin")

    text, code = said(str(line.statement_id))

    assert code == 1
    assert f"line {line.pk} ({line.key}): quantity is 121, its inputs give 120" in text


def test_inputs_that_were_touched_are_found_out(site):
    digest = Statement.objects.get(worker=site.li_wei).inputs_digest
    row = WageInputs.objects.get(digest=digest)
    body = zlib.compress(zlib.decompress(bytes(row.body)).replace(b"40000", b"40001"))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE settlements_wageinputs SET body = %s WHERE id = %s", [body, row.pk])
        cursor.execute("SET session_replication_role = origin")

    faults = kept.recompute().faults

    assert any("are not what they were" in fault for fault in faults)
    assert faults == recompute.differences()


@pytest.mark.parametrize("sql", ["UPDATE settlements_wageinputs SET body = ''",
                                 "DELETE FROM settlements_wageinputs"])  # fmt: skip
def test_kept_inputs_cannot_be_changed_by_hand(site, sql):
    with (
        pytest.raises((InternalError, ProgrammingError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_records_that_changed_since_are_told_apart_from_lines_that_are_wrong(site):
    """A rate that somebody rewrote by hand: the line still follows from what was agreed then."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE workers_app_agreedrate SET rate_minor = 30000 WHERE id = %s",
            [AgreedRate.objects.get(agreement__worker=site.li_wei).pk],
        )
        cursor.execute("SET session_replication_role = origin")

    assert said()[1] == 0
    text, code = said("--records")
    assert code == 1
    assert "says 40000, recomputed 30000" in text
