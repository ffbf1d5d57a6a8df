"""Gates before release (rules of pay §1): who a project agreed to ask, and what silence does.

A line that matches is held until each gate in force on its day was answered, one after the other.
A gate only asks: who objects, disputes the line; who is silent, lets it go, and the silence is kept.
What a case decided, and differences to what was released, pass no gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.calendar import end_of_workdays
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.sites.queries import Gate, ProjectFacts
from settlements.statements.due import Due
from settlements.statements.models import GateCheck, Statement, StatementLine
from settlements.statements.rules import Hold

OPEN = ("held", "matched")
Question = tuple[int, str, str, int]  # statement, line key, gate, amount


@step
def guard(
    project: ProjectFacts,
    statements: Sequence[Statement],
    standing: Mapping[int, Sequence[StatementLine]],
    due: Mapping[int, Sequence[Due]],
    at: datetime,
) -> Mapping[int, Sequence[Due]]:
    """What is due, with a hold on every line that somebody is still asked about; asks them."""
    if not any(gates for _, gates in project.gates):
        return due
    porter = _Porter(project, _answers(statements), at)
    guarded = {
        s.worker_id: [
            porter.held(s, one, standing.get(s.pk, ())) for one in due.get(s.worker_id, ())
        ]
        for s in statements
    }
    _ask(porter.asked)
    return guarded


def _answers(statements: Iterable[Statement]) -> dict[Question, GateCheck]:
    rows = GateCheck.objects.filter(statement__in=[s.pk for s in statements])
    return {(c.statement_id, c.line_key, c.gate, c.amount_minor): c for c in rows}


class _Porter:
    """Looks at one due line after the other and notes whom to ask."""

    def __init__(
        self, project: ProjectFacts, answers: Mapping[Question, GateCheck], at: datetime
    ) -> None:
        self.project, self.answers, self.at = project, answers, at
        self.asked: list[GateCheck] = []

    def held(self, statement: Statement, due: Due, standing: Sequence[StatementLine]) -> Due:
        """The line as it is, or waiting for the first gate that has not let it through."""
        if due.hold is not None or due.amount_minor is None or not _is_open(due.key, standing):
            return due
        for gate in self.project.gates_on(due.until):
            check = self.answers.get((statement.pk, due.key, gate.name, due.amount_minor))
            if check is None:
                check = self._question(statement, due, gate)
            if check.state == "asked":
                hold = Hold(f"gate_{gate.name}", gate.name, check.due_at.date())
                return replace(due, hold=hold)
        return due

    def _question(self, statement: Statement, due: Due, gate: Gate) -> GateCheck:
        assert due.amount_minor is not None
        check = GateCheck(
            statement=statement,
            line_key=due.key,
            gate=gate.name,
            amount_minor=due.amount_minor,
            state="asked",
            asked_at=self.at,
            due_at=end_of_workdays(self.at, gate.days, self.project.zone, self.project.country),
        )
        self.asked.append(check)
        return check


def _is_open(key: str, standing: Sequence[StatementLine]) -> bool:
    """Not yet released, decided or under a case."""
    return all(line.state in OPEN for line in standing if line.key == key)


def _ask(checks: Sequence[GateCheck]) -> None:
    if not checks:
        return
    GateCheck.objects.bulk_create(checks, batch_size=1_000)
    _tell("ask", checks, SYSTEM, checks[0].asked_at)
    for due_at in sorted({check.due_at for check in checks}):
        ids = [check.pk for check in checks if check.due_at == due_at]
        outbox.put_ids("gate_check.silence_due", "check_ids", ids, due_at=due_at)


@step
def confirm(checks: Sequence[GateCheck], *, actor: Actor, at: datetime) -> None:
    """Somebody looked and found it right."""
    for check in checks:
        check.confirm(by=str(actor), at=at)
    _answered("confirm", checks, actor, at)


@step
def lapse(checks: Sequence[GateCheck], *, at: datetime) -> None:
    """Nobody said anything in time."""
    for check in checks:
        check.lapse(at=at)
    _answered("lapse", checks, SYSTEM, at)


def _answered(verb: str, checks: Sequence[GateCheck], actor: Actor, at: datetime) -> None:
    GateCheck.objects.bulk_update(checks, ["state", "answered_at", "answered_by"], batch_size=1_000)
    _tell(verb, checks, actor, at)
    outbox.put_ids("gate_check.answer", "statement_ids", [c.statement_id for c in checks])


def _tell(verb: str, checks: Sequence[GateCheck], actor: Actor, at: datetime) -> None:
    audit.record_many(
        [
            Event(
                f"gate_check.{verb}",
                "statement",
                check.statement_id,
                {
                    "check": check.pk,
                    "key": check.line_key,
                    "gate": check.gate,
                    "amount": check.amount_minor,
                    "state": check.state,
                },
            )
            for check in checks
        ],
        actor=actor,
        at=at,
    )
