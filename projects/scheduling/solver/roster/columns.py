"""Rows priced into a roster: column generation, then a dive to whole rows.

The master program mixes rows per person so that cover is met best; its dual prices of shifts tell
which row of each person would help most (`paths`). What the cheapest rows cost at those prices is a
bound (Lagrange). The dive then keeps the rows the program is surest of and prices the rest anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from projects.scheduling.solver.roster import paths
from projects.scheduling.solver.roster.problem import Roster, Rows

Array = Any
Row = tuple[int, ...]  # a shift's position or -1 per day
_FIXED = 1e7  # a fixed shift is worth so much to its person that every row has it
FINES = 6  # times that a pricing is repeated with higher fines for who breaks a limit
NEAR = 0.85  # the share from which a shift counts as nearly sure
SMOOTH = 0.5  # how much of the best prices stays in the next ones: less zigzag


class Columns:
    """The master program and its rows. `known[p]` are a person's rows with their cost; `share[p]`
    how much of each the last program took; `shut[p]` those that a dive has ruled out."""

    def __init__(self, roster: Roster, rows: Rows) -> None:
        self.roster = roster
        self.days, self.shifts = roster.days, [s.id for s in roster.shifts]
        self._at = {id: n for n, id in enumerate(self.shifts)}
        self.wish, self.constant = self._wishes()
        self.bound = 0
        self._wanted = np.zeros((self.days, len(self.shifts)))
        self._under, self._over = np.zeros_like(self._wanted), np.zeros_like(self._wanted)
        for cover in roster.cover:
            cell = cover.day, self._at[cover.shift]
            self._wanted[cell] = cover.wanted
            self._under[cell], self._over[cell] = cover.under, cover.over
        self.known: list[dict[Row, float]] = [{} for _ in roster.people]
        self.share: list[dict[Row, float]] = [{} for _ in roster.people]
        self.shut: list[set[Row]] = [set() for _ in roster.people]
        for p, row in enumerate(rows):
            self.add(p, [self._at.get(shift, -1) for shift in row])
        self._center: Array | None = None
        self._bonus: Array | None = None
        # What a shift costs a person on top where its own limit isn't counted by the states.
        self._fine = np.zeros((len(roster.people), len(self.shifts)))
        self._most = np.array([[p.most.get(s, 0) for s in self.shifts] for p in roster.people])

    def _wishes(self) -> tuple[Array, int]:
        at = {person.id: p for p, person in enumerate(self.roster.people)}
        wish = np.zeros((len(at), self.days, len(self.shifts)))
        constant = 0
        for one in self.roster.wishes:
            sign = -1 if one.on else 1
            wish[at[one.person], one.day, self._at[one.shift]] += sign * one.weight
            constant += one.weight if one.on else 0
        return wish, constant

    @property
    def count(self) -> int:
        """Rows known."""
        return sum(len(known) for known in self.known)

    def add(self, p: int, row: list[int]) -> None:
        """A row for a person."""
        self.known[p][tuple(row)] = sum(
            float(self.wish[p, d, s]) for d, s in enumerate(row) if s >= 0
        )

    def solve(self) -> tuple[float, Array]:
        """(objective, price per day and shift) of the rows that are not shut."""
        program = model_builder.Model()  # type: ignore[no-untyped-call]
        chosen: list[tuple[int, Row, Any]] = []
        there: dict[tuple[int, int], list[Any]] = {}
        terms, costs = [], []
        for p, known in enumerate(self.known):
            mine = []
            for row, cost in known.items():
                if row in self.shut[p]:
                    continue
                weight = program.new_num_var(0, 1, "")
                mine.append(weight)
                chosen.append((p, row, weight))
                terms.append(weight)
                costs.append(cost)
                for d, s in enumerate(row):
                    if s >= 0:
                        there.setdefault((d, s), []).append(weight)
            program.add(model_builder.LinearExpr.sum(mine) == 1)
        cells = {}
        for cover in self.roster.cover:
            cell = cover.day, self._at[cover.shift]
            under = program.new_num_var(0, cover.wanted, "")
            over = program.new_num_var(0, len(self.known), "")
            count = model_builder.LinearExpr.sum([*there.get(cell, []), under])
            cells[cell] = program.add(count - over == cover.wanted)
            terms += [under, over]
            costs += [float(cover.under), float(cover.over)]
        program.minimize(model_builder.LinearExpr.weighted_sum(terms, costs))
        solver = model_builder.Solver("glop")
        solver.solve(program)
        self.share = [{} for _ in self.known]
        for p, row, weight in chosen:
            if (part := solver.value(weight)) > 1e-6:
                self.share[p][row] = part
        prices = np.zeros_like(self._wanted)
        for cell, constraint in cells.items():
            prices[cell] = solver.dual_value(constraint)
        objective = float(solver.objective_value) + self.constant
        return objective, np.clip(prices, -self._over, self._under)

    def price(self, groups: list[paths.Group], prices: Array) -> tuple[float, int]:
        """Rows that are cheapest at some prices join; (bound at these prices, how many are new)."""
        bound, new = float((prices * self._wanted).sum()) + self.constant, 0
        for group in groups:
            for attempt in range(FINES):
                fine = self._fine[group.people].copy()
                asked = self.wish[group.people] - prices[None, :, :] + fine[:, None, :]
                if self._bonus is not None:
                    asked = asked + self._bonus[group.people]
                costs, rows = group.cheapest(asked)
                if not attempt:
                    bound += float(costs.sum()) - float((fine * self._most[group.people]).sum())
                right = [
                    not row or self._within(p, row, group.loose)
                    for p, row in zip(group.people, rows, strict=True)
                ]
                for p, row, kept in zip(group.people, rows, right, strict=True):
                    if row and kept and tuple(row) not in self.known[p]:
                        self.add(p, row)
                        new += 1
                if all(right):
                    break
        return bound, new

    def _within(self, p: int, row: list[int], loose: list[int]) -> bool:
        """Whether a row keeps the limits that no state counts; they are fined more where not."""
        right = True
        for s in loose:
            extra = row.count(s) - self._most[p, s]
            if extra > 0 and self._most[p, s]:
                self._fine[p, s] = max(2.0, 1.5 * self._fine[p, s])
                right = False
            elif extra < 0:
                self._fine[p, s] *= 0.9
        return right

    def generate(self, groups: list[paths.Group], over: Callable[[], bool], rounds: int) -> None:
        """Rounds of pricing until nothing new helps. The bound holds while nothing is fixed."""
        exact, stale = self._bonus is None, 0
        for _ in range(rounds):
            objective, prices = self.solve()
            asked = prices
            if self._center is not None and exact:
                asked = SMOOTH * self._center + (1 - SMOOTH) * prices
            bound, new = self.price(groups, asked)
            if exact and bound > self.bound:
                self.bound, self._center = math.ceil(bound - 1e-4), asked
            if not new and asked is not prices:
                bound, new = self.price(groups, prices)
                if exact:
                    self.bound = max(self.bound, math.ceil(bound - 1e-4))
            # A fine that grew may let the next round find a row that keeps its limits.
            stale = 0 if new else stale + 1
            if stale > (3 if any(g.loose for g in groups) else 0):
                return
            if over() or (exact and objective <= self.bound):
                return

    def dive(self, over: Callable[[], bool], take: Callable[[Rows], None]) -> None:
        """Fix the shifts the program is surest of, one a person, and price all rows anew, until
        everybody has one whole row. What was fixed is free again afterwards."""
        self._bonus = np.zeros_like(self.wish)
        while not over():
            self.solve()
            chosen = self._surest()
            if not chosen:
                break
            for p, d, s in chosen:
                self._bonus[p, d, s] = -_FIXED
                self.shut[p] |= {row for row in self.known[p] if row[d] != s}
            open_ = [p for p, shares in enumerate(self.share) if len(shares) > 1]
            self.generate(paths.groups(self.roster, open_), over, 2)
        self.solve()
        take(self.rows())
        self._bonus = None
        self.shut = [set() for _ in self.known]

    def _surest(self) -> list[tuple[int, int, int]]:
        """Shifts that are in question and most wanted: (person, day, shift). Of a person all that
        are nearly sure and stand in the heaviest row together, else the surest one."""
        found, sure = [], []
        for p, shares in enumerate(self.share):
            weight: dict[tuple[int, int], float] = {}
            for row, part in shares.items():
                for d, s in enumerate(row):
                    if s >= 0:
                        weight[d, s] = weight.get((d, s), 0.0) + part
            in_question = [(w, cell) for cell, w in weight.items() if w < 1 - 1e-6]
            if not in_question:
                continue
            heaviest = max(shares, key=lambda row: (shares[row], row))
            near = [
                (p, *cell) for w, cell in in_question if w > NEAR and heaviest[cell[0]] == cell[1]
            ]
            sure += near
            if not near:
                most, (d, s) = max(in_question)
                found.append((most, p, d, s))
        found.sort(key=lambda one: (-one[0], one[1]))
        least = max(2, len(self.known) // 8)
        return sure + [one[1:] for one in found[: max(0, least - len(sure) // 2)]]

    def rows(self) -> Rows:
        """The heaviest row of everybody."""
        heaviest = (max(shares, key=lambda row: (shares[row], row)) for shares in self.share)
        return tuple(tuple("" if s < 0 else self.shifts[s] for s in row) for row in heaviest)

    def whole(
        self, seconds: float, work: float, seed: int, searches: int, best: Rows
    ) -> tuple[Rows | None, float]:
        """The best roster of the rows known, by CP-SAT: (rows, work)."""
        cp = cp_model.CpModel()
        held = [tuple(self._at.get(shift, -1) for shift in row) for row in best]
        chosen: list[dict[tuple[int, ...], Any]] = []
        there: dict[tuple[int, int], list[Any]] = {}
        terms: list[Any] = []
        for p, known in enumerate(self.known):
            chosen.append({row: cp.new_bool_var("") for row in known})
            cp.add_exactly_one(chosen[p].values())
            for row, x in chosen[p].items():
                cp.add_hint(x, row == held[p])
                terms.append(
                    round(sum(self.wish[p, d, s] for d, s in enumerate(row) if s >= 0)) * x
                )
                for d, s in enumerate(row):
                    if s >= 0:
                        there.setdefault((d, s), []).append(x)
        for cover in self.roster.cover:
            count = sum(there.get((cover.day, self._at[cover.shift]), []))
            under = cp.new_int_var(0, cover.wanted, "")
            over = cp.new_int_var(0, len(self.known), "")
            cp.add(count + under - over == cover.wanted)
            terms += [cover.under * under, cover.over * over]
        cp.minimize(sum(terms))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers, solver.parameters.random_seed = searches, seed
        solver.parameters.linearization_level = 2
        if seconds < float("inf"):
            solver.parameters.max_time_in_seconds = max(0.05, seconds)
        if work < float("inf"):
            solver.parameters.max_deterministic_time = max(0.01, work)
            solver.parameters.interleave_search = searches > 1
        status = solver.solve(cp)
        spent = float(solver.response_proto.deterministic_time)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, spent
        rows = [next(row for row, x in one.items() if solver.value(x)) for one in chosen]
        return tuple(tuple("" if s < 0 else self.shifts[s] for s in row) for row in rows), spent


def first_rows(roster: Roster, groups: list[paths.Group]) -> Rows:
    """Everybody's row by wishes alone; () where none was found that keeps every limit."""
    rows: list[tuple[str, ...]] = [() for _ in roster.people]
    blank = Columns(roster, ())
    for group in groups:
        _, found = group.cheapest(blank.wish[group.people])
        for p, row in zip(group.people, found, strict=True):
            most = roster.people[p].most
            ids = tuple("" if s < 0 else roster.shifts[s].id for s in row)
            if ids and all(
                ids.count(roster.shifts[s].id) <= most.get(roster.shifts[s].id, 0)
                for s in group.loose
            ):
                rows[p] = ids
    return tuple(rows)


def fits(groups: list[paths.Group]) -> bool:
    """Whether the trails of all groups fit into memory."""
    return max((g.size for g in groups), default=0) <= paths.BYTES_MAX
