"""From a quote's JSON to the engine's inputs; whatever doesn't fit is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

from jianzhu.kernel.money import Money, Rounding
from settlements.wages.errors import MalformedQuote
from settlements.wages.facts import Case, Policy, Prevailing, Value
from settlements.wages.quotes.schema import DOCUMENT, KINDS, key_of


def kind_of(document: Any) -> str:
    """The document's kind, after checking the document against that kind's schema."""
    kind = document.get("kind") if isinstance(document, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise MalformedQuote(field="kind", problem=f"one of {', '.join(KINDS)} is expected")
    error = best_match(_validator(kind).iter_errors(document))
    if error is not None:
        raise MalformedQuote(field=error.json_path.removeprefix("$."), problem=error.message[:300])
    return kind


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({**KINDS[kind], "$defs": DOCUMENT["$defs"]})


def case(raw: Mapping[str, Any], field: str) -> Case:
    """The case of a checked document; `field` is its place, for the refusal."""
    found: Case = _record(Case, raw, raw["currency"], field)
    return found


def money(field: str, text: str, currency: str) -> int:
    """Minor units of a decimal text; MalformedQuote when it has more digits than the currency."""
    try:
        return Money.parse(text, currency).minor
    except ValueError as error:
        raise MalformedQuote(field=field, problem=str(error)) from None


def _record(shape: type, raw: Mapping[str, Any], currency: str, place: str) -> Any:
    hints, given = _hints(shape), {}
    own = raw.get("currency", currency)
    for field in fields(shape):
        key = key_of(field.name)
        if key in raw:
            given[field.name] = _value(
                shape, field.name, hints[field.name], raw[key], own, f"{place}.{key}"
            )
        elif key == "currency":
            given["currency"] = currency
    return shape(**given)


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _value(shape: type, name: str, hint: Any, raw: Any, currency: str, place: str) -> Any:
    if raw is None:
        return None
    if name.endswith("_minor"):
        return money(place, raw, currency)
    if shape is Value and name == "value" and isinstance(raw, str):
        return money(place, raw, currency)
    kinds = get_args(hint) if get_origin(hint) is not tuple else ()
    if date in (hint, *kinds):
        return _date(place, raw)
    if get_origin(hint) is tuple:
        kind = get_args(hint)[0]
        return tuple(_record(kind, one, currency, f"{place}[{at}]") for at, one in enumerate(raw))
    if Prevailing in kinds:
        return _record(Prevailing, raw, currency, place)
    if hint is Policy:
        return _record(Policy, raw, currency, place)
    return Rounding(raw) if hint is Rounding else raw


def _date(place: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MalformedQuote(field=place, problem=f"{text} is no date") from None
