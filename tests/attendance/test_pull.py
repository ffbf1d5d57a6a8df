"""Events that a Hikvision terminal could not send are asked for, until nothing is missing."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from projects.attendance import subscribers
from projects.attendance.models import DeviceBody, IngestCount, Punch
from projects.attendance.rails import isapi
from projects.sites import commands as sites
from projects.sites.models import Device
from tests.api.caller import Caller, refused
from tests.attendance.hearing import settle
from tests.attendance.terminal import Terminal, running
from tests.site import DAY, ZONE, Site, at

MAC = "a4:d5:c2:99:00:77"
NOON = at(DAY, 12)


@pytest.fixture
def now(monkeypatch):
    """The clock of the edges; the outbox goes by the database's own."""
    moment = [NOON]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def site(db, now):
    site = Site.build(workers=1)
    Device.objects.filter(pk=site.gate.pk).update(serial=MAC)
    return site


@pytest.fixture
def terminal():
    with running(Terminal()) as terminal:
        terminal.events = [
            (n, (at(DAY, 7) + timedelta(minutes=n)).astimezone(ZONE), "001") for n in range(1, 65)
        ]
        yield terminal


def connect(site, terminal, password="secret-99"):
    sites.connect_device(
        device_id=site.gate.pk,
        address=terminal.url,
        login="admin",
        password=password,
        actor=site.operator,
        at=NOON,
    )


def ask(site, when=NOON):
    subscribers.pull([subscribers.News(1, "device.pull_due", {"device_id": site.gate.pk})], when)
    settle()


def test_every_page_is_asked_for_and_each_event_is_one_punch(site, terminal):
    connect(site, terminal)

    settle()

    assert [q["searchResultPosition"] for q in terminal.asked] == [0, 30, 60]
    assert len({q["searchID"] for q in terminal.asked}) == 1
    assert Punch.objects.count() == 64
    assert DeviceBody.objects.filter(method="PULL").count() == 3
    site.gate.refresh_from_db()
    assert site.gate.pulled_until == NOON


def test_what_was_pushed_and_what_is_pulled_is_the_same_punch(site, terminal):
    number, when, person = terminal.events[9]
    pushed = {
        "macAddress": MAC,
        "dateTime": when.isoformat(),
        "eventType": "AccessControllerEvent",
        "AccessControllerEvent": {
            "majorEventType": 5,
            "subEventType": 75,
            "employeeNoString": person,
            "serialNo": number,
        },
    }
    Client().post("/devices/hikvision", json.dumps(pushed), content_type="application/json")
    connect(site, terminal)
    settle()
    ask(site)

    assert Punch.objects.count() == 64
    assert Punch.objects.filter(key__startswith=f"s{number}@").count() == 1


def test_the_next_question_begins_where_the_last_ended_with_an_overlap(site, terminal, now):
    connect(site, terminal)
    settle()
    terminal.asked.clear()
    terminal.events.append((65, at(DAY, 13).astimezone(ZONE), "001"))
    now[0] = at(DAY, 14)

    ask(site, at(DAY, 14))

    assert terminal.asked[0]["startTime"] == at(DAY, 10).astimezone(ZONE).isoformat()
    assert terminal.asked[0]["endTime"] == at(DAY, 14).astimezone(ZONE).isoformat()
    assert Punch.objects.count() == 65


def test_no_match_is_an_answer(site, terminal):
    terminal.events = []
    connect(site, terminal)
    settle()

    site.gate.refresh_from_db()
    assert site.gate.pulled_until == NOON
    assert DeviceBody.objects.count() == 0


@pytest.mark.parametrize("down", ["busy", "garbage"])
def test_a_terminal_that_does_not_answer_is_asked_for_the_same_span_again(site, terminal, down):
    terminal.down = down
    connect(site, terminal)
    settle()
    site.gate.refresh_from_db()
    assert site.gate.pulled_until is None
    assert IngestCount.objects.get(name="pulls_unanswered").count == 1

    terminal.down = ""
    ask(site)

    assert Punch.objects.count() == 64


def test_a_wrong_password_and_no_terminal_at_all_lose_nothing(site, terminal):
    connect(site, terminal, password="wrong")
    settle()
    terminal.url = "http://127.0.0.1:9"
    connect(site, terminal)
    ask(site)

    site.gate.refresh_from_db()
    assert site.gate.pulled_until is None
    assert OutboxMessage.objects.filter(parked_at__isnull=False).count() == 0


def test_it_is_asked_again_every_quarter_of_an_hour_until_the_address_is_taken_away(site, terminal):
    connect(site, terminal)
    settle()
    due = OutboxMessage.objects.filter(topic="device.pull_due", done_at=None)
    keys = set(due.values_list("key", flat=True))

    terminal.asked.clear()
    sites.connect_device(
        device_id=site.gate.pk, address="", login="", password="", actor=site.operator, at=NOON
    )
    ask(site)

    assert len(keys) <= 1
    assert terminal.asked == []
    site.gate.refresh_from_db()
    assert site.gate.password_sealed is None


def test_a_terminal_that_never_stops_saying_more_is_given_up(terminal, monkeypatch):
    monkeypatch.setattr(isapi, "PAGES_MAX", 2)

    asked = isapi.pages(
        terminal.url, "admin", "secret-99", zone=ZONE.key, since=at(DAY, 0), until=NOON
    )

    with pytest.raises(isapi.Unreachable, match="MORE"):
        list(asked)


def test_the_password_is_sealed_and_never_shown(site, terminal):
    connect(site, terminal)

    site.gate.refresh_from_db()
    assert b"secret-99" not in bytes(site.gate.password_sealed)
    shown = Caller(site.operator).get(f"devices/{site.gate.pk}").content.decode()
    assert terminal.url in shown
    assert "secret-99" not in shown
    assert "sealed" not in shown


def test_only_operators_say_where_a_terminal_is_asked(site):
    answer = Caller(site.contractor).post(
        f"devices/{site.gate.pk}/connection", {"address": "http://127.0.0.1:9"}
    )

    assert refused(answer, 403, "forbidden")
