"""What stands meets what is due: new lines, changed lines, differences. In memory, then set-based.

A line that was released is final. When its figures change afterwards, the difference becomes a
signed line of its own on the next month's statement, computed against all that was said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from settlements.statements.due import Due
from settlements.statements.models import Statement, StatementLine
from settlements.statements.rules import Hold

# Lines that no computation makes: they stand until another act undoes them.
SAID_ONCE = ("difference", "decision")


@dataclass(slots=True)
class NewLine:
    """A line to be inserted: what is due, and how it starts. A month of a big site has a million of
    them, and a model of each would cost more than all the rest."""

    statement_id: int
    due: Due
    state: str
    pk: int = 0
    reason: str = ""
    owed_by: str = ""
    due_on: date | None = None
    payout_id: int | None = None

    @property
    def key(self) -> str:
        return self.due.key

    @property
    def amount_minor(self) -> int | None:
        return self.due.amount_minor


AnyLine = StatementLine | NewLine


@dataclass(slots=True)
class Changes:
    """What has to be written: lines to insert, to update, and the verbs for the audit log."""

    new: list[NewLine] = field(default_factory=list)
    changed: list[StatementLine] = field(default_factory=list)
    differences: list[tuple[StatementLine, int]] = field(default_factory=list)
    told: list[tuple[str, AnyLine]] = field(default_factory=list)

    def tell(self, verb: str, line: AnyLine) -> None:
        """Note a move for the audit log."""
        self.told.append((verb, line))


def settle(
    statement: Statement,
    standing: Sequence[StatementLine],
    due: Iterable[Due],
    corrected: Mapping[str, int],
    at: datetime,
) -> Changes:
    """Compare one statement with what is due by now.

    `corrected`: for each released line's key, the sum of the differences already made of it.
    """
    changes = Changes()
    by_key = {line.key: line for line in standing}
    seen = set()
    due = list(due)
    unknown = [(one.on, one.until) for one in due if one.amount_minor is None]
    for one in due:
        seen.add(one.key)
        line = by_key.get(one.key)
        if line is None:
            _insert(changes, statement, one)
        elif line.state == "released":
            _difference(changes, line, one.amount_minor, one.hold, corrected)
        elif line.state != "void":
            _update(changes, line, one, at)
        elif line.reason != "decided":  # a decision is the last word on its line
            line.revive()
            _update(changes, line, one, at)
    for line in standing:
        if line.key in seen or line.kind in SAID_ONCE:
            continue
        # What nobody can tell yet takes nothing back that was paid for its days.
        if line.state != "released" or not _touches(line, unknown):
            _gone(changes, line, corrected, at)
    return changes


def _touches(line: StatementLine, spans: Iterable[tuple[date, date]]) -> bool:
    return any(line.on <= until and on <= line.until for on, until in spans)


def _insert(changes: Changes, statement: Statement, due: Due) -> None:
    line = NewLine(statement.pk, due, "matched" if due.hold is None else "held")
    if due.hold is not None:
        _why(line, due.hold)
    changes.new.append(line)
    changes.tell("match" if due.hold is None else "hold", line)


def _why(line: AnyLine, hold: Hold) -> None:
    line.reason, line.owed_by, line.due_on = hold.reason, hold.owed_by, hold.due_on


def _update(changes: Changes, line: StatementLine, due: Due, at: datetime) -> None:
    """Bring an open line up to date and move it; a disputed line moves only by its case."""
    news = not due.same_figures(line)
    if news:
        due.put_into(line)
        line.version += 1
    verb = _move(line, due.hold)
    if news or verb:
        line.updated_at = at
        changes.changed.append(line)
        changes.tell(verb or "change", line)


def _move(line: StatementLine, hold: Hold | None) -> str | None:
    if line.state == "disputed":
        return _note(line, hold)
    if hold is None:
        if line.state == "held":
            line.match()
            return "match"
        return None
    if line.state == "matched":
        line.hold(reason=hold.reason, owed_by=hold.owed_by, due_on=hold.due_on)
        return "hold"
    if (line.reason, line.owed_by, line.due_on) != (hold.reason, hold.owed_by, hold.due_on):
        _why(line, hold)
        return "wait"
    return None


def _note(line: StatementLine, hold: Hold | None) -> str | None:
    """A disputed line moves only by its case, but shows what it still lacks."""
    before = line.reason
    if hold is None:
        line.reason, line.owed_by, line.due_on = "", "", None
    else:
        _why(line, hold)
    return "wait" if line.reason != before else None


def _gone(
    changes: Changes, line: StatementLine, corrected: Mapping[str, int], at: datetime
) -> None:
    """The records no longer know the line: it becomes void, or what was paid for it is owed back."""
    if line.state == "released":
        _difference(changes, line, 0, None, corrected)
    elif line.state in ("held", "matched"):
        line.void()
        line.updated_at = at
        changes.changed.append(line)
        changes.tell("void", line)


def _difference(
    changes: Changes,
    line: StatementLine,
    amount_minor: int | None,
    hold: Hold | None,
    corrected: Mapping[str, int],
) -> None:
    """Later news about a released line; only what all three records agree on counts."""
    if hold is not None or amount_minor is None:
        return
    assert line.amount_minor is not None
    missing = amount_minor - line.amount_minor - corrected.get(line.key, 0)
    if missing:
        changes.differences.append((line, missing))
