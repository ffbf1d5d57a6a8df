"""The one table of rights: role × noun × verbs × whose. What is not here is refused.

Whose: `own` the worker's own rows · `crew` the crews they lead · `org` their organisation's ·
`project` the projects their organisation is a party of · `case` the cases assigned to them · `all`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from django.db.models import Q

from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import Forbidden, NotFound


class Row(NamedTuple):
    """One line of the table."""

    role: str
    noun: str
    verbs: str
    whose: str


TABLE: tuple[Row, ...] = ()

# whose -> the filter that a room puts on its own rows for this actor.
Scope = Callable[[Actor], Q]
_scopes: dict[tuple[str, str], Scope] = {}

NOTHING = Q(pk__in=[])


def scope(noun: str, **whose: Scope) -> None:
    """A room says how its rows belong to people: `scope("payout", own=lambda a: Q(...), …)`."""
    for name, rule in whose.items():
        _scopes[noun, name] = rule


def rows(actor: Actor, noun: str, verb: str) -> list[Row]:
    """The lines of the table that let this actor do this."""
    return [
        row
        for row in TABLE
        if row.role in actor.roles and row.noun == noun and verb in row.verbs.split()
    ]


def may(actor: Actor, noun: str, verb: str) -> bool:
    """Whether any role of the actor has a line for it, whatever the object."""
    return actor.is_system or bool(rows(actor, noun, verb))


def whose(actor: Actor, noun: str, verb: str) -> Q:
    """The filter of rows on which the actor may do this; put it into every query and lock.

    Raises Forbidden when no role has a line for it at all.
    """
    if actor.is_system:
        return Q()
    lines = rows(actor, noun, verb)
    if not lines:
        raise Forbidden(noun=noun, verb=verb)
    allowed = NOTHING
    for line in lines:
        if line.whose == "all":
            return Q()
        allowed |= _scopes[noun, line.whose](_only(actor, line.role))
    return allowed


def _only(actor: Actor, role: str) -> Actor:
    """The actor with the grants of one role: an owner here and contractor there is each in place."""
    return replace(actor, grants=tuple(g for g in actor.grants if g.role == role))


def require(actor: Actor, noun: str, verb: str, *, project_id: int) -> None:
    """Refuse unless the actor may do this on the project: for what has no row of its own yet."""
    if actor.is_system:
        return
    lines = rows(actor, noun, verb)
    if not lines:
        raise Forbidden(noun=noun, verb=verb)
    if not any(line.whose == "all" or _reaches(actor, line.role, project_id) for line in lines):
        raise NotFound(noun="project")


# A room above knows which organisations are parties of a project; it registers the look-up here.
_projects_of: list[Callable[[Actor], frozenset[int]]] = []


def projects_are(look_up: Callable[[Actor], frozenset[int]]) -> None:
    """Register how to find the ids of the projects that an actor's grants reach."""
    _projects_of[:] = [look_up]


def projects(actor: Actor) -> frozenset[int]:
    """Ids of the projects that the actor's grants reach."""
    return _projects_of[0](actor)


def _reaches(actor: Actor, role: str, project_id: int) -> bool:
    return project_id in projects(_only(actor, role))
