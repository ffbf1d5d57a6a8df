"""The answer to a quote: paired by the given rule, computed and forgotten."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from projects.attendance.quotes.read import Asked, read
from projects.attendance.rules import DayFact, PunchFact, Reader, Span, instant
from projects.attendance.rules.frames import Window, local_date, place
from projects.attendance.rules.overtime import (
    OvertimeLine,
    Worked,
    by_calendar_day,
    overtime,
    reset_by,
    undertime,
)


def quote(document: Any) -> dict[str, Any]:
    """Pair the document's punches; raises a `QuoteRefusal` that names the place."""
    asked = read(document)
    reader = Reader(asked.rule, asked.zone, asked.shifts, asked.is_free)
    facts = [*reader.days(asked.punches), *_of_segments(asked, reader)]
    facts.sort(key=lambda fact: fact.on)
    worked = _worked(asked, facts)
    lines = overtime(
        worked, asked.overtime, asked.zone, asked.is_free, _said(asked, "week_starts", 0)
    )
    answer: dict[str, Any] = {
        "days": [
            _day(asked, reader, fact, lines) for fact in [*facts, *_absent(asked, reader, facts)]
        ],
        "punches": _punches(asked, reader, facts),
    }
    answer["days"].sort(key=lambda day: day["on"])
    if "overtime" in asked.raw:
        answer["overtime"] = {
            "lines": [_line(asked, line) for line in lines],
            "minutes": sum(line.minutes for line in lines),
        }
        if "expected_minutes" in asked.raw["overtime"]:
            _put_undertime(answer["days"], asked, worked)
    if "approvals" in asked.raw:
        answer["approvals"] = _approvals(asked)
    return answer


def _said(asked: Asked, name: str, default: int) -> int:
    return int(asked.raw.get("overtime", {}).get(name, default))


def _of_segments(asked: Asked, reader: Reader) -> list[DayFact]:
    """Presence that was paired already: each segment on the date it began."""
    by_day: dict[date, list[Span]] = defaultdict(list)
    for span in asked.segments:
        by_day[local_date(span[0], asked.zone)].append(span)
    return [reader.given(on, spans) for on, spans in by_day.items()]


def _worked(asked: Asked, facts: list[DayFact]) -> list[Worked]:
    merged: dict[date, list[Span]] = defaultdict(list)
    for fact in facts:
        merged[fact.on] += fact.worked
    worked = [Worked(on, tuple(sorted(spans))) for on, spans in merged.items()]
    if asked.raw.get("overtime", {}).get("day") == "calendar_day":
        return by_calendar_day(worked, asked.zone)
    return worked


def _absent(asked: Asked, reader: Reader, facts: list[DayFact]) -> list[DayFact]:
    """Rostered days on which nobody came, once their window is over."""
    if asked.as_of is None:
        return []
    came = {fact.on for fact in facts}
    return [
        reader.given(on, [])
        for on in sorted({shift.on for shift in asked.shifts} - came)
        if not asked.is_free(on) and _closes(reader, on) < asked.as_of
    ]


def _closes(reader: Reader, on: date) -> int:
    frame = reader.frames.on(on)
    return max((w.cut_until for w in frame.windows), default=frame.ends)


def _day(
    asked: Asked, reader: Reader, fact: DayFact, lines: tuple[OvertimeLine, ...]
) -> dict[str, Any]:
    over = asked.as_of is None or asked.as_of > _closes(reader, fact.on)
    came = bool(fact.punch_ids or fact.intervals)
    state = "exception" if fact.exceptions else "confirmed"
    return {
        "on": fact.on.isoformat(),
        "state": state if over else "paired",
        "status": fact.status if came else "absent",
        "minutes": fact.minutes,
        "worked": f"{fact.minutes // 60}:{fact.minutes % 60:02}",
        "night_minutes": fact.night_minutes,
        "workdays": f"{Decimal(fact.workday_thousandths) / 1000:f}",
        "intervals": [_shown(span, asked.zone) for span in fact.intervals],
        "local_intervals": [_shown(span, asked.worker_zone) for span in fact.intervals],
        "exceptions": [
            {"code": e.code, **({"punch": asked.names[e.punch_id]} if asked.names else {})}
            if e.code != "overlong"
            else {"code": e.code}
            for e in fact.exceptions
        ],
        "marks": list(fact.marks),
        "overtime_minutes": sum(line.minutes for line in lines if line.on == fact.on),
    }


def _shown(span: Span, zone: ZoneInfo) -> list[str]:
    return [instant(at).astimezone(zone).isoformat() for at in span]


def _punches(asked: Asked, reader: Reader, facts: list[DayFact]) -> list[dict[str, Any]]:
    """Where each passage went, so that nothing is lost in silence."""
    why = {ident: reason for fact in facts for ident, reason in fact.ignored}
    days = {fact.on for fact in facts}
    in_time = sorted(asked.punches, key=lambda p: (p.at, p.id))
    rows = [_punch(asked, p, on, w, why, days) for p, on, w in place(in_time, reader.frames)]
    nobody = [
        {"id": asked.names[n], "on": None, "shift": None, "ignored": "no_person"}
        for n in asked.nobody
    ]
    return rows + nobody


def _punch(
    asked: Asked,
    punch: PunchFact,
    on: date,
    window: Window | None,
    why: dict[int, str],
    days: set[date],
) -> dict[str, Any]:
    ignored = why.get(punch.id) or ("" if on in days else "holiday")
    if window is None and asked.rule.match == "shift_window":
        ignored = "outside_shift"
    row: dict[str, Any] = {"id": asked.names[punch.id], "on": on.isoformat(), "shift": None}
    if window is not None:
        row["shift"] = {
            "times": _shown((window.starts, window.ends), asked.zone),
            "window": _shown((window.cut_from, window.cut_until), asked.zone),
        }
    return row | {"ignored": ignored or None}


def _line(asked: Asked, line: OvertimeLine) -> dict[str, Any]:
    return {
        "on": line.on.isoformat(),
        "span": _shown((line.start, line.end), asked.zone),
        "minutes": line.minutes,
        "rules": list(line.rules),
    }


def _put_undertime(days: list[dict[str, Any]], asked: Asked, worked: list[Worked]) -> None:
    """What each date lacks of the expected minutes, past its tolerance."""
    expected = _said(asked, "expected_minutes", 0)
    tolerance = _said(asked, "undertime_tolerance_minutes", 0)
    lacks = {w.on.isoformat(): undertime(w, expected, tolerance) for w in worked}
    for day in days:
        day["undertime_minutes"] = lacks.get(day["on"], 0)


def _approvals(asked: Asked) -> dict[str, list[str]]:
    """Which approvals of overtime a new punch opens again, and which stand."""
    said = asked.raw["approvals"]
    approved = [date.fromisoformat(one) for one in said["approved"]]
    reset = reset_by(
        approved,
        date.fromisoformat(said["touched"]),
        asked.overtime,
        _said(asked, "week_starts", 0),
    )
    return {
        "reset": [on.isoformat() for on in reset],
        "standing": [on.isoformat() for on in sorted(set(approved) - set(reset))],
    }
