"""A movement as values: legs, and the digest that makes its key mean one thing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from settlements.ledger import errors

AMOUNT_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Leg:
    """Money from one account to another: debit `source`, credit `target`, whole minor units > 0."""

    source: int
    target: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Movement:
    """What a transfer is to do. `of` is the id of the transfer that a post, void or reverse is for."""

    key: str
    kind: str
    phase: str
    legs: tuple[Leg, ...]
    currency: str
    of: int | None = None
    expires_at: datetime | None = None
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.legs or any(
            leg.amount_minor <= 0 or leg.source == leg.target for leg in self.legs
        ):
            raise errors.NotAMovement(key=self.key)
        if self.amount_minor > AMOUNT_MAX:
            raise errors.OutOfRange
        object.__setattr__(self, "digest", self._digest())

    @property
    def amount_minor(self) -> int:
        """The sum of the legs."""
        return sum(leg.amount_minor for leg in self.legs)

    def _digest(self) -> bytes:
        legs = sorted((leg.source, leg.target, leg.amount_minor) for leg in self.legs)
        content: list[Any] = [self.kind, self.phase, legs, self.currency, self.of]
        if self.expires_at is not None:
            content.append(self.expires_at.astimezone(UTC).isoformat())
        return hashlib.sha256(json.dumps(content).encode()).digest()


EntryRow = tuple[int, str, str, int]  # account id, layer, side, signed amount


def entries(phase: str, legs: tuple[Leg, ...], reserved: tuple[Leg, ...] = ()) -> list[EntryRow]:
    """The entries of a movement. A post or void first takes back what was `reserved`."""
    rows = [row for leg in reserved for row in _pair(leg, "pending", undo=True)]
    if phase == "void":
        return rows
    layer = "pending" if phase == "reserve" else "posted"
    return rows + [row for leg in legs for row in _pair(leg, layer)]


def _pair(leg: Leg, layer: str, *, undo: bool = False) -> list[EntryRow]:
    amount = -leg.amount_minor if undo else leg.amount_minor
    return [(leg.source, layer, "D", -amount), (leg.target, layer, "C", amount)]
