"""What broken, wrong and hostile terminals send over real HTTP: answered as each expects, counted,
nothing crashed, nothing lost."""

from __future__ import annotations

import gzip
import http.client
import json
import zlib
from datetime import date
from urllib.parse import urlsplit

import pytest

from jianzhu.kernel import clock
from jianzhu.outbox import relay
from jianzhu.outbox.models import OutboxMessage
from projects.attendance import capture
from projects.attendance.models import DeviceBody, IngestCount, ParkedEvent, Punch
from projects.sites.models import Device, Enrolment
from tests.shared import SHARED, needs_shared
from tests.site import DAY, START, ZONE, Site, at

MAC = "a4:d5:c2:99:00:77"
ANSWERS = {
    "hikvision": b'{"statusCode":1,"statusString":"OK"}',
    "dahua": b'{"code":0,"message":"success"}',
    "uface": b"SUCCESS",
}


@pytest.fixture
def site(transactional_db):
    site = Site.build(workers=1)
    for kind, serial in (("zkteco", "ZK990001"), ("dahua", "DH990001"), ("uface", "84E0F42099")):
        Device.objects.create(site=site.place, kind=kind, serial=serial, name=kind, zone=ZONE.key)
    Device.objects.filter(pk=site.gate.pk).update(serial=MAC)
    return site


@pytest.fixture
def gate(site, live_server):
    return Gate(live_server.url)


class Gate:
    """A terminal: sends bytes, hears an answer; `settle` has everything read."""

    def __init__(self, url):
        self.host = urlsplit(url).netloc

    def send(self, path, body=b"", kind="application/json", method="POST", **headers):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(
                method,
                path,
                body=body,
                headers={"Content-Type": kind}
                | {name.replace("_", "-"): value for name, value in headers.items()},
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def maker(self, maker, body, **more):
        return self.send(f"/devices/{maker}", body, **more)

    def attlog(self, *lines, serial="ZK990001", stamp="9999"):
        body = "".join(f"{line}\n" for line in lines).encode()
        return self.send(
            f"/iclock/cdata?SN={serial}&table=ATTLOG&Stamp={stamp}", body, "text/plain"
        )

    def settle(self):
        relay.drain()
        assert OutboxMessage.objects.filter(parked_at__isnull=False).count() == 0
        assert DeviceBody.objects.filter(understood_at=None).count() == 0


def counted(name):
    return sum(IngestCount.objects.filter(name=name).values_list("count", flat=True))


def event(serial_no=139, at="2026-10-12T07:58:48+08:00", person="001"):
    return {
        "macAddress": MAC,
        "dateTime": at,
        "eventType": "AccessControllerEvent",
        "AccessControllerEvent": {
            "majorEventType": 5,
            "subEventType": 75,
            "employeeNoString": person,
            "serialNo": serial_no,
        },
    }


def multipart(*parts, end=b"--edge--\r\n"):
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + end


PART = b'Content-Disposition: form-data; name="event_log"\r\nContent-Type: application/json\r\n\r\n'
PICTURE = (
    b'Content-Disposition: form-data; name="Picture"; filename="%s"\r\n'
    b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff"
)
FORM = "multipart/form-data; boundary=edge"


def test_a_truncated_multipart_still_tells_its_event(gate):
    body = multipart(PART + json.dumps(event()).encode(), PICTURE % b"p.jpg" + b"x" * 900, end=b"")

    assert gate.maker("hikvision", body, kind=FORM) == (200, ANSWERS["hikvision"])
    gate.settle()

    assert Punch.objects.count() == 1
    assert counted("fault:truncated_multipart") == 1
    assert bytes(DeviceBody.objects.get().body) == body


def test_an_event_cut_in_the_middle_is_kept_and_counted(gate):
    body = multipart(PART + json.dumps(event()).encode())[:150]

    assert gate.maker("hikvision", body, kind=FORM) == (200, ANSWERS["hikvision"])
    gate.settle()

    assert Punch.objects.count() == 0
    assert counted("fault:not_json") == 1
    assert bytes(DeviceBody.objects.get().body) == body


@pytest.mark.parametrize(
    ("encoding", "pack"), [("deflate", zlib.compress), ("gzip", gzip.compress), ("", zlib.compress)]
)
def test_a_deflate_bomb_is_not_blown_up(gate, encoding, pack):
    bomb = pack(b'{"Events":[' + b" " * 60_000_000 + b"]}")

    said = gate.maker("dahua", bomb, **({"Content_Encoding": encoding} if encoding else {}))
    gate.settle()

    assert said == (200, ANSWERS["dahua"])
    assert counted("fault:inflated_too_large") == 1
    assert bytes(DeviceBody.objects.get().body) == bomb


@pytest.mark.parametrize("maker", sorted(ANSWERS))
def test_ten_megabytes_are_kept_and_more_is_refused_unread(gate, settings, maker):
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    kept = gate.maker(maker, b" " * (most - 2) + b"{}")
    refused = gate.maker(maker, b" " * (most + 1))
    gate.settle()

    assert kept == (200, ANSWERS[maker])
    assert refused[0] == 413
    assert len(DeviceBody.objects.get().body) == most
    assert counted("refused:too_large") == 1


@pytest.mark.parametrize("kind", ["image/png", "multipart/form-data", "text/html; charset=x", "?"])
def test_a_wrong_content_type_hides_no_event(gate, kind):
    assert gate.maker("hikvision", json.dumps(event()).encode(), kind=kind)[0] == 200
    gate.settle()

    assert Punch.objects.count() == 1


def test_text_that_is_no_utf_8_is_read_as_gb18030_or_marked(gate):
    named = json.dumps(event() | {"deviceName": "大门"}, ensure_ascii=False).encode("gb18030")
    gate.maker("hikvision", named)
    gate.maker("hikvision", b'{"eventType": "\xff\xfe\xfd"}')
    gate.attlog("001\t2026-10-12 16:02:00\t1\t15\t\udcff".encode("utf-8", "replace").decode())
    gate.settle()

    assert Punch.objects.count() == 2
    assert counted("fault:bad_encoding") == 1


def test_years_that_no_clock_shows_are_parked(gate):
    for number, year in enumerate((1970, 2099), start=1):
        gate.maker("hikvision", json.dumps(event(number, f"{year}-01-01T08:00:00+08:00")).encode())
        gate.attlog(f"001\t{year}-01-01 08:00:00\t0\t15\t0\t0")
    gate.settle()

    assert Punch.objects.count() == 0
    assert ParkedEvent.objects.count() == 4
    assert counted("parked:time_out_of_bounds") == 2
    assert counted("parked:time_ahead") == 2


def test_an_unknown_serial_is_answered_parked_and_read_once_the_terminal_is_registered(gate, site):
    from projects.sites import commands
    from projects.sites.steps import NewDevice

    said = gate.attlog("001\t2026-10-12 07:58:00\t0\t15\t0\t0", serial="ZK990009")
    gate.settle()
    assert said == (200, b"OK: 1")
    assert (Punch.objects.count(), counted("parked:unknown_device")) == (0, 1)

    commands.register_device(
        site_id=site.place.pk,
        new=NewDevice("zkteco", "ZK990009", "late", "both", ZONE.key),
        actor=site.contractor,
        at=DeviceBody.objects.get().received_at,
    )
    gate.settle()

    assert Punch.objects.get().device.serial == "ZK990009"
    assert ParkedEvent.objects.get().state == "resolved"


def test_a_replayed_stamp_sends_the_whole_store_again_and_nothing_is_doubled(gate):
    store = [f"001\t2026-10-12 {hour:02d}:00:00\t{hour % 2}\t15\t0\t0" for hour in range(8, 18)]
    for stamp in ("9999", "0", "0", "None"):
        assert gate.attlog(*store, stamp=stamp) == (200, b"OK: 10")
    gate.settle()

    assert Punch.objects.count() == 10
    assert counted("repeats") == 30
    assert DeviceBody.objects.count() == 4


def test_ten_thousand_copies_of_one_event_are_one_punch(gate):
    assert gate.attlog(*["001\t2026-10-12 07:58:00\t0\t15\t0\t0"] * 10_000) == (200, b"OK: 10000")
    for _ in range(20):
        gate.maker("hikvision", json.dumps([event()] * 50).encode())
    gate.settle()

    assert Punch.objects.count() == 2
    assert counted("repeats") == 9_999 + 20 * 50 - 1


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_xml_with_entities_is_refused_by_the_parser_and_kept(gate, doctype):
    body = f'<?xml version="1.0"?>{doctype}<EventNotificationAlert><macAddress>&e;</macAddress>'
    body = f"{body}</EventNotificationAlert>".encode()

    assert gate.maker("hikvision", body, kind="application/xml") == (200, ANSWERS["hikvision"])
    gate.settle()

    assert counted("fault:xml_refused") == 1
    assert b"root:" not in bytes(DeviceBody.objects.get().body)


@pytest.mark.parametrize("name", [b"../../../../etc/cron.d/x", b"C:\\\\x", b"%00", b"a" * 5_000])
def test_a_picture_is_never_written_under_the_name_it_brings(gate, name):
    body = multipart(PART + json.dumps(event()).encode(), PICTURE % name + b"nobody")
    photo = b"PIN=20261012075800-001.jpg../../x\nSN=ZK990001\nsize=6\nCMD=upload\x00nobody"

    first = gate.maker("hikvision", body, kind=FORM)
    second = gate.send("/iclock/fdata?SN=ZK990001&table=ATTPHOTO&Stamp=..%2F..%2Fx", photo, "x")
    gate.settle()

    assert (first[0], second) == (200, (200, b"OK"))
    assert Punch.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/iclock/cdata?SN=%00&table=ATTLOG",
        "/iclock/cdata?SN=%ED%A0%80&table=ATTLOG%00",
        "/iclock/%00?SN=ZK990001",
        "/iclock/cdata?SN=" + "9" * 500 + "&table=ATTLOG",
        "/devices/uface?%FF=%FE",
    ],
)
def test_odd_characters_in_the_address_cost_no_event(gate, path):
    status, _ = gate.send(path, b"001\t2026-10-12 07:58:00\t0\t15\t0\t0\n", "text/plain")
    gate.settle()

    assert status == 200
    assert DeviceBody.objects.count() == 1


def test_odd_characters_in_names_and_fields_are_marked(gate):
    gate.maker("uface", b"%00=1&%00=2&deviceKey=84E0F42099&personGuid=%00&showTime=2026-10-12")
    gate.maker("hikvision", json.dumps(event(person="\x00\ud800" + "9" * 300)).encode())
    gate.settle()

    assert counted("fault:duplicate_key") == 1
    assert len(ParkedEvent.objects.get().person_no) <= 40


def test_more_fields_than_anybody_needs_are_refused_and_counted(gate):
    query = "&".join(f"a{n}=1" for n in range(1_100))

    assert gate.maker("dahua", b"{}")[0] == 200
    assert gate.send(f"/devices/dahua?{query}", b"{}")[0] == 400
    assert counted("refused:unreadable") == 1


def test_depth_numbers_and_counters_of_strangers_stay_small(gate):
    gate.maker("dahua", b"[" * 100_000)
    gate.maker(
        "dahua", b'{"Code":"AccessControl","Data":{"RealUTC":1e999,"BlockId":' + b"9" * 5000 + b"}}"
    )
    for number in range(20):
        gate.maker("dahua", json.dumps({"Code": f"Made{number}", "Data": {"SN": "?"}}).encode())
    gate.settle()

    assert not IngestCount.objects.filter(name__startswith="code:Made").exists()
    assert counted("bodies") == 22


# What Dahua, Uface and Hikvision terminals send, as their makers shape it.
OFFLINE = {
    "Events": [
        {
            "Code": "AccessControl",
            "DataSource": "Offline",
            "Data": {
                "BlockId": 10001,
                "Method": 15,
                "RealUTC": int(at(DAY, 7, 58).timestamp()),
                "SN": "DH990001",
                "Status": 1,
                "Type": "Entry",
                "UserID": "001",
            },
        }
    ]
}
CALL_BACK = (
    b"deviceKey=84E0F42099&personGuid=001&showTime=2026-10-12+07%3A58%3A00&type=1&data=&recMode=1"
    b"&photoUrl=https%3A%2F%2Ffiles.example.invalid%2Fp.jpg&guid=00000000000000000000000000009902"
)


def test_every_makers_event_over_real_http_is_the_same_passage(gate):
    form = "application/x-www-form-urlencoded"
    gate.maker("hikvision", json.dumps(event(at=at(DAY, 7, 58).isoformat())).encode())
    gate.maker("dahua", json.dumps(OFFLINE).encode())
    said = gate.maker("uface", CALL_BACK, kind=form)
    gate.maker("uface", CALL_BACK, kind=form)
    gate.attlog("001\t2026-10-12 07:58:00\t0\t15\t0\t0")
    gate.settle()

    assert said == (200, b"SUCCESS")
    punches = Punch.objects.order_by("pk")
    assert {p.device.kind for p in punches} == {"hikvision", "dahua", "uface", "zkteco"}
    assert {p.at for p in punches} == {at(DAY, 7, 58)}
    assert len(punches) == 4


# Who sent the samples, and the numbers of the people in them.
SAMPLED = [
    ("hikvision", "a4:d5:c2:24:dd:74"),
    ("hikvision", "e0:ca:3c:e8:e2:ab"),
    ("dahua", "REDACTED_DEVICE_SN"),
    ("uface", "84E0F42000000001"),
    ("zkteco", "DEVICE0001"),
]
PEOPLE = ("001", "REDACTED_USER_ID", "00000000000000000000000000000001", "11", "1", "00042", "7")


@needs_shared
def test_every_sample_of_every_maker_is_answered_and_read(site, gate):
    """Pushed by the three protocols and the call-back, shaken hands with, and given on a pull."""
    samples = SHARED / "data" / "samples" / "devices"
    for kind, serial in SAMPLED:
        Device.objects.create(
            site=site.place, kind=kind, serial=serial, name=kind, zone="Asia/Shanghai"
        )
    for number in PEOPLE:
        Enrolment.objects.create(
            site=site.place,
            person_no=number,
            worker=site.li_wei,
            valid_from=date(2020, 1, 1),
            valid_to=START,
        )

    files = {file.name: file.read_bytes() for file in samples.iterdir()}
    pushed = {
        name: gate.maker(
            maker,
            body,
            kind="application/x-www-form-urlencoded" if maker == "uface" else "application/json",
        )
        for name, body in files.items()
        if (maker := name.partition("_")[0]) in ANSWERS and "search" not in name
    }
    hands = gate.send("/iclock/cdata?SN=DEVICE0001&options=all&pushver=2.4.1", method="GET")
    poll = gate.send("/iclock/getrequest?SN=DEVICE0001", method="GET")
    table = "/iclock/cdata?SN=DEVICE0001&Stamp=9999&table="
    log = gate.send(f"{table}ATTLOG", files["zk_attlog.txt"], "text/plain")
    user = gate.send(f"{table}OPERLOG", files["zk_operlog_user.txt"], "text/plain")
    page = json.loads(files["hikvision_acsevent_search.json"])["response_shape"]
    capture.keep_page(serial="a4:d5:c2:24:dd:74", content=json.dumps(page).encode(), at=clock.now())
    gate.settle()

    assert {(status, body) for status, body in pushed.values()} == {
        (200, answer) for answer in ANSWERS.values()
    }
    assert len(pushed) + 4 == len(files), "no sample was left out"
    assert hands[1].startswith(b"GET OPTION FROM: DEVICE0001")
    assert [answer[1].strip() for answer in (poll, log)] == [b"OK", b"OK: 4"]
    assert user[0] == 200
    told = Punch.objects.order_by("at").values_list("device__kind", "at")
    assert [(kind, at.isoformat()) for kind, at in told] == [
        ("dahua", "2023-11-14T22:13:20+00:00"),
        ("zkteco", "2024-03-15T00:31:05+00:00"),
        ("uface", "2025-03-12T23:02:04+00:00"),
        ("zkteco", "2025-03-13T10:10:41+00:00"),
        ("zkteco", "2025-08-27T02:57:49+00:00"),
        ("hikvision", "2025-10-21T23:02:11+00:00"),
        ("hikvision", "2025-10-22T05:43:48+00:00"),
        ("zkteco", "2025-10-30T01:00:00+00:00"),
    ]
