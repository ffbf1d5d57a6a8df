"""Signals about phone punches: independent, summed, and never more than a reason to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jianzhu.access.models import User
from projects.attendance import commands as attendance
from projects.attendance.models import DayRecord
from projects.attendance.phones import commands, queries
from projects.attendance.phones.models import PunchSignal
from projects.attendance.rules import gate_code, trust
from projects.attendance.rules.places import Fence, distance, outside_by
from tests.attendance.handset import HERE, Handset
from tests.site import DAY, START, Site, at

EVENING = at(DAY, 20)
NOON_AFTER = at(DAY + timedelta(days=1), 12)
KEY = b"k" * 32
FAR = (HERE[0] + 9_000_000, HERE[1])  # a hundred kilometres north


@pytest.fixture
def site(db):
    site = Site.build(workers=4)
    commands.draw_fence(
        site_id=site.place.pk,
        valid_from=START,
        corners=[HERE],
        radius_metres=200,
        actor=site.contractor,
        at=at(START),
    )
    return site


@pytest.fixture
def phone(site):
    return Handset(site, site.li_wei).register()


def day_of(site, worker):
    attendance.pair_days(
        project_id=site.project.pk,
        worker_ids=[w.pk for w in site.workers],
        first=DAY,
        last=DAY,
        at=NOON_AFTER,
    )
    return DayRecord.objects.get(worker=worker, on=DAY)


def told(result):
    found = queries.trusted([result.punch_id])[result.punch_id]
    return found.score, {s.code for s in found.signals}


def whole_day(phone, **other):
    punches = [phone.punch(at(DAY, h), s, **other) for h, s in ((8, "in"), (16, "out"))]
    return phone.send(*punches, when=EVENING)


def test_an_honest_day_on_the_own_phone_confirms_itself(site, phone):
    whole_day(phone)

    day = day_of(site, site.li_wei)
    assert (day.state, day.minutes) == ("confirmed", 480)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"latitude": FAR[0]}, "outside_fence"),
        ({"mock": True}, "mock_location"),
        ({"latitude": None, "longitude": None}, "no_position"),
        ({"code": "1.2.AAAA"}, "gate_code_forged"),
    ],
)
def test_a_doubtful_day_goes_to_a_person_with_the_reason_and_keeps_its_minutes(
    site, phone, other, code
):
    first, _ = whole_day(phone, **other)

    day = day_of(site, site.li_wei)
    assert code in told(first)[1]
    assert (day.state, day.exceptions) == ("exception", ["low_trust"])
    assert day.minutes == 480, "trust never takes a minute"


def test_a_fix_that_may_be_inside_within_its_own_doubt_is_not_called_outside(phone):
    (result,) = phone.send(
        phone.punch(at(DAY, 8), latitude=HERE[0] + 25_000, accuracy_metres=90), when=EVENING
    )

    assert told(result)[1] >= {"inside_fence"}


def test_good_neighbours_carry_a_punch_without_a_fix(site, phone):
    for worker in site.workers[1:3]:
        site.work(worker, DAY)
    whole_day(phone, latitude=None, longitude=None)

    assert day_of(site, site.li_wei).state == "confirmed"
    assert PunchSignal.objects.filter(code="neighbours").count() == 2


def test_several_people_on_one_phone_are_said_of_all_of_them_whoever_came_first(site, phone):
    lent = Handset(site, site.zhang_qiang, installation=phone.installation, key=phone.key)
    lent.sequence = 100
    whole_day(phone, latitude=None, longitude=None)
    whole_day(lent, latitude=None, longitude=None)

    assert day_of(site, site.li_wei).exceptions == ["low_trust"]
    assert PunchSignal.objects.filter(code="shared_phone").count() == 4


def test_a_journey_that_nobody_can_make_is_said_of_both_ends_in_any_order(phone):
    here = phone.punch(at(DAY, 8))
    there = phone.punch(at(DAY, 8, 10), "out", latitude=FAR[0])

    phone.send(there, when=EVENING)
    phone.send(here, when=EVENING)

    assert PunchSignal.objects.filter(code="impossible_speed").count() == 2


def test_a_turned_clock_and_a_late_sending_are_told(phone):
    phone.wall_error = timedelta(hours=-2)
    said = phone.punch(at(DAY - timedelta(days=2), 8))
    phone.wall_error = timedelta(0)

    (result,) = phone.send(said, when=EVENING)

    assert told(result)[1] >= {"clock_turned", "sent_late"}


def code_of(site, moment):
    return gate_code.make(commands.gate_key(site.place.pk), site.place.pk, moment)


def test_the_code_of_the_gate_proves_a_punch_without_a_fix(site, phone):
    shown = code_of(site, at(DAY, 8))
    said = phone.punch(at(DAY, 8), code=shown, latitude=None, longitude=None)

    (result,) = phone.send(said, when=at(DAY, 8, 1))

    assert told(result) == (70, {"gate_code", "no_position", "signed", "new_phone"})


def test_a_replayed_code_is_marked(site, phone):
    old = code_of(site, at(DAY, 7))

    (result,) = phone.send(phone.punch(at(DAY, 8), code=old), when=EVENING)

    assert "gate_code_stale" in told(result)[1]


@pytest.mark.parametrize(
    ("seconds", "received", "proof"),
    [
        (0, 0, "gate_code"),
        (59, 60, "gate_code"),
        (60, 60, "gate_code"),
        (61, 61, "gate_code_stale"),
        (-31, 0, "gate_code_stale"),
        (10, 121, "gate_code_late"),
    ],
)
def test_a_code_is_good_for_its_minute(seconds, received, proof):
    shown = at(DAY, 8)
    code = gate_code.make(KEY, 7, shown)

    moment, arrival = (shown + timedelta(seconds=s) for s in (seconds, received))
    assert gate_code.check(KEY, code, 7, moment, arrival) == proof


@given(st.text(max_size=40) | st.from_regex(r"\A[0-9]{1,3}\.[0-9]{1,14}\.[A-Z2-7]{16}\Z"))
def test_no_text_passes_for_a_code(text):
    assert gate_code.check(KEY, text, 7, EVENING, EVENING) == "gate_code_forged"


def test_a_code_of_another_site_is_forged():
    code = gate_code.make(KEY, 8, EVENING)

    assert gate_code.check(KEY, code, 7, EVENING, EVENING) == "gate_code_forged"


def page(user_id, path):
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client.get(path)


def test_the_gates_screen_draws_this_half_minutes_code_for_the_contractor_alone(site):
    path = f"/sites/{site.place.pk}/gate/"

    shown = page(site.contractor.user_id, path)

    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert "<svg" in shown.content.decode()
    assert "viewBox" in shown.content.decode()
    assert page(site.li_wei.user_id, path).status_code == 403


def test_whoever_opens_the_punch_sees_what_speaks_against_it(site, phone):
    (result,) = phone.send(phone.punch(at(DAY, 8), mock=True), when=EVENING)

    shown = page(site.li_wei.user_id, f"/punches/{result.punch_id}/").content.decode()

    assert "模拟定位 (-60)" in shown


SQUARE = Fence(((0, 0), (0, 10_000), (10_000, 10_000), (10_000, 0)))  # about 111 metres a side


@pytest.mark.parametrize(
    ("point", "metres"),
    [((5_000, 5_000), 0), ((5_000, 20_000), 111), ((-10_000, -10_000), 157), ((0, 0), 0)],
)
def test_a_polygon_knows_inside_and_how_far_outside(point, metres):
    assert abs(outside_by(SQUARE, point) - metres) <= 1


def test_distances_are_those_of_the_sphere():
    shanghai, beijing = (312_304_000, 1_214_737_000), (399_042_000, 1_164_074_000)

    assert abs(distance(shanghai, beijing) - 1_067_000) < 2_000
    assert outside_by(Fence((shanghai,), 1_000), shanghai) == 0
    assert outside_by(Fence((shanghai,), 100_000), beijing) == distance(shanghai, beijing) - 100_000


@given(st.permutations(list(trust.POINTS)[:8]))
def test_the_order_of_signals_does_not_matter(codes):
    points = [trust.POINTS[c] for c in codes]

    assert trust.score(points) == trust.score(sorted(points))
    assert 0 <= trust.score(points) <= trust.BEST


def test_no_single_word_of_a_foreman_sends_a_day_to_a_person():
    honest = trust.Told(
        has_position=True,
        outside_by=0,
        accuracy=10,
        mock=False,
        signed=False,
        known_phone=False,
        clock="as_said",
        delay=timedelta(0),
    )

    for told_ in (honest, replace(honest, signed=True)):
        points = [s.points for s in trust.signals_of(told_)]
        assert trust.score([*points, trust.POINTS["roll_call_absent"]]) >= trust.ASK_BELOW
