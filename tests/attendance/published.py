"""Published attendance cases as quotes: each kind of case has one way to be written as a document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

MONDAY = "2021-01-04"
D, NEXT, BEFORE = "2026-07-13", "2026-07-14", "2026-07-12"
NOON = datetime(2026, 7, 13, 20, 0)
SIDES = {"alternate": "alternate", "strict": "typed"}


def document(case: dict[str, Any]) -> dict[str, Any]:
    """The case as a quote."""
    return next(make for name, make in KINDS.items() if name in case)(case)


def answer(case: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    """What the answer says of everything that the case expects."""
    said: dict[str, Any] = {}
    for name in case:
        if name in READ:
            said[name] = READ[name](case, got)
    return said


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """The part of the case that can be compared."""
    return {name: case[name] for name in case if name in READ}


def _log(case: dict[str, Any]) -> dict[str, Any]:
    typed = case.get("typed_log") or [(n, "unknown") for n in case["log_minutes_before_now"]]
    rule = case["rule"]
    return {
        "zone": "UTC",
        "rule": {
            "sides": next(v for k, v in SIDES.items() if k in rule),
            "span": "every_pair" if "every valid pair" in rule else "first_in_last_out",
        },
        "punches": [
            {
                "id": n,
                "at": (NOON - timedelta(minutes=before)).isoformat(),
                "direction": side.lower(),
            }
            for n, (before, side) in enumerate(typed)
        ],
    }


def _status(case: dict[str, Any]) -> dict[str, Any]:
    hours = {"half_day_below": "half_day_below_h", "absent_below": "absent_below_h"}
    return {
        "zone": "UTC",
        "rule": {
            name: case[given] * 60 for name, given in hours.items() if case.get(given) is not None
        },
        "punches": [
            {"at": f"{D}T{case['in']}", "direction": "in"},
            {"at": f"{D}T{case['out']}", "direction": "out"},
        ],
    }


def _case(case: dict[str, Any]) -> dict[str, Any]:
    return _holiday(case) if "holiday" in case["case"] else _approval(case)


def _holiday(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "zone": "UTC",
        "holidays": [D],
        "rule": {"holidays": "skip" if "off" in case["case"] else "count"},
        "punches": [
            {"at": f"{D}T08:00", "direction": "in"},
            {"at": f"{D}T12:00", "direction": "out"},
        ],
    }


def _approval(case: dict[str, Any]) -> dict[str, Any]:
    """Both halves of the case: by the day, and with a rule of the week."""
    return {
        "zone": "UTC",
        "overtime": {"rules": [{"kind": "day", "over_minutes": 480}]},
        "approvals": {
            "approved": [MONDAY, "2021-01-05", "2021-01-11"],
            "touched": MONDAY,
        },
    }


def _shift(case: dict[str, Any]) -> dict[str, Any]:
    starts, ends = case["shift"].split()[0].split("-")
    said = case["punch"]
    on = {"next": NEXT, "D-1": BEFORE}.get(said.split()[0], D)
    on = NEXT if "next day" in said else on
    clock = next(part for part in said.split() if ":" in part)
    return {
        "zone": "UTC",
        "rule": {"match": "shift_window", "count": "presence"},
        "shifts": [{"on": D, "starts": starts, "ends": ends}],
        "punches": [{"id": "p", "at": f"{on}T{clock}"}],
    }


def _shifts(case: dict[str, Any]) -> dict[str, Any]:
    def on(text: str) -> str:
        return datetime.strptime(f"2026 {text}", "%Y %d %b").date().isoformat()

    def at(text: str) -> str:
        day, _, clock = text.rpartition(" ")
        return f"{on(day)}T{clock}"

    return {
        "zone": "UTC",
        "rule": {"match": "shift_window", "count": "presence"},
        "shifts": [
            {"on": on(day), "starts": times.split("-")[0], "ends": times.split("-")[1]}
            for day, times in case["shifts"].items()
        ],
        "punches": [{"id": "in", "at": at(case["in"])}, {"id": "out", "at": at(case["out"])}],
    }


def _segments(case: dict[str, Any]) -> dict[str, Any]:
    """Half the published cases stand on a schedule of 8 to 12 and 13 to 17."""
    return {
        "zone": "UTC",
        "rule": {"break_windows": [["12:00", "13:00"]]},
        "segments": [[f"{MONDAY}T{part}" for part in s.split("-")] for s in case["segments"]],
        "overtime": {
            "rules": [
                {
                    "kind": "day",
                    "over_minutes": case.get("day_rule_h", 8) * 60,
                    "tolerance_minutes": case["tolerance_min"],
                }
            ]
        },
    }


def _week(case: dict[str, Any]) -> dict[str, Any]:
    monday = date(2025, 8, 18)
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    segments = []
    for name, hours in case["worked_h"].items():
        on = monday + timedelta(days=names.index(name))
        segments.append([f"{on}T08:00", f"{on}T{8 + hours:02}:00"])
    rules = []
    for text in case["rules"]:
        hours, period = text.removeprefix("over ").split(" h/")
        rules.append({"name": text, "kind": period, "over_minutes": int(hours) * 60})
    return {"zone": "UTC", "segments": segments, "overtime": {"rules": rules}}


def _zone(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "zone": case["zone"],
        "rule": {"break_minutes": case.get("lunch_h", 0) * 60},
        "punches": [{"at": f"{at}Z"} for at in case["utc"]],
        "overtime": {"rules": [{"kind": "day", "over_minutes": 480}]},
    }


KINDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "log_minutes_before_now": _log,
    "typed_log": _log,
    "in": lambda case: _shifts(case) if "shifts" in case else _status(case),
    "shift": _shift,
    "worked_h": _week,
    "utc": _zone,
    "segments": _segments,
    "case": _case,
}


def _hours(case: dict[str, Any], got: dict[str, Any]) -> float:
    return sum(day["minutes"] for day in got["days"]) / 60


def _by_line(case: dict[str, Any], got: dict[str, Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line in got["overtime"]["lines"]:
        name = date.fromisoformat(line["on"]).strftime("%a")
        found.setdefault(name, []).append(line["minutes"] // 60)
    return found


def _words(case: dict[str, Any], got: dict[str, Any]) -> str:
    """The sentence that the answer amounts to, in the words of the published case."""
    if "shifts" in case:
        (day,) = got["days"]
        shifts = {p["shift"]["times"][0][11:16] for p in got["punches"]}
        assert shifts == {"18:00"}, shifts
        return f"both punches to the night shift; hours {day['worked']}"
    if "shift" in case:
        return _belonging(case, got)
    if "holiday" in case.get("case", ""):
        return "no attendance row" if not got["days"] else got["days"][0]["status"].title()
    if "approv" in case.get("case", ""):
        assert got["approvals"] == {"reset": [MONDAY], "standing": ["2021-01-05", "2021-01-11"]}
        return case["expected"]
    return {"absent": "Absent", "half_day": "Half Day", "present": "Present"}[
        got["days"][0]["status"]
    ]


def _belonging(case: dict[str, Any], got: dict[str, Any]) -> str:
    (punch,) = got["punches"]
    if punch["shift"] is None:
        return "no shift"
    if "D-1" in case["punch"]:
        return (
            f"belongs to {'D' if punch['on'] == D else punch['on']} (margin reaches previous date)"
        )
    assert punch["on"] == D
    opens, closes = (t[11:16] for t in punch["shift"]["window"])
    return f"belongs to the shift that began the day before; window {opens}-{closes}"


READ: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "expected_hours": _hours,
    "expected_ot_min": lambda case, got: got["overtime"]["minutes"],
    "expected_ot_h": lambda case, got: got["overtime"]["minutes"] / 60,
    "expected_total_ot_h": lambda case, got: got["overtime"]["minutes"] / 60,
    "by_line": _by_line,
    "expected": _words,
}
