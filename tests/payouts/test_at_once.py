"""The statement for the common case writes what the steps write, and leaves to them what is not plain."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from jianzhu.kernel.db import one_commit
from projects.attendance.models import DayRecord
from settlements.ledger.models import Account
from settlements.payouts import at_once, commands
from settlements.payouts.models import Payout
from settlements.payouts.rails.protocol import Outcome
from settlements.statements import commands as statements
from tests.site import DAY, Site, at

WHEN = at(DAY, 20)
# Ids that a sequence gave are left out: the others have to be the same.
WRITTEN = """
    SELECT 'payout', to_jsonb(p) FROM settlements_payout p
    UNION ALL SELECT 'account', to_jsonb(a) FROM settlements_account a
    UNION ALL SELECT 'transfer', to_jsonb(t) - 'id' FROM settlements_transfer t
    UNION ALL SELECT 'entry', to_jsonb(e) - '{id,transfer_id}'::text[]
        || jsonb_build_object('of', t.key, 'place', row_number() OVER (PARTITION BY t.id ORDER BY e.id))
        FROM settlements_entry e JOIN settlements_transfer t ON t.id = e.transfer_id
    UNION ALL SELECT 'event', to_jsonb(v) - '{id,transaction_id,rows,at}'::text[]
        || jsonb_build_object('at', CASE WHEN actor <> 'database' THEN at END,
               'rows', array_length(string_to_array(rows, E'\\n'), 1))
        FROM jianzhu_auditevent v WHERE v.subject_type NOT IN ('transfer', 'transfer/1024', 'entry/1024')
    UNION ALL SELECT 'message', to_jsonb(m) - '{id,created_at,due_at}'::text[]
        FROM jianzhu_outboxmessage m
    ORDER BY 1, 2
"""


class TakenBack(Exception):
    pass


def written() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return cursor.fetchall()


def tried(work) -> list[tuple[str, str]]:
    """All rows after the work, which is then taken back."""
    found = []
    with pytest.raises(TakenBack), one_commit():
        work()
        found += written()
        raise TakenBack
    return found


def slowly(monkeypatch, work):
    def run():
        with monkeypatch.context() as patch:
            patch.setattr(at_once, "send", lambda *_, **__: [])
            patch.setattr(at_once, "confirm", lambda *_, **__: set())
            work()

    return run


def send(ids):
    return lambda: commands.send(payout_ids=ids, at=WHEN)


def paid(ids):
    later = WHEN + timedelta(minutes=1)
    said = {f"payout:{i}:1": Outcome("paid", f"B-{i}", at=WHEN) for i in ids}
    return lambda: commands.record_outcomes(outcomes=said, asked=0, at=later)


@pytest.fixture
def site(db):
    """Five wages that are ready; the bank's account of the project is open."""
    site = Site.build(workers=5)
    for worker in site.workers:
        DayRecord.objects.create(
            worker=worker,
            project=site.project,
            crew=site.crew,
            on=DAY,
            state="confirmed",
            minutes=480,
            workday_thousandths=1000,
            updated_at=WHEN,
        )
    site.accept(site.sheet(DAY, DAY))
    statements.evaluate(
        project_id=site.project.pk,
        month=DAY.replace(day=1),
        worker_ids=[w.pk for w in site.workers],
        at=WHEN,
    )
    Account.objects.create(kind="bank", project_id=site.project.pk, currency="CNY", created_at=WHEN)
    return site


@pytest.fixture
def ready(site):
    return list(Payout.objects.order_by("pk").values_list("pk", flat=True))


def test_sending_at_once_writes_the_rows_that_the_steps_write(ready, monkeypatch):
    by_steps = tried(slowly(monkeypatch, send(ready)))

    at_once_ = tried(send(ready))

    assert len(ready) == 5
    assert [kind for kind, _ in at_once_].count(
        "entry"
    ) == 2 * 5 * 2 + 2  # releases, reserves, deposit
    assert at_once_ == by_steps


def test_confirming_at_once_writes_the_rows_that_the_steps_write(ready, monkeypatch):
    send(ready)()
    by_steps = tried(slowly(monkeypatch, paid(ready)))

    at_once_ = tried(paid(ready))

    assert [json.loads(row)["state"] for kind, row in at_once_ if kind == "payout"] == ["paid"] * 5
    assert at_once_ == by_steps


def test_both_take_the_quick_way_when_nothing_stands_against_it(ready, monkeypatch):
    monkeypatch.setattr(commands, "lock_many", lambda *_: pytest.fail("went step by step"))

    assert send(ready)() == ready
    assert paid(ready)() == {"confirm": 5}


def test_a_payout_that_is_held_goes_the_long_way_alone(site, ready):
    held = Payout.objects.get(pk=ready[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workers_app_payeeaccount SET hold_until = %s WHERE worker_id = %s",
            [WHEN + timedelta(hours=1), held.worker_id],
        )

    sent = send(ready)()

    held.refresh_from_db()
    assert sorted(sent) == ready[1:]
    assert (held.state, held.code) == ("held", "payee_hold")


def test_the_same_outcome_twice_books_once(ready):
    send(ready)()
    assert paid(ready)() == {"confirm": 5}
    before = written()

    assert paid(ready)() == {}
    assert written() == before


def test_an_outcome_of_another_attempt_changes_nothing(ready):
    send(ready)()
    other = {f"payout:{i}:2": Outcome("paid", "B-1", at=WHEN) for i in ready}

    assert commands.record_outcomes(outcomes=other, asked=0, at=WHEN) == {}
    assert set(Payout.objects.values_list("state", flat=True)) == {"sent"}
