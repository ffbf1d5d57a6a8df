"""Who may ask for a correction, with what evidence, and what it would do to pay before anybody decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from jianzhu.access.models import User
from jianzhu.kernel.errors import NotFound
from projects.attendance import commands, errors
from projects.attendance.models import Correction
from tests.api.caller import Caller, refused
from tests.site import DAY, START, Site, at
from workers_app.people.models import CrewMember


@pytest.fixture
def site(db):
    return Site.build(workers=3)


def ask(site, worker, actor, on=DAY, **more):
    return commands.request_correction(
        worker_id=worker.pk,
        project_id=site.project.pk,
        on=on,
        intervals=[(at(on, 8), at(on, 12))],
        reason="the gate had no power",
        actor=actor,
        at=at(DAY, 20),
        **more,
    )


def test_worker_leader_and_office_may_ask(site):
    _, zhang, wang = site.workers

    asked = [
        ask(site, site.li_wei, site.actor(site.li_wei)),
        ask(site, zhang, site.leader),
        ask(site, wang, site.contractor),
    ]

    assert [c.state for c in asked] == ["requested"] * 3


def test_a_leader_names_nobody_who_was_not_in_the_crew_that_day(site):
    CrewMember.objects.filter(worker=site.zhang_qiang).update(valid_to=DAY)

    ask(site, site.zhang_qiang, site.leader, on=DAY - timedelta(days=1))
    with pytest.raises(NotFound):
        ask(site, site.zhang_qiang, site.leader)


def test_a_day_without_terms_can_not_be_asked_for_by_anybody(site):
    before = START - timedelta(days=1)

    for actor in (site.actor(site.li_wei), site.leader, site.contractor):
        with pytest.raises(NotFound):
            ask(site, site.li_wei, actor, on=before)
    assert Correction.objects.count() == 0


def test_a_witness_is_another_who_worked_under_terms_that_day(site):
    asked = ask(
        site,
        site.li_wei,
        site.actor(site.li_wei),
        witness_id=site.zhang_qiang.pk,
        photo_sha256="ab" * 32,
    )

    assert (asked.witness_id, asked.photo_sha256) == (site.zhang_qiang.pk, "ab" * 32)
    for nobody in (site.workers[2].pk, 2**40):
        with pytest.raises(errors.NoWitness):
            ask(site, site.workers[2], site.contractor, witness_id=nobody)


def test_what_was_asked_can_not_be_rewritten_even_by_hand(site):
    ask(site, site.li_wei, site.actor(site.li_wei))

    for change in ("reason = 'other'", "photo_sha256 = ''||'x'", "witness_id = worker_id"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE projects_correction SET {change}")


def test_only_who_asked_takes_it_back_and_then_it_is_asked_anew(site):
    worker = Caller(site.actor(site.li_wei))
    asked = ask(site, site.li_wei, site.actor(site.li_wei))

    assert refused(
        Caller(site.contractor).post(f"corrections/{asked.pk}/withdrawal"), 404, "not_found"
    )
    assert worker.post(f"corrections/{asked.pk}/withdrawal").json()["state"] == "withdrawn"
    assert ask(site, site.li_wei, site.actor(site.li_wei)).state == "requested"


def test_the_effect_on_pay_is_shown_before_anybody_decides_and_stores_nothing(site):
    site.work(site.li_wei, DAY)
    site.work(site.li_wei, DAY + timedelta(days=1))
    site.run()
    asked = ask(site, site.li_wei, site.actor(site.li_wei))

    shown = Caller(site.contractor).get(f"corrections/{asked.pk}/effect").json()

    assert (shown["old"]["minutes"], shown["new"]["minutes"]) == (480, 240)
    assert (shown["old"]["amount"], shown["new"]["amount"]) == ("800.00", "600.00")
    assert shown["difference"] == "-200.00"
    assert [(n["key"], n["old"], n["new"]) for n in shown["lines"]] == [
        (f"{DAY}/time/normal", "400.00", "200.00")
    ]
    assert [n.amount_minor for n in site.lines(site.li_wei)] == [40_000, 40_000]


def test_what_was_shown_is_what_approving_then_does(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.run()
    asked = ask(site, site.li_wei, site.actor(site.li_wei))
    shown = Caller(site.contractor).get(f"corrections/{asked.pk}/effect").json()

    commands.approve_correction(
        correction_id=asked.pk, answer="yes", actor=site.contractor, at=at(DAY, 21)
    )
    site.run()

    assert (shown["old"]["amount"], shown["old"]["unknown_lines"]) == ("0.00", 1)
    assert shown["new"]["amount"] == "200.00"
    assert [n.amount_minor for n in site.lines(site.li_wei)] == [20_000]


def test_the_effect_is_nobodys_who_may_not_see_the_pay(site):
    asked = ask(site, site.zhang_qiang, site.leader)

    assert refused(Caller(site.leader).get(f"corrections/{asked.pk}/effect"), 404, "not_found")
    assert Caller(site.actor(site.zhang_qiang)).get(f"corrections/{asked.pk}/effect").json()


def test_the_page_shows_old_new_and_difference_and_takes_the_word_of_a_second_person(site):
    site.work(site.li_wei, DAY)
    site.run()
    asked = ask(site, site.li_wei, site.actor(site.li_wei), witness_id=site.zhang_qiang.pk)
    client = Client()
    client.force_login(User.objects.get(pk=site.contractor.user_id))

    page = client.get(f"/projects/{site.project.pk}/corrections/").content.decode()
    answer = client.post(f"/corrections/{asked.pk}/yes", {"words": "seen on the camera"})

    assert all(text in page for text in ("8:00", "4:00", "¥400.00", "¥200.00", "¥-200.00"))
    assert site.zhang_qiang.name in page
    asked.refresh_from_db()
    assert (answer.status_code, asked.state, asked.answer) == (
        302,
        "approved",
        "seen on the camera",
    )


def test_the_page_of_another_project_is_not_shown(site):
    other = Site.build(code="T-2")
    client = Client()
    client.force_login(User.objects.get(pk=other.contractor.user_id))

    assert client.get(f"/projects/{site.project.pk}/corrections/").status_code == 404
