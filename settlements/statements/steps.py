"""Evaluating and releasing, within a command. A fixed number of statements per chunk of workers."""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.calendar import on_or_before_workday
from jianzhu.kernel.db import copy_rows, lock_many, step, take_ids, update_rows
from jianzhu.outbox import steps as outbox
from projects.sites.queries import ProjectFacts
from settlements.halt import queries as halt
from settlements.ledger import queries as balances
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement
from settlements.payouts import steps as payouts
from settlements.payouts.steps import Owed
from settlements.statements import gates, queries, rules
from settlements.statements.due import FIGURES, Due
from settlements.statements.milestones import MARK
from settlements.statements.models import Statement, StatementLine, line_machine, month_after
from settlements.statements.pay import Computed
from settlements.statements.settle import AnyLine, Changes, NewLine, settle

# Why a matched line is not released, and who owes what it waits for.
UNFUNDED = ("unfunded", "general_contractor")
UNREAD = ("bank_not_read", "operator")
PAID_BEFORE = ("paid_before_restore", "system")
Why = tuple[str, str]  # (reason, who owes it)
_LINE_COLUMNS = (
    "id",
    "statement_id",
    "key",
    "on",
    "kind",
    *FIGURES,
    "inputs_digest",
    "state",
    "reason",
    "owed_by",
    "due_on",
    "version",
    "updated_at",
)


class Matched(NamedTuple):
    """A matched line as the release needs it; a model of each would cost more than all the rest."""

    worker_id: int
    statement_id: int
    pk: int
    key: str
    amount_minor: int
    reason: str


@step
def open_statements(
    project: ProjectFacts, month: date, worker_ids: Iterable[int], at: datetime
) -> list[Statement]:
    """The workers' statements of the month, made where missing, locked in order of id."""
    ids = sorted(set(worker_ids))
    pay_on = pay_date(project, month)
    Statement.objects.bulk_create(
        [
            Statement(
                worker_id=worker_id,
                project_id=project.id,
                month=month,
                currency=project.currency,
                pay_on=pay_on,
                created_at=at,
                evaluated_at=at,
            )
            for worker_id in ids
        ],
        ignore_conflicts=True,
    )
    found = Statement.objects.filter(project_id=project.id, month=month, worker_id__in=ids)
    return lock_many(Statement, found.values_list("pk", flat=True))


def pay_date(project: ProjectFacts, month: date) -> date:
    """The agreed day of the following month, moved earlier off rest days (Decree 724 art. 14)."""
    following = month_after(month)
    last = monthrange(following.year, following.month)[1]
    return on_or_before_workday(following.replace(day=min(project.pay_day, last)), project.country)


@step
def write(
    project: ProjectFacts,
    statements: Sequence[Statement],
    due: Mapping[int, Sequence[Due]],
    at: datetime,
) -> list[tuple[int, NewLine]]:
    """Bring the statements' lines up to date with what is due, by worker id.

    Returns the new lines with their worker ids: `release` inserts them, with what becomes of them.
    """
    lines: dict[int, list[StatementLine]] = defaultdict(list)
    ids = [s.pk for s in statements]
    for line in StatementLine.objects.filter(statement_id__in=ids).order_by("pk"):
        lines[line.statement_id].append(line)
    corrected = queries.corrected(ids)
    due = gates.guard(project, statements, lines, due, at)
    all_changes = [
        (s, settle(s, lines[s.pk], due.get(s.worker_id, ()), corrected.get(s.pk, {}), at))
        for s in statements
    ]
    new = [(s.worker_id, line) for s, c in all_changes for line in c.new]
    for (_, fresh), ident in zip(new, take_ids(StatementLine, len(new)), strict=True):
        fresh.pk = ident
    _update([line for _, c in all_changes for line in c.changed])
    _wake_when_over(project, all_changes)
    _make_differences(all_changes, at)
    _record(all_changes, at)
    return new


@step
def evaluated(
    statements: Sequence[Statement], computed: Mapping[int, Computed], at: datetime
) -> None:
    """Keep what the statements were computed from, and what the law would object to."""
    done = [(s.pk, computed[s.worker_id]) for s in statements]
    update_rows(
        Statement,
        ("inputs_digest", "findings", "evaluated_at"),
        [(pk, one.digest, json.dumps(one.findings), at) for pk, one in done],
    )


def _wake_when_over(
    project: ProjectFacts, all_changes: Sequence[tuple[Statement, Changes]]
) -> None:
    """A line of a span is looked at again at the midnight after its last day, site time."""
    touched: list[tuple[int, AnyLine]] = []
    for statement, changes in all_changes:
        touched += [(statement.pk, line) for line in changes.new]
        touched += [(statement.pk, line) for line in changes.changed]
    ends = {
        (statement_id, line.due_on)
        for statement_id, line in touched
        if line.reason == "period_open" and line.due_on is not None
    }
    for statement_id, on in sorted(ends):
        outbox.put(
            "statement.period_over",
            due_at=datetime.combine(on, time.min, tzinfo=ZoneInfo(project.zone)),
            key=f"period_over:{statement_id}:{on}",
            statement_ids=[statement_id],
        )


def _insert(lines: Sequence[StatementLine]) -> None:
    if not lines:
        return
    for line, ident in zip(lines, take_ids(StatementLine, len(lines)), strict=True):
        line.pk = ident
    copy_rows(
        StatementLine,
        _LINE_COLUMNS,
        (
            tuple(
                json.dumps(line.sources) if name == "sources" else getattr(line, name)
                for name in _LINE_COLUMNS
            )
            for line in lines
        ),
    )


_figures = attrgetter(*(name for name in FIGURES if name != "sources"))
_NEW_COLUMNS = (
    "inputs_digest",
    *("id", "statement_id", "key", "on", "kind", "state", "reason", "owed_by", "due_on"),
    *("payout_id", "version", "updated_at", "sources"),
    *(name for name in FIGURES if name != "sources"),
)


def _insert_new(lines: Iterable[NewLine], at: datetime) -> None:
    """What the records made, straight from the figures into COPY."""
    copy_rows(
        StatementLine,
        _NEW_COLUMNS,
        (
            (
                n.due.inputs_digest,
                *(n.pk, n.statement_id, n.due.key, n.due.on, n.due.kind, n.state, n.reason),
                *(n.owed_by, n.due_on, n.payout_id, 1, at, json.dumps(n.due.sources)),
                *_figures(n.due),
            )
            for n in lines
        ),
    )


_CHANGED = (*FIGURES, "state", "reason", "owed_by", "due_on", "version", "updated_at")
_CHANGED_WITH_INPUTS = ("inputs_digest", *_CHANGED)


def _update(lines: Sequence[StatementLine]) -> None:
    update_rows(
        StatementLine,
        _CHANGED_WITH_INPUTS,
        [
            (
                line.pk,
                bytes(line.inputs_digest),
                *(
                    json.dumps(line.sources) if name == "sources" else getattr(line, name)
                    for name in _CHANGED
                ),
            )
            for line in lines
        ],
    )


def _make_differences(all_changes: Sequence[tuple[Statement, Changes]], at: datetime) -> None:
    """Signed lines on the next month's statement for news about what was released."""
    wanted = [(s, line, missing) for s, c in all_changes for line, missing in c.differences]
    if not wanted:
        return
    nexts = _next_statements([s for s, _, _ in wanted], at)
    numbers = _difference_numbers([line.pk for _, line, _ in wanted])
    new = []
    for statement, line, missing in wanted:
        target = nexts[statement.pk]
        new.append(
            StatementLine(
                statement=target,
                key=f"difference/{line.pk}/{numbers.get(line.pk, 0) + 1}",
                on=line.on,
                until=line.until,
                kind="difference",
                label=line.label,
                amount_minor=missing,
                sources={"statement": statement.pk, "line": line.pk, "line_key": line.key},
                # Of a line that the engine never computed there is nothing to compute again.
                inputs_digest=statement.inputs_digest if line.inputs_digest else b"",
                state="matched",
                updated_at=at,
            )
        )
    _insert(new)
    audit.record_many(
        [Event("statement_line.differ", "statement", n.statement_id, n.facts()) for n in new],
        actor=SYSTEM,
        at=at,
    )
    outbox.put_ids("statement.differ", "statement_ids", [n.statement_id for n in new])


def _next_statements(statements: Sequence[Statement], at: datetime) -> dict[int, Statement]:
    """For each statement the worker's one of the following month, made where missing."""
    nexts = {}
    for s in {s.pk: s for s in statements}.values():
        nexts[s.pk], _ = Statement.objects.get_or_create(
            worker_id=s.worker_id,
            project_id=s.project_id,
            month=month_after(s.month),
            defaults={
                "currency": s.currency,
                "pay_on": s.pay_on,
                "created_at": at,
                "evaluated_at": at,
            },
        )
    return nexts


def _difference_numbers(line_ids: list[int]) -> dict[int, int]:
    rows = StatementLine.objects.filter(kind="difference", sources__line__in=line_ids)
    count: dict[int, int] = defaultdict(int)
    for line_id in rows.values_list("sources__line", flat=True):
        count[int(line_id)] += 1
    return count


def _record(all_changes: Sequence[tuple[Statement, Changes]], at: datetime) -> None:
    """One event per statement and verb, naming every line that moved."""
    events = []
    for statement, changes in all_changes:
        by_verb: dict[str, list[AnyLine]] = defaultdict(list)
        for verb, line in changes.told:
            by_verb[verb].append(line)
        events += [
            Event(
                f"statement_line.{verb}",
                "statement",
                statement.pk,
                {"lines": [[n.pk, n.key, n.state, n.amount_minor, n.reason] for n in lines]},
            )
            for verb, lines in by_verb.items()
        ]
    audit.record_many(events, actor=SYSTEM, at=at)


@step
def freeze(lines: Sequence[StatementLine], *, actor: Actor, at: datetime) -> None:
    """Put open lines under a case: they alone wait. Released lines stay as they are."""
    moved = [line for line in lines if line.state != "released"]
    for line in moved:
        line.dispute()
        line.updated_at = at
    _update(moved)
    _tell("dispute", moved, actor, at)


@step
def thaw(lines: Sequence[StatementLine], *, matched: bool, actor: Actor, at: datetime) -> None:
    """Take lines out of a case: matched by data, or back to what the records say."""
    moved = [line for line in lines if line.state == "disputed"]
    for line in moved:
        if matched:
            line.match()
        else:
            line.settle(reason="dispute_ended", owed_by="system")
        line.updated_at = at
    _update(moved)
    _tell("match" if matched else "settle", moved, actor, at)


@step
def award(
    lines: Sequence[tuple[StatementLine, int]], *, dispute_id: int, actor: Actor, at: datetime
) -> list[StatementLine]:
    """Post a decision: each open line gives way to a line of the awarded amount; to a line that was
    paid the award comes on top. Nothing is retyped, nothing that was said is edited."""
    replaced = [line for line, _ in lines if line.state == "disputed"]
    for line in replaced:
        line.void()
        line.reason, line.updated_at = "decided", at
    _update(replaced)
    _tell("void", replaced, actor, at)
    new = [
        StatementLine(
            statement_id=line.statement_id,
            key=f"decision/{dispute_id}/{line.pk}",
            on=line.on,
            until=line.until,
            kind="decision",
            label=line.label,
            amount_minor=amount,
            state="matched",
            sources={"dispute": dispute_id, "line": line.pk},
            updated_at=at,
        )
        for line, amount in lines
        if amount
    ]
    _insert(new)
    _tell("award", new, actor, at)
    return new


@step
def advance(
    amounts: Mapping[int, int], *, decision_id: int, dispute_id: int, actor: Actor, at: datetime
) -> None:
    """Pay {line: minor units} on account of lines that stay under their case."""
    _on_account(amounts, f"advance/{decision_id}", dispute_id, actor, at)


@step
def take_off(amounts: Mapping[int, int], *, dispute_id: int, actor: Actor, at: datetime) -> None:
    """What was advanced on lines ({line: minor units}) comes off what they bring now."""
    less = {line_id: -amount for line_id, amount in amounts.items()}
    _on_account(less, f"advanced/{dispute_id}", dispute_id, actor, at)


def _on_account(
    amounts: Mapping[int, int], key: str, dispute_id: int, actor: Actor, at: datetime
) -> None:
    new = [
        StatementLine(
            statement_id=line.statement_id,
            key=f"{key}/{line.pk}",
            on=line.on,
            until=line.until,
            kind="decision",
            label=line.label,
            amount_minor=amounts[line.pk],
            state="matched",
            sources={"dispute": dispute_id, "line": line.pk},
            updated_at=at,
        )
        for line in StatementLine.objects.filter(pk__in=amounts).order_by("pk")
    ]
    _insert(new)
    _tell("award", new, actor, at)


def _tell(verb: str, lines: Sequence[StatementLine], actor: Actor, at: datetime) -> None:
    audit.record_many(
        [
            Event(f"statement_line.{verb}", "statement", line.statement_id, line.facts())
            for line in lines
        ],
        actor=actor,
        at=at,
    )


@step
def release(
    project: ProjectFacts,
    worker_ids: Iterable[int],
    at: datetime,
    new: Sequence[tuple[int, NewLine]] = (),
) -> int:
    """Pay out every matched line of these workers: post to the worker, make one payout each.

    `new` are lines that `write` made: they are inserted here, with what becomes of them, so that a
    line that matches at once is written once. Negative differences wait until the worker's matched
    lines come to more than nothing. When the wage account can't cover a worker, that worker's lines
    stay matched and say so. So they do after a restore until the bank was read; what it had paid by
    then is laid to lines of that very amount first. Returns payouts.
    """
    fresh = {line.pk for _, line in new}
    lines = _matched(project.id, worker_ids, new)
    waits = dict.fromkeys(lines, UNREAD) if halt.unread() else {}
    going, found = dict(lines), dict[int, int]()
    for group in [] if waits else _found(project, going, waits):
        found |= _pay_out(project, {group[0].worker_id: group}, fresh, waits, at)
    going = {w: group for w, group in going.items() if w not in waits}
    made = _pay_out(project, going, fresh, waits, at)
    _end(new, found | made, waits)
    _insert_new((line for _, line in new), at)
    _mark_waiting(lines, fresh, waits, at)
    return len(set(found.values()) | set(made.values()))


def _found(
    project: ProjectFacts, lines: dict[int, list[Matched]], waits: dict[int, Why]
) -> list[list[Matched]]:
    """Groups of lines that the bank has paid already, taken out of `lines`; whoever's lines do not yet
    come to what was paid waits with all of them, or the same work would be paid again."""
    groups = []
    for worker_id, amounts in payouts.found_at_bank(project.id, lines).items():
        for amount in amounts:
            chosen = rules.summing_to([n.amount_minor for n in lines[worker_id]], amount)
            if chosen is None:
                waits[worker_id] = PAID_BEFORE
                break
            groups.append([lines[worker_id][i] for i in sorted(chosen)])
            lines[worker_id] = [n for i, n in enumerate(lines[worker_id]) if i not in chosen]
    return groups


def _pay_out(
    project: ProjectFacts,
    lines: Mapping[int, Sequence[Matched]],
    fresh: set[int],
    waits: dict[int, Why],
    at: datetime,
) -> dict[int, int]:
    """Post and make a payout for each worker whom the fund covers; the others wait. {line: payout}."""
    sums = {w: sum(n.amount_minor for n in group) for w, group in lines.items()}
    owed = [Owed(w, total) for w, total in sorted(sums.items()) if total > 0]
    covered = _covered(project, owed)
    short = {o.worker_id for o in owed if o.worker_id not in covered}
    waits |= dict.fromkeys(short, UNFUNDED)
    paid = [o for o in owed if o.worker_id in covered]
    made: dict[int, int] = {}
    if paid:
        made = payouts.make(
            paid, project_id=project.id, currency=project.currency, actor=SYSTEM, at=at
        )
        _post(project, paid, made, at)
    standing = {w: [n for n in group if n.pk not in fresh] for w, group in lines.items()}
    _mark_released([(n.pk, made[o.worker_id]) for o in paid for n in standing[o.worker_id]], at)
    _record_release(lines, made, at)
    if short:
        outbox.put("wages.unfunded", project_id=project.id)
    if any(n.reason == UNFUNDED[0] for o in paid for n in standing[o.worker_id]):
        outbox.put("wages.funded", project_id=project.id)
    return {n.pk: payout for w, payout in made.items() for n in lines[w]}


def _end(
    new: Sequence[tuple[int, NewLine]], paid: Mapping[int, int], waits: Mapping[int, Why]
) -> None:
    """How the matched ones of the new lines are inserted: released, or waiting, and for what."""
    released = line_machine.target("release", "matched", None)
    for worker_id, line in new:
        if line.state == "matched" and line.pk in paid:
            line.state, line.payout_id = released, paid[line.pk]
        elif line.state == "matched" and worker_id in waits:
            line.reason, line.owed_by = waits[worker_id]


def _matched(
    project_id: int, worker_ids: Iterable[int], new: Sequence[tuple[int, NewLine]]
) -> dict[int, list[Matched]]:
    rows = (
        StatementLine.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            state="matched",
            statement__project_id=project_id,
            statement__worker_id__in=list(worker_ids),
        )
        .order_by("pk")
        .values_list("statement__worker_id", "statement_id", "pk", "key", "amount_minor", "reason")
    )
    found: dict[int, list[Matched]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Matched(*row))  # type: ignore[arg-type]
    for worker_id, n in new:
        if n.state == "matched":
            assert n.amount_minor is not None
            one = Matched(worker_id, n.statement_id, n.pk, n.due.key, n.amount_minor, "")
            found[worker_id].append(one)
    return found


def _covered(project: ProjectFacts, owed: Sequence[Owed]) -> set[int]:
    """Workers whose wages the fund covers, in order of id; wages of work done rank equal."""
    ledger.lock_account("wage_fund", project.id)
    free = balances.balance("wage_fund", project.id).free
    covered = set()
    for one in owed:
        if one.amount_minor <= free:
            free -= one.amount_minor
            covered.add(one.worker_id)
    return covered


def _mark_waiting(
    lines: Mapping[int, Sequence[Matched]],
    fresh: set[int],
    waits: Mapping[int, Why],
    at: datetime,
) -> None:
    """Lines that stand already and are not released now say why."""
    by_why: dict[Why, list[int]] = defaultdict(list)
    for worker_id, why in waits.items():
        by_why[why] += [n.pk for n in lines[worker_id] if n.pk not in fresh and n.reason != why[0]]
    for (reason, owed_by), ids in by_why.items():
        if ids:
            StatementLine.objects.filter(pk__in=ids).update(
                reason=reason, owed_by=owed_by, updated_at=at
            )


def _post(
    project: ProjectFacts, paid: Sequence[Owed], made: Mapping[int, int], at: datetime
) -> None:
    fund = ("wage_fund", project.id, 0)
    keys = {o.worker_id: ("payable", project.id, o.worker_id) for o in paid}
    accounts = ledger.open_accounts([fund, *keys.values()], currency=project.currency, at=at)
    ledger.transfer(
        [
            Movement(
                key=f"release:{made[o.worker_id]}",
                kind="release",
                phase="single",
                legs=(Leg(accounts[fund], accounts[keys[o.worker_id]], o.amount_minor),),
                currency=project.currency,
            )
            for o in paid
        ],
        at=at,
    )


def _mark_released(lines: Sequence[tuple[int, int]], at: datetime) -> None:
    """[(line, payout)], all read as matched under lock: one statement for any number of them."""
    if not lines:
        return
    released = line_machine.target("release", "matched", None)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE settlements_statementline l SET
                   state = %s, payout_id = n.payout, updated_at = %s,
                   reason = '', owed_by = ''
               FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, payout) WHERE l.id = n.id""",
            [released, at, [line for line, _ in lines], [payout for _, payout in lines]],
        )


def _record_release(
    lines: Mapping[int, Sequence[Matched]], made: Mapping[int, int], at: datetime
) -> None:
    if not made:
        return
    events = [
        Event(
            "statement_line.release",
            "payout",
            payout_id,
            {"lines": [[n.pk, n.key, "released", n.amount_minor] for n in lines[worker_id]]},
        )
        for worker_id, payout_id in made.items()
    ]
    audit.record_many(events, actor=SYSTEM, at=at)
    outbox.put_ids(
        "statement_line.release",
        "statement_ids",
        [n.statement_id for w in made for n in lines[w]],
    )
    with_milestones = [n.statement_id for w in made for n in lines[w] if MARK in n.key]
    outbox.put_ids("statement.milestones", "statement_ids", with_milestones)
