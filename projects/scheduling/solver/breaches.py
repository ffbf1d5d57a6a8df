"""The hard rules, one by one, against a plan: for a plan handed in, and before plans are merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from projects.scheduling.solver.plan import Assignment, Plan
from projects.scheduling.solver.problem import Id, Package, Problem, Worker

SENTENCES = {
    "missing": "Package %(package)s is not in the plan.",
    "window": "Package %(package)s runs from %(start)s to %(ends)s, outside its window.",
    "order": "Package %(package)s starts at %(start)s, before %(before)s is over at %(ends)s.",
    "headcount": "Package %(package)s has %(found)s of the %(count)s people with %(skill)s.",
    "skill": "Worker %(worker)s can't serve as %(skill)s in package %(package)s.",
    "certificate": "The certificate %(certificate)s of worker %(worker)s is void before package "
    "%(package)s is over.",
    "off": "Worker %(worker)s is away (%(why)s) during package %(package)s.",
    "double": "Worker %(worker)s is in packages %(first)s and %(second)s at once, or without the "
    "rest between them.",
    "limit": "Worker %(worker)s works %(slots)s slots from %(first)s to %(last)s; %(most)s are allowed.",
    "crew": "Crew %(crew)s is at packages %(first)s and %(second)s at once and may not split.",
    "resource": "%(resource)s: %(used)s are used at slot %(slot)s, and there are %(capacity)s.",
    "fixed": "Package %(package)s was fixed and is elsewhere.",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a plan breaks: a code, the facts, a sentence."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.facts


def breaches(problem: Problem, plan: Plan) -> list[Breach]:
    """Everything a plan breaks; an empty list is a plan that can be done."""
    placed = plan.by_package()
    missing = [p.id for p in problem.packages if p.id not in placed]
    if missing:
        return [Breach("missing", {"package": id}) for id in missing]
    return [
        *_places(problem, placed),
        *_teams(problem, placed),
        *_people(problem, placed),
        *_crews(problem, placed),
        *_counted(problem, placed),
    ]


def _places(problem: Problem, placed: dict[Id, Assignment]) -> Iterator[Breach]:
    packages = {p.id: p for p in problem.packages}
    for package in problem.packages:
        start = placed[package.id].start
        ends = start + package.duration
        latest = min((x for x in (package.latest, problem.horizon) if x is not None), default=ends)
        if start < package.earliest or ends > latest:
            yield Breach("window", {"package": package.id, "start": start, "ends": ends})
        for before in package.after:
            over = placed[before].start + packages[before].duration
            if start < over:
                facts = {"package": package.id, "start": start, "before": before, "ends": over}
                yield Breach("order", facts)
    for one in problem.fixed:
        kept = placed[one.package]
        team = {m.worker for m in kept.team}
        if one.start not in (None, kept.start) or set(one.team or team) != team:
            yield Breach("fixed", {"package": one.package})


def _teams(problem: Problem, placed: dict[Id, Assignment]) -> Iterator[Breach]:
    workers = {w.id: w for w in problem.workers}
    for package in problem.packages:
        one = placed[package.id]
        for n, need in enumerate(package.needs):
            found = sum(m.need == n for m in one.team)
            if found != need.count:
                facts = {"package": package.id, "found": found, "count": need.count}
                yield Breach("headcount", facts | {"skill": need.skill})
        for member in one.team:
            yield from _serves(package, one.start, workers.get(member.worker), member.need)


def _serves(package: Package, start: int, worker: Worker | None, n: int) -> Iterator[Breach]:
    if worker is None or n >= len(package.needs) or not worker.serves(package.needs[n]):
        skill = package.needs[n].skill if n < len(package.needs) else n
        facts = {"worker": worker and worker.id, "skill": skill, "package": package.id}
        yield Breach("skill", facts)
        return
    name, ends = package.needs[n].certificate, start + package.duration
    if name is not None and worker.certificates[name] < ends:
        facts = {"certificate": name, "worker": worker.id, "package": package.id}
        yield Breach("certificate", facts)
    for span in worker.off:
        if max(start, span.first) < min(ends, span.last):
            facts = {"worker": worker.id, "why": span.why, "package": package.id}
            yield Breach("off", facts)


def _people(problem: Problem, placed: dict[Id, Assignment]) -> Iterator[Breach]:
    held: dict[Id, list[tuple[int, int, Id]]] = defaultdict(list)
    for package in problem.packages:
        one = placed[package.id]
        for member in one.team:
            held[member.worker].append((one.start, one.start + package.duration, package.id))
    for worker in problem.workers:
        spans = sorted((span for span in held[worker.id] if span[0] < span[1]), key=lambda s: s[:2])
        for a, b in pairwise(spans):
            if b[0] < a[1] + worker.rest:
                yield Breach("double", {"worker": worker.id, "first": a[2], "second": b[2]})
        if len({id for _, _, id in held[worker.id]}) < len(held[worker.id]):
            first = held[worker.id][0][2]
            yield Breach("double", {"worker": worker.id, "first": first, "second": first})
        for limit in worker.limits:
            slots = sum(max(0, min(b, limit.last) - max(a, limit.first)) for a, b, _ in spans)
            if slots > limit.slots:
                facts = {"worker": worker.id, "slots": slots, "first": limit.first}
                yield Breach("limit", facts | {"last": limit.last, "most": limit.slots})


def _crews(problem: Problem, placed: dict[Id, Assignment]) -> Iterator[Breach]:
    whole = {crew.id for crew in problem.crews if not crew.may_split}
    of = {w.id: w.crew for w in problem.workers if w.crew in whole}
    held: dict[Id, set[tuple[int, int, Id]]] = defaultdict(set)
    for package in problem.packages:
        one = placed[package.id]
        for member in one.team:
            if (crew := of.get(member.worker)) is not None and package.duration:
                held[crew].add((one.start, one.start + package.duration, package.id))
    for crew, spans in held.items():
        ordered = sorted(spans, key=lambda s: s[:2])
        for a, b in pairwise(ordered):
            if b[0] < a[1]:
                yield Breach("crew", {"crew": crew, "first": a[2], "second": b[2]})


def _counted(problem: Problem, placed: dict[Id, Assignment]) -> Iterator[Breach]:
    changes: dict[tuple[str, Id], list[tuple[int, int]]] = defaultdict(list)
    for package in problem.packages:
        first, last = placed[package.id].start, placed[package.id].start + package.duration
        if first < last:
            for id, amount in package.uses:
                changes["resource", id] += [(first, amount), (last, -amount)]
            if package.site is not None:
                heads = package.headcount
                changes["site", package.site] += [(first, heads), (last, -heads)]
    for resource in problem.resources:
        for first, last, amount in resource.taken:
            changes["resource", resource.id] += [(first, amount), (last, -amount)]
    limits = {("resource", r.id): r.capacity for r in problem.resources}
    limits |= {("site", s.id): s.headcount for s in problem.sites if s.headcount is not None}
    for key, capacity in limits.items():
        used = 0
        for slot, amount in sorted(changes[key]):
            used += amount
            if used > capacity:
                facts = {"resource": key[1], "used": used, "slot": slot, "capacity": capacity}
                yield Breach("resource", facts)
                break
