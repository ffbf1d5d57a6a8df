"""Ways out for a problem that has no plan: later dates, more people, certificates, a rule lifted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from projects.scheduling.solver.asking import Ask, quickxplain
from projects.scheduling.solver.lifting import (
    Lift,
    Rule,
    certified,
    facts_of,
    kinds,
    lifted,
)
from projects.scheduling.solver.problem import Id, Package, Problem, Worker
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import Weights

REPAIRS = {
    "later": "Let package %(package)s end by slot %(until)s, %(slots)s later.",
    "more_people": "Find %(count)s more people with %(skill)s at level %(level)s and %(certificate)s.",
    "certify": "Get worker %(worker)s the certificate %(certificate)s, valid to slot %(until)s.",
    "lift": "Lift this: %(rule)s",
}
HELPERS_MAX = 12


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that together make a plan possible, and what they are reckoned to cost."""

    changes: tuple[Rule, ...]
    cost: int

    def __str__(self) -> str:
        return " ".join(REPAIRS[change.code] % change.facts for change in self.changes)


@dataclass(frozen=True, slots=True)
class RepairCosts:
    """Minor units for a slot of delay, a person more, a certificate: what makes one the cheapest."""

    slot: int = 100_000
    person: int = 300_000
    certificate: int = 50_000


def repairs_of(
    problem: Problem,
    core: Problem,
    rules: list[tuple[Rule, Lift]],
    ask: Ask,
    costs: RepairCosts,
) -> Iterator[Repair]:
    """What would make the whole problem possible, one way each."""
    for repair in (
        _later(problem, ask, costs),
        _more_people(problem, core, ask, costs),
        _certificates(problem, core, ask, costs),
    ):
        if repair is not None:
            yield repair
    for rule, lift in rules:
        if rule.code in ("fixed", "off", "limit", "crew") and ask.possible(lift(problem)):
            yield Repair((Rule("lift", {"rule": rule}),), costs.slot)


def _later(problem: Problem, ask: Ask, costs: RepairCosts) -> Repair | None:
    """The fewest slots past the dates that stand in the way."""

    def date(package: Package) -> int | None:
        return min((x for x in (package.latest, problem.horizon) if x is not None), default=None)

    soft = replace(
        problem,
        packages=tuple(
            replace(p, latest=None, due=date(p), late_cost=1 if date(p) is not None else 0)
            for p in problem.packages
        ),
        horizon=None,
        weights=Weights(labour=0, travel=0, lateness=1),
        sites=tuple(replace(s, due=None) for s in problem.sites),
    )
    plan = ask.solve(soft).plan
    if plan is None:
        return None
    placed, changes = plan.by_package(), []
    for package in problem.packages:
        until, wished = placed[package.id].start + package.duration, date(package)
        if wished is not None and until > wished:
            facts = {"package": package.id, "until": until, "slots": until - wished}
            changes.append(Rule("later", facts))
    late = sum(change.facts["slots"] for change in changes)
    return Repair(tuple(changes), late * costs.slot) if changes else None


def _more_people(problem: Problem, core: Problem, ask: Ask, costs: RepairCosts) -> Repair | None:
    """As few helpers of the clash's kinds as make a plan possible."""
    wanted = kinds(core)
    helpers = [
        Worker(
            f"helper {at}.{one}",
            {need.skill: need.level},
            rate=1,
            certificates={need.certificate: 10**9} if need.certificate else {},
        )
        for at, need in enumerate(wanted)
        for one in range(HELPERS_MAX)
    ]
    own = tuple(replace(w, rate=0, travel={}) for w in problem.workers)
    wider = replace(
        problem, workers=(*own, *helpers), weights=Weights(labour=1, travel=0, lateness=0)
    )
    plan = ask.solve(wider).plan
    if plan is None:
        return None
    ids = {helper.id for helper in helpers}
    used = {m.worker for a in plan for m in a.team if m.worker in ids}
    counts = [sum(str(id).startswith(f"helper {at}.") for id in used) for at in range(len(wanted))]
    changes = [
        Rule("more_people", {"count": count, **facts_of(need)})
        for need, count in zip(wanted, counts, strict=True)
        if count
    ]
    return Repair(tuple(changes), len(used) * costs.person) if changes else None


def _certificates(problem: Problem, core: Problem, ask: Ask, costs: RepairCosts) -> Repair | None:
    """As few certificates as make a plan possible, for people who have the skill already."""
    until = View(problem).horizon()
    grants: list[tuple[Id, str]] = []
    for need in kinds(core):
        name, able = need.certificate, replace(need, certificate=None)
        if name is not None:
            short = (w for w in problem.workers if w.certificates.get(name, 0) < until)
            grants += [(w.id, name) for w in short if w.serves(able)]
    grants = list(dict.fromkeys(grants))

    def granted(some: list[tuple[Id, str]]) -> Problem:
        return lifted(problem, [certified(id, name, until) for id, name in some])

    if not grants or not ask.possible(granted(grants)):
        return None
    needed = quickxplain([], grants, False, lambda some: bool(ask.possible(granted(some))))
    changes = tuple(
        Rule("certify", {"worker": id, "certificate": name, "until": until}) for id, name in needed
    )
    return Repair(changes, len(changes) * costs.certificate) if changes else None
