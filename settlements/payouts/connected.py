"""A worker's own account with a provider: opened with a stored key, filled in by the worker there."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import NotFound
from settlements.payouts.models import ConnectedAccount
from settlements.payouts.rails.stripe import StripeConnect
from workers_app.people import steps as people

RAIL = "stripe"


def onboard(
    *, worker_id: int, country: str, page: str, rail: StripeConnect, actor: Actor, at: datetime
) -> str:
    """The address of the provider's form for this worker; the account is opened where missing.

    The account's key is stored before the call, so asking again can't open a second one.
    """
    row = _begin(worker_id=worker_id, actor=actor, at=at)
    if not row.external_id:
        opened = rail.open_account(key=row.key, country=country, memo=f"worker:{worker_id}")
        row = _opened(key=row.key, external_id=opened, actor=actor, at=at)
    return rail.onboarding_link(
        account=row.external_id,
        key=f"{row.key}:link:{int(at.timestamp())}",
        back=page,
        again=page,
    )


@command
def _begin(*, worker_id: int, actor: Actor, at: datetime) -> ConnectedAccount:
    where = policy.whose(actor, "payee_account", "propose", on="worker")
    if not people.worker_is(worker_id, where):
        raise NotFound(noun="worker")
    row, _new = ConnectedAccount.objects.get_or_create(
        worker_id=worker_id,
        rail=RAIL,
        defaults={"key": f"connect:{worker_id}:1", "created_at": at},
    )
    return row


@command
def _opened(*, key: str, external_id: str, actor: Actor, at: datetime) -> ConnectedAccount:
    row = ConnectedAccount.objects.select_for_update(no_key=True).get(key=key)
    if not row.external_id:
        row.external_id = external_id
        row.save(update_fields=["external_id"])
        audit.record(
            "connected_account.open", "connected_account", row.pk, actor=actor, at=at, rail=RAIL
        )
    return row


@command
def propose(*, connected_account_id: int, at: datetime) -> None:
    """Once the provider pays out to it, it is proposed as the worker's payee account.

    From there on the rules of payee accounts hold: a second person, a hold, one account per person.
    """
    row = ConnectedAccount.objects.get(pk=connected_account_id)
    if not row.payouts_enabled:
        return
    people.propose_payee(
        worker=people.worker_row(row.worker_id),
        bank_code=RAIL,
        bank_name="Stripe",
        account=row.external_id,
        actor=SYSTEM,
        at=at,
    )
