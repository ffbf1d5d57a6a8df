"""The log alone says what every row, state and balance has to be."""

import re

import pytest
from django.core.management import call_command
from django.db import connection

from jianzhu.audit import rebuild
from projects.attendance import capture
from projects.attendance.devices import DeviceRequest, Maker
from settlements.books.rebuild import balances
from settlements.payouts.models import Payout
from tests.audit.ground import adopt_reference_data, as_superuser
from tests.site import DAY, Site, at


@pytest.fixture
def site(transactional_db):
    adopt_reference_data()
    site = Site.build()
    for worker in site.workers:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return site


def test_an_untouched_site_is_what_the_log_says(site, capsys):
    call_command("rebuild_check")

    said = capsys.readouterr().out
    assert "0 changes were made in the database without the application" in said
    assert "every row, state and balance is what the log says" in said


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE settlements_payout SET state = 'paid' WHERE id = {id}", "settlements_payout {id}"),
        ("UPDATE settlements_payout SET reference = 'x' WHERE id = {id}", "changed beside"),
        ("UPDATE settlements_payout SET amount_minor = 1 WHERE id = {id}", "the table says 1"),
        ("DELETE FROM settlements_entry", "has no such row"),
        (
            "INSERT INTO jianzhu_organisation (code, name, created_at) VALUES ('x', 'x', now())",
            "the log says nothing",
        ),
        ("UPDATE projects_punch SET at = at + interval '1 hour'", "projects_punch"),
        ("UPDATE projects_devicebody SET body = 'x'", "projects_devicebody"),
        ("UPDATE workers_app_agreedrate SET rate_minor = rate_minor + 1", "workers_app_agreedrate"),
    ],
)
def test_a_row_changed_behind_the_triggers_is_named(site, capsys, sql, said):
    ident = Payout.objects.first().pk
    as_superuser(sql.format(id=ident))

    with pytest.raises(SystemExit) as left:
        call_command("rebuild_check")

    assert left.value.code == 1
    assert said.format(id=ident) in capsys.readouterr().out


def test_a_balance_that_no_logged_entry_explains_is_named(site):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM settlements_account ORDER BY id LIMIT 1")
        (first,) = cursor.fetchone()
    as_superuser(
        f"UPDATE settlements_account SET credits_posted = credits_posted + 7 WHERE id = {first}"
    )

    assert any(said.startswith(f"settlements_account {first}:") for said in balances())


def test_a_move_that_no_machine_allows_is_found_in_the_log_itself(site):
    """Somebody drops the machine's trigger and leaves the journal's in place."""
    payout = Payout.objects.first()
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN; DO $$ DECLARE t text; BEGIN FOR t IN SELECT tgname FROM pg_trigger"
            " WHERE tgrelid = 'settlements_payout'::regclass AND tgname LIKE 'pgtrigger%move%'"
            " LOOP EXECUTE 'ALTER TABLE settlements_payout DISABLE TRIGGER ' || t; END LOOP; END $$"
        )
        cursor.execute(
            "UPDATE settlements_payout SET state = 'returned' WHERE id = %s", [payout.pk]
        )
        cursor.execute("ALTER TABLE settlements_payout ENABLE TRIGGER ALL; COMMIT")

    (said,) = rebuild.illegal_moves()

    assert said.startswith(f"settlements_payout {payout.pk}: went from {payout.state} to returned")
    assert any(said.startswith("row.update in settlements_payout") for said in rebuild.by_hand())


def test_a_change_that_no_application_event_explains_is_an_alarm_until_it_was_looked_at(
    site, capsys
):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET region = 'CN-98'")

    with pytest.raises(SystemExit) as left:
        call_command("rebuild_check")
    said = capsys.readouterr().out
    event = re.search(r"\(event (\d+)\)", said)[1]
    call_command("rebuild_check", known_until=int(event))

    assert left.value.code == 1
    assert f"row.update in projects_project of project {site.project.pk}" in said
    assert "0 changes were made" in capsys.readouterr().out


def test_bodies_of_gates_are_no_alarm_and_a_change_of_one_is(site):
    request = DeviceRequest(
        method="POST", path="/", query={}, headers={}, body=b"{}", received_at=at(DAY)
    )
    ident = capture.store_body(maker=Maker.HIKVISION, serial="nobody", request=request)
    site.run()
    assert rebuild.by_hand() == []

    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_devicebody SET punches = 9 WHERE id = %s", [ident])

    (said,) = rebuild.by_hand()
    assert said.startswith("row.update in projects_devicebody")


def test_a_column_added_later_changes_no_digest_of_before(site):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE settlements_payout ADD COLUMN later integer DEFAULT 3")
        try:
            assert list(rebuild.differences()) == []
        finally:
            cursor.execute("ALTER TABLE settlements_payout DROP COLUMN later")
