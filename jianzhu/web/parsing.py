"""JSON as it should be sent: no duplicate keys, no NaN, no depth bomb, no text that can't be stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEPTH_MAX = 64
WHOLE_MAX = 2**63 - 1


class StrictJSONParser(BaseParser):
    """Refuses with 400 what other parsers would let pass silently."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            found = json.loads(
                text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(f"This is no JSON we can take: {error}") from error
        _check(found, 0)
        return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return value


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise ParseError(f"Nested deeper than {DEPTH_MAX}.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth + 1)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and abs(value) > WHOLE_MAX:
        raise ParseError("A whole number is too large.")


def _check_text(value: str) -> None:
    if "\0" in value:
        raise ParseError("A text holds a NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ParseError("A text holds half a character (a lone surrogate).") from error
