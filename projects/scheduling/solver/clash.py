"""Why there is no plan: the smallest set of demands and rules that clash, and what would repair it.

A rule is a change to the problem that lifts it, so every question is the same question: does the
problem with these rules lifted have a plan? Which rules matter is found by QUICKXPLAIN (Junker 2004,
AAAI): lifting any one of those that are left would make a plan possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from projects.scheduling.solver import exact
from projects.scheduling.solver.problem import Id, Need, Package, Problem, Worker
from projects.scheduling.solver.stop import Meter, StopRule
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import Weights

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
REPAIRS = {
    "later": "Let package %(package)s end by slot %(until)s, %(slots)s later.",
    "more_people": "Find %(count)s more people with %(skill)s at level %(level)s and %(certificate)s.",
    "certify": "Get worker %(worker)s the certificate %(certificate)s, valid to slot %(until)s.",
    "lift": "Lift this: %(rule)s",
}
CHECK_WORK = 0.6
CHECK_SECONDS = 10.0
HELPERS_MAX = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand or rule of a clash: a code, the facts, a sentence."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.facts


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that together make a plan possible, and what they are reckoned to cost."""

    changes: tuple[Rule, ...]
    cost: int

    def __str__(self) -> str:
        return " ".join(REPAIRS[change.code] % change.facts for change in self.changes)


@dataclass(frozen=True, slots=True)
class Infeasible:
    """`clash`: lifting any one of it would do (`proved`; else the time ended before that was sure).
    `repairs`: the cheapest first."""

    clash: tuple[Rule, ...]
    repairs: tuple[Repair, ...]
    proved: bool


@dataclass(frozen=True, slots=True)
class RepairCosts:
    """Minor units for a slot of delay, a person more, a certificate: what makes one the cheapest."""

    slot: int = 100_000
    person: int = 300_000
    certificate: int = 50_000


Lift = Callable[[Problem], Problem]


def explain(
    problem: Problem,
    *,
    seed: int = 1,
    meter: Meter | None = None,
    costs: RepairCosts | None = None,
) -> Infeasible:
    """Why `problem` has no plan. A search that only ran out of time says so: `undecided`."""
    ask = _Ask(seed, meter or Meter(StopRule(seconds=60.0)))
    if ask.possible(problem) is not False:
        return Infeasible((Rule("undecided"),), (), proved=False)
    packages = ask.needed([p.id for p in problem.packages], lambda out: _without(problem, set(out)))
    core = _without(problem, {p.id for p in problem.packages} - set(packages))
    rules = list(_rules(core))
    lifts = dict(enumerate(lift for _, lift in rules))
    kept = ask.needed(list(lifts), lambda out: _lifted(core, [lifts[at] for at in out]))
    clash = [Rule("demand", _demand(p)) for p in core.packages]
    clash += [rules[at][0] for at in kept]
    clash += [Rule("people", facts) for facts in _people(core)]
    repairs = list(_repairs(problem, core, [rules[at] for at in kept], ask, costs or RepairCosts()))
    return Infeasible(
        tuple(clash), tuple(sorted(repairs, key=lambda r: r.cost)), proved=not ask.unsure
    )


class _Ask:
    """Whether a problem has a plan, asked many times within one budget."""

    def __init__(self, seed: int, meter: Meter) -> None:
        self.seed, self.meter, self.unsure = seed, meter, False
        # The search has had its time; the explanation gets some of its own.
        self._ends = meter.seconds + 30.0

    def possible(self, problem: Problem) -> bool | None:
        """None: not found out in its time."""
        found = self.solve(replace(problem, weights=_NOTHING))
        return True if found.plan is not None else False if found.proved else None

    def solve(self, problem: Problem) -> exact.Found:
        """The best plan that a little work finds."""
        if not problem.packages:
            return exact.solve(View(problem), 0)
        seconds = max(0.2, min(CHECK_SECONDS, self._ends - self.meter.seconds))
        view = View(problem)
        return exact.solve(
            view, view.horizon(), work=CHECK_WORK, seconds=seconds, searches=1, seed=self.seed
        )

    def needed(self, all_of_them: list[Any], lifted: Callable[[list[Any]], Problem]) -> list[Any]:
        """The members without any one of which there would be a plan."""

        def clashes(kept: list[Any]) -> bool:
            held = set(kept)
            answer = self.possible(lifted([one for one in all_of_them if one not in held]))
            self.unsure |= answer is None
            return answer is False

        return _quickxplain([], all_of_them, False, clashes)


_NOTHING = Weights(labour=0, travel=0, lateness=0)


def _quickxplain(
    base: list[Any], rest: list[Any], added: bool, clashes: Callable[[list[Any]], bool]
) -> list[Any]:
    if added and clashes(base):
        return []
    if len(rest) <= 1:
        # The first call may hold a single member that isn't needed at all.
        return [] if not added and rest and clashes(base) else rest
    half = len(rest) // 2
    left, right = rest[:half], rest[half:]
    behind = _quickxplain([*base, *left], right, bool(left), clashes)
    before = _quickxplain([*base, *behind], left, bool(behind), clashes)
    return [*before, *behind]


def _without(problem: Problem, out: set[Id]) -> Problem:
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


def _lifted(problem: Problem, lifts: list[Lift]) -> Problem:
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


def _rules(problem: Problem) -> Iterator[tuple[Rule, Lift]]:
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
            yield Rule("certificate", facts), _certified(worker.id, name, 10**9)


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


def _certified(id: Id, name: str, until: int) -> Lift:
    return _on_worker(id, lambda w: replace(w, certificates={**w.certificates, name: until}))


def _words(need: Need) -> str:
    certificate = f" with {need.certificate}" if need.certificate else ""
    return f"{need.count} × {need.skill} {need.level}{certificate}"


def _demand(package: Package) -> dict[str, Any]:
    needs = ", ".join(_words(need) for need in package.needs) or "nobody"
    return {"package": package.id, "duration": package.duration, "needs": needs}


def _kinds(problem: Problem) -> list[Need]:
    """The different needs of a problem, head counts aside."""
    needs = (replace(n, count=1) for p in problem.packages for n in p.needs)
    return list(dict.fromkeys(needs))


def _facts(need: Need) -> dict[str, Any]:
    certificate = need.certificate or "no certificate"
    return {"skill": need.skill, "level": need.level, "certificate": certificate}


def _people(problem: Problem) -> Iterator[dict[str, Any]]:
    for need in _kinds(problem):
        yield {"count": sum(w.serves(need) for w in problem.workers), **_facts(need)}


def _repairs(
    problem: Problem,
    core: Problem,
    rules: list[tuple[Rule, Lift]],
    ask: _Ask,
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


def _later(problem: Problem, ask: _Ask, costs: RepairCosts) -> Repair | None:
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


def _more_people(problem: Problem, core: Problem, ask: _Ask, costs: RepairCosts) -> Repair | None:
    """As few helpers of the clash's kinds as make a plan possible."""
    kinds = _kinds(core)
    helpers = [
        Worker(
            f"helper {at}.{one}",
            {need.skill: need.level},
            rate=1,
            certificates={need.certificate: 10**9} if need.certificate else {},
        )
        for at, need in enumerate(kinds)
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
    counts = [sum(str(id).startswith(f"helper {at}.") for id in used) for at in range(len(kinds))]
    changes = [
        Rule("more_people", {"count": count, **_facts(need)})
        for need, count in zip(kinds, counts, strict=True)
        if count
    ]
    return Repair(tuple(changes), len(used) * costs.person) if changes else None


def _certificates(problem: Problem, core: Problem, ask: _Ask, costs: RepairCosts) -> Repair | None:
    """As few certificates as make a plan possible, for people who have the skill already."""
    until = View(problem).horizon()
    grants: list[tuple[Id, str]] = []
    for need in _kinds(core):
        name, able = need.certificate, replace(need, certificate=None)
        if name is not None:
            short = (w for w in problem.workers if w.certificates.get(name, 0) < until)
            grants += [(w.id, name) for w in short if w.serves(able)]
    grants = list(dict.fromkeys(grants))

    def granted(some: list[tuple[Id, str]]) -> Problem:
        return _lifted(problem, [_certified(id, name, until) for id, name in some])

    if not grants or not ask.possible(granted(grants)):
        return None
    needed = _quickxplain([], grants, False, lambda some: bool(ask.possible(granted(some))))
    changes = tuple(
        Rule("certify", {"worker": id, "certificate": name, "until": until}) for id, name in needed
    )
    return Repair(changes, len(changes) * costs.certificate) if changes else None
