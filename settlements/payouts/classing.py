"""Rows for the matcher, and its findings as rows: the entries of a page with their classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from settlements.funding.models import Deposit, WageAccount
from settlements.ledger import queries as ledger
from settlements.payouts.matching import BankLine, Expected, Finding, compare
from settlements.payouts.models import BankEntry, BankStatement, Payout
from settlements.payouts.rails.protocol import StatementEntry, StatementPage

# Banks book by their own day; a booking on the day before the instruction is another payment.
DAY_SLACK = timedelta(days=1)


def classed(
    account: WageAccount, entries: Sequence[StatementEntry]
) -> tuple[list[BankEntry], list[Finding]]:
    """New rows for the entries that are not kept yet, and what was found of each of them."""
    references = [e.reference for e in entries]
    kept = set(
        BankEntry.objects.filter(wage_account=account, reference__in=references).values_list(
            "reference", flat=True
        )
    )
    fresh = {e.reference: e for e in entries if e.reference not in kept}
    payouts = _payouts(e.key for e in fresh.values())
    deposits = _deposits(account, fresh)
    lines = [_line(e, account.currency) for e in fresh.values() if e.reference not in deposits]
    found = compare([*lines, *_before(account, payouts)], _expected(payouts))
    mine = [f for f in found if f.reference in fresh]
    classes = {f.reference: f.kind for f in mine} | dict.fromkeys(deposits, "deposit")
    rows = [
        BankEntry(
            wage_account=account,
            reference=e.reference,
            key=e.key,
            kind=e.kind,
            amount_minor=e.amount_minor,
            at=e.at,
            payout=payouts.get(e.key),
            matched_as=classes[e.reference],
        )
        for e in fresh.values()
    ]
    return rows, mine


def payout_id(key: str) -> int:
    """The payout behind a key of ours ("payout:17:1"); 0 when the key is not ours."""
    parts = key.split(":")
    ours = len(parts) == 3 and parts[0] == "payout" and parts[1].isascii() and parts[1].isdigit()
    return int(parts[1]) if ours and len(parts[1]) < 19 else 0


def _payouts(keys: Iterable[str]) -> dict[str, Payout]:
    """{key: payout} of every attempt that there has been."""
    wanted = {key: payout_id(key) for key in set(keys)}
    rows = {p.pk: p for p in Payout.objects.filter(pk__in=set(wanted.values()))}
    return {
        key: rows[ident]
        for key, ident in wanted.items()
        if ident in rows and _attempt(key) in range(1, rows[ident].attempt + 1)
    }


def _attempt(key: str) -> int:
    last = key.rpartition(":")[2]
    return int(last) if last.isascii() and last.isdigit() and len(last) < 6 else 0


def _expected(payouts: dict[str, Payout]) -> list[Expected]:
    """What the books say of each attempt: one that was never booked as paid was refused."""
    paid = ledger.keys_that_exist([f"{key}:paid" for key in payouts])
    return [
        Expected(
            key=key,
            amount_minor=p.amount_minor,
            currency=p.currency,
            state=p.state,
            sent=(p.sent_at - DAY_SLACK).date().isoformat() if p.sent_at and key == p.key else "",
            rejected=_rejected(key, p, paid),
        )
        for key, p in payouts.items()
    ]


def _rejected(key: str, payout: Payout, paid: set[str]) -> str:
    open_ = key == payout.key and payout.state in ("sent", "unknown", "paid", "returned")
    return "" if open_ or f"{key}:paid" in paid else payout.code or "earlier_attempt"


def _line(entry: StatementEntry, currency: str) -> BankLine:
    return BankLine(
        entry.reference,
        entry.amount_minor,
        currency,
        entry.key,
        entry.kind,
        booked=entry.at.date().isoformat(),
    )


def _before(account: WageAccount, payouts: dict[str, Payout]) -> list[BankLine]:
    """Entries of the same attempts that earlier statements had: they keep their class, so they
    are laid first."""
    rows = BankEntry.objects.filter(wage_account=account, key__in=list(payouts))
    return [
        BankLine(r.reference, r.amount_minor, account.currency, r.key, r.kind, booked="")
        for r in rows
        if r.matched_as != "only_at_bank"
    ]


def _deposits(account: WageAccount, fresh: dict[str, StatementEntry]) -> set[str]:
    rows = Deposit.objects.filter(wage_account=account, reference__in=list(fresh))
    known = set(rows.values_list("reference", flat=True))
    return {r for r in known if fresh[r].kind == "deposit"}


def page_from(statement: BankStatement) -> StatementPage:
    """A kept statement as the page that it was."""
    return StatementPage(
        cursor=statement.cursor,
        opening_minor=statement.opening_minor or 0,
        closing_minor=statement.closing_minor or 0,
        has_balances=statement.opening_minor is not None,
        entries=tuple(
            StatementEntry(**{**e, "at": datetime.fromisoformat(e["at"])})
            for e in statement.entries
        ),
    )
