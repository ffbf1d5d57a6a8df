"""The rail. Two steps with a key each: transfer (platform → connected account), payout (→ bank).

No POST goes without the key that was stored before it, so neither our repeats nor the SDK's own make
anything twice. A key older than 23 hours may be forgotten by the provider: then nothing is sent any
more, the outcome is read back from the provider's lists, and what is not there stays unknown.
When the payout failed for good, the transfer is taken back before the attempt counts as failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import stripe

from jianzhu.kernel import clock
from settlements.payouts.models import RailCall
from settlements.payouts.rails.protocol import Instruction, NoStatement, Outcome, StatementPage
from settlements.payouts.rails.stripe import book
from settlements.payouts.rails.stripe.book import Call, key_of
from settlements.payouts.rails.stripe.bucket import TokenBucket

# Stripe keeps a key for at least a day; an hour is left for clocks that differ.
KEY_LIFE = timedelta(hours=23)
TIMEOUT_SECONDS = (3.0, 20.0)
# Half of what is allowed: about 100 writes a second live, 25 in test mode.
CALLS_PER_SECOND = {True: 50.0, False: 12.0}

# The provider says that it did nothing: a definite no. Everything else that breaks is unknown.
DEFINITE = (stripe.InvalidRequestError, stripe.CardError)
FINAL_BAD = ("failed", "canceled")


class KeyConflict(AssertionError):
    """The provider has this key with another body: a bug of ours that must never pass silently."""


class TooOld(Exception):
    """The key may be forgotten: only reading is allowed."""


class StripeConnect:
    """A rail (see `protocol.Rail`). `payee_account` of an instruction is a connected account's id."""

    def __init__(
        self, key: str, base: str = "", *, now: Callable[[], datetime] = clock.now, rate: float = 0
    ) -> None:
        self.client = stripe.StripeClient(
            key,
            base_addresses={"api": base} if base else None,
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )
        rate = rate or CALLS_PER_SECOND["_live_" in key]
        self.bucket = TokenBucket(rate, burst=max(1, int(rate)))
        self.now = now

    # Money

    def send_many(self, instructions: Sequence[Instruction]) -> dict[str, Outcome]:
        """Each instruction's next step that is not done; nothing is sent twice under another key."""
        book.begin(calls=[_transfer(i) for i in instructions], at=self.now())
        return {i.key: self._guarded(i.key, lambda i=i: self._send(i)) for i in instructions}  # type: ignore[misc]

    def _send(self, one: Instruction) -> Outcome:
        transfer = self._do(key_of(one.key, "transfer"))
        if transfer.status == "rejected":
            return Outcome("rejected", code=transfer.code, text=transfer.text)
        book.begin(calls=[_payout(one)], at=self.now())
        return self._outcome(one.key, self._do(key_of(one.key, "payout")))

    def read_many(self, keys: Iterable[str]) -> dict[str, Outcome]:
        """What became of keys, by the provider's objects as they are now."""
        return {key: self._guarded(key, lambda key=key: self._read(key)) for key in keys}  # type: ignore[misc]

    def _read(self, key: str) -> Outcome:
        names = [key_of(key, what) for what in ("transfer", "payout")]
        calls = book.stored(names)
        transfer, payout = calls.get(names[0]), calls.get(names[1])
        if transfer is None:
            return Outcome("not_found")
        if not self._found(transfer):
            return self._missing(transfer)
        if transfer.status == "rejected":
            return Outcome("rejected", code=transfer.code, text=transfer.text)
        if payout is None:
            return self._missing(transfer)
        if not self._found(payout):
            return self._missing(payout)
        return self._outcome(key, payout)

    def _missing(self, call: RailCall) -> Outcome:
        """The provider shows nothing of it: the same key may go again, but never an old one."""
        if self.now() - call.first_at >= KEY_LIFE:
            return Outcome("unknown", text="older than the provider keeps keys; a person looks")
        return Outcome("not_found")

    def _outcome(self, key: str, payout: RailCall) -> Outcome:
        if payout.status == "paid":
            return Outcome("paid", payout.object_id)
        if payout.status == "rejected" or payout.status in FINAL_BAD:
            self._take_back(key)
            return Outcome("rejected", payout.object_id, payout.code or "canceled", payout.text)
        return Outcome("accepted", payout.object_id)

    def _take_back(self, key: str) -> None:
        """Reverse the transfer, so that the wages are in the wage account again."""
        transfer = book.stored([key_of(key, "transfer")])[key_of(key, "transfer")]
        name = key_of(key, "reversal")
        body = {"transfer": transfer.object_id, "amount": transfer.body["amount"]}
        book.begin(calls=[Call(name, key, "reversal", body)], at=self.now())
        self._do(name)

    def _do(self, key: str) -> RailCall:
        """Make the stored call, unless its answer is there; TooOld when the key may be forgotten."""
        call = book.stored([key])[key]
        if call.object_id or call.status == "rejected":
            return call
        if self.now() - call.first_at >= KEY_LIFE:
            if self._found(call):
                return call
            raise TooOld(key)
        try:
            self._keep(call, self._post(call))
        except stripe.IdempotencyError as error:
            raise KeyConflict(f"{key}: {error}") from error
        except DEFINITE as error:
            self._keep_no(call, error)
        return call

    def _post(self, call: RailCall) -> Any:
        """The only place that writes at the provider; always with the stored key."""
        self.bucket.take()
        body = dict(call.body)
        options: dict[str, Any] = {"idempotency_key": call.key}
        v1 = self.client.v1
        if call.what == "transfer":
            return v1.transfers.create(body, options)  # type: ignore[arg-type]
        if call.what == "payout":
            options["stripe_account"] = body.pop("account")
            return v1.payouts.create(body, options)  # type: ignore[arg-type]
        return v1.transfers.reversals.create(body.pop("transfer"), body, options)  # type: ignore[arg-type]

    def _found(self, call: RailCall) -> bool:
        """Refresh a call by reading its object, or find it in the provider's lists by our key."""
        if call.status == "rejected":
            return True
        self.bucket.take()
        thing = self._by_id(call) if call.object_id else self._in_list(call)
        if thing is None:
            return False
        self._keep(call, thing)
        return True

    def _by_id(self, call: RailCall) -> Any:
        if call.what == "payout":
            options: Any = {"stripe_account": call.body["account"]}
            return self.client.v1.payouts.retrieve(call.object_id, None, options)
        if call.what == "transfer":
            return self.client.v1.transfers.retrieve(call.object_id)
        return self.client.v1.transfers.reversals.retrieve(call.body["transfer"], call.object_id)

    def _in_list(self, call: RailCall) -> Any:
        since = int(call.first_at.timestamp()) - 300
        if call.what == "transfer":
            page: Any = self.client.v1.transfers.list(
                {"transfer_group": call.body["transfer_group"], "limit": 100}
            )
        elif call.what == "payout":
            page = self.client.v1.payouts.list(
                {"created": {"gte": since}, "limit": 100},
                {"stripe_account": call.body["account"]},
            )
        else:
            page = self.client.v1.transfers.reversals.list(call.body["transfer"], {"limit": 100})
        for thing in page.auto_paging_iter():
            if call.what == "reversal" or thing["metadata"]["key"] == call.key:
                return thing
        return None

    def _keep(self, call: RailCall, thing: Any) -> None:
        said = thing.to_dict()
        call.object_id = said["id"]
        call.status = said.get("status") or "done"
        call.code, call.text = said.get("failure_code") or "", said.get("failure_message") or ""
        self._save(call)

    def _keep_no(self, call: RailCall, error: Any) -> None:
        call.status, call.code = "rejected", error.code or "parameter_invalid_integer"
        call.text = error.user_message or ""
        self._save(call)

    def _save(self, call: RailCall) -> None:
        book.seen(
            key=call.key,
            object_id=call.object_id,
            status=call.status,
            at=self.now(),
            code=call.code,
            text=call.text,
        )

    def _guarded(self, key: str, ask: Callable[[], Outcome]) -> Outcome:
        """What breaks is unknown: it may have been done."""
        try:
            return ask()
        except TooOld:
            return Outcome("unknown", text="older than the provider keeps keys; a person looks")
        except stripe.StripeError as error:
            return Outcome(
                "unknown", text=f"{type(error).__name__} {error.http_status or ''}".strip()
            )

    def statement(self, wage_account: str, cursor: str) -> StatementPage:
        """Stripe keeps no running balance of ours: `reconciled` reads its transfers instead."""
        raise NoStatement("stripe")

    # Accounts and events

    def open_account(self, *, key: str, country: str, memo: str) -> str:
        """A connected account for one worker, paid out only when we say so; returns its id."""
        self.bucket.take()
        body: Any = {
            "country": country,
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "metadata": {"memo": memo},
        }
        made = self.client.v1.accounts.create(body, {"idempotency_key": key})
        return str(made.id)

    def onboarding_link(self, *, account: str, key: str, back: str, again: str) -> str:
        """Where the worker tells the provider who they are and which bank account is theirs."""
        self.bucket.take()
        body: Any = {
            "account": account,
            "type": "account_onboarding",
            "return_url": back,
            "refresh_url": again,
        }
        return str(self.client.v1.account_links.create(body, {"idempotency_key": key}).url)

    def account_state(self, account: str) -> tuple[bool, bool]:
        """(details submitted, payouts enabled) as the provider shows them now."""
        self.bucket.take()
        found = self.client.v1.accounts.retrieve(account)
        return bool(found.details_submitted), bool(found.payouts_enabled)

    def events_since(self, since: datetime) -> list[dict[str, Any]]:
        """Events that the provider could not deliver, oldest first; it keeps thirty days of them."""
        self.bucket.take()
        page = self.client.v1.events.list(
            {"created": {"gte": int(since.timestamp())}, "limit": 100, "delivery_success": False}
        )
        found = [event.to_dict() for event in page.auto_paging_iter()]
        return sorted(found, key=lambda e: (e["created"], e["id"]))


def _transfer(one: Instruction) -> Call:
    key = key_of(one.key, "transfer")
    return Call(
        key,
        one.key,
        "transfer",
        {
            "amount": one.amount_minor,
            "currency": one.currency.lower(),
            "destination": one.payee_account,
            "transfer_group": one.memo,
            "metadata": {"key": key},
        },
    )


def _payout(one: Instruction) -> Call:
    key = key_of(one.key, "payout")
    return Call(
        key,
        one.key,
        "payout",
        {
            "amount": one.amount_minor,
            "currency": one.currency.lower(),
            "account": one.payee_account,
            "metadata": {"key": key, "memo": one.memo},
        },
    )
