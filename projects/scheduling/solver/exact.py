"""One CP-SAT call: a model, a start, an end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver import model as models
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.view import View

LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Found:
    """`plan` None: none was found. `proved`: there is no plan, or none better."""

    plan: Plan | None
    bound: int
    proved: bool
    work: float


@dataclass(frozen=True, slots=True)
class Limit:
    """When a call ends, and how it searches: `searches` strategies at once, by turns where `work` has to
    repeat itself; `cancelled` is looked at several times a second."""

    seconds: float = float("inf")
    work: float = float("inf")
    searches: int = 8
    seed: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    cancelled: Callable[[], bool] | None = None

    def solver(self) -> cp_model.CpSolver:
        """A solver that keeps to it."""
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = self.searches
        parameters.random_seed = self.seed
        if self.seconds < float("inf"):
            parameters.max_time_in_seconds = max(0.01, self.seconds)
        if self.work < float("inf"):
            parameters.max_deterministic_time = max(0.001, self.work)
        for name, setting in self.options.items():
            if isinstance(setting, list):
                getattr(parameters, name).extend(setting)
            else:
                setattr(parameters, name, setting)
        return solver

    def solve(self, solver: cp_model.CpSolver, model: cp_model.CpModel, *watch: Any) -> Any:
        """The status. Somebody who presses cancel is heard whatever the solver is at."""
        pressed, over = self.cancelled, threading.Event()
        if pressed is None:
            return solver.solve(model, *watch)

        def look() -> None:
            while not over.wait(LOOK_SECONDS):
                if pressed():
                    solver.stop_search()

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            return solver.solve(model, *watch)
        finally:
            over.set()
            thread.join()


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells of every better plan, and presses stop when asked."""

    def __init__(self, tell: Callable[[int, int], bool]) -> None:
        super().__init__()
        self._tell = tell

    def on_solution_callback(self) -> None:
        if self._tell(round(self.objective_value), round(self.best_objective_bound)):
            self.stop_search()


def solve(
    view: View,
    horizon: int,
    limit: Limit,
    *,
    start: Plan | None = None,
    tell: Callable[[int, int], bool] | None = None,
) -> Found:
    """The best plan within the limits; with one search and a `work` limit the call repeats itself exactly.
    `tell(objective, bound)` says whether to stop."""
    model = models.build(view, horizon)
    if start is not None:
        models.hint(model, start)
    solver = limit.solver()
    status = limit.solve(solver, model.cp, *([_Watch(tell)] if tell else []))
    spent = float(solver.response_proto.deterministic_time)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        plan = models.read(model, solver.value)
        bound = round(solver.best_objective_bound)
        return Found(plan, bound, status == cp_model.OPTIMAL, spent)
    return Found(None, 0, status == cp_model.INFEASIBLE, spent)
