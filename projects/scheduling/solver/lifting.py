"""Rules of a problem that could be lifted, each with how, and the sentences that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from projects.scheduling.solver.problem import Id, Need, Package, Problem, Worker

SENTENCES = {
    "demand": "Package %(package)s has to be done: %(duration)s slots with %(needs)s.",
    "latest": "Package %(package)s has to be over by slot %(latest)s.",
    "horizon": "Everything has to be over by slot %(horizon)s.",
    "earliest": "Package %(package)s can't start before slot %(earliest)s.",
    "fixed": "Package %(package)s is fixed to slot %(start)s with %(team)s.",
    "off": "Worker %(worker)s is away from %(first)s to %(last)s (%(why)s).",
    "certificate": "The certificate %(certificate)s of worker %(worker)s is void from slot %(void)s.",
    "headcount": "Site %(site)s takes %(headcount)s people at once.",
    "capacity": "There are %(capacity)s of %(resource)s.",
    "limit": "Worker %(worker)s may work %(slots)s slots from %(first)s to %(last)s.",
    "crew": "Crew %(crew)s may not split.",
    "people": "%(count)s people have %(skill)s at level %(level)s with %(certificate)s.",
    "undecided": "No plan was found in the time given, and none is proved impossible.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand or rule of a clash: a code, the facts, a sentence."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.facts


Lift = Callable[[Problem], Problem]


def without(problem: Problem, out: set[Id]) -> Problem:
    """The problem without some packages; who waited for one waits for what that waited for."""
    after = {p.id: p.after for p in problem.packages}

    def held(id: Id, seen: set[Id]) -> Iterator[Id]:
        for before in after[id]:
            if before in seen:
                continue
            seen.add(before)
            if before in out:
                yield from held(before, seen)
            else:
                yield before

    packages = tuple(
        replace(p, after=tuple(held(p.id, set()))) for p in problem.packages if p.id not in out
    )
    return replace(
        problem,
        packages=packages,
        fixed=tuple(one for one in problem.fixed if one.package not in out),
        published=(),
    )


def lifted(problem: Problem, lifts: list[Lift]) -> Problem:
    for lift in lifts:
        problem = lift(problem)
    return problem


def _on_package(id: Id, **changes: Any) -> Lift:
    return lambda problem: replace(
        problem,
        packages=tuple(replace(p, **changes) if p.id == id else p for p in problem.packages),
    )


def _on_worker(id: Id, change: Callable[[Worker], Worker]) -> Lift:
    return lambda problem: replace(
        problem, workers=tuple(change(w) if w.id == id else w for w in problem.workers)
    )


def rules_of(problem: Problem) -> Iterator[tuple[Rule, Lift]]:
    """Everything that could be lifted, with how."""
    if problem.horizon is not None:
        yield Rule("horizon", {"horizon": problem.horizon}), lambda p: replace(p, horizon=None)
    for package in problem.packages:
        if package.latest is not None:
            facts = {"package": package.id, "latest": package.latest}
            yield Rule("latest", facts), _on_package(package.id, latest=None)
        if package.earliest > 0:
            facts = {"package": package.id, "earliest": package.earliest}
            yield Rule("earliest", facts), _on_package(package.id, earliest=0)
    for one in problem.fixed:
        where: dict[str, Any] = {"package": one.package, "start": one.start, "team": one.team}
        yield Rule("fixed", where), _unfix(one.package)
    for site in problem.sites:
        if site.headcount is not None:
            yield Rule("headcount", {"site": site.id, "headcount": site.headcount}), _open(site.id)
    for resource in problem.resources:
        facts = {"resource": resource.id, "capacity": resource.capacity}
        yield Rule("capacity", facts), _plenty(resource.id)
    for crew in problem.crews:
        if not crew.may_split:
            yield Rule("crew", {"crew": crew.id}), _split(crew.id)
    yield from _rules_of_people(problem)


def _rules_of_people(problem: Problem) -> Iterator[tuple[Rule, Lift]]:
    needs = [need for package in problem.packages for need in package.needs]
    for worker in problem.workers:
        served = [need for need in needs if worker.serves(need)]
        if not served:
            continue
        for span in worker.off:
            facts = {"worker": worker.id, "first": span.first, "last": span.last, "why": span.why}
            yield Rule("off", facts), _present(worker.id, span)
        for limit in worker.limits:
            facts = {"worker": worker.id, "slots": limit.slots}
            facts |= {"first": limit.first, "last": limit.last}
            yield Rule("limit", facts), _on_worker(worker.id, lambda w: replace(w, limits=()))
        for name in {need.certificate for need in served if need.certificate is not None}:
            void = worker.certificates[name]
            facts = {"worker": worker.id, "certificate": name, "void": void}
            yield Rule("certificate", facts), certified(worker.id, name, 10**9)


def _unfix(id: Id) -> Lift:
    return lambda p: replace(p, fixed=tuple(one for one in p.fixed if one.package != id))


def _open(id: Id) -> Lift:
    return lambda p: replace(
        p, sites=tuple(replace(s, headcount=None) if s.id == id else s for s in p.sites)
    )


def _plenty(id: Id) -> Lift:
    return lambda p: replace(
        p,
        resources=tuple(replace(r, capacity=10**9) if r.id == id else r for r in p.resources),
    )


def _split(id: Id) -> Lift:
    return lambda p: replace(
        p, crews=tuple(replace(c, may_split=True) if c.id == id else c for c in p.crews)
    )


def _present(id: Id, span: Any) -> Lift:
    return _on_worker(id, lambda w: replace(w, off=tuple(s for s in w.off if s != span)))


def certified(id: Id, name: str, until: int) -> Lift:
    return _on_worker(id, lambda w: replace(w, certificates={**w.certificates, name: until}))


def _words(need: Need) -> str:
    certificate = f" with {need.certificate}" if need.certificate else ""
    return f"{need.count} × {need.skill} {need.level}{certificate}"


def demand(package: Package) -> dict[str, Any]:
    needs = ", ".join(_words(need) for need in package.needs) or "nobody"
    return {"package": package.id, "duration": package.duration, "needs": needs}


def kinds(problem: Problem) -> list[Need]:
    """The different needs of a problem, head counts aside."""
    needs = (replace(n, count=1) for p in problem.packages for n in p.needs)
    return list(dict.fromkeys(needs))


def facts_of(need: Need) -> dict[str, Any]:
    certificate = need.certificate or "no certificate"
    return {"skill": need.skill, "level": need.level, "certificate": certificate}


def people(problem: Problem) -> Iterator[dict[str, Any]]:
    for need in kinds(problem):
        yield {"count": sum(w.serves(need) for w in problem.workers), **facts_of(need)}
