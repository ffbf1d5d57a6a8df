"""The site's zone decides the day, elapsed time the minutes; the server's and the worker's zones nothing."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from projects.attendance.quotes import quote
from projects.attendance.rules import DayRule, Direction, PunchFact, pair

ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Australia/Lord_Howe")
# (zone, the evening before, what the clocks did in that night): published by the IANA database.
CHANGES = [
    ("America/New_York", "2026-03-07", 60),
    ("America/New_York", "2026-10-31", -60),
    ("Australia/Lord_Howe", "2026-10-03", 30),
    ("Australia/Lord_Howe", "2026-04-04", -30),
]
NIGHT = DayRule(starts=22 * 60, ends=6 * 60, match="shift_window", count="presence")


@pytest.fixture(params=ZONES)
def server_zone(request, monkeypatch):
    """The machine's own zone, which must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.delenv("TZ")
    os.environ.pop("TZ", None)
    time.tzset()


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_the_sites_wherever_the_server_stands(zone, server_zone):
    got = quote(
        {
            "zone": zone,
            "worker_zone": "Pacific/Honolulu",
            "punches": [
                {"at": "2026-10-12T07:00", "direction": "in"},
                {"at": "2026-10-12T23:30", "direction": "out"},
            ],
            "rule": {"interval_minutes_max": 1_440},
        }
    )

    assert [(d["on"], d["minutes"], d["state"]) for d in got["days"]] == [
        ("2026-10-12", 990, "confirmed")
    ]


@pytest.mark.parametrize(("zone", "evening", "leap"), CHANGES)
def test_a_night_over_a_clock_change_has_the_minutes_that_passed(zone, evening, leap, server_zone):
    begins = datetime.fromisoformat(f"{evening}T22:00").replace(tzinfo=ZoneInfo(zone))
    ends = datetime.combine(begins.date() + timedelta(days=1), datetime.min.time())
    ends = ends.replace(hour=6, tzinfo=ZoneInfo(zone))

    (day,) = pair(
        [
            PunchFact(1, int(begins.timestamp()), Direction.IN),
            PunchFact(2, int(ends.timestamp()), Direction.OUT),
        ],
        NIGHT,
        ZoneInfo(zone),
    )

    assert day.on.isoformat() == evening
    assert day.minutes == 8 * 60 - leap
    assert day.night_minutes == day.minutes


@pytest.mark.parametrize(("zone", "evening", "leap"), CHANGES)
def test_a_shift_keeps_its_times_on_the_wall_on_both_sides_of_a_change(zone, evening, leap):
    before = datetime.fromisoformat(evening).date() - timedelta(days=1)
    punches = []
    for n in range(4):
        on = before + timedelta(days=n)
        for hour, side in ((8, "in"), (17, "out")):
            punches.append({"at": f"{on}T{hour:02}:00", "direction": side})

    got = quote({"zone": zone, "rule": {"starts": "08:00", "ends": "17:00"}, "punches": punches})

    assert [d["minutes"] for d in got["days"]] == [540] * 4


def test_a_time_that_the_clocks_never_showed_is_refused_with_its_place():
    from projects.attendance import errors

    asked = {"zone": "America/New_York", "punches": [{"at": "2026-03-08T02:30"}]}
    with pytest.raises(errors.NoSuchTime) as no:
        quote(asked)
    assert no.value.facts["field"] == "punches[0].at"

    asked["punches"] = [{"at": "2026-11-01T01:30"}]
    with pytest.raises(errors.AmbiguousTime):
        quote(asked)

    asked["punches"] = [{"at": "2026-11-01T01:30-05:00"}]
    (day,) = quote(asked)["days"]
    assert day["on"] == "2026-10-31", "before four in the morning it is still the day before"


def test_summer_time_of_shanghai_is_read_as_it_was():
    """1986 to 1991 China put its clocks forward; 10 May 1987 is a working day of nine hours."""
    got = quote(
        {
            "zone": "Asia/Shanghai",
            "punches": [
                {"at": "1987-05-10T08:00", "direction": "in"},
                {"at": "1987-05-10T08:00Z", "direction": "out"},
            ],
        }
    )

    (day,) = got["days"]
    assert day["minutes"] == 9 * 60
    assert datetime(1987, 5, 10, 8, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC).hour == 23
