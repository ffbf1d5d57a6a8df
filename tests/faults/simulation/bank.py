"""A bank in memory whose line is bad: requests and answers get lost by the seed, payments are refused,
made later, or come back. Its own journal of entries is the only judge of doubles."""

from __future__ import annotations

import random
from typing import Any

from settlements.payouts.rails.protocol import Outcome
from settlements.payouts.sandbox import books
from settlements.payouts.sandbox.rules import Behaviour
from tests.bank import BookRail

# What an account does, and how often one is like that; the behaviours of the sandbox bank.
MOODS: dict[str, tuple[int, Behaviour]] = {
    "pays": (70, Behaviour()),
    "pays tomorrow": (10, Behaviour(delay_days=1)),
    "closed": (5, Behaviour(reject="account_closed")),
    "cannot process": (5, Behaviour(reject="could_not_process")),
    "unknown code": (3, Behaviour(reject="E-4711")),
    "comes back": (7, Behaviour(return_days=2, return_code="account_closed")),
}
GOOD = Behaviour()


class _MemoryBooks(books.Books):
    """The sandbox bank's books without a disk: a seed's bank is forgotten with it."""

    def __init__(self) -> None:
        self._disk_free()
        self.journal: list[dict[str, Any]] = []

    def _disk_free(self) -> None:
        from collections import defaultdict
        from threading import Lock

        self.lock, self.day = Lock(), 0
        self.payments, self.accounts = {}, defaultdict(books.Account)
        self.deposits, self.dropped = set(), set()

    def _write(self, records: list[dict[str, Any]]) -> None:
        self.journal += records
        for record in records:
            self._apply(record)


class BadBank(BookRail):
    """`settlements.payouts.rails.Rail`; `fates` are per cent, drawn per call."""

    FATES = {"request lost": 10, "answer lost": 25, "half answered": 10, "passed": 55}

    def __init__(self, chances: random.Random) -> None:
        self.books = _MemoryBooks()
        self.silent, self.calls, self.honest = False, 0, False
        self.chances = chances
        self.moods: dict[str, Behaviour] = {}
        self.bodies: dict[str, str] = {}
        self.changed: set[str] = set()

    def mood_of(self, account: str) -> Behaviour:
        """How this account behaves, drawn once; stands in for the sandbox bank's own table."""
        if self.honest:
            return GOOD
        if account not in self.moods:
            (name,) = self.chances.choices([*MOODS], [share for share, _ in MOODS.values()])
            self.moods[account] = MOODS[name][1]
        return self.moods[account]

    def _fate(self) -> str:
        if self.honest:
            return "passed"
        return self.chances.choices([*self.FATES], [*self.FATES.values()])[0]

    def send_many(self, instructions):
        for one in instructions:
            if self.bodies.setdefault(one.key, repr(one)) != repr(one):
                self.changed.add(one.key)
        fate = self._fate()
        lost = {i.key: Outcome("unknown", text=fate) for i in instructions}
        if fate == "request lost":
            return lost
        said = super().send_many(instructions)
        if fate == "answer lost":
            return lost
        if fate == "half answered":
            return lost | dict(list(said.items())[: len(said) // 2])
        return said

    def read_many(self, keys):
        asked = list(keys)
        if self._fate() != "passed":
            return {key: Outcome("unknown", text="no answer") for key in asked}
        return super().read_many(asked)

    def statement(self, wage_account, cursor):
        if self._fate() != "passed":
            raise ConnectionError("no answer")
        return super().statement(wage_account, cursor)
