"""Stripe's objects as its API shows them, and how calls and webhooks are written."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qsl

DAY = 86_400
Thing = dict[str, Any]


def account(ident: str, body: Thing, now: int) -> Thing:
    """A connected account that has filled in nothing yet."""
    return {
        "id": ident,
        "object": "account",
        "created": now,
        "country": body.get("country", "US"),
        "details_submitted": False,
        "payouts_enabled": False,
        "charges_enabled": False,
        "metadata": body.get("metadata", {}),
        "type": "express",
    }


def transfer(ident: str, body: Thing, now: int) -> Thing:
    """From the platform to a connected account."""
    return {
        "id": ident,
        "object": "transfer",
        "amount": int(body["amount"]),
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": now,
        "currency": body["currency"],
        "description": None,
        "destination": body["destination"],
        "livemode": False,
        "metadata": body.get("metadata", {}),
        "reversals": {"object": "list", "data": [], "has_more": False, "url": "/v1/transfers"},
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": body.get("transfer_group"),
    }


def payout(ident: str, body: Thing, account: str, now: int) -> Thing:
    """From a connected account to its bank."""
    return {
        "id": ident,
        "object": "payout",
        "_account": account,
        "amount": int(body["amount"]),
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": now + DAY,
        "automatic": False,
        "balance_transaction": None,
        "created": now,
        "currency": body["currency"],
        "description": None,
        "destination": "ba_999",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": body.get("metadata", {}),
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }


def reversal(ident: str, of: Thing, amount: int, body: Thing, now: int) -> Thing:
    """A transfer taken back."""
    return {
        "id": ident,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": now,
        "currency": of["currency"],
        "destination_payment_refund": None,
        "metadata": body.get("metadata", {}),
        "source_refund": None,
        "transfer": of["id"],
    }


def shape(thing: dict[str, Any]) -> dict[str, Any]:
    """As the API shows it."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def problem(kind: str, code: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}


def sign(body: bytes, secret: str, at: int) -> str:
    """A Stripe-Signature header."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def decode(text: str) -> dict[str, Any]:
    """`a[b][0]=c` as nested values."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        keys = re.findall(r"[^\[\]]+", name)
        place = found
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return found
