"""From a quote's JSON to facts; whatever doesn't fit is refused with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

from jianzhu.kernel.calendar import is_workday
from projects.attendance import errors
from projects.attendance.quotes.schema import CLOCK_FIELDS, DAYS_MAX, DOCUMENT
from projects.attendance.rules import DayRule, Direction, PunchFact, Shift, Span
from projects.attendance.rules.frames import DAY_MINUTES, local_date
from projects.attendance.rules.overtime import OvertimeRule


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked document. Punches are numbered by their place; `names` are the ids they were given."""

    zone: ZoneInfo
    worker_zone: ZoneInfo
    rule: DayRule
    shifts: tuple[Shift, ...]
    is_free: Callable[[date], bool]
    as_of: int | None
    punches: tuple[PunchFact, ...]
    names: tuple[Any, ...]
    nobody: tuple[int, ...]
    segments: tuple[Span, ...]
    overtime: tuple[OvertimeRule, ...]
    raw: Mapping[str, Any]


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(DOCUMENT)


def read(document: Any) -> Asked:
    """The facts of a document; raises the first refusal that it deserves."""
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        place = error.json_path.removeprefix("$").removeprefix(".") or "document"
        raise errors.MalformedQuote(field=place, problem=error.message[:300])
    zone = _zone(document["zone"], "zone")
    names, punches, nobody = _punches(document.get("punches", ()), zone)
    found = Asked(
        zone=zone,
        worker_zone=_zone(document.get("worker_zone", document["zone"]), "worker_zone"),
        rule=_rule(document.get("rule", {})),
        shifts=_shifts(document.get("shifts", ())),
        is_free=_calendar(document),
        as_of=_seconds(document["as_of"], zone, "as_of") if "as_of" in document else None,
        punches=punches,
        names=names,
        nobody=nobody,
        segments=_segments(document.get("segments", ()), zone),
        overtime=tuple(
            _overtime_rule(one, n)
            for n, one in enumerate(document.get("overtime", {}).get("rules", ()))
        ),
        raw=document,
    )
    _not_too_long(found)
    return found


def _zone(name: str, place: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise errors.UnknownZone(field=place, zone=name) from None


def _date(text: str, place: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise errors.MalformedQuote(field=place, problem=f"{text} is no date") from None
    if not 1970 <= found.year <= 2100:
        raise errors.MalformedQuote(field=place, problem="only 1970 to 2100 are read")
    return found


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _seconds(text: str, zone: ZoneInfo, place: str) -> int:
    _date(text[:10], place)
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise errors.MalformedQuote(field=place, problem=f"{text} is no time") from None
    if said.tzinfo is None:
        said = _on_the_wall(said, zone, place)
    return int(said.timestamp())


def _on_the_wall(said: datetime, zone: ZoneInfo, place: str) -> datetime:
    """The one instant at which the zone's clocks showed it."""
    first, second = said.replace(tzinfo=zone), said.replace(tzinfo=zone, fold=1)
    facts = {"field": place, "zone": zone.key, "time": said.isoformat()}
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != said:
        raise errors.NoSuchTime(**facts)
    if first.utcoffset() != second.utcoffset():
        raise errors.AmbiguousTime(**facts)
    return first


def _rule(raw: Mapping[str, Any]) -> DayRule:
    if (raw.get("starts") is None) != (raw.get("ends") is None):
        raise errors.HalfShift(field="rule")
    given = dict(raw)
    for name in CLOCK_FIELDS:
        if given.get(name) is not None:
            given[name] = _clock(given[name])
    if "break_windows" in given:
        given["break_windows"] = _clocks(given["break_windows"])
    return DayRule.from_document(given)


def _clocks(raw: Sequence[Sequence[str]]) -> tuple[tuple[int, int], ...]:
    return tuple((_clock(a), _clock(b)) for a, b in raw)


def _shifts(raw: Sequence[Mapping[str, Any]]) -> tuple[Shift, ...]:
    found = []
    for n, one in enumerate(raw):
        shift = Shift(
            on=_date(one["on"], f"shifts[{n}].on"),
            starts=_clock(one["starts"]),
            ends=_clock(one["ends"]),
            before=one.get("before_minutes"),
            after=one.get("after_minutes"),
        )
        found.append((_reach(shift), n, shift))
    for (former, _, _), (later, n, _) in pairwise(sorted(found, key=lambda f: f[0])):
        if later[0] < former[1]:
            raise errors.OverlappingShifts(field=f"shifts[{n}]")
    return tuple(shift for _, _, shift in found)


def _reach(shift: Shift) -> Span:
    """Its times as minutes since the calendar began, good for comparing."""
    day = shift.on.toordinal() * DAY_MINUTES
    over_midnight = DAY_MINUTES if shift.ends <= shift.starts else 0
    return day + shift.starts, day + shift.ends + over_midnight


def _calendar(document: Mapping[str, Any]) -> Callable[[date], bool]:
    own = {_date(one, f"holidays[{n}]") for n, one in enumerate(document.get("holidays", ()))}
    country = document.get("calendar", "none")
    if country == "none":
        return lambda day: day in own
    return lambda day: day in own or not is_workday(day, country)


def _punches(
    raw: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> tuple[tuple[Any, ...], tuple[PunchFact, ...], tuple[int, ...]]:
    """(the ids given, the passages of the person, the places of those that are nobody's)."""
    sites: dict[Any, int] = {}
    seen: dict[Any, tuple[Any, ...]] = {}
    person: tuple[int, str] | None = None
    names, found, nobody = [], [], []
    for n, one in enumerate(raw):
        name = one.get("id", n)
        names.append(name)
        at = _seconds(one["at"], zone, f"punches[{n}].at")
        values = (at, one.get("direction"), one.get("site"), one.get("person_no"))
        if name in seen:
            if seen[name] != values:
                raise errors.RepeatedPunch(field=f"punches[{n}]", id=name)
            continue
        seen[name] = values
        number = one.get("person_no")
        if number == "":
            nobody.append(n)
            continue
        if number is not None and person is not None and person[1] != number:
            raise errors.TwoPeople(field=f"punches[{n}].person_no", first=person[1], second=number)
        if number is not None:
            person = person or (n, number)
        site = sites.setdefault(one.get("site"), len(sites))
        found.append(PunchFact(n, at, Direction(one.get("direction", "unknown")), site))
    return tuple(names), tuple(found), tuple(nobody)


def _segments(raw: Sequence[Sequence[str]], zone: ZoneInfo) -> tuple[Span, ...]:
    found = []
    for n, (begin, end) in enumerate(raw):
        span = (
            _seconds(begin, zone, f"segments[{n}][0]"),
            _seconds(end, zone, f"segments[{n}][1]"),
        )
        if span[1] <= span[0]:
            raise errors.BackwardSegment(field=f"segments[{n}]")
        found.append((span, n))
    for (former, _), (later, n) in pairwise(sorted(found)):
        if later[0] < former[1]:
            raise errors.OverlappingSegments(field=f"segments[{n}]")
    return tuple(sorted(span for span, _ in found))


def _overtime_rule(raw: Mapping[str, Any], n: int) -> OvertimeRule:
    known = {field.name for field in fields(OvertimeRule)}
    given = {name: value for name, value in raw.items() if name in known}
    for name in ("begins", "ends"):
        if name in given:
            given[name] = _clock(given[name])
    if "schedule" in given:
        given["schedule"] = _clocks(given["schedule"])
    return OvertimeRule(**{"name": f"rule {n + 1}", **given})


def _not_too_long(asked: Asked) -> None:
    moments = [p.at for p in asked.punches] + [at for span in asked.segments for at in span]
    days = [local_date(at, asked.zone) for at in moments] + [s.on for s in asked.shifts]
    if days and max(days) - min(days) > timedelta(days=DAYS_MAX):
        reach = (max(days) - min(days)).days
        raise errors.SpanTooLong(field="document", days=reach, most=DAYS_MAX)
