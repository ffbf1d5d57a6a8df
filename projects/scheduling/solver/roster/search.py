"""A good roster: best answers one by one, the whole model, then rounds of neighbourhoods.

Rules are each person's own, so everybody's best answer to the others' rows is a roster at once.
Neighbourhoods free some people wholly, everybody for some days, or some people for some weeks; a
round's answers are taken over in order where the sum of them is no worse.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver.plan import Progress
from projects.scheduling.solver.roster import columns, paths
from projects.scheduling.solver.roster import model as models
from projects.scheduling.solver.roster.model import Cell
from projects.scheduling.solver.roster.problem import Roster, Rows, penalty
from projects.scheduling.solver.stop import Meter, StopRule

SEARCHES = 8
TASKS_PER_ROUND = 4
WORK_PER_TASK = 0.6
WORK_PER_PRICING = 0.02
CELLS_EXACT_MAX = 2_500  # people × days × shifts that one model is good at


@dataclass(frozen=True, slots=True)
class Task:
    """A roster of which the cells `free` may change; plain values, as in the product's rounds."""

    roster: Roster
    rows: Rows
    free: frozenset[Cell]
    work: float
    seed: int
    seconds: float = float("inf")


@dataclass(frozen=True, slots=True)
class Answer:
    """New rows or none, whether nothing better is there, the work it took, the bound."""

    rows: Rows | None
    proved: bool
    work: float
    bound: int = 0


@dataclass(frozen=True, slots=True)
class RosterSolution:
    """The best roster found, and what is known about it (as `plan.Solution`)."""

    rows: Rows
    objective: int
    bound: int
    seed: int
    stop: dict[str, float | int | None]
    ended_by: str
    seconds: float
    work: float

    @property
    def optimal(self) -> bool:
        """Whether nothing better exists."""
        return self.objective <= self.bound

    @property
    def gap(self) -> float:
        """How far the objective may be from the best there is."""
        return (self.objective - self.bound) / max(1, self.objective)


@dataclass(frozen=True, slots=True)
class NoRoster:
    """The people whose own rules can't all be kept; where empty, the time ended before a roster."""

    people: tuple[str, ...]


def improve(task: Task) -> Answer:
    """Solve a neighbourhood with one search."""
    model = models.build(task.roster, task.rows, task.free)
    models.hint(model, task.rows)
    return _solve(model, work=task.work, seconds=task.seconds, searches=1, seed=task.seed)


def _solve(
    model: models.Model,
    *,
    work: float = float("inf"),
    seconds: float = float("inf"),
    searches: int,
    seed: int,
    tell: cp_model.CpSolverSolutionCallback | None = None,
    options: dict[str, Any] | None = None,
) -> Answer:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers, parameters.random_seed = searches, seed
    if work < float("inf"):
        parameters.max_deterministic_time = max(0.01, work)
    if seconds < float("inf"):
        parameters.max_time_in_seconds = max(0.05, seconds)
    for name, setting in (options or {}).items():
        setattr(parameters, name, setting)
    status = solver.solve(model.cp, tell)
    spent = float(solver.response_proto.deterministic_time)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        rows = models.read(model, solver.value)
        return Answer(rows, status == cp_model.OPTIMAL, spent, round(solver.best_objective_bound))
    return Answer(None, status == cp_model.INFEASIBLE, spent)


def solve(
    roster: Roster,
    *,
    stop: StopRule | None = None,
    seed: int = 1,
    cores: int = 2,
    watch: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    stopwatch: Callable[[], float] = time.monotonic,
) -> RosterSolution | NoRoster:
    """The best roster within the stop rule, or the people whose own rules clash."""
    search = _Search(roster, Meter(stop or StopRule(), cancelled, stopwatch), seed, cores, watch)
    if impossible := search.begin():
        return NoRoster(tuple(impossible))
    search.improve()
    return search.solution()


class _Search:
    def __init__(
        self,
        roster: Roster,
        meter: Meter,
        seed: int,
        cores: int,
        watch: Callable[[Progress], None] | None,
    ) -> None:
        self.roster, self.meter, self.seed, self.cores = roster, meter, seed, cores
        self._watch, self._told = watch, -1.0
        self.rows: Rows = ((),) * len(roster.people)
        self.objective, self.bound, self.ended = 0, 0, ""
        self.groups: list[paths.Group] = []
        self.draw = Random(seed)

    def begin(self) -> list[str]:
        """A row for everybody that keeps their rules; returns whose rules can't be kept."""
        self.groups = paths.groups(self.roster, range(len(self.roster.people)))
        if columns.fits(self.groups):
            self.rows = columns.first_rows(self.roster, self.groups)
        impossible = []
        for p, person in enumerate(self.roster.people):
            if self.rows[p]:
                continue
            free = frozenset((p, d) for d in range(self.roster.days))
            resting = tuple(row or ("",) * self.roster.days for row in self.rows)
            answer = improve(Task(self.roster, resting, free, 1.0, self.seed))
            self.meter.work += answer.work
            if answer.rows is None:
                impossible.append(person.id)
            else:
                self.rows = (*self.rows[:p], answer.rows[p], *self.rows[p + 1 :])
        if not impossible:
            self.objective = penalty(self.roster, self.rows)
            self._tell("one by one", always=True)
        return impossible

    def improve(self) -> None:
        """Rows priced into a bound and a roster; then the whole model or neighbourhoods."""
        self._columns(0.92)
        if len(self.roster.people) * self.roster.days * len(self.roster.shifts) <= CELLS_EXACT_MAX:
            self._rounds(0.8)
            self._whole(1.0)
        self._rounds(1.0)

    def _columns(self, share: float) -> None:
        groups = self.groups
        if self._over(share) or not columns.fits(groups):
            return
        priced = columns.Columns(self.roster, self.rows)
        while not self._priced_over(0.6 * share):
            before = priced.count
            priced.generate(groups, lambda: self._priced_over(0.6 * share), 1)
            self.bound = max(self.bound, min(priced.bound, self.objective))
            self._tell("prices", note=f"{priced.count} rows")
            if priced.count == before:
                break
        for at in range(3):
            if self._priced_over(share):
                break
            priced.dive(lambda: self._priced_over(share), lambda rows: self._take(rows, "dive"))
            if at == 0:
                searches = SEARCHES if len(self.roster.people) <= 24 else 1
                seconds, work = self._left(share), self._work_left(share)
                rows, spent = priced.whole(
                    min(8.0, seconds), min(2.0, work), self.seed, searches, self.rows
                )
                self.meter.work += spent
                self._take(rows, "rows")

    def _priced_over(self, share: float) -> bool:
        """A pricing's work is reckoned by its rounds: it takes about as long as so much search."""
        self.meter.work += WORK_PER_PRICING
        return self._over(share)

    def _left(self, share: float) -> float:
        seconds = self.meter.rule.seconds
        return float("inf") if seconds is None else max(0.05, share * seconds - self.meter.seconds)

    def _work_left(self, share: float) -> float:
        work = self.meter.rule.work
        return float("inf") if work is None else max(0.01, share * work - self.meter.work)

    def _whole(self, share: float) -> None:
        if self._over(share):
            return
        model = models.build(self.roster)
        models.hint(model, self.rows)
        seconds, work = self._left(share), self._work_left(share)
        options = {} if self.meter.rule.work is None else {"interleave_search": True}
        answer = _solve(
            model, work=work, seconds=seconds, searches=SEARCHES, seed=self.seed,
            tell=_Watch(self._heard), options=options,
        )  # fmt: skip
        self.meter.work += answer.work
        self._take(answer.rows, "whole model")
        self.bound = max(self.bound, min(answer.bound, self.objective))

    def _heard(self, objective: int, bound: int) -> bool:
        self.bound = max(self.bound, min(bound, objective))
        self._tell("whole model", objective=objective)
        return self.meter.cancelled()

    def _rounds(self, share: float) -> None:
        sizes = {"people": 5.0, "days": 4.0, "part": 60.0}
        while not self._over(share):
            drawn = list(self._drawn(sizes))
            with ThreadPoolExecutor(self.cores) as pool:
                answers = list(pool.map(improve, [task for _, task in drawn]))
            for (kind, task), answer in zip(drawn, answers, strict=True):
                self.meter.work += answer.work
                sizes[kind] = max(2.0, sizes[kind] * (1.06 if answer.proved else 0.9))
                if answer.rows is not None:
                    self._merge(task, answer.rows)
            self.meter.rounds += 1
            self._tell("neighbourhoods", note=f"round {self.meter.rounds}")

    def _drawn(self, sizes: dict[str, float]) -> Iterator[tuple[str, Task]]:
        """Tasks of a round touch different people where they can, so that their answers go together."""
        left = list(range(len(self.roster.people)))
        self.draw.shuffle(left)
        for _ in range(TASKS_PER_ROUND):
            kind = self.draw.choice(list(sizes))
            free = self._free(kind, sizes[kind], left)
            if not free:
                continue
            taken = {p for p, _ in free}
            left = [p for p in left if p not in taken] or left
            seconds = max(0.05, self.meter.left())
            number = self.draw.randrange(1 << 30)
            yield kind, Task(self.roster, self.rows, free, WORK_PER_TASK, number, seconds)

    def _free(self, kind: str, size: float, left: list[int]) -> frozenset[Cell]:
        days, people = self.roster.days, len(self.roster.people)
        if kind == "people":
            return frozenset((p, d) for p in left[: round(size)] for d in range(days))
        if kind == "days":
            length = min(days, max(2, round(size)))
            first = self.draw.randrange(max(1, days - length + 1))
            return frozenset((p, d) for p in range(people) for d in range(first, first + length))
        length = min(days, self.draw.choice((7, 10, 14)))
        first = self.draw.randrange(max(1, days - length + 1))
        some = left[: max(3, round(size) // length)]
        return frozenset((p, d) for p in some for d in range(first, first + length))

    def _merge(self, task: Task, rows: Rows) -> None:
        """The task's people from its answer, everybody else as by now. Rows that another answer of
        the round has changed already are left alone: two halves of a row may break its rules."""
        touched = {p for p, _ in task.free}
        if any(self.rows[p] != task.rows[p] for p in touched):
            return
        merged = tuple(rows[p] if p in touched else row for p, row in enumerate(self.rows))
        self._take(merged, "neighbourhoods")

    def _take(self, rows: Rows | None, phase: str) -> None:
        if rows is None:
            return
        objective = penalty(self.roster, rows)
        if objective <= self.objective:
            better = objective < self.objective
            self.rows, self.objective = rows, objective
            if better:
                self._tell(phase, always=True, note="better")

    def _over(self, share: float) -> bool:
        if ended := self.meter.ended_by(self.objective, self.bound):
            self.ended = ended
            return True
        rule = self.meter.rule
        return (rule.seconds is not None and self.meter.seconds > share * rule.seconds) or (
            rule.work is not None and self.meter.work > share * rule.work
        )

    def _tell(
        self, phase: str, objective: int | None = None, note: str = "", always: bool = False
    ) -> None:
        seconds = self.meter.seconds
        if self._watch is None or (not always and seconds - self._told < 0.5):
            return
        self._told = seconds
        best = self.objective if objective is None else objective
        self._watch(Progress(seconds, phase, best, self.bound, note))

    def solution(self) -> RosterSolution:
        ended = self.meter.ended_by(self.objective, self.bound) or self.ended
        return RosterSolution(
            self.rows, self.objective, self.bound, self.seed, asdict(self.meter.rule),
            ended or "optimal", self.meter.seconds, self.meter.work,
        )  # fmt: skip


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, tell: Callable[[int, int], bool]) -> None:
        super().__init__()
        self._tell = tell

    def on_solution_callback(self) -> None:
        if self._tell(round(self.objective_value), round(self.best_objective_bound)):
            self.stop_search()
