"""One byte form for inputs and results: the same facts give the same digest on any machine.

JSON, UTF-8, no spaces, dates as ISO text, dataclasses as lists in the order of their fields;
records sorted, so that the order in which a database returned them doesn't matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_type_hints

from jianzhu.kernel.money import Rounding
from settlements.wages.facts import Adjustment, Case, Day, Piece, Policy, Prevailing, Rate, Value

T = TypeVar("T")
VERSION = 1


# Fields of a case that came after the form did, in the order in which they are written.
_LATER = ("averaged_cap_minutes", "paid_beside_minor")
_LATER_DEFAULTS = [f.default for name in _LATER for f in fields(Case) if f.name == name]


def _getter(shape: type) -> Any:
    return attrgetter(*[f.name for f in fields(shape)])


_GETTERS: dict[type, Any] = {
    shape: _getter(shape) for shape in (Rate, Day, Piece, Adjustment, Value, Policy)
}
_PREVAILING = _getter(Prevailing)


def digest(case: Case) -> str:
    """SHA-256 of the case in canonical form, hexadecimal."""
    return hashlib.sha256(encode(case)).hexdigest()


def encode(case: Case) -> bytes:
    """The case in canonical bytes; records are put in order of date and id first."""
    parts = [
        VERSION,
        case.worker_id,
        case.first,
        case.last,
        case.rule_set,
        case.region,
        case.currency,
        _rows(Rate, sorted(case.rates, key=lambda r: (r.valid_from, str(r.id)))),
        _rows(Day, sorted(case.days, key=lambda d: (d.on, str(d.id)))),
        _rows(Piece, sorted(case.pieces, key=lambda p: (p.first, str(p.id)))),
        _rows(Adjustment, sorted(case.adjustments, key=lambda a: (a.first, str(a.id)))),
        _GETTERS[Policy](case.policy),
        _rows(Value, sorted(case.values, key=lambda v: (v.name, v.region, v.valid_from))),
        case.averaged_minutes_before,
    ]
    # Only as far as they say something: what was kept before there were such fields reads the same.
    later = [getattr(case, name) for name in _LATER]
    while later and later[-1] == _LATER_DEFAULTS[len(later) - 1]:
        later.pop()
    return _dump(parts + later)


def decode(body: bytes) -> Case:
    """The case of canonical bytes; records come in canonical order."""
    version, worker_id, first, last, *rest = json.loads(body)
    assert version == VERSION, f"canonical form {version} is unknown"
    rule_set, region, currency, rates, days, pieces, adjustments, policy, values, before = rest[:10]
    return Case(
        worker_id=worker_id,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        rule_set=rule_set,
        region=region,
        currency=currency,
        rates=tuple(_record(Rate, row) for row in rates),
        days=tuple(_record(Day, row) for row in days),
        pieces=tuple(_record(Piece, row) for row in pieces),
        adjustments=tuple(_record(Adjustment, row) for row in adjustments),
        policy=_record(Policy, policy),
        values=tuple(_record(Value, row) for row in values),
        averaged_minutes_before=before,
        **dict(zip(_LATER, rest[10:], strict=False)),
    )


def _record(shape: type[T], row: Iterable[Any]) -> T:
    takers = zip(_TAKERS[shape], row, strict=True)
    return shape(**{name: take(value) for (name, take), value in takers})


def _takers(shape: type) -> list[tuple[str, Callable[[Any], Any]]]:
    """For each field in order, what makes its value from the JSON one."""
    hints = get_type_hints(shape)
    return [(f.name, _taker(hints[f.name])) for f in fields(shape)]


def _taker(hint: Any) -> Callable[[Any], Any]:
    kinds = (hint, *get_args(hint))
    if date in kinds:
        return lambda raw: raw if raw is None else date.fromisoformat(raw)
    if Prevailing in kinds:
        return lambda raw: raw if raw is None else Prevailing(*raw)
    return Rounding if hint is Rounding else lambda raw: raw


_TAKERS: dict[type, list[tuple[str, Callable[[Any], Any]]]] = {
    shape: _takers(shape) for shape in _GETTERS
}


def dump(value: Any) -> bytes:
    """Any result (a Statement, lines) in canonical bytes."""
    return _dump(value)


def _dump(value: Any) -> bytes:
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _rows(shape: type, records: Iterable[Any]) -> list[Any]:
    return list(map(_GETTERS[shape], records))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Prevailing):
        return _PREVAILING(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, f.name) for f in fields(value)]
    raise TypeError(f"{type(value).__name__} has no canonical form")
