"""The clerk sees every gate's health and acts on what waits; nobody sees another project's gates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from jianzhu.access.models import User
from jianzhu.kernel import clock
from projects.attendance import capture
from projects.attendance.devices import Maker
from projects.attendance.models import ParkedEvent, Punch
from projects.sites.models import Device, DeviceAlarm, DeviceDrift
from tests.attendance.hearing import settle
from tests.site import DAY, ZONE, Site, at

NOW = at(DAY, 20)


@pytest.fixture
def site(db, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return Site.build(workers=2)


@pytest.fixture
def clerk(site):
    return browser(site.contractor)


def browser(actor):
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id))
    client.cookies["django_language"] = "en"
    return client


def send(site, *, serial="ZK990001", person="001", minutes=(0,)):
    """What a ZKTeco terminal tells at 07:50 and so many minutes later, read at once."""
    _zkteco(site)
    rows = "".join(f"{person}\t2026-10-12 07:{50 + m}:00\t0\t15\t0\t0\n" for m in minutes)
    path = f"/iclock/cdata?SN={serial}&table=ATTLOG&Stamp=9999"
    Client().post(path, data=rows.encode(), content_type="text/plain")
    settle()


def page(client, path="/gates/"):
    return client.get(path).content.decode()


def test_silence_drift_and_counts_are_seen_at_a_glance(site, clerk):
    Device.objects.filter(pk=site.gate.pk).update(drift_seconds=180, last_seen_at=NOW)
    DeviceAlarm.objects.create(
        device=site.gate,
        silent_since=NOW - timedelta(hours=2),
        usual_days=9,
        of_days=10,
        state="raised",
        created_at=NOW,
    )

    shown, one = page(clerk), page(clerk, f"/gates/{site.gate.pk}/")

    assert "180 s" in shown
    assert "silent since" in shown
    assert 'role="alert"' in shown
    assert "on 9 of 10 days" in one


def test_a_number_that_nobody_has_is_given_and_its_events_become_punches(site, clerk):
    send(site, person="777")
    (event,) = ParkedEvent.objects.all()
    assert "<b>777</b>" in page(clerk)

    worker = site.zhang_qiang
    clerk.post(
        "/gates/enrolment",
        {
            "site": event.site_id,
            "person_no": "777",
            "worker": f"{worker.code} {worker.name} #{worker.pk}",
            "valid_from": "2026-10-01",
        },
    )
    settle()

    event.refresh_from_db()
    assert (event.state, Punch.objects.get().worker) == ("resolved", worker)


def test_only_the_operator_sees_a_stranger_and_puts_it_on_the_list(site, clerk):
    send(site, serial="ZK-UNKNOWN")
    operator = browser(site.operator)
    assert "ZK-UNKNOWN" not in page(clerk), "a serial is what somebody else could claim"
    assert "ZK-UNKNOWN" in page(operator)

    operator.post(
        "/gates/registration",
        {"site": site.place.pk, "kind": "zkteco", "serial": "ZK-UNKNOWN", "direction": "both"},
    )
    settle()

    assert ParkedEvent.objects.get().state == "resolved"
    assert Punch.objects.count() == 1


def test_a_group_is_put_away_with_a_reason_and_no_other(site, clerk):
    send(site, person="777", minutes=(0, 1))
    send(site, person="778", minutes=(5,))
    event = ParkedEvent.objects.filter(person_no="777").first()
    group = {
        "site": event.site_id,
        "code": event.code,
        "maker": event.maker,
        "serial": event.serial,
        "person_no": "777",
    }

    assert clerk.post("/gates/dismissal", group).status_code == 400, "not without a reason"
    clerk.post("/gates/dismissal", {**group, "reason": "a visitor"})

    told = sorted(ParkedEvent.objects.values_list("person_no", "state", "reason"))
    assert told == [("777", "dismissed", "a visitor")] * 2 + [("778", "parked", "")]


def test_a_gate_is_taken_off_the_list_and_put_back_and_nothing_is_lost(site, clerk):
    device = _zkteco(site)
    clerk.post(f"/gates/{device.pk}/off")
    send(site)
    assert Punch.objects.count() == 0

    clerk.post(f"/gates/{device.pk}/on")
    settle()

    assert Punch.objects.count() == 1


def _zkteco(site):
    device, _ = Device.objects.get_or_create(
        kind="zkteco",
        serial="ZK990001",
        defaults={"site": site.place, "name": "gate", "zone": ZONE.key},
    )
    return device


def test_what_a_clerk_says_of_the_clock_counts_from_now_on(site, clerk):
    clerk.post(f"/gates/{site.gate.pk}/clock", {"drift_seconds": "-90"})

    latest = DeviceDrift.objects.filter(device=site.gate).latest("pk")
    assert (latest.seconds, latest.source) == (-90, "said")
    assert clerk.post(f"/gates/{site.gate.pk}/clock", {"drift_seconds": "1e9"}).status_code == 400


def test_bodies_that_were_refused_are_counted_where_the_operator_looks(site, clerk):
    capture.refuse_body(maker=Maker.DAHUA, why="too_large", at=NOW)

    assert "refused:too_large" in page(browser(site.operator))
    assert "refused:too_large" not in page(clerk)


def test_another_projects_gates_are_nobodys_business(site):
    other = Site.build(code="T-2", workers=1)
    stranger = browser(other.contractor)

    assert site.gate.serial not in page(stranger)
    assert stranger.get(f"/gates/{site.gate.pk}/").status_code == 404
    assert stranger.post(f"/gates/{site.gate.pk}/off").status_code == 404
    assert browser(site.owner).get("/gates/").status_code == 403
