"""Reading payouts: for the rail, for pages, for the retry rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from jianzhu.kernel.errors import NotFound
from projects.sites import queries as sites
from settlements.funding.models import WageAccount
from settlements.payouts.models import (
    WAITING_STATES,
    BankEntry,
    BankStatement,
    Break,
    ConnectedAccount,
    Payout,
    PayoutBatch,
    PayoutResolution,
    RailCursor,
)
from settlements.payouts.rails.codes import codes_of
from settlements.payouts.rails.protocol import Instruction
from workers_app.people import queries as people
from workers_app.terms import queries as terms

# The rail of which each worker has an account of their own.
PROVIDER = "stripe"


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
    escalated: int
    silent_since: datetime | None
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


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """How far a worker came with the payment provider's form."""

    is_open: bool
    details_submitted: bool
    payouts_enabled: bool


def provider_account(worker_id: int) -> ProviderAccount | None:
    """The worker's account with the payment provider; None where no project of theirs pays by it."""
    projects = terms.agreed_projects(worker_id)
    if not WageAccount.objects.filter(project_id__in=projects, rail=PROVIDER).exists():
        return None
    row = ConnectedAccount.objects.filter(worker=worker_id, rail=PROVIDER).first()
    if row is None:
        return ProviderAccount(is_open=False, details_submitted=False, payouts_enabled=False)
    return ProviderAccount(bool(row.external_id), row.details_submitted, row.payouts_enabled)


def provider_country(worker_id: int) -> str:
    """The country of the worker's newest project that pays by the provider, as two letters."""
    rows = WageAccount.objects.filter(
        project_id__in=terms.agreed_projects(worker_id), rail=PROVIDER
    ).order_by("-pk")
    newest = rows.first()
    if newest is None:
        raise NotFound(noun="wage_account")
    return sites.project(newest.project_id).country


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
    return [_sent(p) for p in rows]


def waiting(where: Q) -> list[Sent]:
    """What a person has to act on, whose clock ends first; what has no clock comes last."""
    rows = Payout.objects.filter(where, state__in=WAITING_STATES).select_related("payee")
    return [_sent(p) for p in rows.order_by(F("act_by").asc(nulls_last=True), "pk")]


def _sent(p: Payout) -> Sent:
    return Sent(
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
        escalated=p.escalated,
        silent_since=p.silent_since,
        attempt=p.attempt,
        created_at=p.created_at,
        sent_at=p.sent_at,
        settled_at=p.settled_at,
    )


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


def count_stopped() -> int:
    """How many payouts wait for the stop switch."""
    return len(halted()) + len(not_handed_over())


def open_resolutions(where: Q) -> list[PayoutResolution]:
    """What one person said of a payout without an answer, and a second one has to look at."""
    rows = PayoutResolution.objects.filter(where, state="proposed")
    return list(rows.select_related("payout").order_by("pk"))


def batches(where: Q, most: int) -> list[PayoutBatch]:
    """Payment files, unfinished ones first, then the newest."""
    rows = PayoutBatch.objects.filter(where).select_related("wage_account")
    return sorted(rows.order_by("-pk")[:most], key=lambda b: b.state == "finished")


def parked_statements(where: Q) -> list[BankStatement]:
    """Statements that were set aside, oldest first: the next can only follow when they are decided."""
    rows = BankStatement.objects.filter(where, state="parked").select_related("wage_account")
    return list(rows.defer("entries").order_by("pk"))


def open_breaks(where: Q) -> list[Break]:
    """Differences that nobody has closed, whose clock ends first."""
    rows = Break.objects.filter(where).exclude(state="closed").select_related("wage_account")
    return list(rows.order_by("act_by", "pk"))


def accounts(where: Q) -> list[WageAccount]:
    """Wage accounts by a filter."""
    return list(WageAccount.objects.filter(where).order_by("project_id"))


def closing_of(wage_account_id: int) -> int | None:
    """The closing balance of the last statement that was taken; None before the first."""
    row = RailCursor.objects.filter(wage_account=wage_account_id).exclude(read_at=None).first()
    return row.balance_minor if row else None


def classes_of(statement: BankStatement) -> list[tuple[str, int]]:
    """How many of its entries fell into each class."""
    references = [e["reference"] for e in statement.entries]
    rows = BankEntry.objects.filter(
        wage_account=statement.wage_account_id, reference__in=references
    )
    return Counter(rows.values_list("matched_as", flat=True)).most_common()
