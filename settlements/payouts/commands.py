"""Sending payouts and hearing what became of them. Each command takes a chunk of ids.

No command talks to a bank: `subscribers` does that between two commands, with the stored key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext_noop

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import command, lock_many, step, update_rows
from jianzhu.outbox import steps as outbox
from settlements.funding import queries as funding
from settlements.halt import queries as halt
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement
from settlements.payouts import acting, at_once, lost, rules, telling
from settlements.payouts.models import Break, Payout
from settlements.payouts.rails.codes import meaning_of
from settlements.payouts.rails.protocol import Outcome
from workers_app.people import queries as people
from workers_app.people import steps as people_steps

NO_PAYEE = gettext_noop("There is no verified account of the worker's own yet.")
PAYEE_WAITS = gettext_noop(
    "The account was changed; its first payment waits until the hold is over."
)
STOPPED = gettext_noop("All payouts are stopped until the cause is found.")
FROZEN = gettext_noop("Payouts of this wage account are stopped.")
PAID_BEFORE = gettext_noop(
    "The bank paid this worker before the books were put back; that payment is laid first."
)


@command
def send(*, payout_ids: Iterable[int], at: datetime) -> list[int]:
    """Store the instruction of every ready payout and reserve its money; returns the ids to hand over.

    Without a verified payee whose hold is over, the payout is held and says why. What turns out to be
    a payment that the bank has made already is booked as that one, and not handed over.
    """
    payout_ids = list(payout_ids)
    sent = at_once.send(payout_ids, at=at)
    if len(sent) < len(set(payout_ids)):
        sent += _send([p for p in lock_many(Payout, payout_ids) if p.state == "ready"], at)
    return sent


@step
def _send(payouts: Sequence[Payout], at: datetime) -> list[int]:
    """Send or hold, one by one."""
    payees = people.verified_payees([p.worker_id for p in payouts])
    frozen = {
        p: (account := funding.account_of(p)) is None or not account.pays
        for p in {p.project_id for p in payouts}
    }

    stopped = halt.stopped()
    known, wait = lost.of_payouts(payouts)
    sent, held = [], []
    for payout in payouts:
        payee = payees.get(payout.worker_id)
        at_bank = known.get(payout.pk)
        went_to = at_bank.entry.payee_id if at_bank and at_bank.entry else None
        if stopped:
            payout.hold(code="payouts_stopped", reason=STOPPED)
        elif frozen[payout.project_id]:
            payout.hold(code="wage_account_frozen", reason=FROZEN)
        elif payout.pk in wait:
            payout.hold(code=lost.CODE, reason=PAID_BEFORE)
        elif went_to is not None:
            payout.send(payee_id=went_to, at=at)
            sent.append(payout)
            continue
        elif payee is None:
            payout.hold(code="no_payee", reason=NO_PAYEE)
        elif at_bank is None and payee.hold_until is not None and payee.hold_until > at:
            payout.hold(code="payee_hold", reason=PAYEE_WAITS)
            outbox.put("payout.retry_due", due_at=payee.hold_until, payout_ids=[payout.pk])
        else:
            payout.send(payee_id=payee.id, at=at)
            sent.append(payout)
            continue
        held.append(payout)

    acting.owe(held, at=at)
    _save(payouts, ["state", "payee_id", "sent_at", "code", "reason", "owner", "act_by"])
    _reserve(sent, at)
    _tell(sent, "send", at)
    _tell(held, "hold", at)
    telling.tell_worker("payout_held", held, at=at)
    _adopt([p for p in sent if p.pk in known], known, at)
    return [p.pk for p in sent if p.pk not in known]


def _adopt(payouts: Sequence[Payout], known: Mapping[int, Break], at: datetime) -> None:
    """The bank's line on its statement is these payouts' answer."""
    if not payouts:
        return
    lost.adopt([(p, known[p.pk]) for p in payouts], at=at)
    outcomes = {}
    for payout in payouts:
        entry = known[payout.pk].entry
        assert entry is not None
        outcomes[payout.key] = Outcome("paid", entry.reference, at=entry.at)
    recorded(outcomes=outcomes, asked=0, at=at)


@command
def hand_over_again(*, payout_ids: Iterable[int], at: datetime) -> None:
    """Announce instructions that are stored and were not answered; their keys stay the same."""
    outbox.put_ids("payout.resend", "payout_ids", payout_ids, size=500)


def _reserve(payouts: Sequence[Payout], at: datetime) -> None:
    by_currency: dict[tuple[int, str], list[Payout]] = {}
    for payout in payouts:
        by_currency.setdefault((payout.project_id, payout.currency), []).append(payout)
    for (project_id, currency), group in by_currency.items():
        bank = ("bank", project_id, 0)
        keys = [("payable", project_id, p.worker_id) for p in group]
        accounts = ledger.open_accounts([bank, *keys], currency=currency, at=at)
        ledger.transfer(
            [
                Movement(
                    key=p.key,
                    kind="payout",
                    phase="reserve",
                    currency=currency,
                    legs=(Leg(accounts[key], accounts[bank], p.amount_minor),),
                )
                for p, key in zip(group, keys, strict=True)
            ],
            at=at,
        )


_SETTLED = [
    "state", "reference", "settled_at", "code", "reason", "owner", "act_by", "silent_since",
    "escalated",
]  # fmt: skip


@command
def record_outcomes(*, outcomes: Mapping[str, Outcome], asked: int, at: datetime) -> dict[str, int]:
    """Write down what the rail said of these keys; returns how many ended in each state.

    Only the present attempt's key counts. What is not settled is asked about again later.
    """
    return recorded(outcomes=outcomes, asked=asked, at=at)


@step
def recorded(*, outcomes: Mapping[str, Outcome], asked: int, at: datetime) -> dict[str, int]:
    """As `record_outcomes`, within a command."""
    booked = at_once.confirm(outcomes, at=at)
    rest = {key: outcome for key, outcome in outcomes.items() if key not in booked}
    found = Counter(_recorded(rest, asked, at) if rest else {})
    return dict(found + Counter(confirm=len(booked)))


@step
def _recorded(outcomes: Mapping[str, Outcome], asked: int, at: datetime) -> dict[str, int]:
    """Whatever the rail said, one by one."""
    ids = [int(key.split(":")[1]) for key in outcomes]
    open_ = Q(state__in=["sent", "unknown"])
    payouts = [p for p in lock_many(Payout, ids, open_) if p.key in outcomes]
    groups: dict[str, list[Payout]] = {}
    for payout in payouts:
        verb = _apply(payout, outcomes[payout.key], at)
        groups.setdefault(verb, []).append(payout)

    failed, paid = groups.get("fail", []), groups.get("confirm", [])
    acting.owe(failed, at=at)
    _save(payouts, _SETTLED)
    _settle_books(paid, failed, at)
    for verb, group in groups.items():
        if verb != "wait":
            _tell(group, verb, at)
    telling.tell_worker("payout_failed", failed, at=at)
    telling.tell_arrived(paid, at=at)
    _after_failure(failed, at)
    _ask_again([p for p in payouts if p.state in ("sent", "unknown")], asked, at)
    return {verb: len(group) for verb, group in groups.items()}


def _apply(payout: Payout, outcome: Outcome, at: datetime) -> str:
    """Move one payout by what the rail said; the verb, or "wait" when nothing changed."""
    if outcome.status == "paid":
        payout.confirm(reference=outcome.reference, at=outcome.at or at)
        return "confirm"
    if outcome.status == "rejected":
        payout.fail(code=outcome.code, reason=outcome.text, at=outcome.at or at)
        return "fail"
    if outcome.status == "unknown" and payout.state == "sent":
        payout.doubt(reason=outcome.text)
        return "doubt"
    if outcome.status == "not_found" and payout.state == "unknown":
        payout.resend()
        return "resend"
    if outcome.status == "accepted":
        payout.reference = outcome.reference
    return "wait"


def _settle_books(paid: Sequence[Payout], failed: Sequence[Payout], at: datetime) -> None:
    if paid:
        ledger.post({p.key: (f"{p.key}:paid", None) for p in paid}, kind="payout", at=at)
    if failed:
        ledger.void({p.key: f"{p.key}:failed" for p in failed}, kind="payout", at=at)


@step
def _after_failure(failed: Sequence[Payout], at: datetime) -> None:
    """What a bank's no leads to: another try, another account, or a person first (rails/codes)."""
    held = []
    for payout in failed:
        meaning = meaning_of(payout.code, payout.reason)
        if meaning.needs_new_payee and payout.payee_id is not None:
            people_steps.suspend_payee(
                payee_id=payout.payee_id, reason=payout.code, actor=SYSTEM, at=at
            )
        wait = rules.retry_in(payout.attempt) if meaning.retryable else None
        if wait is not None:
            outbox.put("payout.retry_due", due_at=at + wait, payout_ids=[payout.pk])
        elif meaning.state in ("held", "retry"):
            payout.hold(code=payout.code, reason=payout.reason)
            held.append(payout)
    acting.give_up([p for p in held if meaning_of(p.code, p.reason).retryable], at=at)
    _save(held, ["state", "code", "reason", "owner", "act_by", "escalated"])
    _tell(held, "hold", at)


def _ask_again(open_: Sequence[Payout], asked: int, at: datetime) -> None:
    """By the ladder; what the bank took is asked about daily until it is paid, the rest falls silent."""
    wait = rules.ask_again_in(asked)
    if wait is None:
        acting.fall_silent([p for p in open_ if p.state == "unknown"], at=at)
        open_, wait = [p for p in open_ if p.state == "sent"], rules.ASK_ACCEPTED_EVERY
    if open_:
        outbox.put(
            "payout.ask_due", due_at=at + wait, asked=asked + 1, payout_ids=[p.pk for p in open_]
        )


@command
def bounce(*, returns: Mapping[str, tuple[str, str]], at: datetime) -> int:
    """Paid attempts whose money came back: {key: (code, text)}; the wages are owed again."""
    return bounced(returns=returns, at=at)


@step
def bounced(*, returns: Mapping[str, tuple[str, str]], at: datetime) -> int:
    """As `bounce`, within a command. Only the present attempt's key counts."""
    ids = [int(key.split(":")[1]) for key in returns]
    payouts = [p for p in lock_many(Payout, ids) if p.key in returns and p.state == "paid"]
    for payout in payouts:
        code, text = returns[payout.key]
        payout.bounce(code=code, reason=text, at=at)
        ledger.reverse(f"{payout.key}:paid", key=f"{payout.key}:returned", at=at)
    acting.owe(payouts, at=at)
    _save(payouts, ["state", "code", "reason", "settled_at", "owner", "act_by", "escalated"])
    _tell(payouts, "bounce", at)
    telling.tell_worker("payout_returned", payouts, at=at)
    _after_failure(payouts, at)
    return len(payouts)


_RETRIED = [
    "state", "attempt", "sent_at", "settled_at", "code", "reason", "reference", "owner", "act_by",
    "escalated",
]  # fmt: skip


@command
def retry(*, payout_ids: Iterable[int], actor: Actor, at: datetime) -> list[int]:
    """Make held, failed or returned payouts ready again; the old attempt is proved to have paid nothing."""
    where = policy.whose(actor, "payout", "retry")
    payouts = [
        p for p in lock_many(Payout, payout_ids, where) if p.state in ("held", "failed", "returned")
    ]
    for payout in payouts:
        payout.retry()
    _save(payouts, _RETRIED)
    _tell(payouts, "retry", at, actor)
    return [p.pk for p in payouts]


def _save(payouts: Sequence[Payout], columns: list[str]) -> None:
    read = attrgetter("pk", *columns)
    update_rows(Payout, columns, [read(p) for p in payouts])


def _tell(payouts: Sequence[Payout], verb: str, at: datetime, actor: Actor = SYSTEM) -> None:
    """One audit event per payout, and one message per chunk to whoever listens."""
    if not payouts:
        return
    audit.record_many(
        [
            Event(
                f"payout.{verb}",
                "payout",
                p.pk,
                {
                    "state": p.state,
                    "attempt": p.attempt,
                    "code": p.code,
                    "reference": p.reference,
                    "amount": p.amount_minor,
                },
            )
            for p in payouts
        ],
        actor=actor,
        at=at,
    )
    outbox.put_ids(f"payout.{verb}", "payout_ids", [p.pk for p in payouts], size=500)
