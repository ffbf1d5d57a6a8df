"""What the application's role may do is what the product does, and nothing else (database roles)."""

from __future__ import annotations

import os
from datetime import date
from urllib.parse import quote

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from jianzhu.kernel import guards, roles
from settlements.ledger import queries
from settlements.ledger.models import Account, Entry, Transfer
from settlements.payouts import subscribers
from settlements.payouts.rails.protocol import Outcome
from tests.site import DAY, Site, at

PASSWORD = "for-tests-only"
APPEND_ONLY = sorted(
    model._meta.db_table for model in apps.get_models() if guards.is_append_only(model)
)


@pytest.fixture
def served(transactional_db):
    """Roles named after this database, so that parallel runs don't meet; gone afterwards."""
    name = str(connection.settings_dict["NAME"])
    names = (f"app_{name}", f"auditor_{name}")
    roles.run(roles._role(names[0], PASSWORD, "") + roles._role(names[1], PASSWORD, "read_only"))
    roles.run(roles.grants(*names))
    yield names
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        for role in names:
            cursor.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


def enter(role):
    own = connection.settings_dict
    return psycopg.connect(
        f"postgresql://{quote(role)}:{PASSWORD}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    )


@pytest.fixture
def app(served):
    with enter(served[0]) as session:
        yield session


@pytest.fixture
def worked(served, monkeypatch):
    """A site whose whole way from punch to reserve was gone by the application's role."""
    monkeypatch.setattr(subscribers, "rail_named", lambda name: NoRail())
    site = Site.build()
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{served[0]}"')
        try:
            for worker in site.workers:
                site.work(worker, DAY)
            site.accept(site.sheet(DAY, DAY))
            site.run()
        finally:
            cursor.execute("RESET ROLE")
    return site


class NoRail:
    """Takes instructions and says nothing yet."""

    def send_many(self, instructions):
        return {i.key: Outcome("accepted", reference=f"B-{i.key}") for i in instructions}


def test_the_application_goes_the_whole_way_without_owning_anything(worked):
    assert {line.state for line in worked.lines()} == {"released"}
    assert {line.payout.state for line in worked.lines()} == {"sent"}
    assert queries.faults() == []


def test_it_keeps_a_punch_of_a_month_that_has_no_table_yet(served):
    site = Site.build()
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{served[0]}"')
        try:
            site.punch(site.li_wei, at(date(2031, 5, 5)))
        finally:
            cursor.execute("RESET ROLE")
        cursor.execute("SELECT count(*) FROM projects_punch_2031_05")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_no_append_only_table_can_be_changed_by_it(app, verb):
    allowed = []
    for table in APPEND_ONLY:
        column = app.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1",
            [table],
        ).fetchone()[0]
        statement = {
            "UPDATE": f'UPDATE {table} SET "{column}" = "{column}"',
            "DELETE": f"DELETE FROM {table}",
            "TRUNCATE": f"TRUNCATE {table} CASCADE",
        }[verb]
        try:
            with app.transaction():
                app.execute(statement)
            allowed.append(table)
        except psycopg.errors.InsufficientPrivilege as error:
            # Refused by right, not only by a trigger.
            allowed += [] if "permission denied" in str(error) else [table]

    assert allowed == []
    assert {"settlements_entry", "settlements_transfer", "jianzhu_auditevent"} <= set(APPEND_ONLY)
    assert "projects_punch" in APPEND_ONLY


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE settlements_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER pgtrigger_entry_sum_zero_ab40a ON settlements_entry",
        "SET session_replication_role = replica",
        "ALTER TABLE settlements_account DROP CONSTRAINT account_not_overdrawn",
        """CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name NAME)
           RETURNS BOOLEAN AS 'SELECT TRUE' LANGUAGE sql""",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int AS 'SELECT 1' LANGUAGE sql",
        "UPDATE settlements_account SET credits_posted = 1",
        "DELETE FROM settlements_account",
        """INSERT INTO settlements_permittedmovement (kind, source, target, after_wages)
           VALUES ('theft', 'wage_fund', 'outside', false)""",
        "DELETE FROM settlements_permittedmovement",
        "UPDATE settlements_payout SET amount_minor = 1",
        "DELETE FROM settlements_payout",
        "CREATE ROLE mine SUPERUSER",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ],
)
def test_what_would_open_the_books_is_refused(worked, app, sql):
    with pytest.raises(psycopg.DatabaseError), app.transaction():
        app.execute(sql)


def test_a_trigger_of_its_own_does_not_reach_the_balances(worked, app):
    """At any depth of triggers: the right to write balances is the entry trigger's alone."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        app.execute("CREATE TEMP TABLE bait (id int)")
        app.execute(
            """CREATE FUNCTION pg_temp.steal() RETURNS trigger LANGUAGE plpgsql AS
               'BEGIN UPDATE settlements_account SET credits_posted = 1000000; RETURN NEW; END'"""
        )
        app.execute(
            "CREATE TRIGGER t BEFORE INSERT ON bait FOR EACH ROW EXECUTE FUNCTION pg_temp.steal()"
        )
        app.execute("INSERT INTO bait VALUES (1)")


def test_an_account_is_never_opened_with_money_on_it(worked, app):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="balances follow"):
        app.execute(
            """INSERT INTO settlements_account (kind, project_id, worker_id, currency, guarded,
                   debits_posted, credits_posted, debits_pending, credits_pending, created_at)
               VALUES ('payable', 1, 999, 'CNY', true, 0, 100, 0, 0, now())"""
        )


def test_a_table_of_its_own_in_the_path_changes_nothing(worked, app):
    """The entry trigger runs as the owner: what it names must not be found elsewhere first."""
    app.execute("CREATE TEMP TABLE settlements_accountclosing (account_id bigint)")
    for table in ("settlements_account", "settlements_entry"):
        app.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table})")
    transfer, account = Transfer.objects.first(), Account.objects.first()

    with pytest.raises(psycopg.DatabaseError, match="does not sum to zero"):
        app.execute("SET search_path = pg_temp, public")
        app.execute(
            """INSERT INTO public.settlements_entry
               (transfer_id, account_id, layer, side, amount_minor, currency)
               VALUES (%s, %s, 'posted', 'C', 5, 'CNY')""",
            [transfer.pk, account.pk],
        )
        app.commit()

    assert Account.objects.get(pk=account.pk).credits_posted == account.credits_posted


def test_the_auditor_reads_everything_but_keys_and_writes_nothing(worked, served):
    with enter(served[1]) as session:
        session.autocommit = True
        assert session.execute("SELECT count(*) FROM settlements_entry").fetchone()[0] == (
            Entry.objects.count()
        )
        for sql in (
            "INSERT INTO settlements_entry DEFAULT VALUES",
            "SELECT password FROM jianzhu_user",
            "SELECT * FROM django_session",
            "SELECT * FROM jianzhu_token",
        ):
            with pytest.raises(psycopg.DatabaseError):
                session.execute(sql)


def test_the_command_may_be_run_again_and_prints_what_it_would_do(transactional_db, capsys):
    call_command("database_roles", sql=True)

    said = capsys.readouterr().out
    assert 'GRANT SELECT, INSERT ON "settlements_entry" TO' in said
    assert 'GRANT SELECT, INSERT, UPDATE ON "settlements_payout"' in said
    assert "ALTER DEFAULT PRIVILEGES" in said
    assert os.environ.get("AUDITOR_PASSWORD") is None
