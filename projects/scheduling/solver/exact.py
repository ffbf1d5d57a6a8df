"""One CP-SAT call: a model, a start, an end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver import model as models
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.view import View


@dataclass(frozen=True, slots=True)
class Found:
    """`plan` None: none was found. `proved`: there is no plan, or none better."""

    plan: Plan | None
    bound: int
    proved: bool
    work: float


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
    *,
    start: Plan | None = None,
    seconds: float = float("inf"),
    work: float = float("inf"),
    searches: int = 8,
    cores: int = 1,
    seed: int = 1,
    tell: Callable[[int, int], bool] | None = None,
    options: dict[str, Any] | None = None,
) -> Found:
    """The best plan within the limits. `searches` strategies run at once; with 1 the call repeats
    itself exactly within `work`. `tell(objective, bound)` says whether to stop."""
    model = models.build(view, horizon)
    if start is not None:
        models.hint(model, start)
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = searches
    parameters.random_seed = seed
    if seconds < float("inf"):
        parameters.max_time_in_seconds = max(0.01, seconds)
    if work < float("inf"):
        parameters.max_deterministic_time = max(0.001, work)
    for name, setting in (options or {}).items():
        if isinstance(setting, list):
            getattr(parameters, name).extend(setting)
        else:
            setattr(parameters, name, setting)
    status = solver.solve(model.cp, _Watch(tell) if tell else None)
    spent = float(solver.response_proto.deterministic_time)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        plan = models.read(model, solver.value)
        bound = round(solver.best_objective_bound)
        return Found(plan, bound, status == cp_model.OPTIMAL, spent)
    return Found(None, 0, status == cp_model.INFEASIBLE, spent)
