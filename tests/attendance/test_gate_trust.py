"""Signals about gates' punches: independent, summed, a reason to look and never less pay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jianzhu.kernel.db import command
from jianzhu.outbox.registry import News
from projects.attendance import commands, subscribers
from projects.attendance.gates import signals
from projects.attendance.models import DayRecord, DeviceBody
from projects.attendance.phones import commands as phones
from projects.attendance.phones import queries
from projects.attendance.phones.models import PunchSignal
from projects.attendance.rollcall import commands as rollcall
from projects.attendance.rollcall.commands import Called
from projects.attendance.rollcall.models import RollCallEntry
from projects.attendance.rules import trust
from projects.attendance.rules.trust import GateTold, signals_of_gate
from projects.attendance.steps import Passage, digest, write_punches
from projects.sites.models import Device, Enrolment
from projects.sites.models import Site as Place
from tests.attendance.handset import HERE
from tests.site import DAY, START, ZONE, Site, at

NOON_AFTER = at(DAY + timedelta(days=1), 12)
FAR = (HERE[0] + 9_000_000, HERE[1])  # a hundred kilometres north


@pytest.fixture
def site(db):
    return Site.build(workers=6)


@command
def pass_gate(*, site, worker, moment, side, method="card", gate=None, error=timedelta(0)):
    gate = gate or site.gate
    body = DeviceBody.objects.create(
        device=gate, kind=gate.kind, serial=gate.serial, received_at=moment, method="POST",
        path="/", body=b"{}", digest=digest(b"{}"), understood_at=moment,
    )  # fmt: skip
    write_punches(
        [
            Passage(
                body.pk, gate.pk, gate.site_id, site.project.pk, worker.pk, moment, moment + error,
                moment, DAY, side, method, "device", f"{worker.pk}/{moment.isoformat()}",
            )
        ],
        at=moment,
    )  # fmt: skip


def work(site, worker, seconds=0, **how):
    for hour, side in ((8, "in"), (16, "out")):
        moment = at(DAY, hour) + timedelta(seconds=seconds)
        pass_gate(site=site, worker=worker, moment=moment, side=side, **how)


def judge(site, *workers):
    """As the news of the ended day comes."""
    payload = {
        "project_id": site.project.pk,
        "first": f"{DAY}",
        "last": f"{DAY}",
        "worker_ids": [w.pk for w in workers or site.workers],
    }
    subscribers.pair([News(1, "day_record.end_due", payload)], NOON_AFTER)
    return {d.worker_id: (d.state, d.minutes, tuple(d.exceptions)) for d in DayRecord.objects.all()}


CLEAN = ("confirmed", 480, ())
ASKED = ("exception", 480, ("low_trust",))


def test_an_ordinary_day_by_card_is_told_nothing_and_confirms_itself(site):
    work(site, site.li_wei)

    assert judge(site) == {site.li_wei.pk: CLEAN}
    assert PunchSignal.objects.count() == 0


def test_five_cards_in_three_seconds_are_asked_about_and_keep_their_minutes(site):
    for n, worker in enumerate(site.workers[:5]):
        work(site, worker, seconds=n * 3 // 4)

    assert judge(site) == {w.pk: ASKED for w in site.workers[:5]}
    assert {"many_at_once", "device_known", "neighbours"} <= codes()


def test_five_faces_in_three_seconds_are_not_asked_about(site):
    for n, worker in enumerate(site.workers[:5]):
        work(site, worker, seconds=n * 3 // 4, method="face")

    assert set(judge(site).values()) == {CLEAN}


def test_a_queue_is_no_rush_and_one_person_tapping_is_none(site):
    for n, worker in enumerate(site.workers[:5]):
        work(site, worker, seconds=2 * n)
    for n in range(5):
        moment = at(DAY, 12) + timedelta(milliseconds=300 * n)
        pass_gate(site=site, worker=site.workers[5], moment=moment, side="in")

    judge(site)

    assert "many_at_once" not in codes()


def test_a_gate_with_several_doors_behind_one_number_is_told_no_rush(site):
    for n in range(21):
        for worker in site.workers[:5]:
            moment = at(DAY, 8) + timedelta(minutes=n)
            pass_gate(site=site, worker=worker, moment=moment, side="in")

    judge(site)

    assert "many_at_once" not in codes()


def test_two_sites_too_far_apart_are_asked_about_even_by_face(site):
    other = another_site(site, FAR)
    pass_gate(site=site, worker=site.li_wei, moment=at(DAY, 8), side="in", method="face")
    there = at(DAY, 8, 20)
    pass_gate(site=site, worker=site.li_wei, moment=there, side="out", method="face", gate=other)

    ((state, _, exceptions),) = judge(site).values()

    assert state == "exception"
    assert "low_trust" in exceptions
    facts = PunchSignal.objects.filter(code="impossible_speed").values_list("facts", flat=True)
    assert [f["seconds"] for f in facts] == [1_200, 1_200]


def test_two_sites_in_reach_of_each_other_are_no_journey(site):
    other = another_site(site, (HERE[0] + 100_000, HERE[1]))
    pass_gate(site=site, worker=site.li_wei, moment=at(DAY, 8), side="in")
    pass_gate(site=site, worker=site.li_wei, moment=at(DAY, 8, 20), side="out", gate=other)

    judge(site)

    assert "impossible_speed" not in codes()


def another_site(site, corner):
    """A second site of the project with its own gate; both have a fence."""
    place = Place.objects.create(project=site.project, code="B", name="B区", zone=ZONE.key)
    gate = Device.objects.create(
        site=place, kind="hikvision", serial="gate-B", name="B", zone=ZONE.key
    )
    Enrolment.objects.create(site=place, person_no="001", worker=site.li_wei, valid_from=START)
    for one, here in ((site.place, HERE), (place, corner)):
        phones.draw_fence(
            site_id=one.pk,
            valid_from=START,
            corners=[here],
            radius_metres=200,
            actor=site.contractor,
            at=at(START),
        )
    return gate


def test_a_card_at_a_gate_with_a_wrong_clock_is_told_and_not_asked_about_for_that_alone(site):
    work(site, site.li_wei, error=timedelta(minutes=25))

    assert judge(site) == {site.li_wei.pk: CLEAN}
    (fact, _) = PunchSignal.objects.filter(code="clock_wrong").values_list("facts", flat=True)
    assert fact == {"seconds": 1_500}


def test_a_password_at_a_gate_with_a_wrong_clock_is_asked_about(site):
    work(site, site.li_wei, error=timedelta(minutes=25), method="password")

    assert judge(site) == {site.li_wei.pk: ASKED}


def test_a_card_on_a_day_that_its_owner_called_absent_is_asked_about(site):
    work(site, site.zhang_qiang)
    call(site, Called(site.zhang_qiang.pk))
    entry = RollCallEntry.objects.get()
    assert judge(site)[site.zhang_qiang.pk] == CLEAN, "the foreman's word alone moves nothing"

    rollcall.confirm_entry(entry_id=entry.pk, actor=site.actor(site.zhang_qiang), at=at(DAY, 20))

    assert judge(site)[site.zhang_qiang.pk] == ASKED


def test_a_counter_signed_roll_call_outweighs_a_rush(site):
    rushed = site.workers[:5]
    for n, worker in enumerate(rushed):
        work(site, worker, seconds=n * 3 // 4)
    call(site, *(Called(w.pk, at(DAY, 8), at(DAY, 16)) for w in rushed))
    entry = RollCallEntry.objects.get(worker=site.li_wei)
    rollcall.confirm_entry(entry_id=entry.pk, actor=site.actor(site.li_wei), at=at(DAY, 20))

    got = judge(site)

    assert got[site.li_wei.pk][0] == "confirmed"
    assert got[site.zhang_qiang.pk] == ASKED


def call(site, *called):
    rollcall.call_roll(
        crew_id=site.crew.pk,
        site_id=site.place.pk,
        on=DAY,
        called=called,
        actor=site.leader,
        at=at(DAY, 20),
    )


def test_a_late_fifth_card_doubts_the_four_that_were_confirmed(site):
    first, late = site.workers[:4], site.workers[4]
    for worker in first:
        work(site, worker)
    assert set(judge(site).values()) == {CLEAN}

    work(site, late)
    got = judge(site, late)

    assert got == {w.pk: ASKED for w in (*first, late)}


def test_signals_are_told_once_however_often_a_day_is_judged(site):
    for worker in site.workers[:5]:
        work(site, worker)

    first = judge(site)
    count = PunchSignal.objects.count()

    assert (judge(site), PunchSignal.objects.count()) == (first, count)


def test_a_day_that_is_not_over_is_not_doubted_yet(site):
    for worker in site.workers[:5]:
        work(site, worker)

    told = commands.doubt_gates(project_id=site.project.pk, first=DAY, last=DAY, at=at(DAY, 20))

    assert (told, PunchSignal.objects.count()) == (set(), 0)


def test_what_speaks_for_a_gates_punch_is_seen_by_whoever_opens_it(site):
    work(site, site.li_wei, method="face")
    (first, _) = signals.of_gates(ids := punch_ids())

    found = queries.trusted(ids)[first]

    assert (found.score, {s.code for s in found.signals}) == (75, {"device_known", "biometric"})


def punch_ids():
    from projects.attendance.models import Punch

    return list(Punch.objects.values_list("pk", flat=True))


def codes():
    return set(PunchSignal.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("method", "codes"),
    [
        ("face", {"device_known", "biometric"}),
        ("palm", {"device_known", "biometric"}),
        ("card", {"device_known"}),
        ("password", {"device_known", "password"}),
        ("other", {"device_known"}),
    ],
)
def test_how_a_person_was_known_is_a_signal_of_its_own(method, codes):
    told = signals_of_gate(GateTold(method, timedelta(0), timedelta(0)))

    assert {s.code for s in told} == codes
    assert trust.score(s.points for s in told) >= trust.ASK_BELOW, "no single one asks a person"
