"""The solver's no as the product's: a sentence with names and days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jianzhu.kernel.money import Money
from projects.scheduling import errors
from projects.scheduling.plans import wording
from projects.scheduling.plans.models import Plan
from projects.scheduling.plans.problems import Asked
from projects.scheduling.plans.wording import Names
from projects.scheduling.solver import check as checked
from projects.scheduling.solver.faults import Fault
from projects.sites import queries as sites


def check(project_id: int, asked: Asked) -> None:
    """Refuse what can't be meant, before anything is stored."""
    try:
        checked.check(asked.problem)
    except Fault as fault:
        said = names(project_id, asked).say("fault", fault.code, fault.facts)
        raise errors.cannot(said, fault.code) from fault


def names(project_id: int, asked: Asked) -> Names:
    """What the ids and slots of a problem are called."""
    currency = sites.project(project_id).currency
    return wording.names_of(
        project_id,
        asked.calendar,
        [int(w.id) for w in asked.problem.workers],
        [int(c.id) for c in asked.problem.crews],
        lambda minor: str(Money(minor, currency)),
    )


def sentences(plan: Plan, book: str, said: Iterable[Mapping[str, Any]]) -> list[str]:
    """Kept codes and facts in the reader's language."""
    said = list(said)
    if not said:
        return []
    known = names(plan.project_id, Asked.read(plan.problem))
    return [known.say(book, one["code"], one["facts"]) for one in said]
