"""The one table of rights: role × noun × verbs × whose. What is not here is refused.

Whose: `own` the worker's own rows · `crew` the crews they lead · `org` their organisation's ·
`project` the projects their organisation is a party of · `case` the cases assigned to them · `all`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Q

from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import Forbidden


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
        allowed |= _scopes[noun, line.whose](actor)
    return allowed
