"""Stopping is anybody's who is trusted, and the checker's; starting again takes two people."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import SameHand
from jianzhu.outbox import steps as outbox
from settlements.halt import errors, queries
from settlements.halt.models import ONLY, PayoutSwitch


@command
def stop(*, reason: str, actor: Actor, at: datetime) -> PayoutSwitch:
    """No payout leaves from now on; stopping what is stopped changes nothing."""
    policy.whose(actor, "payout_switch", "stop")
    row = _locked()
    if row.state != "stopped":
        _stop(row, reason, actor, at)
    return row


@command
def watch(*, faults: list[str], at: datetime, gone_back: str = "") -> PayoutSwitch:
    """What the checker found, and in which database: a fault stops payouts, and so does another
    database or a log that went back, after which the bank's statements have to be read first."""
    row, here = _locked(), queries.this_database()
    if row.database and row.database != here:
        gone_back = gone_back or "this database was restored or took over"
    if gone_back:
        faults = [*faults, f"{gone_back}: read every payout back first"]
    if gone_back:
        row.restored = True
    if faults and row.state == "running":
        _stop(row, "; ".join(faults), SYSTEM, at)
    elif not row.database:
        row.database = here
    row.checked_at = at
    row.save(update_fields=["database", "checked_at", "restored"])
    return row


def _refuse_unread(row: PayoutSwitch) -> None:
    """What the bank paid and this database forgot would be paid again."""
    if not row.restored or row.stopped_at is None:
        return
    accounts, breaks = queries.not_read_back(row.stopped_at)
    if accounts or breaks:
        raise errors.NotReadBack(
            accounts=", ".join(map(str, accounts)) or "—", breaks=", ".join(map(str, breaks)) or "—"
        )


def _locked() -> PayoutSwitch:
    PayoutSwitch.objects.get_or_create(pk=ONLY)
    return lock(PayoutSwitch, ONLY)


def _stop(row: PayoutSwitch, reason: str, actor: Actor, at: datetime) -> None:
    row.stop(reason=reason, by=str(actor), at=at)
    row.save()
    _tell(row, "stop", actor, at)


@command
def ask(*, switch_id: int, actor: Actor, at: datetime) -> PayoutSwitch:
    """One person has found the cause, read the payouts back, and asks to start again."""
    row = lock(PayoutSwitch, switch_id, policy.whose(actor, "payout_switch", "start"))
    _refuse_unread(row)
    row.ask(by=str(actor), database=queries.this_database())
    row.save()
    _tell(row, "ask", actor, at)
    return row


@command
def start(*, switch_id: int, actor: Actor, at: datetime) -> PayoutSwitch:
    """A second person agrees: what waited goes out, under the keys it had."""
    row = lock(PayoutSwitch, switch_id, policy.whose(actor, "payout_switch", "start"))
    if row.asked_by == str(actor):
        raise SameHand(noun="payout_switch")
    row.start(by=str(actor))
    row.save()
    _tell(row, "start", actor, at)
    return row


def _tell(row: PayoutSwitch, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"payout_switch.{verb}",
        "payout_switch",
        row.pk,
        actor=actor,
        at=at,
        state=row.state,
        reason=row.reason,
    )
    outbox.put(f"payout_switch.{verb}")
