"""Rows for the matcher, and its findings as rows: the entries of a page with their classes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from settlements.funding.models import Deposit, WageAccount
from settlements.ledger import queries as ledger
from settlements.payouts import lost
from settlements.payouts.matching import BankLine, Expected, Finding, compare
from settlements.payouts.models import BankEntry, BankStatement, BatchLine, Payout
from settlements.payouts.rails.protocol import StatementEntry, StatementPage
from workers_app.people import queries as people

# Banks book by their own day; a booking on the day before the instruction is another payment.
DAY_SLACK = timedelta(days=1)


def classed(
    account: WageAccount, entries: Sequence[StatementEntry], *, notified: bool
) -> tuple[list[BankEntry], list[Finding]]:
    """New rows for the entries that are not kept yet, and what was found of each of them."""
    references = [e.reference for e in entries]
    kept = set(
        BankEntry.objects.filter(wage_account=account, reference__in=references).values_list(
            "reference", flat=True
        )
    )
    fresh = {e.reference: e for e in entries if e.reference not in kept}
    again = _told_before(account, list(fresh.values()), notified)
    repeated = [_row(account, fresh.pop(r), notified, repeats=of) for r, of in again.items()]
    adopted = lost.keys(account.pk, {e.key for e in fresh.values()})
    payouts = _payouts(e.key for e in fresh.values()) | {k: p for k, (p, _) in adopted.items()}
    deposits = _deposits(account, fresh)
    lines = [_line(e, account.currency) for e in fresh.values() if e.reference not in deposits]
    found = compare(
        [*lines, *_before(account, payouts)],
        _expected(payouts, {k: own for k, (_, own) in adopted.items()}),
    )
    mine = [f for f in found if f.reference in fresh]
    unknown = [fresh[f.reference] for f in mine if f.kind == "only_at_bank"]
    payees = people.payees_of(bytes.fromhex(e.payee) for e in unknown if e.payee)
    lost.never_again(payout_id(e.key) for e in unknown)
    classes = {f.reference: f.kind for f in mine} | dict.fromkeys(deposits, "deposit")
    rows = [
        _row(
            account,
            e,
            notified,
            payout=payouts.get(e.key),
            payee_id=payees.get(e.payee),
            matched_as=classes[e.reference],
        )
        for e in fresh.values()
    ]
    return [*repeated, *rows], mine


def _row(
    account: WageAccount,
    entry: StatementEntry,
    notified: bool,
    *,
    matched_as: str = "told_before",
    **more: Any,
) -> BankEntry:
    return BankEntry(
        wage_account=account,
        reference=entry.reference,
        key=entry.key,
        kind=entry.kind,
        amount_minor=entry.amount_minor,
        at=entry.at,
        matched_as=matched_as,
        notified=notified,
        **more,
    )


def _told_before(
    account: WageAccount, entries: Sequence[StatementEntry], notified: bool
) -> dict[str, BankEntry]:
    """{reference: the line that told the same movement}: a notification and the statement after it have
    references of their own, but one key, direction and amount. Two of one kind are two movements."""
    rows = BankEntry.objects.filter(
        wage_account=account,
        key__in={e.key for e in entries if e.key},
        notified=not notified,
        repeats=None,
    )
    repeated = BankEntry.objects.filter(repeats__in=rows.values("pk")).values("repeats")
    first: dict[tuple[str, int], list[BankEntry]] = defaultdict(list)
    for row in rows.exclude(pk__in=repeated).order_by("-at", "-pk"):
        first[row.key, row.amount_minor].append(row)
    return {
        e.reference: same.pop()
        for e in entries
        if e.key and (same := first.get((e.key, e.amount_minor)))
    }


def opened(account_id: int, page: StatementPage) -> StatementPage:
    """One sum for a whole file of ours becomes its payments, when what was not refused comes to it."""
    found = []
    for entry in page.entries:
        parts = _lines_of(account_id, entry.key) if entry.key[:1] == "B" else []
        if parts and -entry.amount_minor == sum(p.amount_minor for p in parts):
            found += [
                replace(
                    entry,
                    reference=f"{entry.reference}/{p.number}",
                    key=p.key,
                    amount_minor=-p.amount_minor,
                )
                for p in parts
            ]
        else:
            found.append(entry)
    return replace(page, entries=tuple(found))


def _lines_of(account_id: int, name: str) -> list[BatchLine]:
    """What the bank has not refused of the file of this name ("B17-0003")."""
    said = re.fullmatch(rf"B{account_id}-([0-9]{{4,9}})", name)
    if said is None:
        return []
    rows = BatchLine.objects.filter(
        batch__wage_account=account_id, batch__sequence=int(said.group(1))
    ).exclude(batch__state__in=["collecting", "made"])
    return list(rows.exclude(status="rejected").order_by("number"))


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


def _expected(payouts: dict[str, Payout], adopted: dict[str, str]) -> list[Expected]:
    """What the books say of each attempt: one that was never booked as paid was refused. `adopted`:
    keys under which the bank paid, with the books' own for them."""
    own = {key: adopted.get(key, key) for key in payouts}
    paid = ledger.keys_that_exist([f"{key}:paid" for key in own.values()])
    return [
        Expected(
            key=key,
            amount_minor=p.amount_minor,
            currency=p.currency,
            state=p.state,
            sent=(p.sent_at - DAY_SLACK).date().isoformat() if p.sent_at and key == p.key else "",
            rejected=_rejected(own[key], p, paid),
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
    adopted = lost.entries([r.pk for r in rows])
    return [
        BankLine(r.reference, r.amount_minor, account.currency, r.key, r.kind, booked="")
        for r in rows
        if r.matched_as not in ("only_at_bank", "told_before") or r.pk in adopted
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
