"""From a quote's document to its answer; whatever does not fit is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

from settlements.disputes.errors import MalformedDeadline
from settlements.disputes.quotes.schema import DOCUMENT
from settlements.disputes.rules import published
from settlements.disputes.rules.calendars import Calendar, split
from settlements.disputes.rules.clock import Clock, Due, Pause, Place, deadline


def quote(document: Any) -> dict[str, Any]:
    """The answer to a quote; MalformedDeadline names what can't be reckoned."""
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise MalformedDeadline(
            field=error.json_path.removeprefix("$.") or "$", problem=error.message[:300]
        )
    zone = _zone(document["zone"])
    events = {
        name: _instant(f"events.{name}", text, zone) for name, text in document["events"].items()
    }
    answers = []
    for number, raw in enumerate(document["clocks"]):
        field = f"clocks[{number}]"
        clock = _clock(field, raw, document, events)
        due = _due(field, clock, document, events, zone)
        answers.append(_shown(clock, due, document, zone))
        if due.last_day is not None and clock.name not in events:
            # Whatever follows counts from the last day, as if it had been waited for.
            events[clock.name] = _noon(due.last_day, zone)
    return {"clocks": answers}


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(DOCUMENT)


def _clock(
    field: str, raw: Any, document: Mapping[str, Any], events: Mapping[str, datetime]
) -> Clock:
    regime = document.get("regime") or document["calendar"]
    if isinstance(raw, Mapping):
        return replace(published.clock(dict(raw)), regime="own")
    if "on" in document:
        on = _date("on", document["on"])
    else:
        on = max((moment.date() for moment in events.values()), default=date.max)
    found = published.clock_of(raw, regime, on)
    if found is None:
        known = sorted({c.name for c in published.clocks() if published.reaches(c.regime, regime)})
        raise MalformedDeadline(
            field=field, problem=f"no clock {raw} in {regime} on {on}; known: {', '.join(known)}"
        )
    return found


def _due(
    field: str,
    clock: Clock,
    document: Mapping[str, Any],
    events: Mapping[str, datetime],
    zone: ZoneInfo,
) -> Due:
    pauses = [
        Pause(
            _instant(f"pauses[{n}].from", raw["from"], zone),
            _instant(f"pauses[{n}].until", raw["until"], zone) if raw.get("until") else None,
            raw["order"],
        )
        for n, raw in enumerate(document.get("pauses", ()))
        if clock.name in raw.get("clocks", [clock.name])
    ]
    extended = sum(
        raw["count"] for raw in document.get("extensions", ()) if raw["clock"] == clock.name
    )
    place = Place(document["zone"], _calendar(field, clock, document))
    try:
        return deadline(clock, events, place, pauses=pauses, extended=extended)
    except (ValueError, OverflowError) as error:
        raise MalformedDeadline(field=field, problem=str(error)) from None


def _calendar(field: str, clock: Clock, document: Mapping[str, Any]) -> Calendar:
    name = clock.calendar or document["calendar"]
    try:
        split(name)
    except ValueError as error:
        raise MalformedDeadline(field=f"{field}.calendar", problem=str(error)) from None
    closed = tuple((first, last) for first, last in document.get("closed", ()))
    return Calendar(
        name,
        closed=clock.closed + closed,
        off=frozenset(_date("holidays", day) for day in document.get("holidays", ())),
        on=frozenset(_date("workdays", day) for day in document.get("workdays", ())),
    )


def _shown(clock: Clock, due: Due, document: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "name": clock.name,
        "rule": clock.stamp,
        "source": clock.source,
        "not_checked": list(clock.not_checked),
        "owed_by": clock.owed_by,
        "after": due.after,
        "first_day": _text(due.first_day),
        "opens_on": _text(due.opens_on),
        "unmoved": _text(due.unmoved),
        "last_day": _text(due.last_day),
        "due_at": due.due_at.astimezone(zone).isoformat() if due.due_at else None,
        "skipped": [{"day": _text(day), "why": why} for day, why in due.skipped],
        "state": _state(clock, due, document, zone),
        "on_silence": clock.on_silence,
    }


def _state(clock: Clock, due: Due, document: Mapping[str, Any], zone: ZoneInfo) -> str:
    """How the clock stands at the document's `at`: what was done late is late, not met."""
    done = document.get("done", {}).get(clock.name)
    if done is not None:
        return "late" if due.late(_instant(f"done.{clock.name}", done, zone)) else "met"
    if "at" not in document:
        return ""
    if due.due_at is None:
        return "paused"
    return "lapsed" if due.late(_instant("at", document["at"], zone)) else "running"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MalformedDeadline(field="zone", problem=f"no zone {name}") from None


def _instant(field: str, text: str, zone: ZoneInfo) -> datetime:
    """An instant, or the noon of a day: the day is what counts."""
    if len(text) == len("2026-10-01"):
        return _noon(_date(field, text), zone)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise MalformedDeadline(field=field, problem=f"{text} has no offset")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedDeadline(field=field, problem=f"{text} is no instant") from None


def _date(field: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise MalformedDeadline(field=field, problem=f"{text} is no day") from None
    # Calendars are kept for these years; a case reaches no further.
    if not 1990 <= day.year <= 2090:
        raise MalformedDeadline(field=field, problem=f"{text}: 1990 to 2090")
    return day


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
