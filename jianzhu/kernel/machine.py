"""A state machine is a table. The methods, the database trigger and the docs page are made from it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import pgtrigger
from django.db import models
from django_fsm import FSMField, FSMModelMixin, TransitionNotAllowed, transition

from jianzhu.kernel.errors import WrongState

__all__ = ["Machine", "Move", "StateField", "StateModel", "all_machines", "noun_of"]

P = ParamSpec("P")
R = TypeVar("R")
Self = TypeVar("Self", bound=models.Model)

_machines: dict[str, Machine] = {}


class Move(NamedTuple):
    """`verb` leads from any of `sources` to `target`, which means `meaning`."""

    verb: str
    sources: tuple[str, ...]
    target: str
    meaning: str


class Machine:
    """The states of one noun and the moves between them.

    `starts` are the states a row may be inserted in; every other way to a state is a move.
    """

    def __init__(self, noun: str, *moves: Move, starts: tuple[str, ...], field: str = "state"):
        self.noun, self.moves, self.starts, self.field = noun, moves, starts, field
        self._target = {(m.verb, s): m.target for m in moves for s in m.sources}
        _machines[noun] = self

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        seen = dict.fromkeys(self.starts)
        for move in self.moves:
            seen.update(dict.fromkeys((*move.sources, move.target)))
        return tuple(seen)

    def may(self, verb: str, state: str) -> bool:
        """Whether the move leads on from this state."""
        return (verb, state) in self._target

    def target(self, verb: str, state: str, pk: object) -> str:
        """The state that follows, for rows moved in memory by the thousand; refuses like a method."""
        try:
            return self._target[verb, state]
        except KeyError:
            raise self.refusal(verb, state, pk) from None

    def refusal(self, verb: str, state: str, pk: object) -> WrongState:
        """The no that an impossible move gets."""
        allowed = [s for (v, s) in self._target if v == verb]
        return WrongState(
            noun=self.noun, id=pk, state=state, verb=verb, allowed=", ".join(allowed) or "—"
        )

    def move(self, method: Callable[Concatenate[Self, P], R]) -> Callable[Concatenate[Self, P], R]:
        """Bind a method to the row of its own name; the method writes only its own row's fields."""
        rows = [m for m in self.moves if m.verb == method.__name__]
        if len(rows) != 1:
            raise TypeError(f"{self.noun}: the table has {len(rows)} rows for {method.__name__}")
        bound = transition(field=self.field, source=list(rows[0].sources), target=rows[0].target)
        checked = bound(method)

        @functools.wraps(checked)
        def run(self_: Self, *args: P.args, **kwargs: P.kwargs) -> R:
            state = getattr(self_, self.field)
            try:
                done: R = checked(self_, *args, **kwargs)
            except TransitionNotAllowed:
                raise self.refusal(method.__name__, state, self_.pk) from None
            return done

        return run  # type: ignore[return-value]

    def triggers(self) -> list[pgtrigger.Trigger]:
        """The database's own copy of the table: raw SQL meets the same refusals.

        Both checks stand in the triggers' WHEN, so a legal write never calls a function.
        """
        pairs = sorted({(s, m.target) for m in self.moves for s in m.sources})
        legal = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
        starts = ", ".join(f"'{state}'" for state in self.starts)
        column = f'"{self.field}"'
        return [
            _refuse(
                f"{self.noun}_move",
                pgtrigger.UpdateOf(self.field),  # type: ignore[no-untyped-call]
                f"OLD.{column} IS DISTINCT FROM NEW.{column}"
                + (f" AND (OLD.{column}, NEW.{column}) NOT IN ({legal})" if pairs else ""),
                f"illegal move of {self.noun} %: % to %', OLD.id, OLD.{column}, NEW.{column}",
            ),
            _refuse(
                f"{self.noun}_start",
                pgtrigger.Insert,
                f"NEW.{column} NOT IN ({starts})",
                f"a {self.noun} cannot start as %', NEW.{column}",
            ),
        ]


def _refuse(
    name: str, operation: pgtrigger.Operation, condition: str, message: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        operation=operation,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(condition),
        func=f"RAISE EXCEPTION '{message} USING ERRCODE = 'check_violation';",
    )


def all_machines() -> Iterable[Machine]:
    """Every machine that has been declared, by noun."""
    return [_machines[noun] for noun in sorted(_machines)]


def noun_of(model: type[models.Model]) -> str:
    """The model's name as verbs and rights use it: TaskSheet is "task_sheet"."""
    name = model.__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class StateModel(FSMModelMixin, models.Model):
    """A row with a machine: its state changes through a move only."""

    class Meta:
        abstract = True


def StateField(machine: Machine, **kwargs: Any) -> Any:  # noqa: N802 - reads as a field
    """The state column of a machine: protected, indexed where asked, starting at its first state."""
    choices = [(state, state) for state in machine.states]
    return FSMField(
        default=machine.starts[0], protected=True, max_length=24, choices=choices, **kwargs
    )
