"""Whom payouts tell what, in rows that they see on their page; the worker by text message too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from jianzhu.kernel.db import step
from jianzhu.kernel.money import Money
from jianzhu.notices import queries as notices
from jianzhu.notices import steps as notice
from jianzhu.notices.steps import Said, To
from jianzhu.outbox import steps as outbox
from settlements.payouts.models import Break, Payout
from settlements.payouts.rails.codes import meaning_of

notices.sentences(
    {
        "payout_failed": gettext_noop(
            "Your wage of %(amount)s could not be paid out; it is still owed to you. %(sentence)s"
        ),
        "payout_returned": gettext_noop(
            "Your wage of %(amount)s came back from the bank; it is owed to you again. %(sentence)s"
        ),
        "payout_held": gettext_noop("Your wage of %(amount)s waits. %(sentence)s"),
        "payout_arrived": gettext_noop(
            "Your wage of %(amount)s has now been paid to the account ending in %(tail)s."
        ),
        "payout_to_act": gettext_noop(
            "%(count)s wages of %(amount)s in all wait for you until %(due)s (%(code)s)."
        ),
        "payout_overdue": gettext_noop(
            "Nobody acted in time on %(count)s wages of %(amount)s in all (%(code)s): "
            "they wait for you until %(due)s."
        ),
        "break_overdue": gettext_noop(
            "A difference of %(amount)s between bank and books (%(kind)s) is open longer than it may."
        ),
    }
)
# These act by what they read on a page; "worker" is told by name, "system" acts by itself.
ROLES = ("general_contractor", "operator", "labour_officer", "subcontractor")


@step
def tell_worker(code: str, payouts: Sequence[Payout], *, at: datetime) -> None:
    """What became of the wage and what to do next; once for each attempt and code.

    What goes out by itself is no news to the worker: only its end is.
    """
    told = [p for p in payouts if not meaning_of(p.code, p.reason).is_quiet]
    notice.tell_many([_said(code, p, p.attempt) for p in told], at=at)
    outbox.put_ids("payout.message", "payout_ids", [p.pk for p in told], size=500, code=code)


@step
def tell_arrived(payouts: Sequence[Payout], *, at: datetime) -> None:
    """A wage that had not arrived at first has arrived now."""
    late = [p for p in payouts if p.attempt > 1]
    notice.tell_many([_said("payout_arrived", p, p.attempt, tail=_tail(p)) for p in late], at=at)
    outbox.put_ids(
        "payout.message", "payout_ids", [p.pk for p in late], size=500, code="payout_arrived"
    )


@step
def tell_owner(code: str, payouts: Sequence[Payout], *, at: datetime) -> None:
    """Who has to act, where that is neither the worker nor the product itself: one notice for all
    that wait for the same on a project, however many they are."""
    groups: dict[tuple[Any, ...], list[Payout]] = defaultdict(list)
    for p in payouts:
        if p.owner in ROLES and (p.escalated or not meaning_of(p.code, p.reason).is_quiet):
            groups[p.project_id, p.owner, p.code, p.act_by, p.currency].append(p)
    notice.tell_many([_of_group(code, group) for group in groups.values()], at=at)


def _of_group(code: str, group: list[Payout]) -> Said:
    first = min(group, key=lambda p: p.pk)
    total = Money(sum(p.amount_minor for p in group), first.currency)
    return Said(
        code=code,
        project_id=first.project_id,
        to=To(role=first.owner),
        subject_type="payout",
        subject_id=first.pk,
        once=f"{first.attempt}.{first.escalated}:{first.code}",
        facts={
            "count": len(group),
            "amount": f"{total} {first.currency}",
            "code": first.code,
            "due": f"{first.act_by:%Y-%m-%d %H:%M}",
        },
    )


@step
def tell_of_break(row: Break, *, at: datetime) -> None:
    """Operator and general contractor: a difference is open longer than it may be."""
    account = row.wage_account
    notice.tell(
        "break_overdue",
        project_id=account.project_id,
        to=[To(role="operator"), To(role="general_contractor")],
        subject_type="break",
        subject_id=row.pk,
        once=str(row.escalated),
        at=at,
        amount=f"{Money(row.difference_minor, account.currency)} {account.currency}",
        kind=row.kind,
    )


def _said(code: str, payout: Payout, once: object, **facts: Any) -> Said:
    return Said(
        code=code,
        project_id=payout.project_id,
        to=To(worker_id=payout.worker_id),
        subject_type="payout",
        subject_id=payout.pk,
        once=f"{once}:{payout.code}",
        facts={
            "amount": f"{Money(payout.amount_minor, payout.currency)} {payout.currency}",
            "sentence": meaning_of(payout.code, payout.reason).sentence,
            **facts,
        },
    )


def _tail(payout: Payout) -> str:
    return payout.payee.account_tail if payout.payee else ""
