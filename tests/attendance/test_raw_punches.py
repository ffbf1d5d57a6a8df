"""Raw punches: a table per month, one row per event, and no way to change or lose one."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from projects.attendance.models import DeviceBody, Punch
from tests.site import DAY, Site, at


@pytest.fixture
def site(db):
    return Site.build(workers=1)


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.tableoid::regclass::text, count(*) FROM projects_punch p GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


def refused(statement, *values):
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else they stand before the trigger
        cursor.execute(statement, values)
    return str(caught.value)


def test_each_month_has_a_table_of_its_own(site):
    site.punch(site.li_wei, datetime(2026, 9, 30, 12, tzinfo=UTC))
    site.punch(site.li_wei, datetime(2026, 10, 1, 0, tzinfo=UTC))
    site.punch(site.li_wei, datetime(2019, 2, 1, 0, tzinfo=UTC))

    assert partitions() == {
        "projects_punch_2019_02": 1,
        "projects_punch_2026_09": 1,
        "projects_punch_2026_10": 1,
    }


def test_what_the_default_partition_caught_moves_when_its_month_is_made(site):
    site.work(site.li_wei, DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO projects_punch SELECT nextval('punch_id_seq'), at, device_at, direction,"
            " method, source, key || 'x', created_at, body_id, device_id, project_id, worker_id,"
            " site_id, received_at, date '2031-05-06' FROM projects_punch"
        )
        before = partitions()
        cursor.execute("SELECT punch_partition('2031-05-09')")
        made = cursor.fetchone()[0]
        cursor.execute("SELECT punch_partition('2031-05-01')")
        again = cursor.fetchone()[0]

    assert before["projects_punch_default"] == 2
    assert partitions() == {"projects_punch_2026_10": 2, "projects_punch_2031_05": 2}
    assert (made, again) == (True, False)
    assert "append-only" in refused("TRUNCATE projects_punch_default")
    assert "append-only" in refused("DELETE FROM projects_punch_2031_05")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET at = now()",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
@pytest.mark.parametrize("table", ["projects_punch", "projects_punch_2026_10"])
def test_postgresql_refuses_to_change_or_delete_a_punch_by_any_name(site, statement, table):
    site.work(site.li_wei, DAY)

    said = refused(statement.format(table))

    assert re.search("append-only|never emptied", said)


def test_postgresql_refuses_to_change_or_delete_what_a_device_sent(site):
    site.work(site.li_wei, DAY)

    assert "Cannot update" in refused("UPDATE projects_devicebody SET body = 'x'")
    assert "Cannot delete" in refused("DELETE FROM projects_devicebody")
    assert re.search("append-only|never emptied", refused("TRUNCATE projects_devicebody CASCADE"))
    assert DeviceBody.objects.count() == 2


@pytest.mark.parametrize("table", ["projects_punch", "projects_punch_2026_10"])
@pytest.mark.parametrize("column", ["worker_id", "device_id", "body_id", "site_id", "project_id"])
def test_a_punch_names_only_what_is_there(site, table, column):
    site.punch(site.li_wei, at(DAY, 8))
    kept = [f.column for f in Punch._meta.fields if f.column not in ("id", "key", column)]

    said = refused(
        f"INSERT INTO {table} (id, key, {column}, {', '.join(kept)}) "
        f"SELECT 0, 'other', 999999999, {', '.join(kept)} FROM projects_punch"
    )

    assert "names what is not there" in said
    assert Punch.objects.count() == 1


def test_site_and_device_stay_where_they_are(site):
    assert "Cannot delete" in refused("DELETE FROM projects_device")
    assert "Cannot delete" in refused("DELETE FROM projects_site")
    assert "Cannot update" in refused("UPDATE projects_device SET site_id = site_id + 1")


def test_the_day_in_the_events_own_words_decides_its_month(site):
    """The passage is told in UTC; on many sites the next day has begun."""
    site.punch(site.li_wei, datetime(2026, 9, 30, 23, tzinfo=UTC))

    punch = Punch.objects.get()
    assert punch.told_on == date(2026, 9, 30)
    assert punch.received_at == punch.at
