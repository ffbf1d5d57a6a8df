"""What the wage account holds and covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from settlements.funding.models import Duty, Shortfall, WageAccount
from settlements.ledger import queries as ledger


@dataclass(frozen=True, slots=True)
class Fund:
    """A wage account in minor units: paid in = free + reserved + owed (released, unpaid) + paid."""

    wage_account_id: int
    project_id: int
    currency: str
    state: str
    paid_in: int
    free: int
    reserved: int
    owed: int
    in_flight: int
    paid: int


def account_of(project_id: int) -> WageAccount | None:
    """The project's wage account, if one was opened."""
    return WageAccount.objects.filter(project_id=project_id).first()


def account(wage_account_id: int) -> WageAccount:
    """The wage account of this id."""
    return WageAccount.objects.get(pk=wage_account_id)


def fund(project_id: int) -> Fund | None:
    """The wage account of a project with its sums; None before it was opened."""
    account = account_of(project_id)
    if account is None:
        return None
    own = ledger.balance("wage_fund", project_id)
    owed, in_flight, paid = _payable_sums(project_id)
    return Fund(
        wage_account_id=account.pk,
        project_id=project_id,
        currency=account.currency,
        state=account.state,
        paid_in=own.posted + own.paid_out,
        free=own.free,
        reserved=own.reserved,
        owed=owed,
        in_flight=in_flight,
        paid=paid,
    )


def _payable_sums(project_id: int) -> tuple[int, int, int]:
    """(owed and not on its way, in flight, paid) over all workers of the project."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0),
                      coalesce(sum(debits_pending), 0), coalesce(sum(debits_posted), 0)
               FROM settlements_account WHERE kind = 'payable' AND project_id = %s""",
            [project_id],
        )
        owed, in_flight, paid = cursor.fetchone()
    return int(owed), int(in_flight), int(paid)


def duties(project_id: int) -> list[Duty]:
    """What still has to be done about the project's wage account, by its clock."""
    rows = Duty.objects.filter(project_id=project_id, state__in=["open", "overdue"])
    return list(rows.order_by("due_at", "pk"))


def shortfalls(project_id: int) -> list[Shortfall]:
    """Accepted wages of the project that nobody has paid in yet."""
    rows = Shortfall.objects.filter(project_id=project_id).exclude(state="covered")
    return list(rows.order_by("pk"))


def short_of(payout_ids: Iterable[int]) -> list[int]:
    """Projects of these payouts in which a shortfall stands; no query of payouts where none does."""
    standing = set(Shortfall.objects.exclude(state="covered").values_list("project_id", flat=True))
    if not standing:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT project_id FROM settlements_payout WHERE id = ANY(%s)",
            [list(payout_ids)],
        )
        return sorted(standing & {project_id for (project_id,) in cursor.fetchall()})
