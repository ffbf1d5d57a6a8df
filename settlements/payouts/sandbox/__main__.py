"""`python -m settlements.payouts.sandbox --port N --dir PATH`: the bank's HTTP door on 127.0.0.1.

The token stands in the environment as SANDBOX_BANK_TOKEN. An account that is to stay silent keeps the
connection open without a word after the money has moved, as a bank does whose answer got lost.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from settlements.payouts.sandbox.books import Books, KeyConflict, Payment
from settlements.payouts.sandbox.rules import behaviour_of

BODY_MAX = 10 * 1024 * 1024
# Longer than any client waits.
SILENCE_SECONDS = 30.0


class Door(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    books: Books
    token: str
    stopping: threading.Event

    def do_GET(self) -> None:
        """Health, statement, the judge."""
        url = urlsplit(self.path)
        if url.path == "/healthz":
            self._answer(200, {"day": self.books.day})
        elif not self._known():
            self._answer(401, {"detail": "wrong token"})
        elif url.path.startswith("/v1/statement/"):
            cursor = parse_qs(url.query).get("cursor", [""])[0]
            account = unquote(url.path.removeprefix("/v1/statement/"))
            self._answer(200, self.books.statement(account, cursor))
        elif url.path == "/v1/journal/doubles":
            self._answer(200, {"doubles": self.books.doubles()})
        else:
            self._answer(404, {"detail": "no such path"})

    def do_POST(self) -> None:
        """Payments, reads, test deposits, the clock."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_MAX:
            self._answer(413, {"detail": "too large"})
            return
        said = json.loads(self.rfile.read(length) or b"{}")
        if not self._known():
            self._answer(401, {"detail": "wrong token"})
        elif self.path == "/v1/payments":
            self._pay(said["payments"])
        elif self.path == "/v1/payments/read":
            found = [(key, self.books.payments.get(key)) for key in said["keys"]]
            self._answer(200, {"payments": [_shown(k, p) for k, p in found if p is not None]})
        elif self.path == "/v1/deposits":
            self.books.deposit(said["wage_account"], said["reference"], said["amount_minor"])
            self._answer(200, {})
        elif self.path == "/v1/clock":
            self.books.pass_days(said["days"])
            self._answer(200, {"day": self.books.day})
        else:
            self._answer(404, {"detail": "no such path"})

    def _pay(self, instructions: list[dict[str, Any]]) -> None:
        """Do it, then behave as the accounts ask. A batch behaves badly line by line: what one account
        spoils is left out of the answer, so that the client does not know of that line alone."""
        hows = {s["key"]: behaviour_of(s["payee_account"]) for s in instructions}
        new = {s["key"] for s in instructions if s["key"] not in self.books.payments}
        first = {key for key in new if hows[key].drop and key not in self.books.dropped}
        self.books.dropped |= first
        done = [s for s in instructions if s["key"] not in first]
        try:
            payments = self.books.pay(done)
        except KeyConflict as conflict:
            self._answer(409, {"detail": str(conflict)})
            return
        bad = first | {k for k in new if hows[k].silent or hows[k].broken}
        if len(bad) == len(instructions):
            self._spoil(broken=all(hows[k].broken for k in bad))
            return
        shown = [
            _shown(s["key"], p) for s, p in zip(done, payments, strict=True) if s["key"] not in bad
        ]
        self._answer(200, {"payments": shown})

    def _spoil(self, *, broken: bool) -> None:
        if broken:
            self._answer(500, {"detail": "something broke after your payment was made"})
        else:
            self.stopping.wait(SILENCE_SECONDS)
            self.close_connection = True

    def _known(self) -> bool:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self.token.encode())

    def _answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """No access log: the journal is the record."""


def _shown(key: str, payment: Payment) -> dict[str, Any]:
    return {
        "key": key,
        "status": payment.status,
        "reference": payment.reference,
        "code": payment.code if payment.status == "rejected" else "",
        "at": payment.at,
    }


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="The sandbox bank.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    options = parser.parse_args()
    Door.books = Books(options.dir)
    Door.token = os.environ["SANDBOX_BANK_TOKEN"]
    Door.stopping = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Door)
    server.daemon_threads = True
    print(f"sandbox bank: ready on port {server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        Door.stopping.set()


if __name__ == "__main__":
    main()
