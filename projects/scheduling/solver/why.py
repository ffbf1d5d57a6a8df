"""Why an assignment is as it is: what holds its start, and why nobody cheaper is in its team."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from projects.scheduling.solver.breaches import Breach, breaches
from projects.scheduling.solver.plan import Assignment, Member, Plan
from projects.scheduling.solver.problem import Id, Package, Problem, Worker

SENTENCES = {
    "at_once": "It starts at the first slot there is.",
    "window": "It can't start before slot %(earliest)s.",
    "after": "It waits for package %(package)s, which is over at slot %(ends)s.",
    "people": "A slot earlier it would break this: %(breach)s",
    "choice": "It could start earlier; later costs no more, or makes the whole plan cheaper.",
    "fixed": "It was fixed.",
    "cheapest": "Worker %(worker)s is the cheapest who qualifies.",
    "cheaper_busy": "Worker %(worker)s is in the team because %(cheaper)s, who would cost %(less)s "
    "less a slot, can't: %(breach)s",
    "cheaper_free": "Worker %(worker)s is in the team; %(cheaper)s would cost %(less)s less a slot.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, the facts, a sentence. The fact `breach` is a `Breach`."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.facts


def why(problem: Problem, plan: Plan, package: Id) -> list[Reason]:
    """Reasons for one package's start and for each member of its team."""
    placed = plan.by_package()
    found = next(p for p in problem.packages if p.id == package)
    one = placed[package]
    return [
        _start(problem, plan, found, one),
        *(_member(problem, plan, found, one, member) for member in one.team),
    ]


def _start(problem: Problem, plan: Plan, package: Package, one: Assignment) -> Reason:
    if any(f.package == package.id and f.start is not None for f in problem.fixed):
        return Reason("fixed")
    if one.start == 0:
        return Reason("at_once")
    if one.start == package.earliest:
        return Reason("window", {"earliest": package.earliest})
    placed, durations = plan.by_package(), {p.id: p.duration for p in problem.packages}
    for before in package.after:
        ends = placed[before].start + durations[before]
        if ends == one.start:
            return Reason("after", {"package": before, "ends": ends})
    broken = _broken(problem, plan, Assignment(one.package, one.start - 1, one.team))
    return Reason("people", {"breach": broken}) if broken else Reason("choice")


def _member(
    problem: Problem, plan: Plan, package: Package, one: Assignment, member: Member
) -> Reason:
    """The cheapest other person who has the skill, and what keeps that person away."""
    people = {w.id: w for w in problem.workers}
    mine, team = people[member.worker], {m.worker for m in one.team}
    need = package.needs[member.need]

    def price(worker: Worker) -> int:
        return worker.cost(package.site)

    cheaper = [
        w for w in problem.workers if w.id not in team and w.serves(need) and price(w) < price(mine)
    ]
    if not cheaper:
        return Reason("cheapest", {"worker": mine.id})
    other = min(cheaper, key=lambda w: (price(w), str(w.id)))
    swapped = tuple(Member(other.id, m.need) if m == member else m for m in one.team)
    facts = {"worker": mine.id, "cheaper": other.id, "less": price(mine) - price(other)}
    broken = _broken(problem, plan, Assignment(one.package, one.start, swapped))
    if broken:
        return Reason("cheaper_busy", facts | {"breach": broken})
    return Reason("cheaper_free", facts)


def _broken(problem: Problem, plan: Plan, changed: Assignment) -> Breach | None:
    near = _near(problem, plan, changed)
    return next(iter(breaches(near, plan.replaced([changed]))), None)


def _near(problem: Problem, plan: Plan, changed: Assignment) -> Problem:
    """The packages that a change of this one can collide with: same people, crew, site, resource, or
    a link between them. A plan may have thousands of others."""
    packages, placed = {p.id: p for p in problem.packages}, plan.by_package()
    here = packages[changed.package]
    crew_of = {w.id: w.crew for w in problem.workers}
    people = {m.worker for m in changed.team}
    crews = {crew_of[w] for w in people} - {None}
    uses = {id for id, _ in here.uses}

    def touches(other: Package) -> bool:
        if other.id == here.id or other.id in here.after or here.id in other.after:
            return True
        if (other.site is not None and other.site == here.site) or uses & {
            i for i, _ in other.uses
        }:
            return True
        return any(m.worker in people or crew_of[m.worker] in crews for m in placed[other.id].team)

    kept = {p.id for p in problem.packages if touches(p)}
    return replace(
        problem,
        packages=tuple(
            replace(p, after=tuple(id for id in p.after if id in kept))
            for p in problem.packages
            if p.id in kept
        ),
        fixed=tuple(one for one in problem.fixed if one.package in kept),
    )
