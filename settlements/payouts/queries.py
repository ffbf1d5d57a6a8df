"""Reading payouts: for the rail, for pages, for the retry rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from settlements.funding.models import WageAccount
from settlements.payouts.models import BankEntry, Payout
from settlements.payouts.rails.codes import codes_of
from settlements.payouts.rails.protocol import Instruction
from workers_app.people import queries as people


@dataclass(frozen=True, slots=True)
class Sent:
    """A payout as pages show it; `account_tail` are the last four digits."""

    id: int
    worker_id: int
    project_id: int
    amount_minor: int
    currency: str
    state: str
    account_tail: str
    reference: str
    code: str
    reason: str
    owner: str
    act_by: datetime | None
    attempt: int
    created_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None


def instructions(payout_ids: Iterable[int]) -> dict[str, list[Instruction]]:
    """Instructions of the payouts that are sent and not yet answered, by rail."""
    payouts = list(
        Payout.objects.filter(pk__in=list(payout_ids), state="sent", reference="").order_by("pk")
    )
    payees = people.payees_to_pay([p.payee_id for p in payouts if p.payee_id is not None])
    accounts = _wage_accounts(payouts)
    found: dict[str, list[Instruction]] = defaultdict(list)
    for payout in payouts:
        assert payout.payee_id is not None  # the table's own constraint
        payee, account = payees[payout.payee_id], accounts[payout.project_id]
        found[account.rail].append(
            Instruction(
                key=payout.key,
                amount_minor=payout.amount_minor,
                currency=payout.currency,
                payee_account=payee.account,
                payee_name=payee.name,
                memo=f"payout:{payout.pk}",
                wage_account=account.bank_account,
            )
        )
    return found


def open_keys(payout_ids: Iterable[int]) -> dict[str, list[str]]:
    """Keys whose outcome is not final, by rail."""
    payouts = list(Payout.objects.filter(pk__in=list(payout_ids), state__in=["sent", "unknown"]))
    accounts = _wage_accounts(payouts)
    found: dict[str, list[str]] = defaultdict(list)
    for payout in payouts:
        found[accounts[payout.project_id].rail].append(payout.key)
    return found


def _wage_accounts(payouts: list[Payout]) -> dict[int, WageAccount]:
    projects = {p.project_id for p in payouts}
    return {a.project_id: a for a in WageAccount.objects.filter(project_id__in=projects)}


def waiting_for_payee(worker_ids: Iterable[int]) -> list[int]:
    """Payouts of these workers that wait for an account of their own."""
    waits = Q(state="held", code__in=["no_payee", *codes_of("fraud", "name", "account")])
    waits |= Q(state__in=["failed", "returned"])
    rows = Payout.objects.filter(waits, worker_id__in=list(worker_ids))
    return list(rows.values_list("pk", flat=True))


def projects_of(payout_ids: Iterable[int]) -> list[int]:
    """The projects that these payouts belong to."""
    rows = Payout.objects.filter(pk__in=list(payout_ids))
    return sorted(set(rows.values_list("project_id", flat=True)))


def rails_of(payout_ids: Iterable[int]) -> set[str]:
    """The rails that these payouts go by."""
    rows = WageAccount.objects.filter(project_id__in=projects_of(payout_ids))
    return set(rows.values_list("rail", flat=True))


def stopped(project_ids: Iterable[int]) -> list[int]:
    """Payouts held because their wage account was frozen."""
    rows = Payout.objects.filter(
        state="held", code="wage_account_frozen", project_id__in=list(project_ids)
    )
    return list(rows.values_list("pk", flat=True))


def halted() -> list[int]:
    """Payouts held because all payouts were stopped."""
    rows = Payout.objects.filter(state="held", code="payouts_stopped")
    return list(rows.values_list("pk", flat=True))


def not_handed_over() -> list[int]:
    """Payouts whose instruction is stored and that no rail has answered yet."""
    return list(Payout.objects.filter(state="sent", reference="").values_list("pk", flat=True))


def payouts(where: Q) -> list[Sent]:
    """Payouts by a filter, newest first."""
    rows = Payout.objects.filter(where).select_related("payee").order_by("-pk")
    return [
        Sent(
            id=p.pk,
            worker_id=p.worker_id,
            project_id=p.project_id,
            amount_minor=p.amount_minor,
            currency=p.currency,
            state=p.state,
            account_tail=p.payee.account_tail if p.payee else "",
            reference=p.reference,
            code=p.code,
            reason=p.reason,
            owner=p.owner,
            act_by=p.act_by,
            attempt=p.attempt,
            created_at=p.created_at,
            sent_at=p.sent_at,
            settled_at=p.settled_at,
        )
        for p in rows
    ]


@dataclass(frozen=True, slots=True)
class AtBank:
    """A line of the bank's statement that settled a payout."""

    reference: str
    kind: str
    amount_minor: int
    at: datetime
    matched_as: str


def at_bank(payout_ids: Iterable[int]) -> list[AtBank]:
    """What the bank's statements say of these payouts, in time."""
    rows = BankEntry.objects.filter(payout__in=list(payout_ids)).order_by("at", "pk")
    return [AtBank(r.reference, r.kind, r.amount_minor, r.at, r.matched_as) for r in rows]


def bank_entries(payout_ids: Iterable[int]) -> list[int]:
    """Ids of the bank statement's lines on these payouts."""
    rows = BankEntry.objects.filter(payout__in=list(payout_ids)).order_by("at", "pk")
    return list(rows.values_list("pk", flat=True))
