"""The bank's statement against our books: each entry is kept, classed, and acted on once.

A statement that does not foot, does not follow the former or does not fit its currency is parked with
its gap, and nothing of it is believed. What differs becomes a `Break`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, step
from jianzhu.kernel.errors import NotFound, Refusal
from jianzhu.outbox import steps as outbox
from settlements.funding.models import WageAccount
from settlements.payouts import breaks, classing, commands, lost, rules
from settlements.payouts.models import BankEntry, BankStatement, RailCursor
from settlements.payouts.rails.protocol import Outcome, Rail, StatementPage
from workers_app.people import queries as people

# A person may believe a statement whose sums are wrong, never one that could not be read as money.
SUMS = frozenset({"does_not_foot", "does_not_chain"})


class NothingToTake(Refusal):
    code = "nothing_to_take"
    status = 409
    sentence = _(
        "Statement %(reference)s can't be read as money, so there is nothing to take: "
        "dismiss it and ask the bank for another."
    )


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading came to: entries by class, or the id of the statement that was parked."""

    classes: dict[str, int] = field(default_factory=dict)
    statement_id: int | None = None
    parked: bool = False


def reconcile(account: WageAccount, rail: Rail, *, at: datetime) -> dict[str, int]:
    """Read the statement since the last time and act on it; returns how many entries of each class."""
    cursor = RailCursor.objects.filter(wage_account=account).first()
    page = rail.statement(account.bank_account, cursor.cursor if cursor else "")
    return take(account_id=account.pk, page=page, source=account.rail, at=at).classes


def take(
    *,
    account_id: int,
    page: StatementPage,
    source: str,
    at: datetime,
    reference: str = "",
    reasons: tuple[str, ...] = (),
) -> Read:
    """Keep a statement and act on its entries; `reasons` park it whatever its sums say."""
    read = _write(
        account_id=account_id,
        page=_without_accounts(classing.opened(account_id, page)),
        source=source,
        reference=reference,
        reasons=reasons,
        at=at,
    )
    if read.statement_id is not None and not read.parked:
        apply(statement_id=read.statement_id, at=at)
    return read


def _without_accounts(page: StatementPage) -> StatementPage:
    """What is kept of the account on the other side is its blind index."""
    entries = tuple(replace(e, payee=people.account_index(e.payee)) for e in page.entries)
    return replace(page, entries=entries)


def apply(*, statement_id: int, at: datetime) -> None:
    """Do what the entries of a taken statement prove: paid, or come back. Again changes nothing."""
    statement = BankStatement.objects.get(pk=statement_id)
    said = {entry["reference"]: entry for entry in statement.entries}
    rows = BankEntry.objects.filter(
        wage_account_id=statement.wage_account_id, reference__in=list(said)
    )
    adopted = lost.keys(statement.wage_account_id, {row.key for row in rows})
    paid, returned = {}, {}
    for row in rows.order_by("at", "pk"):
        if row.matched_as == "matched":
            paid[row.key] = Outcome("paid", row.reference, at=row.at)
        elif row.matched_as == "returned_later":
            entry = said[row.reference]
            _payout, key = adopted.get(row.key, (None, row.key))
            returned[key] = (entry["code"], entry["text"])
    if paid:
        commands.record_outcomes(outcomes=paid, asked=0, at=at)
    if returned:
        commands.bounce(returns=returned, at=at)


@command
def _write(
    *,
    account_id: int,
    page: StatementPage,
    source: str,
    reference: str,
    reasons: tuple[str, ...],
    at: datetime,
) -> Read:
    account = lock(WageAccount, account_id)
    cursor, _made = RailCursor.objects.get_or_create(wage_account=account)
    arm(account_id=account.pk, at=at)
    digest = _digest(page)
    known = BankStatement.objects.filter(wage_account=account, digest=digest).first()
    if known is not None:
        return Read(statement_id=known.pk, parked=known.state != "taken")
    before = None if cursor.read_at is None else cursor.balance_minor
    gap, found = _gap(page, before) if page.has_balances else (0, [])
    reasons = (*reasons, *found)
    if not page.entries and not reasons and reference == "":
        breaks.find(account, [], at=at)  # what is missing by now is missing here too
        return _move_on(cursor, page, at)
    statement = BankStatement.objects.create(
        wage_account=account,
        source=source,
        reference=reference or page.cursor,
        digest=digest,
        entries=[{**asdict(entry), "at": entry.at.isoformat()} for entry in page.entries],
        cursor=page.cursor,
        opening_minor=page.opening_minor if page.has_balances else None,
        closing_minor=page.closing_minor if page.has_balances else None,
        gap_minor=gap,
        reasons=list(reasons),
        state="parked" if reasons else "taken",
        received_at=at,
    )
    if reasons:
        _tell(account, statement, "park", {}, at)
        return Read(statement_id=statement.pk, parked=True)
    return Read(_enter(account, cursor, statement, page, at), statement.pk)


@step
def _enter(
    account: WageAccount,
    cursor: RailCursor,
    statement: BankStatement,
    page: StatementPage,
    at: datetime,
) -> dict[str, int]:
    """Write the entries with their classes, open breaks, and move the cursor."""
    rows, findings = classing.classed(account, page.entries, notified=not page.has_balances)
    BankEntry.objects.bulk_create(rows, batch_size=5_000)
    if page.has_balances:
        _move_on(cursor, page, at)
    breaks.find(account, findings, at=at)
    classes = dict(Counter(row.matched_as for row in rows))
    _tell(account, statement, "reconcile", classes, at)
    outbox.put("bank_statement.take", bank_statement_id=statement.pk)
    return classes


def _move_on(cursor: RailCursor, page: StatementPage, at: datetime) -> Read:
    cursor.cursor, cursor.balance_minor, cursor.read_at = page.cursor, page.closing_minor, at
    cursor.save()
    return Read()


def _gap(page: StatementPage, balance: int | None) -> tuple[int, list[str]]:
    """(gap, reasons): opening + entries ≠ closing, or the opening is not where we stopped."""
    moved = sum(entry.amount_minor for entry in page.entries)
    gap = page.closing_minor - page.opening_minor - moved
    jump = 0 if balance is None else page.opening_minor - balance
    reasons = ["does_not_foot"] * bool(gap) + ["does_not_chain"] * bool(jump)
    return gap or jump, reasons


def _digest(page: StatementPage) -> bytes:
    content = [
        page.cursor,
        page.opening_minor,
        page.closing_minor,
        [[e.reference, e.key, e.kind, e.amount_minor] for e in page.entries],
    ]
    return hashlib.sha256(json.dumps(content).encode()).digest()


@step
def _tell(
    account: WageAccount,
    statement: BankStatement,
    verb: str,
    classes: dict[str, int],
    at: datetime,
) -> None:
    audit.record(
        f"wage_account.{verb}",
        "wage_account",
        account.pk,
        actor=SYSTEM,
        at=at,
        classes=classes,
        cursor=statement.cursor,
        closing=statement.closing_minor,
        gap=statement.gap_minor,
        reasons=statement.reasons,
    )


@step
def arm(*, account_id: int, at: datetime) -> None:
    """A row that asks for the next statement: nobody has to remember to."""
    due = rules.next_slot(at, rules.STATEMENT_EVERY)
    outbox.put(
        "wage_account.statement_due",
        due_at=due,
        key=f"statement:{account_id}:{due:%Y%m%d%H}",
        wage_account_id=account_id,
    )


@command
def arm_again(*, account_ids: Sequence[int], at: datetime) -> None:
    """The bank could not be asked: ask an hour later."""
    for account_id in account_ids:
        arm(account_id=account_id, at=at)


@command
def take_parked(*, statement_id: int, reason: str, actor: Actor, at: datetime) -> BankStatement:
    """A person looked at a parked statement and takes it: its own balances count from now on.

    The gap that it has becomes a break, so that nothing disappears.
    """
    where = policy.whose(actor, "bank_statement", "take")
    found = BankStatement.objects.filter(where, pk=statement_id).first()
    if found is None:
        raise NotFound(noun="bank_statement")
    account = lock(WageAccount, found.wage_account_id)
    statement = lock(BankStatement, statement_id)
    if set(statement.reasons) - SUMS:
        raise NothingToTake(reference=statement.reference)
    statement.take(by=str(actor), note=reason)
    statement.save(update_fields=["state", "decided_by", "note"])
    cursor, _made = RailCursor.objects.get_or_create(wage_account=account)
    _enter(account, cursor, statement, classing.page_from(statement), at)
    if statement.gap_minor:
        breaks.gap(account, statement.pk, statement.gap_minor, at=at)
    return statement


@command
def dismiss_parked(*, statement_id: int, reason: str, actor: Actor, at: datetime) -> BankStatement:
    """A parked statement is not taken: the bank sends another one."""
    where = policy.whose(actor, "bank_statement", "dismiss")
    statement = lock(BankStatement, statement_id, where)
    statement.dismiss(by=str(actor), note=reason)
    statement.save(update_fields=["state", "decided_by", "note"])
    audit.record(
        "bank_statement.dismiss", "bank_statement", statement.pk, actor=actor, at=at, reason=reason
    )
    return statement
