"""The foreman's word counts for nothing until the worker has said the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.kernel.errors import NotFound, WrongState
from projects.attendance import commands as attendance
from projects.attendance import errors
from projects.attendance.models import DayRecord, Punch
from projects.attendance.phones.models import PunchSignal
from projects.attendance.rollcall import commands
from projects.attendance.rollcall.commands import Called
from projects.attendance.rollcall.models import RollCallEntry
from tests.api.caller import Caller
from tests.attendance.handset import Handset
from tests.site import DAY, Site, at

EVENING = at(DAY, 20)


@pytest.fixture
def site(db):
    return Site.build(workers=3)


def call(site, *called, actor=None, on=DAY):
    commands.call_roll(
        crew_id=site.crew.pk,
        site_id=site.place.pk,
        on=on,
        called=called,
        actor=actor or site.leader,
        at=EVENING,
    )
    return list(RollCallEntry.objects.order_by("pk"))


def there(worker):
    return Called(worker.pk, at(DAY, 8), at(DAY, 16))


def days(site):
    attendance.pair_days(
        project_id=site.project.pk,
        worker_ids=[w.pk for w in site.workers],
        first=DAY,
        last=DAY,
        at=at(DAY + timedelta(days=1), 12),
    )
    return {d.worker_id: (d.state, d.minutes) for d in DayRecord.objects.all()}


def test_called_present_alone_raises_no_pay(site):
    call(site, there(site.zhang_qiang))

    assert (days(site), Punch.objects.count()) == ({}, 0)


def test_counter_signed_it_is_two_punches_and_a_day(site):
    (entry,) = call(site, there(site.zhang_qiang))

    commands.confirm_entry(entry_id=entry.pk, actor=site.actor(site.zhang_qiang), at=EVENING)

    assert days(site) == {site.zhang_qiang.pk: ("confirmed", 480)}
    assert {p.source for p in Punch.objects.all()} == {"roll_call"}
    with pytest.raises(WrongState):
        commands.confirm_entry(entry_id=entry.pk, actor=site.actor(site.zhang_qiang), at=EVENING)


def test_called_absent_cuts_no_pay_of_a_day_that_the_gate_saw(site):
    site.work(site.zhang_qiang, DAY)

    (entry,) = call(site, Called(site.zhang_qiang.pk))
    assert days(site) == {site.zhang_qiang.pk: ("confirmed", 480)}

    commands.deny_entry(
        entry_id=entry.pk, words="I was there", actor=site.actor(site.zhang_qiang), at=EVENING
    )
    assert days(site) == {site.zhang_qiang.pk: ("confirmed", 480)}


def test_what_is_denied_makes_no_punch_and_keeps_the_workers_words(site):
    (entry,) = call(site, there(site.zhang_qiang))

    commands.deny_entry(
        entry_id=entry.pk, words="only till noon", actor=site.actor(site.zhang_qiang), at=EVENING
    )

    entry.refresh_from_db()
    assert (entry.state, entry.words, Punch.objects.count()) == ("denied", "only till noon", 0)


def test_nobody_signs_for_another_not_even_the_foreman(site):
    (entry,) = call(site, there(site.zhang_qiang))

    for actor in (site.leader, site.actor(site.workers[2])):
        with pytest.raises(NotFound):
            commands.confirm_entry(entry_id=entry.pk, actor=actor, at=EVENING)


def test_a_roll_call_speaks_for_a_phone_punch_once_it_is_counter_signed(site):
    phone = Handset(site, site.zhang_qiang).register()
    phone.send(
        phone.punch(at(DAY, 8), latitude=None, longitude=None),
        phone.punch(at(DAY, 16), "out", latitude=None, longitude=None),
        when=EVENING,
    )
    (entry,) = call(site, there(site.zhang_qiang))
    assert days(site) == {site.zhang_qiang.pk: ("exception", 480)}

    commands.confirm_entry(entry_id=entry.pk, actor=site.actor(site.zhang_qiang), at=EVENING)

    assert days(site)[site.zhang_qiang.pk] == ("confirmed", 480)
    assert PunchSignal.objects.filter(code="roll_call_present").count() == 2


def test_only_the_crews_leader_calls_and_only_the_crews_people(site):
    other = Site.build(code="T-2", workers=1)

    with pytest.raises(NotFound):
        call(site, there(site.zhang_qiang), actor=other.leader)
    with pytest.raises(errors.NotInCrew):
        call(site, there(other.li_wei))
    with pytest.raises(errors.NotInCrew):
        call(site, there(site.zhang_qiang), there(site.zhang_qiang))
    with pytest.raises(errors.FutureDay):
        call(site, Called(site.zhang_qiang.pk, at(DAY, 8), at(DAY, 23)))


def test_a_day_is_called_once(site):
    call(site, there(site.zhang_qiang))

    with pytest.raises(errors.AlreadyCalled):
        call(site, there(site.li_wei))


def test_a_line_can_not_be_rewritten_by_hand(site):
    call(site, there(site.zhang_qiang))

    for change in ("ends_at = ends_at + interval '1 hour'", "worker_id = worker_id + 1"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE projects_rollcallentry SET {change}")


def test_over_http_the_leader_calls_and_the_worker_answers(site):
    leader, worker = Caller(site.leader), Caller(site.actor(site.zhang_qiang))
    body = {
        "crew_id": site.crew.pk,
        "site_id": site.place.pk,
        "on": f"{DAY}",
        "called": [
            {
                "worker_id": site.zhang_qiang.pk,
                "begins_at": at(DAY, 8).isoformat(),
                "ends_at": at(DAY, 16).isoformat(),
            },
            {"worker_id": site.workers[2].pk},
        ],
    }

    assert leader.post("roll-calls", body).status_code == 201
    (line,) = worker.get("roll-call-entries").json()["items"]
    done = worker.post(f"roll-call-entries/{line['id']}/confirmation")

    assert (line["state"], done.json()["state"]) == ("called", "confirmed")
