"""The ledger as a file of lines, and back: accounts first, then transfers with their entries.

Importing goes in chunks, each wholly or not at all. After a bad record the same import goes on where
it stopped, once the record is mended; a ledger that holds anything else is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.db import chunks, command, copy_rows, take_ids
from jianzhu.kernel.errors import Refusal
from settlements.ledger.models import Account, Entry, Transfer

ACCOUNT = ("kind", "project_id", "worker_id", "currency", "guarded")
TRANSFER = ("key", "kind", "phase", "amount_minor", "currency")


class LedgerInUse(Refusal):
    """The ledger has transfers that the file does not begin with."""

    code = "ledger_in_use"
    sentence = _("This ledger already has other transfers: import into an empty one.")


class BadRecord(Refusal):
    code = "bad_ledger_record"
    status = 422
    sentence = _("Record %(number)s can't be taken: %(problem)s")


def export() -> Iterator[str]:
    """JSON lines; the same ledger gives the same bytes."""
    names: dict[int, int] = {}
    for account in Account.objects.order_by("pk").iterator():
        names[account.pk] = len(names)
        shown = {name: getattr(account, name) for name in ACCOUNT}
        yield json.dumps({"account": shown, "at": account.created_at.isoformat()})
    keys: dict[int, str] = {}
    for chunk in chunks(Transfer.objects.order_by("pk").iterator()):
        entries: dict[int, list[Any]] = {t.pk: [] for t in chunk}
        for e in Entry.objects.filter(transfer__in=chunk).order_by("pk"):
            entries[e.transfer_id].append([names[e.account_id], e.layer, e.side, e.amount_minor])
        for transfer in chunk:
            keys[transfer.pk] = transfer.key
            yield json.dumps(_record(transfer, keys, entries[transfer.pk]))


def _record(transfer: Transfer, keys: dict[int, str], entries: list[Any]) -> dict[str, Any]:
    shown = {name: getattr(transfer, name) for name in TRANSFER}
    until = transfer.expires_at.isoformat() if transfer.expires_at else None
    return {
        "transfer": shown,
        "of": keys.get(transfer.of_id or 0),
        "digest": bytes(transfer.digest).hex(),
        "expires_at": until,
        "at": transfer.at.isoformat(),
        "entries": entries,
    }


def load(lines: Iterable[str]) -> int:
    """Import what `export` wrote; returns how many transfers are new. LedgerInUse, BadRecord."""
    records = enumerate(lines, start=1)
    accounts: list[int] = []
    done = new = 0
    while chunk := list(islice(records, 1_000)):
        done, made = _load(lines=chunk, accounts=accounts, done=done)
        new += made
    return new


@command
def _load(*, lines: list[tuple[int, str]], accounts: list[int], done: int) -> tuple[int, int]:
    """One chunk. `accounts` grows by the ids of the file's accounts, `done` counts its transfers."""
    read = [(number, _parsed(number, text)) for number, text in lines]
    for number, record in read:
        if "account" in record:
            accounts.append(_account(number, record))
    moved = [(number, r) for number, r in read if "transfer" in r]
    standing = _standing([r["transfer"]["key"] for _, r in moved])
    if done == 0 and moved and Transfer.objects.exists() and not standing:
        raise LedgerInUse
    for _number, record in moved:
        old = standing.get(record["transfer"]["key"])
        if old is not None and bytes(old.digest).hex() != record["digest"]:
            raise LedgerInUse
    fresh = [(n, r) for n, r in moved if r["transfer"]["key"] not in standing]
    _write(fresh, accounts)
    return done + len(moved), len(fresh)


def _parsed(number: int, text: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except ValueError as error:
        raise BadRecord(number=number, problem=str(error)) from error
    if not isinstance(record, dict) or not {"account", "transfer"} & record.keys():
        raise BadRecord(number=number, problem=text[:80])
    if "transfer" in record and sum(e[3] for e in record["entries"]):
        raise BadRecord(number=number, problem="does not sum to zero")
    return record


def _account(number: int, record: dict[str, Any]) -> int:
    try:
        row, _new = Account.objects.get_or_create(
            **{name: record["account"][name] for name in ACCOUNT},
            defaults={"created_at": datetime.fromisoformat(record["at"])},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRecord(number=number, problem=str(error)) from error
    return row.pk


def _standing(keys: Iterable[str]) -> dict[str, Transfer]:
    return {t.key: t for t in Transfer.objects.filter(key__in=list(keys))}


def _write(fresh: list[tuple[int, dict[str, Any]]], accounts: list[int]) -> None:
    if not fresh:
        return
    keys = [r["transfer"]["key"] for _, r in fresh]
    ids = dict(zip(keys, take_ids(Transfer, len(keys)), strict=True))
    older = _standing({r["of"] for _, r in fresh if r["of"] and r["of"] not in ids})
    ids |= {key: t.pk for key, t in older.items()}
    columns = ("id", "of_id", "digest", "expires_at", "at", *TRANSFER)
    try:
        rows = [
            (
                ids[r["transfer"]["key"]],
                ids[r["of"]] if r["of"] else None,
                bytes.fromhex(r["digest"]),
                r["expires_at"],
                r["at"],
                *(r["transfer"][name] for name in TRANSFER),
            )
            for _, r in fresh
        ]
        entries = [
            (ids[r["transfer"]["key"]], accounts[e[0]], *e[1:], r["transfer"]["currency"])
            for _, r in fresh
            for e in r["entries"]
        ]
    except (KeyError, IndexError, ValueError) as error:
        raise BadRecord(number=fresh[0][0], problem=repr(error)) from error
    copy_rows(Transfer, columns, rows)
    names = ("transfer_id", "account_id", "layer", "side", "amount_minor", "currency")
    copy_rows(Entry, names, entries)
