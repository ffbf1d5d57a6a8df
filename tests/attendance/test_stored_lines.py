"""Stored events as JSON lines: from a gateway over HTTP, or from a file, any number of times."""

import json
from datetime import date
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jianzhu.kernel import clock
from jianzhu.outbox import relay
from projects.attendance import capture
from projects.attendance.devices.lines import read_lines
from projects.attendance.models import DayRecord, DeviceBody, IngestCount, ParkedEvent, Punch
from projects.sites.models import Device
from tests.api.caller import EVENING, Caller, refused
from tests.site import DAY, ZONE, Site, at

MORNING = {
    "kind": "zkteco",
    "serial": "ZK990001",
    "person_no": "001",
    "at": "2026-10-12T07:58:00",
    "direction": "in",
    "method": "face",
}
NIGHT = MORNING | {"at": at(DAY, 16, 2).isoformat(), "direction": "out"}


@pytest.fixture
def site(db):
    site = Site.build(workers=2)
    Device.objects.create(
        site=site.place, kind="zkteco", serial="ZK990001", name="gate", zone=ZONE.key
    )
    return site


def lines(*events):
    return "\n".join(json.dumps(event) for event in events).encode()


def send(actor, content):
    caller = Caller(actor)
    with patch.object(clock, "now", lambda: EVENING):
        return caller.client.post(
            "/api/v1/device-events",
            data=content,
            content_type="application/x-ndjson",
            headers=caller.headers,
        )


def take(site, content):
    return capture.take_lines(content=content, name="test", actor=site.contractor, at=EVENING)


def test_lines_are_punches_at_once_and_a_day_after(site):
    answer = send(site.contractor, lines(MORNING, NIGHT))

    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["events"], said["new"], said["known"], said["parked"]) == (2, 2, 0, 0)
    first, last = Punch.objects.order_by("at")
    assert first.at == at(DAY, 7, 58)
    assert last.at == at(DAY, 16, 2)
    assert first.told_on == date(2026, 10, 12)
    relay.drain()
    assert DayRecord.objects.get().minutes == 484


def test_what_was_sent_is_kept_as_it_came(site):
    content = lines(MORNING) + b"\n{broken\n"

    said = send(site.contractor, content).json()

    assert bytes(DeviceBody.objects.get(pk=said["body_id"]).body) == content
    assert [(f["code"], f["place"]) for f in said["faults"]] == [("not_json", "line 2")]
    assert said["new"] == 1


def test_the_terminals_own_number_makes_the_same_punch_as_the_terminal(site):
    Device.objects.filter(pk=site.gate.pk).update(serial="a4:d5:c2:99:00:77")
    pushed = {
        "macAddress": "a4:d5:c2:99:00:77",
        "dateTime": at(DAY, 7, 58).isoformat(),
        "eventType": "AccessControllerEvent",
        "AccessControllerEvent": {
            "majorEventType": 5,
            "subEventType": 75,
            "employeeNoString": "001",
            "serialNo": 139,
        },
    }
    Caller(None).client.post(
        "/devices/hikvision", data=json.dumps(pushed), content_type="application/json"
    )
    relay.drain()
    stored = {
        "kind": "hikvision",
        "serial": "a4:d5:c2:99:00:77",
        "person_no": "001",
        "at": at(DAY, 7, 58).isoformat(),
        "serial_no": 139,
    }

    taken = take(site, lines(stored))

    assert (taken.new, taken.known) == (0, 1)
    assert Punch.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person_no": "999"}, "unknown_person"),
        ({"serial": "ZK000000"}, "unknown_device"),
        ({"at": "1970-01-01T08:00:00"}, "time_out_of_bounds"),
        ({"at": "2099-01-01T08:00:00"}, "clock_ahead"),
        ({"at": "2199-01-01T08:00:00"}, "time_out_of_bounds"),
    ],
)
def test_what_can_be_no_punch_is_parked_with_the_reason(site, change, code):
    taken = take(site, lines(MORNING | change, NIGHT))

    assert (taken.new, taken.parked) == (1, 1)
    assert ParkedEvent.objects.get().code == code
    assert IngestCount.objects.get(name=f"parked:{code}").count == 1


def test_nobody_speaks_for_another_projects_terminals(site):
    other = Site.build(code="T-2")

    taken = take(other, lines(MORNING))

    assert (taken.new, taken.parked) == (0, 1)
    assert ParkedEvent.objects.get().code == "unknown_device"
    assert Punch.objects.count() == 0


def test_the_worker_may_not_send_punches(site):
    assert refused(send(site.actor(site.li_wei), lines(MORNING)), 403, "forbidden")


def test_a_body_over_the_limit_is_refused_before_it_is_read(site, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert refused(send(site.contractor, lines(MORNING)), 413, "too_large")
    assert DeviceBody.objects.count() == 0


def test_ten_thousand_copies_of_one_event_are_one_punch(site):
    taken = take(site, lines(*[MORNING] * 10_000))

    assert (taken.events, taken.new, taken.known) == (10_000, 1, 9_999)


def test_a_backlog_with_known_events_adds_only_the_new_ones(site):
    def days(first, last):
        return lines(
            *(
                MORNING | {"at": f"2026-10-{day:02d}T{hour:02d}:00:00"}
                for day in range(first, last)
                for hour in range(24)
            )
        )

    first = take(site, days(1, 5))
    both = take(site, days(1, 12))

    assert (first.new, first.known) == (4 * 24, 0)
    assert (both.new, both.known) == (7 * 24, 4 * 24)
    assert Punch.objects.count() == 11 * 24


def test_a_file_is_ingested_in_processes_and_twice_is_once(transactional_db, tmp_path, capsys):
    site = Site.build(workers=2)
    Device.objects.create(
        site=site.place, kind="zkteco", serial="ZK990001", name="gate", zone=ZONE.key
    )
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(MORNING, NIGHT))

    call_command("ingest_events", str(file), workers=2)
    call_command("ingest_events", str(file), workers=1)

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2 events, 2 new, 0 known, 0 parked, 0 not read"
    assert said[1] == "2 events, 0 new, 2 known, 0 parked, 0 not read"
    assert Punch.objects.count() == 2


def test_a_file_that_is_not_wholly_read_says_which_line_and_fails(
    transactional_db, tmp_path, capsys
):
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"kind": "zkteco"}\n')

    with pytest.raises(SystemExit) as ended:
        call_command("ingest_events", str(file), workers=1)

    assert ended.value.code == 1
    assert "line 1: bad_field" in capsys.readouterr().err


EVENTS = [
    MORNING | {"person_no": person, "at": f"2026-10-{day:02d}T{hour:02d}:30:00", "direction": side}
    for person in ("001", "002")
    for day in (9, 10, 12)
    for hour, side in ((7, "in"), (12, "out"), (13, "in"), (19, "out"))
]


def after(site, pieces):
    """The punches after these pieces came, which are then forgotten."""
    start = transaction.savepoint()
    for piece in pieces:
        take(site, lines(*piece))
    rows = Punch.objects.values_list(
        "worker__code", "device__serial", "at", "device_at", "told_on", "direction", "method", "key"
    )
    found = sorted(rows)
    transaction.savepoint_rollback(start)
    return found


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_any_order_and_any_number_of_copies_of_the_events_are_the_same_punches(site, data):
    copies = data.draw(st.lists(st.sampled_from(EVENTS), max_size=30))
    events = data.draw(st.permutations(EVENTS + copies))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))
    pieces = [events[a:b] for a, b in zip([0, *cuts], [*cuts, len(events)], strict=True)]

    expected = after(site, [EVENTS])
    found = after(site, pieces)

    assert found == expected
    assert len(found) == len(EVENTS)


@given(st.binary(max_size=300))
def test_lines_of_any_bytes_are_read_without_an_exception(content):
    events, book = read_lines(content)

    assert len(events) + len(book.faults) <= content.count(b"\n") + 1


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*MORNING, "key", "serial_no", "x"]),
            st.none()
            | st.integers()
            | st.text(max_size=8)
            | st.sampled_from(list(MORNING.values())),
        )
    )
)
def test_every_line_is_an_event_or_a_fault(objects):
    events, book = read_lines(b"\n".join(json.dumps(one).encode() for one in objects))

    assert len(events) + len(book.faults) == len(objects)
