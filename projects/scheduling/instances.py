"""A public instance from file to file: read, solve, write, and what is told about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from projects.scheduling.solver import dispatch, formats, score
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats.instance import Instance
from projects.scheduling.solver.plan import Progress, Solution
from projects.scheduling.solver.problem import Problem
from projects.scheduling.solver.roster import search as rosters
from projects.scheduling.solver.roster.problem import Roster
from projects.scheduling.solver.roster.search import NoRoster
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import CHEAPEST, SHORTEST

RULES_CLASH = "The own rules of %(person)s can't all be kept."
OBJECTIVES = ("cost", "makespan", "cost-at-makespan")
BYTES_MAX = 50_000_000


def load(file: Path, kind: str | None) -> Instance | Roster:
    """The instance of a file; its format is guessed when not given."""
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise Fault("no_file", file=file.name, reason=reason) from None
    if len(content) > BYTES_MAX:
        raise Fault("too_big", what=f"the size of {file.name}", amount=len(content), most=BYTES_MAX)
    text = content.decode("utf-8", errors="replace")
    kind = kind or formats.guess(text, file.name)
    if kind == "roster":
        return formats.roster.read(text, file.name)
    return formats.READERS[kind](text, file.name)


def rostered(
    roster: Roster,
    *,
    stop: StopRule,
    seed: int,
    cores: int,
    watch: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[dict[str, Any], str | None]:
    """(what is told, the solution file) of a roster."""
    told: dict[str, Any] = {"name": roster.name, "format": "roster"}
    found = rosters.solve(
        roster, stop=stop, seed=seed, cores=cores, watch=watch, cancelled=cancelled
    )
    if isinstance(found, NoRoster):
        clash = [{"code": "rules", "says": RULES_CLASH % {"person": one}} for one in found.people]
        return told | {"objective": None, "proved": True, "clash": clash, "repairs": []}, None
    return told | {
        "objective": found.objective,
        "bound": found.bound,
        "gap": round(found.gap, 6),
        "optimal": found.optimal,
        "seed": found.seed,
        "stop": found.stop,
        "ended_by": found.ended_by,
        "seconds": round(found.seconds, 2),
        "work": round(found.work, 3),
    }, formats.roster.write(roster, found.rows)


def aimed(instance: Instance, objective: str | None, makespan: int | None) -> Problem:
    """The problem with what is asked for. Without a word: the set's own objective; iMOPSE, which has
    two, is asked for the least cost at no more than the foreman's makespan."""
    problem = instance.problem
    if objective is None:
        objective = "cost-at-makespan" if instance.kind == "imopse" or makespan else ""
    if objective == "makespan":
        return replace(problem, weights=SHORTEST)
    if objective == "cost":
        return replace(problem, weights=CHEAPEST)
    if objective == "cost-at-makespan":
        return replace(problem, weights=CHEAPEST, horizon=makespan or _foremans(problem))
    return problem


def _foremans(problem: Problem) -> int | None:
    # What dispatch can't walk through (a circle, nobody for a task) is refused by the search's check.
    try:
        plan = dispatch.foreman(View(problem))
    except Fault:
        return None
    return None if plan is None else score.makespan(problem, plan)


def answer(
    instance: Instance,
    problem: Problem,
    *,
    stop: StopRule,
    seed: int,
    cores: int,
    watch: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[dict[str, Any], str | None]:
    """(what is told, the solution file); the file is None where there is no plan."""
    told: dict[str, Any] = {"name": problem.name, "format": instance.kind}
    found = solve(problem, stop=stop, seed=seed, cores=cores, watch=watch, cancelled=cancelled)
    if isinstance(found, Infeasible):
        return told | no_plan(found), None
    return told | about(instance, problem, found), instance.write(found.plan)


def about(instance: Instance, problem: Problem, found: Solution) -> dict[str, Any]:
    """A solution's figures, amounts in the set's own unit."""
    money = not problem.weights.makespan
    shown = instance.shown if money else int
    measures = found.measures
    cost = measures["labour"] + measures["travel"] + measures["lateness"]
    return {
        "objective": shown(found.objective),
        "bound": shown(found.bound),
        "gap": round(found.gap, 6),
        "optimal": found.optimal,
        "cost": instance.shown(cost),
        "makespan": found.makespan,
        "horizon": problem.horizon,
        "utilisation": round(found.utilisation, 4),
        "measures": measures,
        "weights": {name: getattr(problem.weights, name) for name in measures},
        "seed": found.seed,
        "stop": found.stop,
        "ended_by": found.ended_by,
        "seconds": round(found.seconds, 2),
        "work": round(found.work, 3),
    }


def no_plan(found: Infeasible) -> dict[str, Any]:
    """Why there is none, and what would help, each with its code."""
    return {
        "objective": None,
        "proved": found.proved,
        "clash": [{"code": rule.code, "says": str(rule)} for rule in found.clash],
        "repairs": [
            {"codes": [c.code for c in repair.changes], "says": str(repair), "cost": repair.cost}
            for repair in found.repairs
        ],
    }
