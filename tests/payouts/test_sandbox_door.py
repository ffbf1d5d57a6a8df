"""The sandbox bank as a process, through its HTTP door and the product's own client."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from settlements.payouts.rails.protocol import Instruction
from settlements.payouts.rails.sandbox_bank import KeyConflict, SandboxBank, Unreachable

TOKEN = "for-tests-only-token-0123456789abcdef"
ROOT = Path(__file__).parents[2]


class Bank:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.client = SandboxBank(f"http://127.0.0.1:{self.port}", TOKEN, timeout=1.0)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "settlements.payouts.sandbox", "--port", str(self.port),
             "--dir", str(self.folder)],
            cwd=ROOT, env={**os.environ, "SANDBOX_BANK_TOKEN": TOKEN}, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert b"ready" in self.process.stdout.readline()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def bank(tmp_path):
    bank = Bank(tmp_path)
    bank.client.deposit("W", "D-1", 1_000_000)
    yield bank
    assert bank.client.doubles() == []
    bank.kill()


def pay(number=1, tail="0000", amount=40_000, attempt=1):
    return Instruction(
        f"payout:{number}:{attempt}", amount, "CNY", f"999900000000{tail}", "李伟",
        f"payout:{number}", "W",
    )  # fmt: skip


def send(bank, one):
    return bank.client.send_many([one])[one.key]


def read(bank, one):
    return bank.client.read_many([one.key])[one.key]


def test_the_same_key_with_other_content_is_refused_and_pays_nothing(bank):
    assert send(bank, pay()).status == "paid"
    assert send(bank, pay()).status == "paid"

    with pytest.raises(KeyConflict):
        send(bank, pay(amount=1))
    assert bank.client.statement("W", "").closing_minor == 960_000


@pytest.mark.parametrize(
    ("tail", "after"),
    [("0301", "paid"), ("0303", "paid"), ("0302", "not_found")],
    ids=["silent after payment", "500 after payment", "cut before payment"],
)
def test_a_call_that_breaks_is_unknown_and_a_read_tells(bank, tail, after):
    one = pay(tail=tail)

    assert send(bank, one).status == "unknown"
    assert read(bank, one).status == after
    if after == "not_found":
        assert send(bank, one).status == "paid"


def test_a_torn_last_line_after_kill_9_was_never_acknowledged(bank):
    send(bank, pay())
    bank.kill()
    journal = bank.folder / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"kind": "payment", "key": "payo')

    bank.start()

    assert read(bank, pay()).status == "paid"
    assert journal.read_bytes() == whole
    assert send(bank, pay(2)).status == "paid"


def test_a_delayed_payment_is_made_on_its_day_and_a_return_comes_days_later(bank):
    late, back = pay(1, "0201"), pay(2, "0401")
    assert send(bank, late).status == "accepted"
    assert send(bank, back).status == "paid"

    bank.client.pass_days(1)
    assert read(bank, late).status == "paid"
    bank.client.pass_days(1)

    page = bank.client.statement("W", "")
    assert [(e.kind, e.amount_minor, e.code) for e in page.entries] == [
        ("deposit", 1_000_000, ""),
        ("payment", -40_000, ""),
        ("payment", -40_000, ""),
        ("return", 40_000, "account_closed"),
    ]
    assert page.opening_minor + sum(e.amount_minor for e in page.entries) == page.closing_minor


def test_a_wage_account_pays_no_more_than_it_has(bank):
    outcome = send(bank, pay(amount=1_000_001))

    assert (outcome.status, outcome.code) == ("rejected", "insufficient_funds")


def test_a_bank_that_is_away_leaves_unknown_and_a_statement_says_so(bank):
    bank.kill()
    started = time.monotonic()

    assert send(bank, pay()).status == "unknown"
    assert read(bank, pay()).status == "unknown"
    with pytest.raises(Unreachable):
        bank.client.statement("W", "")
    assert time.monotonic() - started < 30
    bank.start()


def test_a_wrong_token_opens_nothing(bank):
    stranger = SandboxBank(f"http://127.0.0.1:{bank.port}", "another", timeout=1.0)

    with pytest.raises(Unreachable, match="401"):
        stranger.statement("W", "")
