"""The bank's statement against our books: each entry is kept, classed, and acted on once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Refusal
from settlements.funding.models import Deposit, WageAccount
from settlements.payouts import commands
from settlements.payouts.models import BankEntry, Payout, RailCursor
from settlements.payouts.rails.protocol import Outcome, Rail, StatementEntry, StatementPage


class DoesNotFoot(Refusal):
    """Opening + entries ≠ closing, or the opening is not where we stopped: park it, don't guess."""

    code = "statement_does_not_foot"
    sentence = _("The bank statement of account %(account)s has a gap of %(gap)s minor units.")


def reconcile(account: WageAccount, rail: Rail, *, at: datetime) -> dict[str, int]:
    """Read the statement since the last time and act on it; returns how many entries of each class."""
    cursor = RailCursor.objects.filter(wage_account=account).first()
    page = rail.statement(account.bank_account, cursor.cursor if cursor else "")
    classes, paid, returned = _write(account_id=account.pk, page=page, at=at)
    if paid:
        commands.record_outcomes(outcomes=paid, asked=0, at=at)
    if returned:
        commands.bounce(returns=returned, at=at)
    return classes


@command
def _write(
    *, account_id: int, page: StatementPage, at: datetime
) -> tuple[dict[str, int], dict[str, Outcome], dict[int, tuple[str, str]]]:
    account = lock(WageAccount, account_id)
    cursor, _new = RailCursor.objects.get_or_create(wage_account=account)
    _check_foots(account, cursor, page)
    payouts = {
        p.pk: p for p in Payout.objects.filter(pk__in=[_payout_id(e.key) for e in page.entries])
    }
    before = set(
        BankEntry.objects.filter(
            wage_account=account, kind="payment", payout__in=payouts
        ).values_list("key", flat=True)
    )
    deposits = set(
        Deposit.objects.filter(
            wage_account=account, reference__in=[e.reference for e in page.entries]
        ).values_list("reference", flat=True)
    )
    rows = []
    for entry in page.entries:
        rows.append(_classed(account, entry, payouts, before, deposits))
        if entry.kind == "payment":
            before.add(entry.key)
    BankEntry.objects.bulk_create(rows, ignore_conflicts=True)
    cursor.cursor, cursor.balance_minor, cursor.read_at = page.cursor, page.closing_minor, at
    cursor.save()
    classes = _count(rows)
    audit.record(
        "wage_account.reconcile",
        "wage_account",
        account.pk,
        actor=SYSTEM,
        at=at,
        classes=classes,
        cursor=page.cursor,
        closing=page.closing_minor,
    )
    return classes, _paid(rows, payouts), _returned(page.entries, rows)


def _check_foots(account: WageAccount, cursor: RailCursor, page: StatementPage) -> None:
    moved = sum(entry.amount_minor for entry in page.entries)
    gap = page.closing_minor - page.opening_minor - moved
    jump = page.opening_minor - cursor.balance_minor
    if gap or jump:
        raise DoesNotFoot(account=account.pk, gap=gap or jump)


def _payout_id(key: str) -> int:
    """The payout behind a key of ours ("payout:17:1"); 0 when the key is not ours."""
    parts = key.split(":")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0


def _classed(
    account: WageAccount,
    entry: StatementEntry,
    payouts: Mapping[int, Payout],
    before: set[str],
    deposits: set[str],
) -> BankEntry:
    payout = payouts.get(_payout_id(entry.key))
    return BankEntry(
        wage_account=account,
        reference=entry.reference,
        key=entry.key,
        kind=entry.kind,
        amount_minor=entry.amount_minor,
        at=entry.at,
        payout=payout,
        matched_as=_class_of(entry, payout, before, deposits),
    )


def _class_of(
    entry: StatementEntry, payout: Payout | None, before: set[str], deposits: set[str]
) -> str:
    if entry.kind == "deposit":
        return "deposit" if entry.reference in deposits else "only_at_bank"
    if payout is None:
        return "only_at_bank"
    if abs(entry.amount_minor) != payout.amount_minor:
        return "amount_mismatch"
    if entry.kind == "return":
        return "returned_later"
    return "duplicate_at_bank" if entry.key in before else "matched"


def _paid(rows: Sequence[BankEntry], payouts: Mapping[int, Payout]) -> dict[str, Outcome]:
    """What the statement proves paid and we did not know yet."""
    return {
        row.key: Outcome("paid", row.reference, at=row.at)
        for row in rows
        if row.matched_as == "matched" and payouts[row.payout_id or 0].state in ("sent", "unknown")
    }


def _returned(
    entries: Sequence[StatementEntry], rows: Sequence[BankEntry]
) -> dict[int, tuple[str, str]]:
    return {
        row.payout_id: (entry.code, entry.text)
        for entry, row in zip(entries, rows, strict=True)
        if row.matched_as == "returned_later" and row.payout_id is not None
    }


def _count(rows: Sequence[BankEntry]) -> dict[str, int]:
    classes: dict[str, int] = {}
    for row in rows:
        classes[row.matched_as] = classes.get(row.matched_as, 0) + 1
    return classes
