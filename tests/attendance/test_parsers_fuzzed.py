"""Device parsers under fire: mutated genuine bodies and plain noise never raise, nor give rows that
PostgreSQL would not take. `make nightly` runs the same with far more examples."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.attendance.devices import DeviceRequest, Maker, answer, read

AT = datetime(2026, 10, 12, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
EVENT = {
    "macAddress": "a4:d5:c2:99:00:77",
    "dateTime": "2026-10-12T07:58:48+08:00",
    "eventType": "AccessControllerEvent",
    "AccessControllerEvent": {
        "majorEventType": 5,
        "subEventType": 75,
        "employeeNoString": "001",
        "serialNo": 139,
    },
}
PAGE = {
    "AcsEvent": {
        "responseStatusStrg": "MORE",
        "InfoList": [{"major": 5, "minor": 75, "time": "2026-10-12T07:58:48+08:00", "serialNo": 1}],
    }
}
ACCESS = {
    "Events": [
        {
            "Code": "AccessControl",
            "Data": {
                "UserID": "001",
                "SN": "DH990001",
                "RealUTC": 1_791_763_080,
                "Method": 15,
                "Status": 1,
                "ImageInfo": [{"Offset": 0, "Length": 3}],
            },
        }
    ]
}
SEEDS = {
    Maker.HIKVISION: [
        json.dumps(EVENT).encode(),
        json.dumps(PAGE).encode(),
        b"<EventNotificationAlert><macAddress>a4</macAddress></EventNotificationAlert>",
        b'--edge\r\nContent-Disposition: form-data; name="event_log"\r\n\r\n'
        + json.dumps(EVENT).encode()
        + b"\r\n--edge\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--edge--\r\n",
    ],
    Maker.DAHUA: [json.dumps(ACCESS).encode(), zlib.compress(json.dumps(ACCESS).encode())],
    Maker.ZKTECO: [
        b"001\t2026-10-12 07:58:00\t0\t15\t0\t0\n7\t2026-10-12 18:10:41\t1\t15\n",
        b"PIN=20261012075800-001.jpg\nSN=ZK990001\nsize=3\nCMD=upload\x00\xff\xd8\xff",
    ],
    Maker.UFACE: [
        b"deviceKey=84E0&personGuid=001&showTime=2026-10-12+07%3A58%3A00&recMode=1&guid=9"
    ],
}
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(
            [
                "application/json",
                "multipart/form-data; boundary=edge",
                "multipart/x",
                "text/plain",
                '"',
            ]
        ),
        "content-encoding": st.sampled_from(["gzip", "deflate", "br", "identity"]),
    },
)
PATHS = st.sampled_from(["/iclock/cdata", "/iclock/fdata", "/iclock/getrequest", "/iclock/x", "/"])
TABLES = st.sampled_from(["ATTLOG", "ATTPHOTO", "OPERLOG", "", "x\x00"])


@st.composite
def mutated(draw, seeds):
    """A genuine body with some bytes changed, cut out, doubled or put in."""
    body = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        end = min(len(body), at + draw(st.integers(0, 40)))
        body[at:end] = draw(
            st.sampled_from([b"", bytes(body[at:end]) * 2, b"\x00", b"\xff", b"[", b"\r\n--edge"])
            | st.binary(max_size=12)
        )
    return bytes(body)


def storable(text):
    return "\x00" not in text and text.encode()  # lone surrogates don't encode


@pytest.mark.parametrize("maker", list(Maker))
@given(data=st.data())
def test_no_body_makes_a_parser_raise_or_give_what_no_table_takes(maker, data):
    body = data.draw(mutated(SEEDS[maker]) | st.binary(max_size=200))
    request = DeviceRequest(
        method=data.draw(st.sampled_from(["POST", "GET"])),
        path=data.draw(PATHS),
        query={"SN": "ZK990001", "table": data.draw(TABLES), "Stamp": "9999"},
        headers=data.draw(HEADERS),
        body=body,
        received_at=AT,
    )

    reading = read(maker, request)
    said = answer(maker, request, zone=ZONE)

    assert said.status == 200
    assert len(reading.device) <= 64
    for event in reading.events:
        assert storable(event.key)
        assert len(event.key) <= 120
        assert len(event.person_no) <= 40
        assert "\x00" not in event.person_no
        assert event.local is (event.at.tzinfo is None)
        json.dumps(dict(event.raw), allow_nan=False)
