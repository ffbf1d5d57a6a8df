"""What a plan is, and what is told about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from projects.scheduling.solver.problem import Id


@dataclass(frozen=True, slots=True)
class Member:
    """A worker of a team, and which of the package's needs the worker serves."""

    worker: Id
    need: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """A package from `start` on with its team."""

    package: Id
    start: int
    team: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One assignment per package, in any order."""

    assignments: tuple[Assignment, ...]

    def __iter__(self) -> Iterator[Assignment]:
        return iter(self.assignments)

    def by_package(self) -> dict[Id, Assignment]:
        """{package id: its assignment}."""
        return {a.package: a for a in self.assignments}

    def replaced(self, others: Iterable[Assignment]) -> Plan:
        """The same plan with some packages elsewhere."""
        new = {a.package: a for a in others}
        return Plan(tuple(new.get(a.package, a) for a in self.assignments))


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of news while the search runs. `objective` None: no plan yet."""

    seconds: float
    phase: str
    objective: int | None
    bound: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Solution:
    """The best plan found and what is known about it.

    `measures`: {measure: value} before weights. `bound`: no plan costs less. `ended_by`: why the
    search stopped ("optimal", "seconds", "work", "gap", "cancelled", "rounds").
    """

    plan: Plan
    objective: int
    measures: dict[str, int]
    bound: int
    makespan: int
    utilisation: float
    seed: int
    stop: dict[str, float | int | None]
    ended_by: str
    seconds: float
    work: float
    trace: tuple[Progress, ...] = field(default=())

    @property
    def optimal(self) -> bool:
        """Whether nothing better exists."""
        return self.objective <= self.bound

    @property
    def gap(self) -> float:
        """How far the objective may be from the best there is, as a share of the objective."""
        return (self.objective - self.bound) / max(1, self.objective)
