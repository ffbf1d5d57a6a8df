"""Problems, plans and tasks as JSON and back, for queues that carry nothing else.

Dataclasses become objects, mappings lists of pairs (their keys may be numbers), infinity the text
"inf". Reading follows the types, so what is read equals what was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Plain lists, objects, texts and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return [[to_json(key), to_json(item)] for key, item in value.items()]
    if isinstance(value, (tuple, list, frozenset)):
        items = [to_json(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    if isinstance(value, float) and value == float("inf"):
        return "inf"
    return value


def from_json(kind: type[T], data: Any) -> T:
    """A value of `kind` from what `to_json` made of it."""
    found: T = _read(kind, data)
    return found


def _read(kind: Any, data: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{f.name: _read(hints[f.name], data[f.name]) for f in fields(kind)})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        wanted = [one for one in inner if one is not type(None)]
        return data if data is None or len(wanted) > 1 else _read(wanted[0], data)
    if origin is tuple:
        types = inner[:1] * len(data) if inner[1:] == (...,) else inner
        return tuple(_read(one, item) for one, item in zip(types, data, strict=True))
    if origin is frozenset:
        return frozenset(_read(inner[0], item) for item in data)
    if origin is not None and issubclass(origin, Mapping):
        return {_read(inner[0], key): _read(inner[1], item) for key, item in data}
    return float(data) if kind is float else data
