"""Why there is no plan: the smallest set of demands and rules that clash, and what would repair it.

A rule is a change to the problem that lifts it, so every question is the same question: does the
problem with these rules lifted have a plan? Which rules matter is found by QUICKXPLAIN (Junker 2004,
AAAI): lifting any one of those that are left would make a plan possible.
"""

from __future__ import annotations

from dataclasses import dataclass

from projects.scheduling.solver.asking import Ask
from projects.scheduling.solver.lifting import Rule, demand, lifted, people, rules_of, without
from projects.scheduling.solver.problem import Problem
from projects.scheduling.solver.repairs import Repair, RepairCosts, repairs_of
from projects.scheduling.solver.stop import Meter, StopRule


@dataclass(frozen=True, slots=True)
class Infeasible:
    """`clash`: lifting any one of it would do (`proved`; else the time ended before that was sure).
    `repairs`: the cheapest first."""

    clash: tuple[Rule, ...]
    repairs: tuple[Repair, ...]
    proved: bool


def explain(
    problem: Problem,
    *,
    seed: int = 1,
    meter: Meter | None = None,
    costs: RepairCosts | None = None,
) -> Infeasible:
    """Why `problem` has no plan. A search that only ran out of time says so: `undecided`."""
    ask = Ask(seed, meter or Meter(StopRule(seconds=60.0)))
    if ask.possible(problem) is not False:
        return Infeasible((Rule("undecided"),), (), proved=False)
    packages = ask.needed([p.id for p in problem.packages], lambda out: without(problem, set(out)))
    core = without(problem, {p.id for p in problem.packages} - set(packages))
    rules = list(rules_of(core))
    lifts = dict(enumerate(lift for _, lift in rules))
    kept = ask.needed(list(lifts), lambda out: lifted(core, [lifts[at] for at in out]))
    clash = [Rule("demand", demand(p)) for p in core.packages]
    clash += [rules[at][0] for at in kept]
    clash += [Rule("people", facts) for facts in people(core)]
    repairs = list(
        repairs_of(problem, core, [rules[at] for at in kept], ask, costs or RepairCosts())
    )
    return Infeasible(
        tuple(clash), tuple(sorted(repairs, key=lambda r: r.cost)), proved=not ask.unsure
    )
