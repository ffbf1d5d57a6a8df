"""Each setting of the dated rule, with one day that shows it."""

from __future__ import annotations

import pytest

from projects.attendance.quotes import quote

ON = "2026-10-12"


def day(rule, *punches, zone="Asia/Shanghai", **more):
    """The one day of punches written "08:00 in" or "08:00 in B" (a site)."""
    said = []
    for text in punches:
        clock, side, *site = text.split()
        said.append({"at": f"{ON}T{clock}", "direction": side, "site": site[0] if site else "A"})
    (found,) = quote({"zone": zone, "rule": rule, "punches": said, **more})["days"]
    return found


def codes(found):
    return [e["code"] for e in found["exceptions"]]


def test_a_fixed_break_comes_off_a_long_day_only():
    rule = {"break_minutes": 60}

    assert day(rule, "08:00 in", "17:00 out")["minutes"] == 480
    assert day(rule, "08:00 in", "13:00 out")["minutes"] == 300


def test_a_break_taken_outside_the_gate_is_not_taken_off_again():
    rule = {"break_minutes": 60, "span": "every_pair"}

    whole = day(rule, "08:00 in", "12:00 out", "13:00 in", "17:00 out")
    half = day(rule, "08:00 in", "12:00 out", "12:30 in", "17:00 out")

    assert (whole["minutes"], half["minutes"]) == (480, 480)


def test_a_punched_break_is_unpaid_unless_it_is_agreed_otherwise():
    punches = ("08:00 in", "10:00 break", "10:20 return", "16:00 out")

    assert day({}, *punches)["minutes"] == 460
    assert day({"punched_breaks": "paid"}, *punches)["minutes"] == 480


def test_break_times_of_the_site_never_count():
    rule = {"break_windows": [["12:00", "13:00"]]}

    assert day(rule, "08:00 in", "17:00 out")["minutes"] == 480
    assert day(rule, "08:00 in", "12:30 out")["minutes"] == 240


@pytest.mark.parametrize(
    ("rule", "minutes"),
    [
        ({"round_minutes": 15}, 480),
        ({"round_minutes": 15, "rounding": "up"}, 495),
        ({"round_minutes": 15, "rounding": "nearest"}, 495),
        ({"round_punch_minutes": 15}, 495),
        ({}, 488),
    ],
)
def test_the_days_sum_and_the_punches_are_rounded_as_agreed(rule, minutes):
    assert day(rule, "08:02 in", "16:10 out")["minutes"] == minutes


def test_before_the_shift_nothing_counts_and_after_it_full_steps_do():
    rule = {"starts": "08:00", "ends": "16:00", "after_end_step_minutes": 30}

    assert day(rule, "07:10 in", "16:29 out")["minutes"] == 480
    assert day(rule, "08:05 in", "16:31 out")["minutes"] == 505


def test_two_sites_are_asked_about_or_paired_each_by_itself():
    punches = ("07:00 in A", "11:00 out A", "12:00 in B", "16:00 out B")

    asked, each = day({}, *punches), day({"sites": "each"}, *punches)

    assert codes(asked) == ["two_sites"]
    assert (each["minutes"], each["state"]) == (480, "confirmed")


def test_nobody_is_on_two_sites_at_once():
    found = day({"sites": "each"}, "07:00 in A", "09:00 in B", "11:00 out A", "12:00 out B")

    assert codes(found) == ["two_places_at_once"]


@pytest.mark.parametrize(
    ("punches", "code"),
    [
        (("08:00 in",), "missing_out"),
        (("17:00 out",), "missing_in"),
        (("07:00 out", "08:00 in", "17:00 out"), "out_without_in"),
        (("08:00 unknown", "12:00 unknown", "17:00 unknown"), "missing_out"),
    ],
)
def test_a_doubtful_day_goes_to_a_person_and_counts_nothing_until_answered(punches, code):
    found = day({}, *punches)

    assert (codes(found), found["minutes"], found["state"]) == ([code], 0, "exception")


def test_a_door_that_opened_for_nobody_is_shown_and_pairs_with_nothing():
    got = quote(
        {
            "zone": "Asia/Shanghai",
            "punches": [
                {"id": 1, "at": f"{ON}T08:00", "direction": "in", "person_no": "7"},
                {"id": 2, "at": f"{ON}T12:00", "person_no": ""},
                {"id": 3, "at": f"{ON}T17:00", "direction": "out", "person_no": "7"},
            ],
        }
    )

    assert [d["minutes"] for d in got["days"]] == [540]
    assert {p["id"]: p["ignored"] for p in got["punches"]} == {1: None, 2: "no_person", 3: None}


def test_a_passage_outside_every_window_is_asked_about():
    got = quote(
        {
            "zone": "Asia/Shanghai",
            "rule": {"match": "shift_window", "starts": "08:00", "ends": "12:00"},
            "punches": [
                {"id": "early", "at": f"{ON}T06:59", "direction": "in"},
                {"id": "in", "at": f"{ON}T08:00", "direction": "in"},
                {"id": "out", "at": f"{ON}T13:00", "direction": "out"},
            ],
        }
    )

    (found,) = got["days"]
    assert (found["state"], found["minutes"], codes(found)) == (
        "exception",
        300,
        ["outside_shift"],
    )


def test_where_margins_overlap_the_next_shift_opens_when_the_former_has_ended():
    got = quote(
        {
            "zone": "UTC",
            "rule": {"match": "shift_window", "sides": "alternate"},
            "shifts": [
                {"on": ON, "starts": "08:00", "ends": "12:00"},
                {"on": ON, "starts": "12:30", "ends": "16:30"},
            ],
            "punches": [{"id": c, "at": f"{ON}T{c}"} for c in ("12:00", "12:01", "12:30")],
        }
    )

    shifts = {p["id"]: p["shift"]["times"][0][11:16] for p in got["punches"]}
    assert shifts == {"12:00": "08:00", "12:01": "12:30", "12:30": "12:30"}


def test_whoever_came_for_a_shift_leaves_from_it_though_the_next_has_opened():
    got = quote(
        {
            "zone": "UTC",
            "rule": {"match": "shift_window", "count": "presence"},
            "shifts": [
                {"on": ON, "starts": "08:00", "ends": "12:00"},
                {"on": ON, "starts": "12:30", "ends": "16:30"},
            ],
            "punches": [
                {"at": f"{ON}T08:00", "direction": "in"},
                {"at": f"{ON}T12:20", "direction": "out"},
            ],
        }
    )

    (found,) = got["days"]
    assert (found["minutes"], found["state"]) == (260, "confirmed")


def test_late_and_early_are_named_past_their_grace():
    rule = {"starts": "08:00", "ends": "12:00", "late_grace_minutes": 60, "early_grace_minutes": 60}

    assert day(rule, "09:30 in", "10:30 out")["marks"] == ["late_in", "early_out"]
    assert day(rule, "09:00 in", "11:00 out")["marks"] == []


def test_nobody_is_absent_before_the_shifts_window_is_over():
    asked = {"zone": "UTC", "shifts": [{"on": ON, "starts": "15:00", "ends": "23:30"}]}
    asked["rule"] = {"match": "shift_window"}

    before = quote(asked | {"as_of": "2026-10-13T00:30"})
    after = quote(asked | {"as_of": "2026-10-13T00:31"})

    assert before["days"] == []
    assert [(d["on"], d["status"]) for d in after["days"]] == [(ON, "absent")]


def test_a_clock_rule_and_a_schedule_each_count_their_minutes():
    adjacent = {
        "rules": [
            {"name": "evening", "kind": "clock", "begins": "17:00", "ends": "21:00"},
            {"name": "night", "kind": "clock", "begins": "21:00", "ends": "24:00"},
        ]
    }
    outside = {
        "rules": [
            {"kind": "outside_schedule", "schedule": [["08:00", "12:00"], ["13:00", "17:00"]]}
        ]
    }

    evening = day({}, "17:00 in", "23:00 out", overtime=adjacent)
    early = day({"break_windows": [["12:00", "13:00"]]}, "07:00 in", "18:00 out", overtime=outside)
    got = quote(
        {
            "zone": "UTC",
            "segments": [[f"{ON}T17:00", f"{ON}T23:00"]],
            "overtime": adjacent,
        }
    )

    assert evening["overtime_minutes"] == 360
    assert early["overtime_minutes"] == 120
    assert [(n["rules"], n["minutes"]) for n in got["overtime"]["lines"]] == [
        (["evening"], 240),
        (["night"], 120),
    ]


def test_what_is_missing_within_the_tolerance_is_not_missing():
    overtime = {"rules": [], "expected_minutes": 480, "undertime_tolerance_minutes": 15}

    assert day({}, "08:00 in", "15:45 out", overtime=overtime)["undertime_minutes"] == 0
    assert day({}, "08:00 in", "15:30 out", overtime=overtime)["undertime_minutes"] == 30
