"""The JSON schemas of deadline quotes."""

from __future__ import annotations

from typing import Any

from settlements.disputes.rules.clock import ANCHORS, MOVES, STARTS, UNITS

NAME = {"type": "string", "minLength": 1, "maxLength": 40}
COUNT = {"type": "integer", "minimum": 0, "maximum": 3_000}
DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "2026-10-01"}
INSTANT = {
    "type": "string",
    "maxLength": 40,
    "description": "an instant with its offset (2026-10-01T09:00:00+08:00), or a day at the place",
}
CALENDAR = {"type": "string", "maxLength": 20, "description": "CN, GB-ENG, AU-NSW, CA-BC, …"}
MONTH_DAY = {"type": "string", "pattern": r"^\d{2}-\d{2}$"}
SPANS = {
    "type": "array",
    "maxItems": 20,
    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": MONTH_DAY},
    "description": "spans of each year, both days included, without a working day: 12-22 to 01-10",
}
DAYS = {"type": "array", "maxItems": 400, "items": DATE}
_LEG = {
    "type": "object",
    "additionalProperties": False,
    "required": ["after", "count", "unit"],
    "properties": {"after": NAME, "count": COUNT, "unit": {"enum": list(UNITS)}},
}
_LEGS = {"type": "array", "maxItems": 5, "items": _LEG}
CLOCK: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "after", "count", "unit"],
    "description": "A clock of one's own. `after` names an event, or another clock's last day.",
    "properties": {
        "name": NAME,
        "after": NAME,
        "count": COUNT,
        "unit": {
            "enum": list(UNITS),
            "description": "day: every day; weekday: Monday to Friday; open_day: every day but "
            "public holidays; workday: working or business day",
        },
        "start": {"enum": list(STARTS), "default": "next_day"},
        "moves": {"enum": list(MOVES), "default": "none", "description": "a last day off"},
        "anchor": {"enum": list(ANCHORS), "description": "count from the end of the event's month"},
        "before": {"type": "boolean", "description": "reckoned back from the event"},
        "clear": {"type": "boolean", "description": "that many whole days lie between"},
        "at_least": {**COUNT, "description": "not before so many units: a window"},
        "later_of": {**_LEGS, "description": "whichever is later"},
        "earlier_of": {**_LEGS, "description": "whichever is earlier"},
        "extension": {**COUNT, "description": "how many units an approval may add"},
        "pausable": {
            "type": "boolean",
            "description": "whether an order stops it",
            "default": True,
        },
        "cutoff": {"type": "string", "pattern": r"^\d{2}:\d{2}$", "description": "17:00"},
        "calendar": CALENDAR,
        "closed": SPANS,
        "owed_by": NAME,
        "on_silence": NAME,
        "source": {"type": "string", "maxLength": 300},
    },
}
_PAUSE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "order"],
    "properties": {
        "from": INSTANT,
        "until": {"anyOf": [INSTANT, {"type": "null"}], "description": "null: it still stands"},
        "order": {"type": "string", "minLength": 1, "maxLength": 300, "description": "its record"},
        "clocks": {"type": "array", "maxItems": 50, "items": NAME, "description": "only these"},
    },
}
_EXTENSION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock", "count", "order"],
    "properties": {
        "clock": NAME,
        "count": COUNT,
        "order": {"type": "string", "minLength": 1, "maxLength": 300},
    },
}
DOCUMENT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Deadline quote",
    "type": "object",
    "additionalProperties": False,
    "required": ["zone", "calendar", "events", "clocks"],
    "properties": {
        "zone": {"type": "string", "maxLength": 60, "description": "Asia/Shanghai"},
        "calendar": CALENDAR,
        "regime": {
            "type": "string",
            "maxLength": 20,
            "description": "whose kept clocks count: CN-33, AU-NSW, GB, UPWORK; else the calendar's",
        },
        "on": {**DATE, "description": "the day whose law counts; else that of the event"},
        "closed": SPANS,
        "holidays": {**DAYS, "description": "further days off"},
        "workdays": {**DAYS, "description": "days that count although they were off"},
        "events": {
            "type": "object",
            "maxProperties": 50,
            "propertyNames": NAME,
            "additionalProperties": INSTANT,
        },
        "clocks": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {"anyOf": [NAME, CLOCK]},
            "description": "names of kept clocks, or clocks of one's own; one may follow another",
        },
        "pauses": {"type": "array", "maxItems": 50, "items": _PAUSE},
        "extensions": {"type": "array", "maxItems": 50, "items": _EXTENSION},
        "done": {
            "type": "object",
            "maxProperties": 50,
            "propertyNames": NAME,
            "additionalProperties": INSTANT,
            "description": "when what a clock waits for was done",
        },
        "at": {**INSTANT, "description": "the instant at which it is asked how the clocks stand"},
    },
}
_NULL_DATE = {"anyOf": [DATE, {"type": "null"}]}
_NULL_INSTANT = {"anyOf": [INSTANT, {"type": "null"}]}
_STATES = ["running", "paused", "met", "late", "lapsed", ""]
ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["clocks"],
    "properties": {
        "clocks": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "rule", "after", "last_day", "due_at", "state"],
                "properties": {
                    "name": NAME,
                    "rule": {"type": "string", "description": "regime/name@valid_from"},
                    "source": {"type": "string", "description": "where the clock was read"},
                    "not_checked": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "what of the clock nobody read there: look it up before relying on it",
                    },
                    "owed_by": {"type": "string"},
                    "after": {"type": "string", "description": "the event that decided"},
                    "first_day": _NULL_DATE,
                    "opens_on": _NULL_DATE,
                    "unmoved": _NULL_DATE,
                    "last_day": _NULL_DATE,
                    "due_at": {**_NULL_INSTANT, "description": "the first instant too late"},
                    "skipped": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["day", "why"],
                            "properties": {
                                "day": DATE,
                                "why": {"enum": ["weekend", "holiday", "closed", "order"]},
                            },
                        },
                    },
                    "state": {"enum": _STATES, "description": "as of `at`; empty without it"},
                    "on_silence": {"type": "string", "description": "what silence does"},
                },
            },
        }
    },
}
