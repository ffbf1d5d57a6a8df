"""Who has to act on a wage that did not go out, by when, and who is next when nobody did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.audit.events import Event
from jianzhu.kernel.db import command, lock_many, step, update_rows
from jianzhu.outbox import steps as outbox
from settlements.payouts import rules, telling
from settlements.payouts.models import WAITING_STATES, Payout
from settlements.payouts.rails.codes import meaning_of

_COLUMNS = ["owner", "act_by", "escalated", "silent_since", "code"]


@step
def owe(payouts: Sequence[Payout], *, at: datetime) -> None:
    """Who has to act on each payout's code (rails/codes), and the row that asks when the time is over.

    The caller saves `owner` and `act_by`.
    """
    for payout in payouts:
        meaning = meaning_of(payout.code, payout.reason)
        payout.owner, payout.act_by, payout.escalated = meaning.owner, at + meaning.clock, 0
    _arm(payouts)
    telling.tell_owner("payout_to_act", payouts, at=at)


@step
def give_up(payouts: Sequence[Payout], *, at: datetime) -> None:
    """Tried again by itself as often as makes sense: the operator asks the bank what is wrong.

    The caller saves `owner`, `act_by` and `escalated`.
    """
    for payout in payouts:
        payout.owner, payout.act_by = "operator", at + rules.ESCALATION_CLOCK
        payout.escalated += 1
    _arm(payouts)
    telling.tell_owner("payout_to_act", payouts, at=at)


@step
def fall_silent(payouts: Sequence[Payout], *, at: datetime) -> None:
    """The last read brought no word: the operator gets the bank's in writing (`resolving`)."""
    for payout in payouts:
        payout.silent_since, payout.code = at, rules.SILENT
    owe(payouts, at=at)
    _save(payouts)
    telling.tell_worker("payout_held", payouts, at=at)
    _record("fall_silent", payouts, at)


@command
def escalate(*, payout_ids: Iterable[int], at: datetime) -> int:
    """Clocks that ran out: the next in line has to act now, is told, and has a clock of its own.

    The last in line, the operator, is told again every day. Returns how many went on.
    """
    late = [
        p
        for p in lock_many(Payout, payout_ids)
        if p.state in WAITING_STATES and p.owner and p.act_by is not None and p.act_by <= at
    ]
    for payout in late:
        payout.owner = rules.NEXT_OWNER.get(payout.owner, "operator")
        payout.act_by, payout.escalated = at + rules.ESCALATION_CLOCK, payout.escalated + 1
    _save(late)
    _arm(late)
    telling.tell_owner("payout_overdue", late, at=at)
    _record("escalate", late, at)
    return len(late)


def _arm(payouts: Sequence[Payout]) -> None:
    by_due: dict[datetime, list[int]] = {}
    for payout in payouts:
        assert payout.act_by is not None  # set right before
        by_due.setdefault(payout.act_by, []).append(payout.pk)
    for due_at, ids in by_due.items():
        outbox.put_ids("payout.act_due", "payout_ids", ids, size=500, due_at=due_at)


def _save(payouts: Sequence[Payout]) -> None:
    rows = [(p.pk, *(getattr(p, column) for column in _COLUMNS)) for p in payouts]
    update_rows(Payout, _COLUMNS, rows)


def _record(verb: str, payouts: Sequence[Payout], at: datetime) -> None:
    audit.record_many(
        [
            Event(
                f"payout.{verb}",
                "payout",
                p.pk,
                {
                    "state": p.state,
                    "code": p.code,
                    "owner": p.owner,
                    "act_by": p.act_by.isoformat() if p.act_by else "",
                    "level": p.escalated,
                },
            )
            for p in payouts
        ],
        actor=SYSTEM,
        at=at,
    )
