"""A provider's events: kept as they came, once each, and acted on by the object as it is now.

Nothing depends on the order in which they come, on how often, or on what an event says of its object:
an event only tells which object to look at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock_many
from jianzhu.outbox import steps as outbox
from settlements.payouts import commands, rules
from settlements.payouts.models import ConnectedAccount, RailCall, RailEvent
from settlements.payouts.rails.stripe import StripeConnect
from settlements.payouts.rails.stripe.book import payout_keys

RAIL = "stripe"
CATCH_UP_EVERY = timedelta(minutes=10)
# The provider keeps its events for thirty days.
REACH = timedelta(days=30)
# An event of an object that we don't know yet may be earlier than the answer of our own call.
LINK_AGAIN = (timedelta(seconds=30), timedelta(minutes=10), timedelta(hours=2), timedelta(days=1))


@command
def keep(*, events: Iterable[tuple[bytes, dict[str, Any]]], source: str, at: datetime) -> int:
    """Store raw bodies, each event once; returns how many were new."""
    new = 0
    for body, event in events:
        row, made = RailEvent.objects.get_or_create(
            rail=RAIL,
            event_id=str(event["id"])[:100],
            defaults={
                "topic": str(event.get("type", ""))[:60],
                "account": str(event.get("account") or "")[:64],
                "object_id": _object_id(event),
                "body": body,
                "source": source,
                "received_at": at,
            },
        )
        if made:
            new += 1
            outbox.put("rail_event.receive", rail_event_ids=[row.pk], tried=0)
    return new


def _object_id(event: dict[str, Any]) -> str:
    thing = event.get("data", {}).get("object", {}) if isinstance(event.get("data"), dict) else {}
    return str(thing.get("id") or "")[:64] if isinstance(thing, dict) else ""


def apply(*, ids: Iterable[int], tried: int, rail: StripeConnect, at: datetime) -> None:
    """Look at each event's object as it is now and write down what it says."""
    rows = list(RailEvent.objects.filter(pk__in=list(ids), applied_at=None))
    keys = payout_keys(row.object_id for row in rows)
    ours = {row.pk: keys[row.object_id] for row in rows if row.object_id in keys and _fits(row)}
    accounts = [row for row in rows if row.topic.startswith("account.")]
    outcomes = rail.read_many(sorted(set(ours.values())))
    if outcomes:
        commands.record_outcomes(outcomes=outcomes, asked=0, at=at)
        back = {
            key: (outcome.code, outcome.text)
            for key, outcome in outcomes.items()
            if outcome.status == "rejected"
        }
        if back:
            commands.bounce(returns=back, at=at)
    for row in accounts:
        refresh_account(external_id=row.object_id, rail=rail, at=at)
    rest = [r.pk for r in rows if r.pk not in ours and r not in accounts]
    unanswered = {k for k, o in outcomes.items() if o.status == "unknown"}
    done = [r.pk for r in rows if r.pk not in rest and ours.get(r.pk) not in unanswered]
    again = rest + [pk for pk, key in ours.items() if key in unanswered]
    _settle(done=done, again=again, tried=tried, at=at)


def _fits(row: RailEvent) -> bool:
    """An event of a payout has to come from the account that we paid out of."""
    call = RailCall.objects.filter(object_id=row.object_id).first()
    account = call.body.get("account", "") if call else ""
    return not row.account or not account or row.account == account


@command
def _settle(*, done: list[int], again: list[int], tried: int, at: datetime) -> None:
    """Mark what was acted on; look again later at what belongs to nobody yet, then alarm."""
    for row in lock_many(RailEvent, [*done, *again]):
        if row.pk in done:
            row.applied_at, row.outcome = at, "applied"
        else:
            row.outcome = "of_nobody"
        row.save(update_fields=["applied_at", "outcome"])
    if not again:
        return
    if tried < len(LINK_AGAIN):
        outbox.put(
            "rail_event.receive", due_at=at + LINK_AGAIN[tried], rail_event_ids=again,
            tried=tried + 1,
        )  # fmt: skip
    else:
        for pk in again:
            audit.record("rail_event.alarm", "rail_event", pk, actor=SYSTEM, at=at)


def refresh_account(*, external_id: str, rail: StripeConnect, at: datetime) -> None:
    """Whether a connected account may be paid out to, as the provider shows it now."""
    if not ConnectedAccount.objects.filter(rail=RAIL, external_id=external_id).exists():
        return
    submitted, enabled = rail.account_state(external_id)
    _note_account(external_id=external_id, submitted=submitted, enabled=enabled, at=at)


@command
def _note_account(*, external_id: str, submitted: bool, enabled: bool, at: datetime) -> None:
    row = ConnectedAccount.objects.select_for_update(no_key=True).get(
        rail=RAIL, external_id=external_id
    )
    changed = (row.details_submitted, row.payouts_enabled) != (submitted, enabled)
    row.details_submitted, row.payouts_enabled, row.seen_at = submitted, enabled, at
    row.save(update_fields=["details_submitted", "payouts_enabled", "seen_at"])
    if changed:
        audit.record(
            "connected_account.change",
            "connected_account",
            row.pk,
            actor=SYSTEM,
            at=at,
            details_submitted=submitted,
            payouts_enabled=enabled,
        )
        outbox.put("connected_account.change", connected_account_id=row.pk)


def catch_up(*, rail: StripeConnect, at: datetime) -> int:
    """What the provider could not deliver: read its list from the last one that we have."""
    last = RailEvent.objects.filter(rail=RAIL).order_by("-received_at").first()
    since = max(at - REACH, last.received_at - timedelta(days=4)) if last else at - REACH
    events = [(json.dumps(e, sort_keys=True).encode(), e) for e in rail.events_since(since)]
    new = keep(events=events, source="catch_up", at=at)
    arm(at=at)
    return new


@command
def arm(*, at: datetime) -> None:
    """A row that asks for the next catch-up."""
    due = rules.next_slot(at, CATCH_UP_EVERY)
    outbox.put("rail_event.catch_up_due", due_at=due, key=f"stripe-catch-up:{due:%Y%m%d%H%M}")
