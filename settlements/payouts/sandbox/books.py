"""The bank's books: everything follows from an append-only journal of JSON lines.

A change is written and synced before it is answered. After a crash the journal is read again; a torn
last line was never acknowledged and is cut off. The journal alone judges whether anybody was paid twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from settlements.payouts.sandbox.rules import behaviour_of

CONTENT = ("amount_minor", "currency", "payee_account", "payee_name", "memo", "wage_account")


class KeyConflict(Exception):
    """The key was used before, with other content."""


@dataclass(slots=True)
class Payment:
    """One payment and where it stands."""

    said: dict[str, Any]
    reference: str
    status: str
    code: str = ""
    due: int = 0  # business day on which it is paid, while accepted
    returns: int = 0  # business day on which it comes back, 0 for never
    at: str = ""


@dataclass(slots=True)
class Account:
    """A wage account: its balance is the sum of its entries."""

    balance: int = 0
    entries: list[dict[str, Any]] = field(default_factory=list)


class Books:
    """All accounts and payments. Every public method is one change, done once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.Lock()
        self.day = 0
        self.payments: dict[str, Payment] = {}
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.deposits: set[str] = set()
        self.dropped: set[str] = set()
        self._path = folder / "journal.jsonl"
        self._replay()
        self._journal = self._path.open("ab", buffering=0)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    def _replay(self) -> None:
        if not self._path.exists():
            return
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._apply(json.loads(line))
                whole += len(line)
        os.truncate(self._path, whole)

    def _write(self, records: list[dict[str, Any]]) -> None:
        """Sync first, then believe: what is not on disk did not happen."""
        if not records:
            return
        self._journal.write(b"".join(json.dumps(r).encode() + b"\n" for r in records))
        os.fsync(self._journal.fileno())
        for record in records:
            self._apply(record)

    def _apply(self, record: dict[str, Any]) -> None:
        kind = record["kind"]
        if kind == "accept":
            self.payments[record["key"]] = Payment(
                record["said"], record["reference"], "accepted", due=record["due"], at=record["at"]
            )
        elif kind == "reject":
            self.payments[record["key"]] = Payment(
                record["said"], record["reference"], "rejected", record["code"], at=record["at"]
            )
        elif kind in ("payment", "return", "deposit"):
            self._enter(record)
        elif kind == "day":
            self.day = record["day"]

    def _enter(self, record: dict[str, Any]) -> None:
        account = self.accounts[record["wage_account"]]
        account.balance += record["amount_minor"]
        account.entries.append(record)
        if record["kind"] == "deposit":
            self.deposits.add(record["reference"])
            return
        payment = self.payments[record["key"]]
        payment.at = record["at"]
        if record["kind"] == "payment":
            payment.status = "paid"
            days = behaviour_of(payment.said["payee_account"]).return_days
            payment.returns = self.day + days if days else 0
        else:
            payment.returns = 0
            payment.code = record["code"]

    def deposit(self, wage_account: str, reference: str, amount_minor: int) -> None:
        """Money in; the same reference is one deposit."""
        with self.lock:
            if reference not in self.deposits:
                self._write([self._entry("deposit", wage_account, reference, "", amount_minor)])

    def pay(self, instructions: list[dict[str, Any]]) -> list[Payment]:
        """Take payments under their keys. Raises KeyConflict before anything is done."""
        with self.lock:
            for said in instructions:
                known = self.payments.get(said["key"])
                if known is not None and _content(known.said) != _content(said):
                    raise KeyConflict(f"key {said['key']} was used with other content")
            records: list[dict[str, Any]] = []
            balances = {name: account.balance for name, account in self.accounts.items()}
            for said in {s["key"]: s for s in instructions}.values():
                if said["key"] not in self.payments:
                    records += self._taken(said, balances)
            self._write(records)
            return [self.payments[said["key"]] for said in instructions]

    def _taken(self, said: dict[str, Any], balances: dict[str, int]) -> list[dict[str, Any]]:
        """The journal records of one new payment."""
        how, wage_account = behaviour_of(said["payee_account"]), said["wage_account"]
        reference = f"SB{hashlib.sha256(said['key'].encode()).hexdigest()[:14].upper()}"
        base = {"key": said["key"], "said": said, "reference": reference, "at": _now()}
        code = how.reject
        if not code and balances.get(wage_account, 0) < said["amount_minor"]:
            code = "insufficient_funds"
        if code:
            return [base | {"kind": "reject", "code": code}]
        balances[wage_account] -= said["amount_minor"]
        accepted = base | {"kind": "accept", "due": self.day + how.delay_days}
        if how.delay_days:
            return [accepted]
        return [
            accepted,
            self._entry("payment", wage_account, reference, said["key"], -said["amount_minor"]),
        ]

    def pass_days(self, days: int) -> None:
        """Business days go by: delayed payments are made, returns come back."""
        with self.lock:
            for _ in range(days):
                today = self.day + 1
                records: list[dict[str, Any]] = [{"kind": "day", "day": today}]
                for key, payment in self.payments.items():
                    said = payment.said
                    if payment.status == "accepted" and payment.due <= today:
                        records.append(
                            self._entry(
                                "payment",
                                said["wage_account"],
                                payment.reference,
                                key,
                                -said["amount_minor"],
                            )
                        )
                    elif payment.status == "paid" and 0 < payment.returns <= today:
                        records.append(
                            self._entry(
                                "return",
                                said["wage_account"],
                                f"{payment.reference}R",
                                key,
                                said["amount_minor"],
                                behaviour_of(said["payee_account"]).return_code,
                            )
                        )
                self._write(records)

    def _entry(
        self,
        kind: str,
        wage_account: str,
        reference: str,
        key: str,
        amount_minor: int,
        code: str = "",
    ) -> dict[str, Any]:
        return {
            "kind": kind,
            "wage_account": wage_account,
            "reference": reference,
            "key": key,
            "amount_minor": amount_minor,
            "code": code,
            "text": "",
            "at": _now(),
        }

    def statement(self, wage_account: str, cursor: str) -> dict[str, Any]:
        """Entries after the cursor, with the balances before and after them."""
        with self.lock:
            entries = self.accounts[wage_account].entries
            first = int(cursor or 0)
            opening = sum(e["amount_minor"] for e in entries[:first])
            found = entries[first:]
            return {
                "cursor": str(len(entries)),
                "opening_minor": opening,
                "closing_minor": opening + sum(e["amount_minor"] for e in found),
                "entries": [e | {"payee": self._payee(e)} for e in found],
            }

    def _payee(self, entry: dict[str, Any]) -> str:
        payment = self.payments.get(entry["key"])
        return str(payment.said["payee_account"]) if payment else ""

    def doubles(self) -> list[dict[str, Any]]:
        """Payouts (by memo) that were paid more often than they came back, beyond once."""
        with self.lock:
            paid: dict[str, list[str]] = defaultdict(list)
            back: dict[str, int] = defaultdict(int)
            for account in self.accounts.values():
                for entry in account.entries:
                    if entry["kind"] == "deposit":
                        continue
                    memo = self.payments[entry["key"]].said["memo"]
                    if entry["kind"] == "payment":
                        paid[memo].append(entry["key"])
                    else:
                        back[memo] += 1
            return [
                {"memo": memo, "keys": keys}
                for memo, keys in paid.items()
                if len(keys) - back[memo] > 1 or len(set(keys)) != len(keys)
            ]


def _content(said: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(said[name] for name in CONTENT)


def _now() -> str:
    return datetime.now(UTC).isoformat()
