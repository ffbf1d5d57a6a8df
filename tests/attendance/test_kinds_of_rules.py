"""Further cases of each published kind, worked out by hand from the rule that each one names."""

from __future__ import annotations

import pytest

from projects.attendance.quotes import quote

D, NEXT = "2026-07-13", "2026-07-14"


def day(rule, *punches, zone="UTC", **more):
    """The one day of these punches: "08:00 in" on the 13th, "+07:10 out" on the 14th."""
    read = []
    for text in punches:
        clock, _, side = text.partition(" ")
        on, clock = (NEXT, clock[1:]) if clock.startswith("+") else (D, clock)
        read.append({"at": f"{on}T{clock}", **({"direction": side} if side else {})})
    (found,) = quote({"zone": zone, "rule": rule, "punches": read, **more})["days"]
    return found


# 29 CFR 785.48 (b): to the nearest quarter of an hour, seven minutes go back, eight go on.
QUARTER = {"round_punch_minutes": 15, "count": "presence"}


@pytest.mark.parametrize(
    ("came", "went", "minutes"),
    [
        ("08:07", "16:00", 480),
        ("08:08", "16:00", 465),
        ("07:53", "16:00", 480),
        ("07:52", "16:00", 495),
        ("08:00", "16:07", 480),
        ("08:00", "16:08", 495),
        ("08:07:29", "16:07:29", 480),
        ("08:07:30", "16:00", 465),
    ],
)
def test_seven_minutes_go_back_and_eight_go_on(came, went, minutes):
    assert day(QUARTER, f"{came} in", f"{went} out")["minutes"] == minutes


# Kimai's rounding: begin and end each down, up or to the nearest; the duration by itself.
@pytest.mark.parametrize(
    ("rule", "minutes"),
    [
        ({"round_punch_minutes": 15, "rounding_in": "down", "rounding_out": "up"}, 510),
        ({"round_punch_minutes": 15, "rounding_in": "up", "rounding_out": "down"}, 480),
        ({"round_punch_minutes": 15, "rounding_in": "down", "rounding_out": "down"}, 495),
        ({"round_minutes": 30, "rounding": "up"}, 510),
        ({"round_minutes": 30, "rounding": "down"}, 480),
        ({"round_minutes": 10, "rounding": "nearest"}, 500),
    ],
)
def test_each_end_is_rounded_its_own_way(rule, minutes):
    got = day({"count": "presence", **rule}, "08:02 in", "16:18 out")

    assert got["minutes"] == minutes, "08:02 to 16:18 are 8:16"


# 29 CFR 785.18: rest periods of 5 to about 20 minutes are hours worked; a meal of 30 is none.
@pytest.mark.parametrize(
    ("back", "minutes"), [("10:05", 480), ("10:20", 480), ("10:21", 459), ("10:30", 450)]
)
def test_a_short_break_is_paid_and_a_meal_is_not(back, minutes):
    rule = {"paid_break_minutes": 20}
    punched = day(rule, "08:00 in", "10:00 break", f"{back} return", "16:00 out")
    gate = day({**rule, "span": "every_pair"}, "08:00 in", "10:00 out", f"{back} in", "16:00 out")

    assert (punched["minutes"], gate["minutes"]) == (minutes, minutes)


# Longer than six hours thirty minutes, longer than nine forty-five (as § 4 ArbZG puts it).
LENGTHS = {"breaks_by_length": [[360, 30], [540, 45]], "count": "presence"}


@pytest.mark.parametrize(
    ("went", "minutes"), [("14:00", 360), ("14:01", 331), ("17:00", 510), ("17:01", 496)]
)
def test_the_break_grows_with_the_day(went, minutes):
    assert day(LENGTHS, "08:00 in", f"{went} out")["minutes"] == minutes


def test_a_meal_outside_the_gate_is_not_taken_off_twice():
    rule = {**LENGTHS, "span": "every_pair"}

    got = day(rule, "08:00 in", "12:00 out", "12:20 in", "17:00 out")

    assert got["minutes"] == 510, "twenty minutes outside, ten more come off"


SHIFT = {"starts": "08:00", "ends": "17:00", "late_grace_minutes": 10, "early_grace_minutes": 5}


@pytest.mark.parametrize(
    ("grace", "came", "went", "minutes", "marks"),
    [
        ("marks", "08:10", "17:00", 530, []),
        ("marks", "08:11", "16:54", 523, ["late_in", "early_out"]),
        ("counts", "08:10", "16:55", 540, []),
        ("counts", "08:11", "16:54", 523, ["late_in", "early_out"]),
        ("counts", "07:40", "17:00", 540, []),
    ],
)
def test_within_the_grace_one_is_on_time(grace, came, went, minutes, marks):
    got = day({**SHIFT, "grace": grace}, f"{came} in", f"{went} out")

    assert (got["minutes"], got["marks"]) == (minutes, marks)


NIGHT = {"match": "shift_window", "count": "presence"}


@pytest.mark.parametrize(
    ("shift", "punch", "belongs"),
    [
        (("22:00", "06:00"), f"{D}T21:00", D),
        (("22:00", "06:00"), f"{D}T20:59", None),
        (("22:00", "06:00"), f"{NEXT}T07:00", D),
        (("22:00", "06:00"), f"{NEXT}T07:01", None),
        (("00:00", "08:00"), "2026-07-12T23:00", D),
        (("16:00", "00:00"), f"{NEXT}T00:59", D),
    ],
)
def test_a_margin_belongs_to_its_shift_to_the_minute(shift, punch, belongs):
    got = quote(
        {
            "zone": "UTC",
            "rule": NIGHT,
            "shifts": [{"on": D, "starts": shift[0], "ends": shift[1]}],
            "punches": [{"id": "p", "at": punch}],
        }
    )

    (told,) = got["punches"]
    assert (told["shift"] is not None, told["on"] if told["shift"] else None) == (
        belongs is not None,
        belongs,
    )


def test_margins_of_their_own_go_before_those_of_the_rule():
    got = quote(
        {
            "zone": "UTC",
            "rule": NIGHT,
            "shifts": [
                {
                    "on": D,
                    "starts": "08:00",
                    "ends": "17:00",
                    "before_minutes": 120,
                    "after_minutes": 0,
                }
            ],
            "punches": [{"id": 1, "at": f"{D}T06:00"}, {"id": 2, "at": f"{D}T17:01"}],
        }
    )

    assert [p["shift"] is not None for p in got["punches"]] == [True, False]


@pytest.mark.parametrize(("gap", "minutes"), [(119, 480), (120, 480), (121, 0)])
def test_the_same_passage_within_the_tolerance_is_one(gap, minutes):
    """In turn a third passage would be an in without an out."""
    second = f"08:{gap // 60:02}:{gap % 60:02}"

    got = day({"duplicate_seconds": 120}, "08:00:00", second, "16:00")

    assert got["minutes"] == minutes


def test_the_last_of_doubled_outs_counts():
    got = day({"count": "presence"}, "08:00 in", "16:00:10 out", "16:01:50 out")

    assert got["minutes"] == 481


@pytest.mark.parametrize(
    ("punches", "code"),
    [
        (("08:00 in",), "missing_out"),
        (("16:00 out",), "missing_in"),
        (("08:00 in", "12:00 out", "13:00 in"), "missing_out"),
        (("08:00",), "missing_out"),
    ],
)
def test_a_forgotten_punch_is_asked_about_and_nothing_is_estimated(punches, code):
    got = day({}, *punches)

    assert got["state"] == "exception"
    assert code in [e["code"] if isinstance(e, dict) else e for e in got["exceptions"]]
    assert got["minutes"] == 0


@pytest.mark.parametrize(
    ("zone", "night", "minutes"),
    [
        ("America/New_York", ("2026-03-07", "2026-03-08"), 420),
        ("America/New_York", ("2026-10-31", "2026-11-01"), 540),
        ("Australia/Lord_Howe", ("2026-10-03", "2026-10-04"), 450),
        ("Australia/Lord_Howe", ("2026-04-04", "2026-04-05"), 510),
    ],
)
def test_the_night_of_a_clock_change_has_the_hours_that_passed(zone, night, minutes):
    got = quote(
        {
            "zone": zone,
            "rule": {"starts": "22:00", "ends": "06:00", "match": "shift_window"},
            "punches": [
                {"at": f"{night[0]}T22:00", "direction": "in"},
                {"at": f"{night[1]}T06:00", "direction": "out"},
            ],
        }
    )

    assert [(d["on"], d["minutes"]) for d in got["days"]] == [(night[0], minutes)]


def test_two_sites_one_after_the_other_are_asked_about_or_added_as_agreed():
    punches = [
        {"at": f"{D}T07:00", "direction": "in", "site": "A"},
        {"at": f"{D}T11:00", "direction": "out", "site": "A"},
        {"at": f"{D}T12:00", "direction": "in", "site": "B"},
        {"at": f"{D}T16:00", "direction": "out", "site": "B"},
    ]

    asked, added = (
        quote({"zone": "UTC", "rule": {"sites": how, "span": "every_pair"}, "punches": punches})
        for how in ("ask", "each")
    )

    assert asked["days"][0]["state"] == "exception"
    assert (added["days"][0]["state"], added["days"][0]["minutes"]) == ("confirmed", 480)
