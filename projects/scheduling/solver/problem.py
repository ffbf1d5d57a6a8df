"""What is to be planned: packages, people, sites, and what must hold.

Time is slots counted from 0 (today); spans are half open, [first, last). Rates and travel are minor
units per slot. Everything is frozen and pickles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from projects.scheduling.solver.weights import Weights

Id = int | str


@dataclass(frozen=True, slots=True)
class Span:
    """[first, last) in slots, and why it is not free (leave, another project, a course)."""

    first: int
    last: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `slots` of work within [first, last): a week's hours, a month's days."""

    first: int
    last: int
    slots: int


@dataclass(frozen=True, slots=True)
class Need:
    """`count` people who have `skill` at `level` or higher and hold `certificate` to the last slot."""

    skill: str
    level: int = 0
    count: int = 1
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """Work of one piece: once started it runs `duration` slots with the same team.

    `earliest`: first slot it may start in. `latest`: the slot before which it has to be over, hard.
    `due` and `late_cost`: the same wished for, minor units per slot of delay. `uses`: amounts of
    counted resources while it runs.
    """

    id: Id
    duration: int
    needs: tuple[Need, ...] = ()
    after: tuple[Id, ...] = ()
    site: Id | None = None
    earliest: int = 0
    latest: int | None = None
    due: int | None = None
    late_cost: int = 0
    uses: tuple[tuple[Id, int], ...] = ()
    name: str = ""

    @property
    def headcount(self) -> int:
        """People at work while it runs."""
        return sum(need.count for need in self.needs)


@dataclass(frozen=True, slots=True)
class Worker:
    """One person. `skills`: level by skill. `certificates`: the slot from which each is void.

    `travel`: minor units per slot by site, there and back. `off`: not available. `rest`: slots that
    have to be free between two packages. `load`: slots worked already, for fairness.
    """

    id: Id
    skills: Mapping[str, int]
    rate: int = 0
    travel: Mapping[Id, int] = field(default_factory=dict)
    certificates: Mapping[str, int] = field(default_factory=dict)
    off: tuple[Span, ...] = ()
    limits: tuple[Limit, ...] = ()
    rest: int = 0
    crew: Id | None = None
    load: int = 0
    name: str = ""

    def cost(self, site: Id | None) -> int:
        """Minor units per slot at a site."""
        return self.rate + (self.travel.get(site, 0) if site is not None else 0)

    def serves(self, need: Need) -> bool:
        """Whether skill and level suffice and the certificate is there (its expiry aside)."""
        return self.skills.get(need.skill, -1) >= need.level and (
            need.certificate is None or need.certificate in self.certificates
        )


@dataclass(frozen=True, slots=True)
class Crew:
    """People who are at one package at a time, unless they may split."""

    id: Id
    may_split: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Where packages are. `late_cost` per slot that its last package ends after `due`.

    `headcount`: people it takes at once. `ends`: where packages outside the problem end already.
    """

    id: Id
    due: int | None = None
    late_cost: int = 0
    headcount: int | None = None
    ends: int = 0


@dataclass(frozen=True, slots=True)
class Resource:
    """A counted resource (crane, formwork set): `capacity` at once, less what is `taken` already."""

    id: Id
    capacity: int
    taken: tuple[tuple[int, int, int], ...] = ()  # (first, last, amount)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A package that stays as it is: its start, its team, or both; None leaves that open."""

    package: Id
    start: int | None
    team: tuple[Id, ...] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """All of it. `horizon`: every package is over by then, hard. `makespan_floor`: work outside the
    problem that lasts until then. `published`: (package, start, team) that the plan is held against
    by the stability weight.
    """

    packages: tuple[Package, ...]
    workers: tuple[Worker, ...] = ()
    sites: tuple[Site, ...] = ()
    resources: tuple[Resource, ...] = ()
    crews: tuple[Crew, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    published: tuple[Fixed, ...] = ()
    weights: Weights = field(default_factory=Weights)
    horizon: int | None = None
    makespan_floor: int = 0
    name: str = ""


def duration_of(quantity: int, rate: int, people: int) -> int:
    """Slots that `people` need for `quantity` at `rate` per person and slot, rounded up.

    Quantity and rate in the same thousandths.
    """
    return max(1, -(-quantity // (rate * people)))
