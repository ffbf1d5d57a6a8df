"""The JSON schemas of quotes, made from the dataclasses of the inputs, so that they can't drift.

Money stands as decimal text in the statement's currency ("38.00"): a field `rate_minor` of the
dataclass is `rate` in the document. Everything else keeps its name.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from datetime import date
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from jianzhu.kernel.money import DIGITS, Rounding
from settlements.wages import inputs, shares
from settlements.wages.facts import (
    BASES,
    Adjustment,
    Case,
    Day,
    Piece,
    Policy,
    Prevailing,
    Rate,
    Value,
)
from settlements.wages.published import SOLVERS

MONEY = {"type": "string", "pattern": r"^-?\d{1,13}(\.\d{1,6})?$", "description": "decimal text"}
DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
ID = {"type": ["string", "integer"]}
RECORDS = (Rate, Day, Piece, Adjustment, Value, Policy, Prevailing, Case)
CHOICES: dict[tuple[type, str], tuple[str, ...]] = {
    (Rate, "basis"): BASES,
    (Rate, "salary_per"): ("week", "two_weeks", "half_month", "month", "year"),
    (Day, "hint"): inputs.HINTS,
    (Case, "currency"): tuple(DIGITS),
    **{(Policy, name): allowed for name, allowed in inputs.CHOICES.items()},
}
LIST_MAX = 1_000
# A quote is one worker's; longer lists would only cost time (days x rates, weeks x adjustments).
MOST: dict[type, int] = {Rate: 200, Adjustment: 200, Value: 200, Piece: 500}


def key_of(name: str) -> str:
    """The document's name of a dataclass field."""
    return name.removesuffix("_minor")


def optional(field: Field[Any]) -> bool:
    """Whether the document may leave the field out."""
    return field.default is not MISSING or field.default_factory is not MISSING


def record(shape: type) -> dict[str, Any]:
    """The schema of one dataclass of the inputs."""
    hints = get_type_hints(shape)
    own = fields(shape)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key_of(f.name) for f in own if not optional(f) and not _inherited(shape, f)],
        "properties": {key_of(f.name): _field(shape, f.name, hints[f.name]) for f in own},
    }


def _inherited(shape: type, field: Field[Any]) -> bool:
    """A record's currency is the case's unless it says otherwise."""
    return field.name == "currency" and shape is not Case


def _field(shape: type, name: str, hint: Any) -> dict[str, Any]:
    if name.endswith("_minor"):
        return _or_null(MONEY) if _takes_none(hint) else MONEY
    if (shape, name) == (Value, "value"):
        return {"type": ["string", "integer"], "description": "decimal text is money"}
    if (shape, name) in CHOICES:
        return {"enum": list(CHOICES[shape, name])}
    return _type(hint)


def _takes_none(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _type(hint: Any) -> dict[str, Any]:
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        found = ID if set(kinds) == {int, str} else _type(kinds[0])
        return _or_null(found) if _takes_none(hint) else found
    if get_origin(hint) is tuple:
        kind = get_args(hint)[0]
        return {"type": "array", "maxItems": MOST.get(kind, LIST_MAX), "items": _type(kind)}
    if hint in RECORDS:
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if hint is Rounding:
        return {"enum": [one.value for one in Rounding]}
    return {date: DATE, bool: {"type": "boolean"}, int: {"type": "integer"}}.get(
        hint, {"type": "string", "maxLength": 200}
    )


def _of_kind(kinds: list[str], required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", *required],
        "properties": {"kind": {"enum": kinds}, **properties},
    }


_CASE = {"$ref": "#/$defs/Case"}
_WEIGHTS = {
    "type": "object",
    "maxProperties": LIST_MAX,
    "additionalProperties": {"type": "integer", "minimum": 0},
}
KINDS: dict[str, dict[str, Any]] = {
    "statement": _of_kind(["statement"], ["case"], {"case": _CASE}),
    "correction": _of_kind(["correction"], ["old", "new"], {"old": _CASE, "new": _CASE}),
    "share": _of_kind(
        ["share"],
        ["rule", "workdays"],
        {
            "total": MONEY,
            "currency": {"enum": list(DIGITS)},
            "total_thousandths": {"type": "integer"},
            "rule": {"enum": list(shares.RULES)},
            "workdays": _WEIGHTS,
            "points": _WEIGHTS,
        },
    ),
    **{name: _of_kind([name], ["inputs"], {"inputs": {"type": "object"}}) for name in SOLVERS},
}
DOCUMENT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Wage quote",
    "oneOf": list(KINDS.values()),
    "$defs": {shape.__name__: record(shape) for shape in RECORDS},
}
_BOTH = {
    "type": "object",
    "required": ["en", "zh"],
    "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
}
_SOURCE = {"type": "array", "prefixItems": [{"type": "string"}, ID], "minItems": 2, "maxItems": 2}
_LINE = {
    "type": "object",
    "required": ["key", "kind", "on", "until", "quantity", "rate", "percent", "amount", "rule"],
    "properties": {
        "key": {"type": "string"},
        "kind": {"type": "string"},
        "name": {"type": "string"},
        "on": DATE,
        "until": DATE,
        "quantity": {"type": "integer"},
        "unit": {"enum": ["min", "thousandth", ""]},
        "rate": {
            "type": "object",
            "properties": {
                "numerator": {"type": "integer"},
                "denominator": {"type": "integer"},
                "agreed": {"anyOf": [MONEY, {"type": "null"}]},
                "per": {"type": "string"},
            },
        },
        "percent": {"type": "integer"},
        "amount": MONEY,
        "currency": {"type": "string"},
        "rule": {
            "type": "object",
            "properties": {
                name: {"type": "string"} for name in ("name", "version", "article", "source")
            },
        },
        "rounding": {"type": "string"},
        "sources": {"type": "array", "items": _SOURCE},
        "label": _BOTH,
        "formula": _BOTH,
    },
}
ANSWER: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Answer to a wage quote",
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"enum": list(KINDS)},
        "digest": {"type": "string"},
        "lines": {"type": "array", "items": _LINE},
        "days": {"type": "array", "items": {"type": "object"}},
        "held": {"type": "array", "items": {"type": "object"}},
        "findings": {"type": "array", "items": {"type": "object"}},
        **dict.fromkeys(("gross", "deducted", "net", "total"), MONEY),
        "parts": {"type": "object"},
        "outcome": {"type": "object"},
    },
}
