"""From one stage of a case to the next, within a command, with the clock of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from jianzhu.access.actor import Actor
from jianzhu.kernel.db import step
from settlements.disputes import clocks, errors, steps, telling
from settlements.disputes.models import Dispute


@step
def enter(case: Dispute, verb: str, actor: Actor, at: datetime, /, **facts: Any) -> None:
    """Make the move, write it down, start and end the clocks that hang on it, tell both sides."""
    if case.suspended_at is not None and verb not in ENDS:
        raise errors.CaseSuspended(case=case.pk)
    getattr(case, verb)(**facts)
    case.save()
    met, started = CLOCKS.get(verb, ((), ()))
    for name in met:
        clocks.meet(case, name, at=at)
    if case.ended_at is not None:
        _over(case, at)
    for name in started:
        clocks.start(case, name, at=at, key=_round(case, name))
    said = {name: value for name, value in facts.items() if name != "at"}
    steps.tell(case, verb, actor, at, **{n: str(v) for n, v in said.items()})
    telling.stage(case, verb, at=at)


# A case may always end.
ENDS = ("withdraw", "deem_withdrawn", "terminate", "reject", "resolve", "settle", "decide")
# verb: (clocks that it answers, clocks that it starts).
CLOCKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "talk": (("expedited",), ("talk",)),
    "mediate": (("expedited", "talk"), ("mediation",)),
    "submit": (("expedited", "talk", "mediation"), ("intake", "one_notice")),
    "ask_correction": (("intake",), ("correction",)),
    "complete": (("correction",), ("intake",)),
    "accept": (("intake",), ("serve", "bench")),
    "serve": (("serve",), ("answer",)),
    "answer": (("answer",), ("forward_answer",)),
    "mediate_first": (("forward_answer",), ()),
    "schedule": (("forward_answer", "one_notice"), ()),
}


def _round(case: Dispute, name: str) -> str:
    """A clock that may run twice has a key for each time."""
    return str(case.corrections_asked) if name == "intake" and case.corrections_asked else ""


def _over(case: Dispute, at: datetime) -> None:
    """A case that ended waits for nobody any more."""
    clocks.drop(case, at=at)
    for row in case.proposals.filter(state="offered"):
        row.drop(at=at)
        row.save()
    for order in case.suspensions.filter(state="standing"):
        order.end(by="system", at=at)
        order.save()
    if case.suspended_at is not None:
        case.suspended_at = None
        case.save(update_fields=["suspended_at"])


@step
def ended(case: Dispute, at: datetime) -> None:
    """The same for a case that data, a decision or its claimant ended."""
    if case.ended_at is not None:
        _over(case, at)


@step
def start_limit(case: Dispute, at: datetime) -> None:
    """The time limit of the procedure, from acceptance, whenever the procedure changed."""
    name = "award_simple" if case.procedure == "simple" else "award"
    if clocks.start(case, name, at=at, since=case.accepted_at) is None:
        clocks.start(case, "award", at=at, since=case.accepted_at)


@step
def to_ordinary(case: Dispute, actor: Actor, at: datetime) -> None:
    """A simple case that turned out not to be one: one way, and on the same clock."""
    case.procedure = "ordinary"
    case.save(update_fields=["procedure"])
    clocks.drop(case, "award_simple", at=at)
    start_limit(case, at)
    steps.tell(case, "to_ordinary", actor, at)
    telling.stage(case, "to_ordinary", at=at)


@step
def let_go_of_all(case: Dispute, outcome: str, actor: Actor, at: datetime) -> None:
    """The case ended without a word on its lines: the three records speak again of them."""
    rows, _lines = steps.live_rows(case)
    let_go(case, [row.line_id for row in rows], outcome, actor, at)


@step
def let_go(
    case: Dispute, line_ids: Collection[int], outcome: str, actor: Actor, at: datetime
) -> None:
    """The same of these lines; with the last one the case is closed, if it has ended."""
    rows, lines = steps.live_rows(case)
    rows = [row for row in rows if row.line_id in line_ids]
    own = [lines[row.line_id] for row in rows]
    steps.let_go(case, rows, own, matched=False, actor=actor, at=at)
    steps.end_lines(case, rows, outcome, at)
    steps.close(case, at)
