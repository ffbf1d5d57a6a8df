"""A small bank: an outside world, a guarded fund, two workers."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from jianzhu.kernel.db import command
from settlements.ledger import queries, steps
from settlements.ledger.models import Account
from settlements.ledger.rules import Leg, Movement

AT = datetime(2026, 10, 31, 8, 0, tzinfo=UTC)


@command
def open_(*, keys):
    return steps.open_accounts(keys, currency="CNY", at=AT)


@command
def move(*, movements, at=AT):
    return steps.transfer(movements, at=at)


@command
def post(*, keys, at=AT):
    return steps.post(keys, kind="test", at=at)


@command
def void(*, keys, at=AT):
    return steps.void(keys, kind="test", at=at)


@command
def reverse(*, original, key, at=AT, **more):
    return steps.reverse(original, key=key, at=at, **more)


@command
def expire(*, at=AT):
    return steps.expire(at=at)


@command
def close(*, account, at=AT):
    return steps.close_account(account, made_by="test", at=at)


@dataclass(frozen=True)
class Bank:
    outside: int
    fund: int
    liwei: int
    zhang: int

    def pay_in(self, amount, key="in"):
        return move(movements=[self.movement(key, self.outside, self.fund, amount)])

    def movement(self, key, source, target, amount, phase="single", **more):
        return Movement(
            key=key,
            kind="test",
            phase=phase,
            legs=(Leg(source, target, amount),),
            currency="CNY",
            **more,
        )

    def reserve(self, amount, key="r", **more):
        return move(
            movements=[self.movement(key, self.fund, self.liwei, amount, "reserve", **more)]
        )

    def counters(self, account):
        row = Account.objects.get(pk=account)
        return {
            "debits_posted": row.debits_posted,
            "credits_posted": row.credits_posted,
            "debits_pending": row.debits_pending,
            "credits_pending": row.credits_pending,
        }

    def balance(self, account):
        return Account.objects.get(pk=account).balance


@pytest.fixture
def bank(db):
    keys = [("trial", 0, 0), *(("trial_guarded", 0, n) for n in (1, 11, 12))]
    ids = open_(keys=keys)
    yield Bank(*(ids[key] for key in keys))
    assert queries.faults() == [], "the books must hold after every test"
