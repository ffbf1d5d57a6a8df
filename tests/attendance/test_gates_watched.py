"""Gates are watched: when they were heard, what their clocks are wrong by, and odd silences."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from jianzhu.kernel import clock
from projects.attendance.models import Punch
from projects.sites import commands as sites
from projects.sites.models import Device, DeviceAlarm, DeviceHour
from projects.sites.rules import Sample, drift, sampled, usual
from tests.api.caller import Caller
from tests.attendance.hearing import settle
from tests.site import DAY, ZONE, Site, at

SERIAL = "ZK990001"


@pytest.fixture
def now(monkeypatch):
    moment = [at(DAY, 8)]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def site(db, now):
    site = Site.build(workers=2)
    Device.objects.create(site=site.place, kind="zkteco", serial=SERIAL, name="gate", zone=ZONE.key)
    return site


def gate():
    return Device.objects.get(serial=SERIAL)


def pass_gate(now, received, shown, person="001", more=()):
    """Somebody passes: the device's clock shows `shown` (wall clock), we hear it at `received`."""
    now[0] = received
    moments = [shown, *more]
    body = "".join(f"{person}\t{m:%Y-%m-%d %H:%M:%S}\t0\t15\t0\t0\n" for m in moments)
    Client().post(
        f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=1", body.encode(), content_type="text/plain"
    )
    settle()


def live(now, start, error, count=6, apart=6):
    """`count` events sent as they happen by a clock that is `error` ahead."""
    for number in range(count):
        received = start + timedelta(minutes=apart * number)
        pass_gate(now, received, (received + error).astimezone(ZONE))


def test_a_clock_that_runs_ahead_is_measured_and_taken_off(site, now):
    live(now, at(DAY, 8), timedelta(minutes=7))

    assert gate().drift_seconds == 420
    *before, last = Punch.objects.order_by("pk")
    assert [p.device_at - p.at for p in before] == [timedelta(0)] * 5, "written is written"
    assert last.device_at - last.at == timedelta(minutes=7)
    pass_gate(now, at(DAY, 10), (at(DAY, 10) + timedelta(minutes=7)).astimezone(ZONE))
    after = Punch.objects.order_by("pk").last()
    assert (after.at, after.received_at) == (at(DAY, 10), at(DAY, 10))
    assert after.device_at == at(DAY, 10) + timedelta(minutes=7)


def test_a_backlog_says_nothing_of_the_clock(site, now):
    live(now, at(DAY, 8), timedelta(0))
    kept = [at(DAY, 9).astimezone(ZONE) + timedelta(seconds=20 * n) for n in range(60)]
    pass_gate(now, at(DAY, 12), kept[0], more=kept[1:])
    for number, shown in enumerate(kept[:40]):
        pass_gate(now, at(DAY, 12) + timedelta(seconds=number), shown, person="002")

    assert gate().drift_seconds == 0
    assert gate().drifts.count() == 0


def test_a_clock_that_is_set_right_counts_from_then_on_only(site, now):
    live(now, at(DAY, 8), timedelta(minutes=7))
    live(now, at(DAY, 12), timedelta(seconds=2))
    assert [d.seconds for d in gate().drifts.order_by("pk")] == [0, 420, 2]

    late = at(DAY, 9) + timedelta(minutes=7)  # kept since the morning, by the wrong clock
    pass_gate(now, at(DAY, 13), late.astimezone(ZONE), person="002")

    assert Punch.objects.order_by("pk").last().at == at(DAY, 9)


def test_a_person_may_say_the_drift_and_both_are_kept(site, now):
    sites.change_device(device_id=gate().pk, actor=site.contractor, at=now[0], drift_seconds=90)

    said = gate().drifts.order_by("pk").last()
    assert (said.seconds, said.source, said.made_by) == (90, "said", str(site.contractor))
    shown = Caller(site.contractor).get(f"devices/{gate().pk}").json()
    assert shown["drift_seconds"] == 90
    assert [d["seconds"] for d in shown["drifts"]] == [0, 90]


def test_the_middle_of_the_samples_counts_and_a_scattered_clock_is_not_believed():
    steady = [Sample(n * 300, 60 + n % 3) for n in range(5)]

    assert drift(steady) == 61
    assert drift([*steady[:4], Sample(1500, -9_000), Sample(1800, 62)]) == 60
    assert drift(steady[:4]) is None
    assert drift([Sample(n * 300, n * 600) for n in range(9)]) is None
    assert sampled(steady, [Sample(310, 999_999)]) == steady, "a wrong date is no drift"
    assert len(sampled([], [Sample(n, n) for n in range(299)])) == 1


def test_a_heartbeat_counts_as_seen(site, now):
    assert gate().last_seen_at is None

    Client().get(f"/iclock/getrequest?SN={SERIAL}")
    now[0] += timedelta(seconds=30)
    Client().get(f"/iclock/getrequest?SN={SERIAL}")
    Client().get("/iclock/getrequest?SN=ZK999999")

    assert gate().last_seen_at == at(DAY, 8)
    assert list(DeviceHour.objects.values_list("bodies", flat=True)) == [1]


def habit(days, hours, until=DAY):
    """The gate spoke in these hours (site's clock) on each of the last days."""
    DeviceHour.objects.bulk_create(
        DeviceHour(device=gate(), hour=at(until - timedelta(days=n), hour), bodies=3)
        for n in range(1, days + 1)
        for hour in hours
    )
    Device.objects.filter(serial=SERIAL).update(last_seen_at=at(until - timedelta(days=1), 18))


def test_a_gate_that_is_silent_when_it_usually_speaks_raises_one_alarm(site, now):
    habit(10, (7, 8, 17, 18))

    assert sites.look_for_silence(at=at(DAY, 6, 5)) == 0
    assert sites.look_for_silence(at=at(DAY, 8, 5)) == 1
    assert sites.look_for_silence(at=at(DAY, 9, 5)) == 0

    alarm = DeviceAlarm.objects.get()
    assert (alarm.usual_days, alarm.of_days) == (10, 10)
    assert alarm.silent_since == at(DAY - timedelta(days=1), 18)
    for actor in (site.contractor, site.operator):
        caller = Caller(actor)
        (shown,) = caller.get("device-alarms?state=raised").json()["items"]
        assert shown["device_id"] == gate().pk
        assert caller.get(f"devices/{gate().pk}").json()["silent_since"] is not None


def test_the_alarm_ends_by_itself_when_the_gate_is_heard_again(site, now):
    habit(10, (7,))
    sites.look_for_silence(at=at(DAY, 8, 5))

    now[0] = at(DAY, 8, 30)
    Client().get(f"/iclock/getrequest?SN={SERIAL}")

    alarm = DeviceAlarm.objects.get()
    assert (alarm.state, alarm.ended_at) == ("ended", at(DAY, 8, 30))
    assert gate().silent_since is None


def test_the_hourly_look_is_a_row_in_the_outbox_and_makes_the_next(site, now):
    pass_gate(now, at(DAY, 8), at(DAY, 8).astimezone(ZONE))

    with connection.cursor() as cursor:
        cursor.execute("SELECT due_at FROM jianzhu_outboxmessage WHERE topic = 'device.watch_due'")
        due = [row[0] for row in cursor.fetchall()]

    assert at(DAY, 9, 5) in due
    assert len(due) == len(set(due))


def test_days_without_work_and_new_gates_raise_nothing():
    monday = date(2026, 10, 12)
    worked = {
        (monday - timedelta(days=n), 8)
        for n in range(1, 15)
        if (monday - timedelta(days=n)).weekday() != 6
    }

    assert usual(worked, monday, 8) == (12, 12)
    assert usual(worked, monday, 9) is None
    assert usual(worked, monday - timedelta(days=1), 8) is None, "nobody works on Sundays"
    assert usual({(monday - timedelta(days=n), 8) for n in range(1, 5)}, monday, 8) is None


def test_a_clock_on_another_date_is_no_drift(site, now):
    live(now, at(DAY, 8), timedelta(days=-2))

    assert gate().drift_seconds == 0
    assert all(p.at == p.device_at for p in Punch.objects.all())
