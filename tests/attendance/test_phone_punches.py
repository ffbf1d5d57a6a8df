"""Punches made without network: the original time, once however often they come, nothing lost."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from jianzhu.kernel.errors import Forbidden
from projects.attendance import commands as attendance
from projects.attendance import errors
from projects.attendance.models import DayRecord, DeviceBody, ParkedEvent, Punch
from projects.attendance.phones import commands
from projects.attendance.phones.models import Phone, PhonePunch
from projects.attendance.rules.phone_clock import Sent, corrected
from tests.api.caller import Caller, refused
from tests.attendance.handset import Handset
from tests.site import DAY, START, Site, at

EVENING = at(DAY, 20)


@pytest.fixture
def site(db):
    return Site.build(workers=3)


@pytest.fixture
def phone(site):
    return Handset(site, site.li_wei).register()


def codes(results):
    return [(r.result, r.code) for r in results]


def test_a_punch_keeps_its_original_time_and_all_three_are_kept(phone):
    (result,) = phone.send(phone.punch(at(DAY, 8)), when=EVENING)

    row = PhonePunch.objects.get(punch_id=result.punch_id)
    assert (row.said_at, row.received_at, row.at) == (at(DAY, 8), EVENING, at(DAY, 8))
    punch = Punch.objects.get(pk=row.punch_id)
    assert (punch.at, punch.received_at, punch.source) == (at(DAY, 8), EVENING, "phone")
    assert (row.signed, row.clock) == (True, "as_said")


def test_a_hundred_sendings_in_any_order_from_two_phones_are_one_punch_each(site, phone):
    morning, night = phone.punch(at(DAY, 8)), phone.punch(at(DAY, 16), "out")
    other = Handset(site, site.li_wei).register()

    results = []
    for n in range(50):
        batch = (morning, night) if n % 3 else (night, morning, morning)
        results += phone.send(*batch, when=EVENING + timedelta(minutes=n))
        results += other.send(*reversed(batch), when=EVENING + timedelta(minutes=n))

    assert codes(results)[:2] == [("taken", ""), ("taken", "")]
    assert set(codes(results)[2:]) == {("known", "")}
    assert Punch.objects.count() == PhonePunch.objects.count() == 2
    assert DeviceBody.objects.count() == 1, "a batch without news is not kept again"


def test_thirty_days_without_network_lose_nothing(site, phone):
    days = [START + timedelta(days=n) for n in range(1, 31)]
    punches = [phone.punch(at(d, h), s) for d in days for h, s in ((8, "in"), (16, "out"))]

    results = phone.send(*punches, when=at(days[-1], 20))

    assert set(codes(results)) == {("taken", "")}
    last = {"project_id": site.project.pk, "worker_ids": [site.li_wei.pk]}
    attendance.pair_days(**last, first=days[0], last=days[-1], at=at(DAY, 20))
    assert [d.minutes for d in DayRecord.objects.all()] == [480] * 30


def test_a_clock_that_was_wrong_all_the_time_is_put_right_by_its_error_on_arrival(phone):
    phone.wall_error = timedelta(hours=3, seconds=20)

    phone.send(phone.punch(at(DAY, 8)), when=EVENING, boot="another run")

    row = PhonePunch.objects.get()
    assert (row.clock, row.at) == ("wall", at(DAY, 8) + timedelta(seconds=20))
    assert row.said_at == at(DAY, 11) + timedelta(seconds=20)


def test_a_clock_that_was_turned_after_the_punch_is_seen_through(phone):
    phone.wall_error = timedelta(hours=-2)
    said = phone.punch(at(DAY, 8))
    phone.wall_error = timedelta(0)

    phone.send(said, when=EVENING)

    row = PhonePunch.objects.get()
    assert (row.clock, row.at) == ("monotonic", at(DAY, 8))


@given(
    said=st.integers(-200_000, 200_000),
    elapsed=st.integers(0, 30 * 86_400),
    error=st.integers(-(10**8), 10**8),
    rebooted=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_no_correction_puts_a_punch_after_its_receipt(said, elapsed, error, rebooted):
    sent = Sent(EVENING + timedelta(seconds=error), "b", elapsed * 1000, EVENING)

    found = corrected(EVENING + timedelta(seconds=said), "a" if rebooted else "b", 0, sent)

    assert found.at <= EVENING


def test_the_same_number_with_other_words_is_refused(phone):
    said = phone.punch(at(DAY, 8))
    phone.send(said, when=EVENING)

    other = phone.sign(replace(said, direction="out"))

    assert codes(phone.send(other, when=EVENING)) == [("refused", "differs")]
    assert Punch.objects.get().direction == "in"


def test_words_that_the_phone_did_not_sign_are_set_aside_and_take_no_number(phone):
    said = phone.punch(at(DAY, 8))
    forged = replace(said, at_text=at(DAY, 7).isoformat(), at=at(DAY, 7))

    assert codes(phone.send(forged, when=EVENING)) == [("parked", "bad_signature")]
    assert codes(phone.send(said, when=EVENING)) == [("taken", "")]
    assert ParkedEvent.objects.get().code == "bad_signature"


def test_a_punch_of_another_waits_on_the_phone_until_its_worker_signs_in(site, phone):
    said = phone.punch(at(DAY, 8))
    lent = replace(phone, worker=site.zhang_qiang)

    assert codes(lent.send(said, when=EVENING)) == [("refused", "not_yours")]
    assert codes(phone.send(said, when=EVENING)) == [("taken", "")]


def test_a_phone_that_is_not_registered_keeps_its_punches(site):
    phone = Handset(site, site.li_wei)
    said = phone.punch(at(DAY, 8))

    assert codes(phone.send(said, when=EVENING)) == [("refused", "unknown_phone")]
    phone.register()
    assert codes(phone.send(said, when=EVENING)) == [("taken", "")]


@pytest.mark.parametrize("days", [-1, -3_650])
def test_a_day_without_terms_is_set_aside_and_shown(phone, days):
    said = phone.punch(at(START + timedelta(days=days), 8))

    assert codes(phone.send(said, when=EVENING)) == [("parked", "no_terms")]
    assert Punch.objects.count() == 0


def test_an_installation_has_one_key_for_ever(site, phone):
    phone.register()
    other = Handset(site, site.li_wei, installation=phone.installation)

    with pytest.raises(errors.OtherKey):
        other.register()
    with pytest.raises(errors.BadKey):
        commands.register_phone(
            installation=uuid4(), key=b"no key", name="", actor=site.leader, at=EVENING
        )
    assert Phone.objects.count() == 1


def test_only_workers_punch(site):
    with pytest.raises(Forbidden):
        commands.take_phone_punches(
            punches=[],
            sent=Sent(EVENING, "", 0, EVENING),
            body=b"",
            actor=site.contractor,
            at=EVENING,
        )


@pytest.mark.parametrize("change", ["UPDATE projects_{} SET {} = {}", "DELETE FROM projects_{}"])
@pytest.mark.parametrize(
    ("table", "column"), [("punch", "at"), ("phonepunch", "at"), ("punchsignal", "points")]
)
def test_postgresql_refuses_to_change_or_delete_what_was_told(phone, change, table, column):
    phone.send(phone.punch(at(DAY, 8)), when=EVENING)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table, column, column))


def test_two_sendings_at_once_are_one_punch(transactional_db):
    """Two real connections: the second waits for the phone, then finds what the first wrote."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    site = Site.build(workers=1)
    phone = Handset(site, site.li_wei).register()
    said = [phone.punch(at(DAY, 8, n)) for n in range(20)]
    together = Barrier(4)

    def send(_):
        together.wait()
        try:
            return phone.send(*said, when=EVENING)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = [r for batch in pool.map(send, range(4)) for r in batch]

    assert sorted(r.result for r in results) == ["known"] * 60 + ["taken"] * 20
    assert Punch.objects.count() == 20


def test_a_program_registers_sends_and_reads_over_http(site):
    phone, caller = Handset(site, site.li_wei), Caller(site.actor(site.li_wei))
    der = phone.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    registered = caller.post(
        "phones",
        {"installation": str(phone.installation), "public_key": b64encode(der).decode()},
    )
    said = phone.punch(at(DAY, 8))
    body = {
        "phone": str(phone.installation),
        "sent_at": EVENING.isoformat(),
        "boot": "boot-1",
        "monotonic_ms": phone.monotonic(EVENING),
        "punches": [
            {
                "sequence": 1,
                "worker_id": site.li_wei.pk,
                "site_id": site.place.pk,
                "at": said.at_text,
                "boot": "boot-1",
                "monotonic_ms": said.monotonic_ms,
                "direction": "in",
                "latitude": "31.2304160",
                "longitude": "121.4737010",
                "accuracy_metres": 12,
                "signature": said.signature,
            }
        ],
    }

    answers = [caller.post("phone-punches", body).json() for _ in range(2)]

    assert registered.status_code == 201
    assert [a["results"][0]["result"] for a in answers] == ["taken", "known"]
    (shown,) = caller.get("phone-punches").json()["items"]
    assert (shown["latitude"], shown["signed"], shown["trust"]) == ("31.2304160", True, 55)
    assert {s["code"] for s in shown["signals"]} == {"signed", "new_phone"}
    kept = json.loads(bytes(DeviceBody.objects.get().body))
    assert kept == body, "the batch is kept as it came"


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", "2026-10-12T08:00"), ("latitude", "91"), ("sequence", 0), ("direction", "up")],
)
def test_a_wrong_word_is_refused_with_its_place(site, field, value):
    punch = {"sequence": 1, "worker_id": 1, "site_id": 1, "at": EVENING.isoformat(), field: value}
    body = {"phone": str(uuid4()), "sent_at": EVENING.isoformat(), "punches": [punch]}

    answer = Caller(site.actor(site.li_wei)).post("phone-punches", body)

    assert refused(answer, 400, "invalid")
    assert field in json.dumps(answer.json()["errors"])
