"""Terminals over HTTP: answered as each expects, kept byte for byte, understood afterwards."""

import json

import pytest
from django.test import Client

from jianzhu.kernel import clock
from jianzhu.outbox import relay
from projects.attendance.models import DayRecord, DeviceBody, ParkedEvent, Punch
from projects.sites import commands as sites
from projects.sites.models import Device
from tests.site import DAY, START, ZONE, Site, at

ZK = "/iclock/cdata?SN=ZK990001&table=ATTLOG&Stamp=9999"


@pytest.fixture
def gate():
    """A client as a terminal is one: no cookie, no session."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def site(db):
    site = Site.build(workers=1)
    for kind, serial in (("zkteco", "ZK990001"), ("dahua", "DH990001")):
        Device.objects.create(site=site.place, kind=kind, serial=serial, name=kind, zone=ZONE.key)
    Device.objects.filter(pk=site.gate.pk).update(serial="a4:d5:c2:99:00:77")
    return site


def attlog(*rows):
    return "".join(f"{row}\n" for row in rows).encode()


def zk(gate, *rows, path=ZK):
    return gate.post(path, data=attlog(*rows), content_type="text/plain")


def hikvision(serial_no, at, *, person="001", sub=75, status="checkIn"):
    return {
        "ipAddress": "192.0.2.7",
        "macAddress": "a4:d5:c2:99:00:77",
        "dateTime": at,
        "eventType": "AccessControllerEvent",
        "eventState": "active",
        "AccessControllerEvent": {
            "majorEventType": 5,
            "subEventType": sub,
            "employeeNoString": person,
            "serialNo": serial_no,
            "attendanceStatus": status,
            "currentVerifyMode": "cardOrFaceOrFp",
        },
    }


def test_a_zkteco_terminal_gets_its_options_and_its_count(site, gate):
    hands = gate.get("/iclock/cdata?SN=ZK990001&options=all")
    said = zk(
        gate, "001\t2026-10-12 07:58:00\t0\t15\t0\t0", "001\t2026-10-12 16:02:00\t1\t15\t0\t0"
    )

    assert hands.content.startswith(b"GET OPTION FROM: ZK990001")
    assert said.content.strip() == b"OK: 2"
    assert gate.get("/iclock/getrequest?SN=ZK990001").content.strip() == b"OK"


def test_what_was_sent_becomes_punches_and_a_day(site, gate):
    zk(gate, "001\t2026-10-12 07:58:00\t0\t15\t0\t0", "001\t2026-10-12 16:02:00\t1\t15\t0\t0")

    relay.drain()

    first, last = Punch.objects.order_by("at")
    assert first.at == at(DAY, 7, 58)
    assert (first.direction, last.direction) == ("in", "out")
    assert DayRecord.objects.get().minutes == 484


def test_the_same_log_any_number_of_times_is_the_same_punches(site, gate):
    for _ in range(3):
        zk(gate, "001\t2026-10-12 16:02:00\t1\t15\t0\t0", "001\t2026-10-12 07:58:00\t0\t15\t0\t0")
        relay.drain()

    assert Punch.objects.count() == 2
    assert DeviceBody.objects.count() == 3
    assert DayRecord.objects.get().version == 1


def test_hikvision_json_and_multipart_are_one_event(site, gate):
    event = hikvision(139, "2026-10-12T07:58:48+08:00")
    plain = gate.post("/devices/hikvision", data=json.dumps(event), content_type="application/json")
    parts = (
        b'--edge\r\nContent-Disposition: form-data; name="event_log"\r\n'
        b"Content-Type: application/json\r\n\r\n"
        + json.dumps(event).encode()
        + b'\r\n--edge\r\nContent-Disposition: form-data; name="Picture"; filename="p.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\nnobody\r\n--edge--\r\n"
    )
    picture = gate.post(
        "/devices/hikvision", data=parts, content_type="multipart/form-data; boundary=edge"
    )
    relay.drain()

    assert (plain.status_code, picture.status_code) == (200, 200)
    assert Punch.objects.count() == 1


def test_dahua_gets_success_even_for_what_nobody_can_read(site, gate):
    for body in (b'{"Events": [{broken', b"\xff\xfe\x00", b""):
        said = gate.post("/devices/dahua", data=body, content_type="application/json")
        assert said.json() == {"code": 0, "message": "success"}
    relay.drain()

    assert DeviceBody.objects.filter(understood_at=None).count() == 0
    assert all(body.faults for body in DeviceBody.objects.exclude(body=b""))
    assert Punch.objects.count() == 0


def test_an_unknown_person_is_parked_and_paid_for_once_enrolled(site, gate):
    zk(gate, "00999\t2026-10-12 07:58:00\t0\t15\t0\t0")
    relay.drain()
    (parked,) = ParkedEvent.objects.all()
    assert (parked.code, parked.person_no) == ("unknown_person", "00999")

    sites.enrol(
        site_id=site.place.pk,
        person_no="00999",
        worker_id=site.li_wei.pk,
        valid_from=START,
        actor=site.contractor,
        at=clock.now(),
    )
    relay.drain()

    parked.refresh_from_db()
    assert parked.state == "resolved"
    assert Punch.objects.get().worker == site.li_wei


def test_an_unknown_device_is_answered_kept_and_parked(site, gate):
    said = zk(
        gate,
        "001\t2026-10-12 07:58:00\t0\t15\t0\t0",
        path="/iclock/cdata?SN=ZK999999&table=ATTLOG&Stamp=9999",
    )
    relay.drain()

    assert said.status_code == 200
    assert ParkedEvent.objects.get().code == "unknown_device"


def test_a_refused_face_and_a_heartbeat_are_no_punches(site, gate):
    face = hikvision(140, "2026-10-12T07:59:00+08:00", person="", sub=76)
    for body in (face, {"eventType": "heartBeat"}):
        gate.post("/devices/hikvision", data=json.dumps(body), content_type="application/json")
    relay.drain()

    assert Punch.objects.count() == 0
    assert ParkedEvent.objects.count() == 0


def test_times_that_cannot_be_are_parked(site, gate):
    zk(gate, "001\t1970-01-01 08:00:00\t0\t15\t0\t0", "001\t2099-01-01 08:00:00\t0\t15\t0\t0")
    relay.drain()

    assert Punch.objects.count() == 0
    assert ParkedEvent.objects.count() == 2


def test_known_drift_comes_off_and_the_devices_own_time_is_kept(site, gate):
    Device.objects.filter(serial="ZK990001").update(drift_seconds=420)
    zk(gate, "001\t2026-10-12 08:05:00\t0\t15\t0\t0")
    relay.drain()

    punch = Punch.objects.get()
    assert punch.at == at(DAY, 7, 58)
    assert punch.device_at == at(DAY, 8, 5)


def test_a_body_over_the_limit_is_refused_before_it_is_read(site, gate, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    said = gate.post("/devices/dahua", data=b"x" * 2_000, content_type="application/json")

    assert said.status_code == 413
    assert DeviceBody.objects.count() == 0
