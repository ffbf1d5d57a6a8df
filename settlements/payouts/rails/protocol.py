"""What every rail can do: take instructions under our keys, be asked, and give a statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment. `key` was stored before the first call and stays the same for every repeat."""

    key: str
    amount_minor: int
    currency: str
    payee_account: str
    payee_name: str
    memo: str  # names the payout whatever the attempt, so that a judge sees doubles across keys
    wage_account: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rail says of a key.

    `status`: accepted (will be paid), paid, rejected (a definite no: nothing was paid), unknown (no
    answer; it may have been paid), not_found (the rail never saw the key).
    """

    status: str
    reference: str = ""
    code: str = ""
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A line of the bank's statement; `amount_minor` is positive for money into the wage account."""

    reference: str
    key: str
    kind: str  # deposit, payment, return
    amount_minor: int
    code: str
    text: str
    at: datetime
    # The account on the other side where the bank tells it; kept as its blind index alone.
    payee: str = ""


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Entries since a cursor; opening + entries = closing."""

    cursor: str
    opening_minor: int
    closing_minor: int
    entries: tuple[StatementEntry, ...]
    # A notification has none: it proves payments, and neither foots nor moves the cursor.
    has_balances: bool = True


class NoStatement(Exception):
    """This rail tells no statement by itself; somebody brings it as a file."""


class Rail(Protocol):
    """The only door to a bank. No call retries by itself; a broken call is `unknown`."""

    def send_many(self, instructions: Sequence[Instruction]) -> dict[str, Outcome]:
        """Hand over; the outcome of each key."""

    def read_many(self, keys: Iterable[str]) -> dict[str, Outcome]:
        """What became of keys; never changes anything."""

    def statement(self, wage_account: str, cursor: str) -> StatementPage:
        """The statement since the cursor ("" for all). Raises NoStatement, ConnectionError."""
