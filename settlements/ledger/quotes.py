"""A ledger case played on trial accounts and taken back: what would happen, and why not.

A case is JSON: `given` balances, `steps` such as "pend A->B 123", "post 100", "void", "wait 2 s",
"transfer A->B 5 id=t1", "reverse t1 force", "close A", {"linked": ["transfer …", …]}, and what is
expected as `delta` or `error`. Accounts are letters; amounts whole minor units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from jianzhu.kernel.db import command
from jianzhu.kernel.errors import Invalid, Refusal
from settlements.ledger import steps
from settlements.ledger.models import Account
from settlements.ledger.rules import Leg, Movement

COUNTERS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
# No project has this number: the accounts are nobody's.
NOBODY = 0
# How a refusal is called in published descriptions of two-phase transfers.
WORDS = {
    "exceeds_reserve": "exceeds pending amount",
    "reserve_expired": "expired; full amount back",
    "no_such_reserve": "pending transfer not found",
    "transfer_key_reused": "exists with different fields",
    "not_a_movement": "accounts must differ and amounts be above zero",
    "amount_out_of_range": "overflow",
    "other_currency": "must have the same currency",
    "account_closed": "account already closed",
    "overdrawn": "exceeds credits",
}
_STEP = re.compile(
    r"(?P<verb>pend|reserve|post|void|wait|transfer|reverse|close|expire)"
    r"(?P<rest>.*)"
)
_PAIR = re.compile(r"([A-Za-z]\w*)\s*->\s*([A-Za-z]\w*)")


class _Over(Exception):
    """Carries the answer out of the transaction, which is thereby taken back."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer


def cases(document: Any) -> Iterator[dict[str, Any]]:
    """Every case with steps in a document, however deep it lies."""
    if isinstance(document, list):
        for one in document:
            yield from cases(one)
    elif isinstance(document, dict) and "steps" in document:
        yield document
    elif isinstance(document, dict):
        for one in document.values():
            yield from cases(one)


def ask(case: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What the case comes to: {id, error, words, step, accounts, delta, agrees}; stores nothing."""
    try:
        _play(case=case, at=at)
    except _Over as over:
        return over.answer
    raise AssertionError("unreachable")


@command
def _play(*, case: Mapping[str, Any], at: datetime) -> None:
    trial = _Trial(str(case.get("currency", "CNY")), at)
    trial.given(case.get("given", {}))
    before = trial.counters()
    answer: dict[str, Any] = {"id": case.get("id"), "error": None, "words": None, "step": None}
    for number, step in enumerate(case["steps"], start=1):
        trial.open(step)
        try:
            with transaction.atomic():
                trial.do(step)
        except Refusal as refusal:
            words = _words(refusal, step)
            answer.update(error=refusal.code, words=words, step=number)
            break
    steps.expire(at=trial.at)
    after = trial.counters()
    answer["accounts"] = after
    answer["delta"] = {
        f"{name}.{counter}": after[name][counter] - before.get(name, {}).get(counter, 0)
        for name in after
        for counter in COUNTERS
    }
    answer["agrees"] = _agrees(case, answer)
    raise _Over(answer)


def _words(refusal: Refusal, step: Any) -> str:
    if refusal.code == "already_completed":
        ends = {"post": "already posted", "void": "already voided", "reverse": "already reversed"}
        return ends[refusal.facts["phase"]]
    if refusal.code == "overdrawn" and str(step).startswith(("pend", "reserve")):
        return "refused at the pending step"
    return WORDS.get(refusal.code, refusal.code)


def _agrees(case: Mapping[str, Any], answer: Mapping[str, Any]) -> bool | None:
    """Whether what was expected came; None when nothing was."""
    if "error" in case:
        return bool(case["error"] in (answer["words"], answer["error"]))
    if "delta" not in case or answer["error"]:
        return False if answer["error"] else None
    return all(_delta(answer, name) == value for name, value in case["delta"].items())


def _delta(answer: Mapping[str, Any], name: str) -> int:
    """One figure ("A.debits_posted"), or a layer over all accounts ("pending")."""
    if name in answer["delta"]:
        return int(answer["delta"][name])
    return sum(v for key, v in answer["delta"].items() if key.endswith(name))


@dataclass
class _Trial:
    """Accounts by letter, transfers by name, and a clock of its own."""

    currency: str
    at: datetime
    accounts: dict[str, int] = field(default_factory=dict)
    last: str = ""
    count: int = 0
    timeout: int = 0

    def given(self, given: Mapping[str, Any]) -> None:
        """Balances before the first step: of A, or of the accounts that are named."""
        named = given if any(isinstance(v, dict) for v in given.values()) else {"A": given}
        for name, state in named.items():
            guarded = bool(state.get("no_overdraft"))
            self.account(name, guarded=guarded, currency=state.get("currency"))
            for counter, source, target in (
                ("credits_posted", "world", name),
                ("debits_posted", name, "world"),
            ):
                if state.get(counter):
                    self._move("single", source, target, int(state[counter]), self._name())
        for name, state in named.items():
            if state.get("closed"):
                self.do(f"close {name}")

    def open(self, step: Any) -> None:
        """The accounts that a step names stay, also when it is refused."""
        if isinstance(step, dict) and "linked" in step:
            for one in step["linked"]:
                self.open(one)
            return
        text = step if isinstance(step, str) else _as_text(step)
        if text.startswith(("pend", "reserve", "transfer")):
            for name in self._pair(text):
                self.account(name)

    def do(self, step: Any) -> None:
        """One step, as text or as an object; a list under `linked` happens together or not."""
        if isinstance(step, dict) and "linked" in step:
            for one in step["linked"]:
                self.do(one)
            return
        text = step if isinstance(step, str) else _as_text(step)
        found = _STEP.fullmatch(text.strip())
        if found is None:
            raise Invalid(field="steps", problem=text)
        getattr(self, f"_{found['verb']}")(found["rest"])

    def counters(self) -> dict[str, dict[str, int]]:
        rows = Account.objects.in_bulk(list(self.accounts.values()))
        return {
            name: {c: getattr(rows[pk], c) for c in COUNTERS}
            for name, pk in sorted(self.accounts.items())
            if name != "world"
        }

    def account(self, name: str, *, guarded: bool = False, currency: str | None = None) -> int:
        if name not in self.accounts:
            key = ("trial_guarded" if guarded else "trial", NOBODY, len(self.accounts) + 1)
            opened = steps.open_accounts([key], currency=currency or self.currency, at=self.at)
            self.accounts[name] = opened[key]
        return self.accounts[name]

    def _pend(self, rest: str) -> None:
        timeout = re.search(r"timeout\s*(\d+)\s*s", rest)
        self.timeout = int(timeout[1]) if timeout else 0
        until = self.at + timedelta(seconds=self.timeout) if timeout else None
        plain = rest.replace(timeout[0], "") if timeout else rest
        source, target = self._pair(plain)
        self._move("reserve", source, target, _amount(plain, 123), self._named(rest), until)

    _reserve = _pend

    def _transfer(self, rest: str) -> None:
        source, target = self._pair(rest)
        self._move("single", source, target, _amount(rest, 123), self._named(rest))

    def _post(self, rest: str) -> None:
        of, key = self._of(rest), self._id(rest) or self._name()
        steps.post({of: (key, _amount(rest, None))}, kind="trial", at=self.at)

    def _void(self, rest: str) -> None:
        of, key = self._of(rest), self._id(rest) or self._name()
        if self.timeout:
            steps.expire(at=self.at)
        steps.void({of: key}, kind="trial", at=self.at)

    def _reverse(self, rest: str) -> None:
        steps.reverse(
            self._of(rest), key=self._id(rest) or self._name(), at=self.at, force="force" in rest
        )

    def _wait(self, rest: str) -> None:
        seconds = re.search(r"\d+", rest)
        self.at += timedelta(seconds=int(seconds[0]) if seconds else self.timeout + 1)

    def _expire(self, rest: str) -> None:
        steps.expire(at=self.at)

    def _close(self, rest: str) -> None:
        steps.close_account(self.account(rest.strip() or "A"), made_by="trial", at=self.at)

    def _move(
        self,
        phase: str,
        source: str,
        target: str,
        amount: int,
        key: str,
        until: datetime | None = None,
    ) -> None:
        leg = Leg(self.account(source), self.account(target), amount)
        movement = Movement(key, "trial", phase, (leg,), self.currency, expires_at=until)
        steps.transfer([movement], at=self.at)
        self.last = key

    def _pair(self, rest: str) -> tuple[str, str]:
        found = _PAIR.search(rest)
        return (found[1], found[2]) if found else ("A", "B")

    def _id(self, rest: str) -> str:
        found = re.search(r"\bid=(\w+)", rest)
        return f"trial:{found[1]}" if found else ""

    def _named(self, rest: str) -> str:
        return self._id(rest) or self._name()

    def _name(self) -> str:
        self.count += 1
        return f"trial:step-{self.count}"

    def _of(self, rest: str) -> str:
        found = re.search(r"\bof=(\w+)", rest)
        return f"trial:{found[1]}" if found else self.last


def _amount(rest: str, otherwise: int | None) -> Any:
    """The number that stands alone; "full" and nothing mean the whole."""
    plain = re.sub(r"\b(id|of)=\w+", "", _PAIR.sub("", rest))
    found = re.search(r"-?\d+", plain)
    return int(found[0]) if found else otherwise


def _as_text(step: Mapping[str, Any]) -> str:
    """{"op": "pend", "from": "A", "to": "B", "amount": 5, "timeout_s": 1, "id": "t1"} in words."""
    words = [str(step.get("op", ""))]
    if "from" in step:
        words.append(f"{step['from']}->{step['to']}")
    words += [str(step[name]) for name in ("account", "amount") if name in step]
    words += [f"{name}={step[name]}" for name in ("id", "of") if name in step]
    words += [f"timeout {step['timeout_s']} s"] if "timeout_s" in step else []
    return " ".join([*words, *(["force"] if step.get("force") else [])])
