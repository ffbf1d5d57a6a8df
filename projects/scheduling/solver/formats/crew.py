"""Crew `.json`: teams by trade and level, certificates that expire, homes, days off, due days.

A person costs `day_pay + 2 * km * yuan_per_km` for every day of a task, with km the rounded straight
distance. A certificate with day `v` is void from that day on, so work with it ends before. A site pays
`late_per_day` for each day that its last task ends after `due`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TypeVar

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats.instance import Instance
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Need, Package, Problem, Site, Span, Worker

T = TypeVar("T")


def read(text: str, file: str) -> Instance:
    """The instance of a crew file."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) - 1:
            raise Fault("cut", file=file, missing="the end of its JSON") from None
        raise Fault(
            "unreadable", file=file, line=error.lineno, found=repr(text[error.pos : error.pos + 9]),
            expected="JSON",
        ) from None  # fmt: skip
    fare = 2 * _field(document, "yuan_per_km", int, file, "the document")
    late = _field(document, "late_per_day", int, file, "the document")
    places = _each(document, "sites", file, lambda s, at: (
        _field(s, "id", int, file, at), _field(s, "x", int, file, at), _field(s, "y", int, file, at),
        _field(s, "due", int, file, at),
    ))  # fmt: skip
    workers = _each(document, "workers", file, lambda w, at: _worker(w, at, places, fare, file))
    packages = _each(document, "tasks", file, lambda t, at: _package(t, at, file))
    sites = tuple(Site(id, due, late) for id, _, _, due in places)
    problem = Problem(packages, workers, sites, name=str(document.get("name", file)))
    return Instance("crew", problem, lambda plan: write(plan, problem))


def _field(row: Any, name: str, kind: type[T], file: str, where: str) -> T:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        words = {int: "a whole number", list: "a list", dict: "an object", str: "a text"}
        raise Fault(
            "unreadable", file=file, line=where, found=f"{name} {value!r}", expected=words[kind]
        )
    return value


def _each(document: Any, name: str, file: str, make: Callable[[Any, str], T]) -> tuple[T, ...]:
    rows = _field(document, name, list, file, "the document")
    return tuple(make(row, f"{name}[{at}]") for at, row in enumerate(rows))


def _worker(
    row: Any, at: str, places: tuple[tuple[int, int, int, int], ...], fare: int, file: str
) -> Worker:
    x, y = _field(row, "x", int, file, at), _field(row, "y", int, file, at)
    trades = _field(row, "trades", dict, file, at)
    certs = _field(row, "certs", dict, file, at)
    days = _field(row, "off", list, file, at)
    return Worker(
        id=_field(row, "id", int, file, at),
        skills={trade: _field(trades, trade, int, file, at) for trade in trades},
        rate=_field(row, "day_pay", int, file, at),
        travel={id: fare * round(math.hypot(x - sx, y - sy)) for id, sx, sy, _ in places},
        certificates={name: _field(certs, name, int, file, at) for name in certs},
        off=tuple(_span(day, at, file) for day in days),
    )


def _span(days: Any, at: str, file: str) -> Span:
    if not (isinstance(days, list) and len(days) == 2 and all(isinstance(d, int) for d in days)):
        raise Fault(
            "unreadable", file=file, line=at, found=f"off {days!r}", expected="[first, last) days"
        )
    return Span(days[0], days[1], "off")


def _package(row: Any, at: str, file: str) -> Package:
    needs = _field(row, "need", list, file, at)
    waits = _field(row, "pred", list, file, at)
    return Package(
        id=_field(row, "id", int, file, at),
        duration=_field(row, "days", int, file, at),
        needs=tuple(
            Need(
                _field(need, "trade", str, file, at),
                _field(need, "level", int, file, at),
                _field(need, "count", int, file, at),
                need.get("cert"),
            )
            for need in needs
        ),
        after=tuple(dict.fromkeys(waits)),
        site=_field(row, "site", int, file, at),
    )


def write(plan: Plan, problem: Problem) -> str:
    """`{"name", "assignments": [{"task", "start", "team": [{"worker", "need"}]}]}`."""
    rows = [
        {
            "task": a.package,
            "start": a.start,
            "team": [{"worker": m.worker, "need": m.need} for m in a.team],
        }
        for a in plan
    ]
    return json.dumps({"name": problem.name, "assignments": rows}, indent=1) + "\n"
