"""The leader calls the roll on a page; each worker signs on the own phone or by a code sent to it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from jianzhu.access.models import User
from jianzhu.kernel import clock
from projects.attendance.models import Punch
from projects.attendance.rollcall import commands
from projects.attendance.rollcall.commands import Called
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from tests.site import DAY, Site, at

EVENING = at(DAY, 20)


@pytest.fixture
def site(db, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    return Site.build(workers=3)


@pytest.fixture
def leader(site):
    return browser(site.leader.user_id)


def browser(user_id):
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=user_id))
    client.cookies["django_language"] = "en"
    return client


def form(site, **marks):
    said = {"crew": site.crew.pk, "site": site.place.pk, "on": f"{DAY}", "round": 1}
    return said | {name.replace("_", "-"): value for name, value in marks.items()}


def entry_of(worker):
    return RollCallEntry.objects.filter(worker=worker).latest("pk")


def test_the_leader_sees_the_crew_of_the_day_and_what_the_gate_saw(site, leader):
    site.punch(site.zhang_qiang, at(DAY, 7, 31), "in")

    shown = leader.get("/roll-call/").content.decode()

    assert [w.name in shown for w in site.workers] == [True] * 3
    assert "07:31" in shown


def test_one_form_calls_the_crew_with_common_and_own_times(site, leader):
    li, zhang, wang = site.workers
    marks = {
        f"mark-{li.pk}": "there",
        f"mark-{zhang.pk}": "there",
        f"from-{zhang.pk}": "09:00",
        f"mark-{wang.pk}": "absent",
    }

    answer = leader.post("/roll-call/rounds", form(site, to="17:00", **{"from": "07:30"}) | marks)

    assert answer.status_code == 302
    rows = {
        e.worker_id: (e.is_present, e.begins_at, e.ends_at) for e in RollCallEntry.objects.all()
    }
    assert rows == {
        li.pk: (True, at(DAY, 7, 30), at(DAY, 17)),
        zhang.pk: (True, at(DAY, 9), at(DAY, 17)),
        wang.pk: (False, None, None),
    }


def test_a_form_sent_twice_over_a_bad_line_is_one_round(site, leader):
    said = form(site, **{"from": "07:30"}) | {f"mark-{site.li_wei.pk}": "there"}

    leader.post("/roll-call/rounds", said)
    again = leader.post("/roll-call/rounds", said, follow=True)

    assert (RollCall.objects.count(), RollCallEntry.objects.count()) == (1, 1)
    assert "nothing was written twice" in again.content.decode()


def test_morning_and_evening_are_two_rounds_and_one_day_of_two_punches(site, leader):
    li = site.li_wei
    mark = {f"mark-{li.pk}": "there"}

    leader.post("/roll-call/rounds", form(site, **{"from": "07:30"}) | mark)
    leader.post("/roll-call/rounds", form(site, to="16:30") | mark | {"round": 2})
    for entry in RollCallEntry.objects.order_by("pk"):
        browser(li.user_id).post(f"/roll-call-entries/{entry.pk}/yes")

    told = [(p.direction, p.at) for p in Punch.objects.order_by("at")]
    assert told == [("in", at(DAY, 7, 30)), ("out", at(DAY, 16, 30))]


def test_the_workers_code_signs_that_line_and_no_other(site, leader, capsys):
    first, second = site.workers[1:]
    commands.call_roll(
        crew_id=site.crew.pk,
        site_id=site.place.pk,
        on=DAY,
        called=[Called(w.pk, at(DAY, 8), at(DAY, 16)) for w in (first, second)],
        actor=site.leader,
        at=EVENING,
    )

    leader.post(f"/roll-call-entries/{entry_of(first).pk}/code")
    message = capsys.readouterr().out
    code = re.search(r"\b\d{6}\b", message).group()
    other = leader.post(
        f"/roll-call-entries/{entry_of(second).pk}/code-confirmation", {"code": code}
    )
    mine = leader.post(f"/roll-call-entries/{entry_of(first).pk}/code-confirmation", {"code": code})

    assert "08:00–16:00" in message, "the worker reads what the code confirms"
    assert (other.status_code, entry_of(second).state) == (422, "called")
    assert (mine.status_code, entry_of(first).state) == (302, "confirmed")
    assert entry_of(first).answered_by == "code"
    assert Punch.objects.filter(worker=first).count() == 2


def test_five_wrong_codes_spend_the_right_one(site, leader, capsys):
    (entry,) = called(site, site.zhang_qiang)
    leader.post(f"/roll-call-entries/{entry.pk}/code")
    code = re.search(r"\b\d{6}\b", capsys.readouterr().out).group()
    wrong = "000000" if code != "000000" else "111111"

    for said in [wrong] * 5 + [code]:
        leader.post(f"/roll-call-entries/{entry.pk}/code-confirmation", {"code": said})

    entry.refresh_from_db()
    assert entry.state == "called"


def called(site, *workers):
    commands.call_roll(
        crew_id=site.crew.pk,
        site_id=site.place.pk,
        on=DAY,
        called=[Called(w.pk, at(DAY, 8), at(DAY, 16)) for w in workers],
        actor=site.leader,
        at=EVENING,
    )
    return RollCallEntry.objects.order_by("pk")


def test_states_are_seen_a_denial_with_the_workers_words(site, leader):
    zhang, wang = site.workers[1:]
    first, second = called(site, zhang, wang)
    commands.deny_entry(
        entry_id=first.pk, words="only till noon", actor=site.actor(zhang), at=EVENING
    )
    commands.confirm_entry(entry_id=second.pk, actor=site.actor(wang), at=EVENING)

    shown = leader.get(f"/roll-call/?on={DAY}").content.decode()

    assert "only till noon" in shown
    assert "call-denied" in shown
    assert "call-confirmed" in shown


@pytest.mark.parametrize(
    "change", [{"on": "tomorrow"}, {"site": "0"}, {"crew": "0"}, {"from": "x"}]
)
def test_a_spoiled_form_is_refused_and_writes_nothing(site, leader, change):
    said = form(site, **{"from": "07:30"}) | {f"mark-{site.li_wei.pk}": "there"}

    answer = leader.post("/roll-call/rounds", said | change)

    assert answer.status_code in (400, 404)
    assert RollCall.objects.count() == 0


def test_what_is_still_to_come_can_not_be_called(site, leader):
    tomorrow = DAY + timedelta(days=1)
    said = form(site, **{"from": "07:30"}) | {f"mark-{site.li_wei.pk}": "there", "on": tomorrow}

    assert leader.post("/roll-call/rounds", said).status_code == 422


def test_nobody_but_a_leader_has_the_page(site):
    other = Site.build(code="T-2", workers=1)
    (entry,) = called(site, site.zhang_qiang)
    worker, stranger = browser(site.zhang_qiang.user_id), browser(other.leader.user_id)

    assert worker.get("/roll-call/").status_code == 403
    assert worker.post(f"/roll-call-entries/{entry.pk}/code").status_code == 403
    assert stranger.post(f"/roll-call-entries/{entry.pk}/code").status_code == 404
    assert stranger.get(f"/roll-call/?crew={site.crew.pk}").status_code == 404
