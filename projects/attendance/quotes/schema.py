"""The JSON schemas of attendance quotes; the rule's fields are those of `rules.DayRule`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from projects.attendance.rules.facts import CHOICES, DayRule, Direction
from projects.attendance.rules.overtime import DAYS, KINDS

PUNCHES_MAX = 5_000
DAYS_MAX = 366
MINUTES_MAX = 2_880
SECONDS_MAX = 86_400

DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
CLOCK = {
    "type": "string",
    "pattern": r"^(([01]?\d|2[0-3]):[0-5]\d|24:00)$",
    "description": "a time on the site's clock",
}
INSTANT = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$",
    "description": "with an offset; without one it is the site's clock",
}
MINUTES = {"type": "integer", "minimum": 0, "maximum": MINUTES_MAX}
ID = {"type": ["string", "integer"], "maxLength": 64}
CLOCKS = {"type": "array", "prefixItems": [CLOCK, CLOCK], "minItems": 2, "maxItems": 2}
PAIR = {"type": "array", "prefixItems": [MINUTES, MINUTES], "minItems": 2, "maxItems": 2}
# Fields of the rule that are times of day; the others are minutes, seconds or choices.
CLOCK_FIELDS = ("starts", "ends", "day_starts", "night_starts", "night_ends")


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _rule_field(name: str) -> dict[str, Any]:
    if name in CHOICES:
        return {"enum": list(CHOICES[name])}
    if name in CLOCK_FIELDS:
        return {"anyOf": [CLOCK, {"type": "null"}]} if name in ("starts", "ends") else CLOCK
    if name == "break_windows":
        return {"type": "array", "maxItems": 12, "items": CLOCKS}
    if name == "breaks_by_length":
        return {"type": "array", "maxItems": 12, "items": PAIR}
    if name == "duplicate_seconds":
        return {"type": "integer", "minimum": 0, "maximum": SECONDS_MAX}
    if name == "workday_minutes":
        return MINUTES | {"minimum": 1}
    if name in ("half_day_below", "absent_below", "late_grace_minutes", "early_grace_minutes"):
        return {"anyOf": [MINUTES, {"type": "null"}]}
    return MINUTES


RULE = _object({field.name: _rule_field(field.name) for field in fields(DayRule)})
SHIFT = _object(
    {
        "on": DATE,
        "starts": CLOCK,
        "ends": CLOCK,
        "before_minutes": MINUTES,
        "after_minutes": MINUTES,
    },
    "on",
    "starts",
    "ends",
)
PUNCH = _object(
    {
        "id": ID,
        "at": INSTANT,
        "direction": {"enum": [str(one) for one in Direction]},
        "site": ID,
        "person_no": {
            "type": "string",
            "maxLength": 64,
            "description": "empty: a door opened and nobody showed who they are",
        },
    },
    "at",
)
OVERTIME_RULE = _object(
    {
        "name": {"type": "string", "maxLength": 64},
        "kind": {"enum": list(KINDS)},
        "over_minutes": {"type": "integer", "minimum": 0, "maximum": 10_080},
        "tolerance_minutes": MINUTES,
        "begins": CLOCK,
        "ends": CLOCK,
        "days": {"enum": list(DAYS)},
        "schedule": {"type": "array", "maxItems": 12, "items": CLOCKS},
    },
    "kind",
)
OVERTIME = _object(
    {
        "rules": {"type": "array", "maxItems": 20, "items": OVERTIME_RULE},
        "week_starts": {"type": "integer", "minimum": 0, "maximum": 6},
        "day": {"enum": ["work_day", "calendar_day"]},
        "expected_minutes": MINUTES,
        "undertime_tolerance_minutes": MINUTES,
    },
    "rules",
)
DOCUMENT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Attendance quote",
    **_object(
        {
            "note": {"type": "string", "maxLength": 500},
            "zone": {"type": "string", "maxLength": 64, "description": "the site's IANA zone"},
            "worker_zone": {
                "type": "string",
                "maxLength": 64,
                "description": "the zone in which the worker reads the times; decides nothing",
            },
            "calendar": {
                "enum": ["CN", "US", "SG", "AU", "GB", "none"],
                "description": "whose law says which dates are free; none: only `holidays` are",
            },
            "holidays": {"type": "array", "maxItems": DAYS_MAX, "items": DATE},
            "rule": RULE,
            "shifts": {"type": "array", "maxItems": DAYS_MAX * 3, "items": SHIFT},
            "as_of": INSTANT,
            "punches": {"type": "array", "maxItems": PUNCHES_MAX, "items": PUNCH},
            "segments": {
                "type": "array",
                "maxItems": PUNCHES_MAX,
                "items": {
                    "type": "array",
                    "prefixItems": [INSTANT, INSTANT],
                    "minItems": 2,
                    "maxItems": 2,
                },
            },
            "overtime": OVERTIME,
            "approvals": _object(
                {
                    "approved": {"type": "array", "maxItems": DAYS_MAX, "items": DATE},
                    "touched": DATE,
                },
                "approved",
                "touched",
            ),
        },
        "zone",
    ),
}

_LIST = {"type": "array", "items": {"type": "object"}}
ANSWER: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Answer to an attendance quote",
    "type": "object",
    "required": ["days", "punches"],
    "properties": {
        "days": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["on", "minutes", "worked", "status", "state"],
                "properties": {
                    "on": DATE,
                    "state": {"enum": ["open", "paired", "exception", "confirmed"]},
                    "status": {"enum": ["present", "half_day", "absent"]},
                    "minutes": {"type": "integer"},
                    "worked": {"type": "string", "description": "hours:minutes"},
                    "night_minutes": {"type": "integer"},
                    "workdays": {"type": "string"},
                    "intervals": {"type": "array"},
                    "local_intervals": {"type": "array"},
                    "exceptions": _LIST,
                    "marks": {"type": "array", "items": {"type": "string"}},
                    "undertime_minutes": {"type": "integer"},
                    "overtime_minutes": {"type": "integer"},
                },
            },
        },
        "punches": _LIST,
        "overtime": {
            "type": "object",
            "properties": {"lines": _LIST, "minutes": {"type": "integer"}},
        },
        "approvals": {
            "type": "object",
            "properties": {
                name: {"type": "array", "items": DATE} for name in ("reset", "standing")
            },
        },
    },
}
