"""Differences between bank and books: found once, explained by one person, closed by a posting.

A bank line that should not be there is carried from "bank" to "suspense" until the bank gives the
money back or a decision says whose it is; a payout that the bank never paid goes back to payable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, lock_many, step
from jianzhu.kernel.errors import Refusal, SameHand
from jianzhu.outbox import steps as outbox
from settlements.funding.models import Deposit, WageAccount
from settlements.ledger import queries as books
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement
from settlements.payouts import commands, lost, rules, telling
from settlements.payouts.matching import Finding
from settlements.payouts.matching.matcher import SETTLED
from settlements.payouts.models import BankEntry, Break, Payout
from workers_app.people import queries as people

OPEN = ("open", "taken", "explained")


class NoEvidence(Refusal):
    """A difference is never closed by a word alone."""

    code = "no_evidence"
    status = 400
    sentence = _("Say what shows it: the bank's letter, the entry that answers it, the decision.")


class NotExplained(Refusal):
    code = "not_explained"
    status = 409
    sentence = _("Break %(id)s has no explanation yet; one person explains, another closes.")


class NotTheirWage(Refusal):
    code = "not_their_wage"
    status = 409
    sentence = _(
        "Break %(id)s is no wage of this worker: only a payment that the bank alone knows can be one, "
        "and only of whose account it went to."
    )


@step
def find(account: WageAccount, findings: Sequence[Finding], *, at: datetime) -> None:
    """Open a break for what differs, and close those that the new entries answer."""
    entries = {
        e.reference: e
        for e in BankEntry.objects.filter(
            wage_account=account, reference__in=[f.reference for f in findings]
        )
    }
    _open(
        [
            _break(
                account, f, entries[f.reference].payout, entries[f.reference], at,
                key=f"entry:{f.reference}",
            )
            for f in findings
            if f.kind not in SETTLED and entries[f.reference].matched_as != "deposit"
        ],
        at,
    )  # fmt: skip
    _answered(account, at)
    _open(_missing(account, at), at)


@step
def gap(account: WageAccount, statement_id: int, gap_minor: int, *, at: datetime) -> None:
    """The gap of a statement that a person took all the same."""
    found = Finding("only_at_bank", "", "", "statement_gap", -gap_minor)
    _open([_break(account, found, None, None, at, key=f"statement:{statement_id}")], at)


def _break(
    account: WageAccount,
    found: Finding,
    payout: Payout | None,
    entry: BankEntry | None,
    at: datetime,
    *,
    key: str,
) -> Break:
    return Break(
        wage_account=account,
        kind=found.kind,
        detail=found.detail,
        key=key,
        entry=entry,
        payout=payout,
        difference_minor=found.difference_minor,
        opened_at=at,
        act_by=at + rules.BREAK_CLOCK,
    )


def _missing(account: WageAccount, at: datetime) -> list[Break]:
    """Payouts booked as paid for longer than a bank takes, which no statement shows."""
    own = Concat(
        Value("payout:"),
        Cast(OuterRef("pk"), CharField()),
        Value(":"),
        Cast(OuterRef("attempt"), CharField()),
    )
    rows = Payout.objects.filter(
        ~Exists(BankEntry.objects.filter(payout=OuterRef("pk"), key=own)),
        ~Exists(Break.objects.filter(adopted=OuterRef("pk"), adopted_as=own)),
        project_id=account.project_id,
        state="paid",
        settled_at__lt=at - rules.STATEMENT_GRACE,
    )
    return [
        _break(
            account,
            Finding("only_in_ledger", p.key, "", "said_paid", -p.amount_minor),
            p,
            None,
            at,
            key=f"{p.key}:missing",
        )
        for p in rows.order_by("pk")
    ]


def _open(rows: list[Break], at: datetime) -> None:
    """Each difference once, however often it is found."""
    if not rows:
        return
    account_id = rows[0].wage_account_id
    known = set(
        Break.objects.filter(wage_account=account_id, key__in=[r.key for r in rows]).values_list(
            "key", flat=True
        )
    )
    for row in Break.objects.bulk_create([r for r in rows if r.key not in known]):
        _tell(row, "open", SYSTEM, at)
        outbox.put("break.act_due", due_at=row.act_by, break_id=row.pk)


def _answered(account: WageAccount, at: datetime) -> None:
    _missing_came(account, at)
    _deposit_recorded(account, at)


def _deposit_recorded(account: WageAccount, at: datetime) -> None:
    """Money in that nobody had named is recorded now: the deposit's posting closes the break."""
    rows = Break.objects.filter(wage_account=account, state__in=OPEN, detail="deposit")
    for row in rows.select_related("entry"):
        assert row.entry is not None
        deposit = Deposit.objects.filter(
            wage_account=account,
            reference=row.entry.reference,
            amount_minor=row.entry.amount_minor,
        ).first()
        transfer_id = books.transfer_id(f"deposit:{deposit.pk}") if deposit else None
        if deposit is None or transfer_id is None:
            continue
        row.close(transfer_id=transfer_id, by="system", evidence=f"deposit {deposit.pk}", at=at)
        row.save()
        _tell(row, "close", SYSTEM, at)


def _missing_came(account: WageAccount, at: datetime) -> None:
    """A payout that was missing stands on a later statement: its own posting closes the break."""
    for row in Break.objects.filter(
        wage_account=account, state__in=OPEN, kind="only_in_ledger"
    ).select_related("payout"):
        key = row.key.removesuffix(":missing")
        entry = BankEntry.objects.filter(
            wage_account=account, key=key, matched_as="matched"
        ).first()
        transfer_id = books.transfer_id(f"{key}:paid")
        if entry is None or transfer_id is None:
            continue
        row.close(
            transfer_id=transfer_id, by="system", evidence=f"bank entry {entry.reference}", at=at
        )
        row.entry = entry
        row.save()
        _tell(row, "close", SYSTEM, at)


@command
def take(*, break_id: int, actor: Actor, at: datetime) -> Break:
    """Somebody looks into it; whoever takes it over takes it again."""
    row = lock(Break, break_id, policy.whose(actor, "break", "take"))
    row.take(by=str(actor))
    row.save(update_fields=["state", "taken_by"])
    _tell(row, "take", actor, at)
    return row


@command
def escalate(*, break_ids: Iterable[int], at: datetime) -> int:
    """Clocks that ran out: operator and contractor are told, and again every day until it is closed."""
    late = [r for r in lock_many(Break, break_ids) if r.state != "closed" and r.act_by <= at]
    for row in late:
        row.act_by, row.escalated = at + rules.BREAK_CLOCK, row.escalated + 1
        row.save(update_fields=["act_by", "escalated"])
        telling.tell_of_break(row, at=at)
        _tell(row, "escalate", SYSTEM, at)
        outbox.put("break.act_due", due_at=row.act_by, break_id=row.pk)
    return len(late)


@command
def explain(
    *, break_id: int, evidence: str, actor: Actor, at: datetime, worker_id: int | None = None
) -> Break:
    """One person says what the difference is and what shows it; with `worker_id`, that it was this
    worker's wage, paid before the database was put back."""
    row = lock(Break, break_id, policy.whose(actor, "break", "explain"))
    if not evidence.strip():
        raise NoEvidence
    if worker_id is not None:
        _check_wage(row, worker_id)
    row.explain(evidence=evidence.strip(), worker_id=worker_id, by=str(actor))
    row.save(update_fields=["state", "evidence", "worker", "explained_by"])
    _tell(row, "explain", actor, at)
    return row


def _check_wage(row: Break, worker_id: int) -> None:
    """Only money that left without the books, and never the account of somebody else."""
    people.worker(worker_id)
    payee = row.entry.payee if row.entry else None
    if not lost.adoptable(row) or (payee is not None and payee.worker_id != worker_id):
        raise NotTheirWage(id=row.pk)


@command
def reject(*, break_id: int, actor: Actor, at: datetime) -> Break:
    """A second person is not convinced: the difference stays open."""
    row = lock(Break, break_id, policy.whose(actor, "break", "reject"))
    row.reject()
    row.save(update_fields=["state", "evidence", "explained_by", "taken_by", "worker"])
    _tell(row, "reject", actor, at)
    return row


@command
def close(*, break_id: int, actor: Actor, at: datetime) -> Break:
    """A second person agrees; the posting that carries the difference is made here."""
    row = lock(Break, break_id, policy.whose(actor, "break", "close"))
    if row.state in ("open", "taken"):
        raise NotExplained(id=row.pk)
    if row.explained_by == str(actor):
        raise SameHand(noun="break")
    row.close(transfer_id=_post(row, at), by=str(actor), evidence=row.evidence, at=at)
    row.save()
    _tell(row, "close", actor, at)
    return row


def _post(row: Break, at: datetime) -> int:
    """The posting: what was never paid is owed again, any other difference goes to suspense."""
    if row.kind == "only_in_ledger":
        key = row.key.removesuffix(":missing")
        commands.bounced(returns={key: ("never_at_bank", row.evidence)}, at=at)
        returned = books.transfer_id(f"{key}:returned")
        if returned is not None:
            return returned
    return _suspend(row, at)


def _suspend(row: Break, at: datetime) -> int:
    account = WageAccount.objects.get(pk=row.wage_account_id)
    keys = [("bank", account.project_id, 0), ("suspense", account.project_id, 0)]
    ids = ledger.open_accounts(keys, currency=account.currency, at=at)
    bank, suspense = ids[keys[0]], ids[keys[1]]
    amount = row.difference_minor or (row.entry.amount_minor if row.entry else 0)
    # More has left the bank than the books say: what is missing there is owed by somebody.
    legs = Leg(suspense, bank, amount) if amount > 0 else Leg(bank, suspense, -amount)
    movement = Movement(
        key=f"break:{row.pk}",
        kind="break",
        phase="single",
        legs=(legs,),
        currency=account.currency,
    )
    return ledger.transfer([movement], at=at)[movement.key]


@step
def _tell(row: Break, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"break.{verb}",
        "break",
        row.pk,
        actor=actor,
        at=at,
        state=row.state,
        kind=row.kind,
        detail=row.detail,
        difference=row.difference_minor,
        evidence=row.evidence[:200],
        worker=row.worker_id,
    )
    outbox.put(f"break.{verb}", break_id=row.pk)
