"""Client of the sandbox bank: plain HTTP with a deadline, no retry of its own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from settlements.payouts.rails.protocol import (
    Instruction,
    Outcome,
    StatementEntry,
    StatementPage,
)

TIMEOUT_SECONDS = 5.0


class KeyConflict(AssertionError):
    """The bank has this key with other content: a bug of ours that must never pass silently."""


class Unreachable(ConnectionError):
    """The bank answers nothing; for reads and statements, which may simply be asked again."""


class SandboxBank:
    """A rail (see `protocol.Rail`)."""

    def __init__(self, url: str, token: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.host = urlsplit(url).netloc
        self.token = token
        self.timeout = timeout

    def send_many(self, instructions: Sequence[Instruction]) -> dict[str, Outcome]:
        """Hand over in one call. A broken call leaves every key of it unknown."""
        try:
            status, said = self._call(
                "POST", "/v1/payments", {"payments": [asdict(i) for i in instructions]}
            )
        except (OSError, http.client.HTTPException) as error:
            return {i.key: Outcome("unknown", text=_why(error)) for i in instructions}
        if status == 409:
            raise KeyConflict(said["detail"])
        if status != 200:
            return {i.key: Outcome("unknown", text=f"HTTP {status}") for i in instructions}
        found = {row["key"]: _outcome(row) for row in said["payments"]}
        missing = Outcome("unknown", text="the answer lacks this key")
        return {i.key: found.get(i.key, missing) for i in instructions}

    def read_many(self, keys: Iterable[str]) -> dict[str, Outcome]:
        """What became of keys; unknown while the bank can't be asked."""
        asked = list(keys)
        try:
            status, said = self._call("POST", "/v1/payments/read", {"keys": asked})
        except (OSError, http.client.HTTPException) as error:
            return {key: Outcome("unknown", text=_why(error)) for key in asked}
        if status != 200:
            return {key: Outcome("unknown", text=f"HTTP {status}") for key in asked}
        found = {row["key"]: _outcome(row) for row in said["payments"]}
        return {key: found.get(key, Outcome("not_found")) for key in asked}

    def statement(self, wage_account: str, cursor: str) -> StatementPage:
        """The account's statement since the cursor. Raises Unreachable."""
        said = self._asked("GET", f"/v1/statement/{quote(wage_account)}?cursor={quote(cursor)}")
        return StatementPage(
            cursor=said["cursor"],
            opening_minor=said["opening_minor"],
            closing_minor=said["closing_minor"],
            entries=tuple(
                StatementEntry(
                    reference=e["reference"],
                    key=e["key"],
                    kind=e["kind"],
                    amount_minor=e["amount_minor"],
                    code=e["code"],
                    text=e["text"],
                    at=datetime.fromisoformat(e["at"]),
                    payee=e.get("payee", ""),
                )
                for e in said["entries"]
            ),
        )

    def deposit(self, wage_account: str, reference: str, amount_minor: int) -> None:
        """Test money into a wage account; the same reference is one deposit."""
        self._asked(
            "POST",
            "/v1/deposits",
            {
                "wage_account": wage_account,
                "reference": reference,
                "amount_minor": amount_minor,
            },
        )

    def pass_days(self, days: int) -> None:
        """Let the bank's business days pass, so that delayed payments and returns happen."""
        self._asked("POST", "/v1/clock", {"days": days})

    def doubles(self) -> list[dict[str, Any]]:
        """Payouts that the bank's own journal shows as paid more than once."""
        found: list[dict[str, Any]] = self._asked("GET", "/v1/journal/doubles")["doubles"]
        return found

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        try:
            status, said = self._call(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(_why(error)) from error
        if status != 200:
            raise Unreachable(f"HTTP {status}: {said}")
        return said

    def _call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        try:
            connection.request(
                method,
                path,
                json.dumps(body) if body is not None else None,
                {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except ValueError as error:  # a 500 page or half an answer is no answer
            raise http.client.HTTPException(f"unreadable answer: {error}") from error
        finally:
            connection.close()


def _outcome(row: dict[str, Any]) -> Outcome:
    at = datetime.fromisoformat(row["at"]) if row.get("at") else None
    return Outcome(
        row["status"], row.get("reference", ""), row.get("code", ""), row.get("text", ""), at
    )


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
