"""A stateful stand-in for Stripe Connect over real HTTP; its append-only journal judges doubles.

with StripeStandIn(seed=1) as stripe: the SDK is pointed at `stripe.url`.

It keeps keys with their bodies for a day of its own clock, balances with insufficient funds, transfers,
payouts that are paid, fail or come back days later, reversals, events signed, doubled and shuffled; and
it breaks by seed: before, after, slow, 429, 409, 500 (stored like any answer).
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests import stripe_shapes as shapes
from tests.stripe_schema import check_answer, check_request
from tests.stripe_shapes import DAY, decode, problem, shape, sign

FAULTS = ("before", "after", "slow", "429", "409", "500")


@dataclass
class Kept:
    """What was asked under a key, and the answer that it gets from now on."""

    asked: tuple[Any, ...]
    answer: tuple[int, Any]
    at: int


@dataclass
class World:
    now: int = field(default_factory=lambda: int(time.time()))
    platform: int = 10**12
    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, Kept] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    undelivered: set[str] = field(default_factory=set)
    journal: list[dict[str, Any]] = field(default_factory=list)
    # account -> what its payouts do: paid, failed:<code> at once, returned:<code> after being paid
    fate: dict[str, str] = field(default_factory=dict)
    seen_posts: list[tuple[str, str, str]] = field(default_factory=list)


class StripeStandIn:
    """The world, its faults, and the server."""

    def __init__(self, seed: int = 0, rates: dict[str, float] | None = None) -> None:
        self.world, self.lock = World(), threading.RLock()
        self.rng, self.rates = random.Random(seed), rates or {}
        self.down = False
        self.lose_answers = False
        self.broken_reads = 0  # the status that every read gets
        self.faulted: set[str] = set()
        door = type("BoundDoor", (Door,), {"stand_in": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), door)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> StripeStandIn:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    # Time and its effects

    def pass_days(self, days: int) -> None:
        with self.lock:
            for _ in range(days):
                self.world.now += DAY
                self._daily()

    def _daily(self) -> None:
        for thing in [t for t in self.world.things.values() if t["object"] == "payout"]:
            fate = self.world.fate.get(thing["_account"], "paid")
            if thing["status"] in ("pending", "in_transit"):
                self.settle(thing, "failed" if fate.startswith("failed") else "paid", fate)
            elif thing["status"] == "paid" and fate.startswith("returned"):
                self.settle(thing, "failed", fate)

    def settle(self, payout: dict[str, Any], status: str, fate: str = "") -> None:
        """The bank's word on a payout; a failed one is back in the account's balance."""
        account = payout["_account"]
        if status == "failed":
            self.world.balances[account] += payout["amount"]
            payout["failure_code"] = fate.partition(":")[2] or "could_not_process"
            payout["failure_message"] = "the bank said no"
            self.write("back", payout)
        payout["status"] = status
        self.emit(f"payout.{status}", payout, account)

    def emit(self, topic: str, thing: dict[str, Any], account: str = "") -> None:
        shown = shape(thing)
        event = {
            "id": f"evt_{hashlib.sha256(f'{len(self.world.events)}{topic}'.encode()).hexdigest()[:16]}",
            "object": "event",
            "api_version": None,
            "created": self.world.now,
            "data": {"object": json.loads(json.dumps(shown))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": topic,
        }
        if account:
            event["account"] = account
        self.world.events.append(event)
        self.world.undelivered.add(str(event["id"]))

    def write(self, kind: str, thing: dict[str, Any]) -> None:
        self.world.journal.append(
            {
                "kind": kind,
                "id": thing["id"],
                "amount": thing["amount"],
                "key": thing.get("metadata", {}).get("key", ""),
                "memo": thing.get("metadata", {}).get("memo", "") or thing.get("transfer_group"),
            }
        )

    def doubles(self) -> list[str]:
        """Payouts of ours that went to a bank more often than they came back, beyond once."""
        net: dict[str, int] = defaultdict(int)
        for row in self.world.journal:
            if row["kind"] == "payout":
                net[row["memo"]] += 1
            elif row["kind"] == "back":
                net[row["memo"]] -= 1
        return [memo for memo, count in net.items() if count > 1]

    def deliveries(self, secret: str, *, most: int = 3) -> list[tuple[bytes, str]]:
        """Every event one to `most` times, signed, in an order of its own."""
        with self.lock:
            sent = [e for e in self.world.events for _ in range(self.rng.randint(1, most))]
            self.rng.shuffle(sent)
            return [
                (body := json.dumps(e).encode(), sign(body, secret, self.world.now)) for e in sent
            ]

    # Faults

    def fault(self, key: str) -> str:
        """What goes wrong with this call; each key at most once, so that every call ends."""
        if key in self.faulted:
            return ""
        roll = self.rng.random()
        for name in FAULTS:
            roll -= self.rates.get(name, 0)
            if roll < 0:
                self.faulted.add(key)
                return name
        return ""

    # The API

    def answer_post(
        self, path: str, body: dict[str, Any], key: str, account: str
    ) -> tuple[int, Any]:
        with self.lock:
            world = self.world
            world.seen_posts.append((path, key, json.dumps(body, sort_keys=True)))
            kept = world.keys.get(key)
            if kept is not None and world.now - kept.at < DAY:
                if kept.asked != (path, json.dumps(body, sort_keys=True), account):
                    return 400, problem("idempotency_error", "idempotency_error", "other body")
                return kept.answer
            if self.fault(f"stored{key}") == "500":
                answer: tuple[int, Any] = (500, problem("api_error", "", "broken"))
            else:
                answer = self._make(path, body, account)
            world.keys[key] = Kept(
                (path, json.dumps(body, sort_keys=True), account), answer, world.now
            )
            return answer

    def _make(self, path: str, body: dict[str, Any], account: str) -> tuple[int, Any]:
        if path == "/v1/accounts":
            return 200, shape(self._account(body))
        if path == "/v1/account_links":
            return 200, {
                "object": "account_link",
                "created": self.world.now,
                "expires_at": self.world.now + 300,
                "url": f"https://connect.example/setup/{body['account']}",
            }
        if path == "/v1/transfers":
            return self._transfer(body)
        if path == "/v1/payouts":
            return self._payout(body, account)
        found = re.fullmatch(r"/v1/transfers/(\w+)/reversals", path)
        if found:
            return self._reverse(found.group(1), body)
        return 404, problem("invalid_request_error", "resource_missing", path)

    def _id(self, kind: str) -> str:
        return (
            f"{kind}_{hashlib.sha256(f'{kind}{len(self.world.things)}'.encode()).hexdigest()[:20]}"
        )

    def _account(self, body: dict[str, Any]) -> dict[str, Any]:
        made = shapes.account(self._id("acct"), body, self.world.now)
        self.world.things[str(made["id"])] = made
        return made

    def onboard(self, account: str) -> None:
        """The worker filled in the provider's form."""
        with self.lock:
            thing = self.world.things[account]
            thing["details_submitted"] = thing["payouts_enabled"] = True
            self.emit("account.updated", thing, account)

    def _transfer(self, body: dict[str, Any]) -> tuple[int, Any]:
        amount = int(body["amount"])
        if body["destination"] not in self.world.things:
            return 400, problem("invalid_request_error", "account_invalid", "no such account")
        if amount > self.world.platform:
            return 400, problem("invalid_request_error", "balance_insufficient", "short")
        self.world.platform -= amount
        self.world.balances[body["destination"]] += amount
        made = shapes.transfer(self._id("tr"), body, self.world.now)
        self.world.things[str(made["id"])] = made
        self.write("transfer", made)
        self.emit("transfer.created", made)
        return 200, shape(made)

    def _payout(self, body: dict[str, Any], account: str) -> tuple[int, Any]:
        amount = int(body["amount"])
        if self.world.fate.get(account) == "disabled":
            return 400, problem("invalid_request_error", "payouts_not_allowed", "not yet")
        if amount > self.world.balances[account]:
            return 400, problem("invalid_request_error", "balance_insufficient", "short")
        self.world.balances[account] -= amount
        made = shapes.payout(self._id("po"), body, account, self.world.now)
        self.world.things[str(made["id"])] = made
        self.write("payout", made)
        self.emit("payout.created", made, account)
        return 200, shape(made)

    def _reverse(self, transfer_id: str, body: dict[str, Any]) -> tuple[int, Any]:
        transfer = self.world.things[transfer_id]
        amount = int(body.get("amount", transfer["amount"]))
        if amount > transfer["amount"] - transfer["amount_reversed"]:
            return 400, problem("invalid_request_error", "parameter_invalid_integer", "too much")
        if amount > self.world.balances[transfer["destination"]]:
            return 400, problem("invalid_request_error", "balance_insufficient", "moved on")
        self.world.balances[transfer["destination"]] -= amount
        self.world.platform += amount
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        made = shapes.reversal(self._id("trr"), transfer, amount, body, self.world.now)
        self.world.things[str(made["id"])] = made
        self.write("reversal", made)
        return 200, shape(made)

    def answer_get(self, path: str, asked: dict[str, Any], account: str) -> tuple[int, Any]:
        with self.lock:
            parts = path.split("/")
            if path == "/v1/balance":
                amount = self.world.balances[account] if account else self.world.platform
                money = [{"amount": amount, "currency": "usd", "source_types": {"card": amount}}]
                return 200, {
                    "object": "balance", "available": money, "livemode": False,
                    "pending": [{"amount": 0, "currency": "usd"}],
                }  # fmt: skip
            if path == "/v1/events":
                return 200, self._page(path, self._events(asked), asked)
            if path in ("/v1/transfers", "/v1/payouts") or path.endswith("/reversals"):
                return 200, self._page(path, self._listed(path, asked, account), asked)
            thing = self.world.things.get(parts[-1])
            if thing is None:
                return 404, problem("invalid_request_error", "resource_missing", parts[-1])
            return 200, shape(thing)

    def _events(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        since = int(asked.get("created", {}).get("gte", 0))
        late = str(asked.get("delivery_success", "")).lower() == "false"
        return [
            e
            for e in reversed(self.world.events)
            if e["created"] >= since and (not late or e["id"] in self.world.undelivered)
        ]

    def _listed(self, path: str, asked: dict[str, Any], account: str) -> list[dict[str, Any]]:
        kind = {"/v1/transfers": "transfer", "/v1/payouts": "payout"}.get(path, "transfer_reversal")
        since = int(asked.get("created", {}).get("gte", 0)) if "created" in asked else 0
        return [
            t
            for t in reversed(list(self.world.things.values()))
            if t["object"] == kind
            and t["created"] >= since
            and (kind != "payout" or t["_account"] == account)
            and (kind != "transfer_reversal" or t["transfer"] == path.split("/")[3])
            and (
                "transfer_group" not in asked or t.get("transfer_group") == asked["transfer_group"]
            )
        ]

    @staticmethod
    def _page(path: str, rows: list[dict[str, Any]], asked: dict[str, Any]) -> dict[str, Any]:
        after, limit = asked.get("starting_after"), int(asked.get("limit", 10))
        if after:
            place = next(i for i, row in enumerate(rows) if row["id"] == after)
            rows = rows[place + 1 :]
        return {
            "object": "list",
            "url": path,
            "has_more": len(rows) > limit,
            "data": [shape(row) for row in rows[:limit]],
        }


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StripeStandIn

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if self.stand_in.down:
            self._cut()
            return
        if self.stand_in.broken_reads:
            self._answer("get", "", self.stand_in.broken_reads, problem("api_error", "", "busy"))
            return
        status, said = self.stand_in.answer_get(
            url.path, decode(url.query), self.headers.get("Stripe-Account", "")
        )
        self._answer("get", url.path, status, said)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = decode(self.rfile.read(length).decode())
        key = self.headers.get("Idempotency-Key", "")
        fault = self.stand_in.fault(key)
        if self.stand_in.down or fault == "before":
            self._cut()
            return
        if fault in ("429", "409"):
            kind = "rate_limit" if fault == "429" else "idempotency_key_in_use"
            self._answer("post", "", int(fault), problem("invalid_request_error", kind, "busy"))
            return
        check_request(urlsplit(self.path).path, body)
        status, said = self.stand_in.answer_post(
            urlsplit(self.path).path, body, key, self.headers.get("Stripe-Account", "")
        )
        if fault == "after" or self.stand_in.lose_answers:
            self._cut()
            return
        self._answer("post", urlsplit(self.path).path, status, said)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, method: str, path: str, status: int, said: Any) -> None:
        if status == 200:
            check_answer(method, path, said)
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """No access log: the journal is the record."""
