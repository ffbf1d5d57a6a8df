"""A roster as a CP-SAT model, whole or with most cells held.

The rules of runs are clauses over the days (Curtois and Qu 2014): no work longer than `run_max`, no
run of work or rest shorter than allowed between two days that end it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver.roster.problem import Person, Roster, Rows

Cell = tuple[int, int]  # (person, day)


@dataclass
class Model:
    """`works[p, d][shift]` is a literal, or 0 or 1 where the cell is held."""

    cp: cp_model.CpModel
    roster: Roster
    works: dict[Cell, dict[str, Any]] = field(default_factory=dict)


def build(roster: Roster, held: Rows | None = None, free: frozenset[Cell] | None = None) -> Model:
    """The model; with `held` rows only cells of `free` may change."""
    model = Model(cp_model.CpModel(), roster)
    free_people = {p for p, _ in free} if free is not None else None
    for p, person in enumerate(roster.people):
        for d in range(roster.days):
            open_ = free is None or (p, d) in free
            model.works[p, d] = _cell(model.cp, roster, person, d, None if open_ else held, p)
        if free_people is None or p in free_people:
            _rules(model, p, person)
    _objective(model)
    return model


def _cell(
    cp: cp_model.CpModel, roster: Roster, person: Person, d: int, held: Rows | None, p: int
) -> dict[str, Any]:
    if held is not None:
        return {s.id: int(held[p][d] == s.id) for s in roster.shifts}
    if d in person.off:
        return {s.id: 0 for s in roster.shifts}
    works = {s.id: cp.new_bool_var("") if person.most.get(s.id, 0) else 0 for s in roster.shifts}
    literals = [x for x in works.values() if not isinstance(x, int)]
    if len(literals) > 1:
        cp.add_at_most_one(literals)
    return works


def _rules(model: Model, p: int, person: Person) -> None:
    roster, cp = model.roster, model.cp
    days = range(roster.days)
    works = [model.works[p, d] for d in days]
    for shift in roster.shifts:
        kind = [works[d][shift.id] for d in days]
        if person.most.get(shift.id, 0) < roster.days:
            _most(cp, kind, person.most.get(shift.id, 0))
        for d in days[:-1]:
            for after in shift.not_before:
                _clause(cp, [(works[d][shift.id], False), (works[d + 1][after], False)])
    minutes = sum(s.minutes * works[d][s.id] for s in roster.shifts for d in days)
    if not isinstance(minutes, int):
        cp.add_linear_constraint(minutes, person.minutes_min, person.minutes_max)
    day = [_day(cp, works[d]) for d in days]
    for first in range(roster.days - person.run_max):
        _clause(cp, [(day[d], False) for d in range(first, first + person.run_max + 1)])
    for length in range(1, person.run_min):
        for first in range(roster.days - length - 1):
            inner = [(day[d], False) for d in range(first + 1, first + length + 1)]
            _clause(cp, [(day[first], True), *inner, (day[first + length + 1], True)])
    for length in range(1, person.rest_min):
        for first in range(roster.days - length - 1):
            inner = [(day[d], True) for d in range(first + 1, first + length + 1)]
            _clause(cp, [(day[first], False), *inner, (day[first + length + 1], False)])
    _weekends(cp, day, person.weekends_max)


def _day(cp: cp_model.CpModel, works: dict[str, Any]) -> Any:
    literals = [x for x in works.values() if not isinstance(x, int)]
    if not literals:
        return int(any(works.values()))
    day = cp.new_bool_var("")
    cp.add(sum(literals) == day)
    return day


def _clause(cp: cp_model.CpModel, literals: list[tuple[Any, bool]]) -> None:
    """At least one of (variable, wanted value); held cells are numbers."""
    kept = []
    for variable, wanted in literals:
        if isinstance(variable, int):
            if bool(variable) == wanted:
                return
        else:
            kept.append(variable if wanted else ~variable)
    cp.add_bool_or(kept)


def _most(cp: cp_model.CpModel, kind: list[Any], most: int) -> None:
    total = sum(kind)
    if not isinstance(total, int):
        cp.add(total <= most)


def _weekends(cp: cp_model.CpModel, day: list[Any], most: int) -> None:
    worked: list[Any] = []
    for saturday in range(5, len(day), 7):
        both = day[saturday : saturday + 2]
        if any(isinstance(x, int) and x for x in both):
            worked.append(1)
            continue
        literals = [x for x in both if not isinstance(x, int)]
        if literals:
            weekend = cp.new_bool_var("")
            for x in literals:
                cp.add_implication(x, weekend)
            worked.append(weekend)
    _most(cp, worked, most)


def _objective(model: Model) -> None:
    roster, cp = model.roster, model.cp
    at = {person.id: n for n, person in enumerate(roster.people)}
    terms: list[Any] = []
    for wish in roster.wishes:
        works = model.works[at[wish.person], wish.day][wish.shift]
        terms.append(wish.weight * (1 - works if wish.on else works))
    there: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for (_, d), works in model.works.items():
        for shift, x in works.items():
            if not isinstance(x, int) or x:
                there[d, shift].append(x)
    most = len(roster.people)
    for cover in roster.cover:
        count = sum(there[cover.day, cover.shift])
        if isinstance(count, int):
            short, extra = max(0, cover.wanted - count), max(0, count - cover.wanted)
            terms.append(cover.under * short + cover.over * extra)
            continue
        under, over = cp.new_int_var(0, cover.wanted, ""), cp.new_int_var(0, most, "")
        cp.add(count + under - over == cover.wanted)
        terms += [cover.under * under, cover.over * over]
    cp.minimize(sum(terms))


def hint(model: Model, rows: Rows) -> None:
    """Start from a roster."""
    for (p, d), works in model.works.items():
        for shift, x in works.items():
            if not isinstance(x, int):
                model.cp.add_hint(x, rows[p][d] == shift)


def read(model: Model, value: Callable[[Any], Any]) -> Rows:
    """The rows of a solver's values."""

    def cell(p: int, d: int) -> str:
        for shift, x in model.works[p, d].items():
            if x if isinstance(x, int) else value(x):
                return shift
        return ""

    days = range(model.roster.days)
    return tuple(tuple(cell(p, d) for d in days) for p in range(len(model.roster.people)))
