"""The calls that move money, written down before they are made (`RailCall`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jianzhu.kernel.db import command
from settlements.payouts.models import Payout, RailCall


@dataclass(frozen=True, slots=True)
class Call:
    """`what` (transfer, payout, reversal) under `key`; the body never changes after the first time."""

    key: str
    payout_key: str
    what: str
    body: dict[str, Any]


def key_of(payout_key: str, what: str) -> str:
    """The provider's key of one step of an attempt: "payout:17:1:transfer"."""
    return f"{payout_key}:{what}"


@command
def begin(*, calls: Sequence[Call], at: datetime) -> dict[str, RailCall]:
    """Store what is not stored yet; {key: row as it was first written}."""
    known = set(
        RailCall.objects.filter(key__in=[c.key for c in calls]).values_list("key", flat=True)
    )
    payouts = {p.pk: p for p in Payout.objects.filter(pk__in=[_id(c) for c in calls])}
    RailCall.objects.bulk_create(
        [
            RailCall(
                key=c.key,
                payout=payouts[_id(c)],
                attempt=int(c.payout_key.split(":")[2]),
                what=c.what,
                body=c.body,
                first_at=at,
            )
            for c in calls
            if c.key not in known
        ],
        ignore_conflicts=True,
    )
    return stored(c.key for c in calls)


@command
def seen(
    *,
    key: str,
    object_id: str,
    status: str,
    at: datetime,
    code: str = "",
    text: str = "",
) -> None:
    """What the provider last said of a call."""
    RailCall.objects.filter(key=key).update(
        object_id=object_id, status=status, code=code, text=text[:300], seen_at=at
    )


def stored(keys: Iterable[str]) -> dict[str, RailCall]:
    """The calls of these keys that were written."""
    return {row.key: row for row in RailCall.objects.filter(key__in=list(keys))}


def payout_keys(object_ids: Iterable[str]) -> dict[str, str]:
    """{provider's object: key of our attempt}."""
    rows = RailCall.objects.filter(object_id__in=[o for o in object_ids if o])
    return {row.object_id: row.key.rpartition(":")[0] for row in rows}


def _id(call: Call) -> int:
    return int(call.payout_key.split(":")[1])
