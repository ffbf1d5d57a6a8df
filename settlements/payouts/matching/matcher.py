"""The classes of a difference, and the comparison that finds them.

matched · rejected · amount_mismatch · duplicate_at_bank · only_at_bank · only_in_ledger ·
returned_later. A finding's `detail` says which kind of that class it is.

All lines of one payment are judged together and in an order of their own, so the same set of lines
gives the same findings in whatever order, page or file it arrived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from settlements.payouts.matching.records import BankLine, Expected

MATCHED = "matched"
REJECTED = "rejected"
AMOUNT = "amount_mismatch"
DUPLICATE = "duplicate_at_bank"
ONLY_AT_BANK = "only_at_bank"
ONLY_IN_LEDGER = "only_in_ledger"
RETURNED = "returned_later"
CLASSES = (MATCHED, REJECTED, AMOUNT, DUPLICATE, ONLY_AT_BANK, ONLY_IN_LEDGER, RETURNED)
# Nobody has to act on these: both sides say the same, or the books follow by themselves.
SETTLED = frozenset({MATCHED, REJECTED, RETURNED})


class Finding(NamedTuple):
    """What was found of a bank line (`reference`), of a payout (`key`), or of both.

    `difference_minor` is what the bank moved beyond what the books say, in minor units.
    """

    kind: str
    key: str
    reference: str
    detail: str = ""
    difference_minor: int = 0


def compare(lines: Iterable[BankLine], expected: Iterable[Expected]) -> list[Finding]:
    """Every line and every payout in exactly one class, sorted; O(lines + payouts).

    A line that settles many payouts has one finding per payout. The same reference and content twice
    is one line (a page read again).
    """
    known = {one.key: one for one in expected}
    laid = _Laid(known)
    odd = {line for line in lines if not laid.lay(line)}
    laid.once()
    batches = _batches(known.values()) if odd else {}
    found: list[Finding] = []
    for line in odd:
        _sort_in(line, batches, laid, found)
    # In the order of keys, so that the sort at the end finds nearly all of it done.
    for key in sorted(known):
        laid.judge(known[key], found)
    found.sort()
    return found


class _Laid:
    """Lines laid to their payouts: nearly every payout has one, and a list for each would cost more
    than all the rest."""

    __slots__ = ("known", "more", "one")

    def __init__(self, known: Mapping[str, Expected]) -> None:
        self.known = known
        self.one: dict[str, BankLine] = {}
        self.more: dict[str, list[BankLine]] = defaultdict(list)

    def lay(self, line: BankLine) -> bool:
        """Lay a line to the payout that it names; False where it names none, or several."""
        if line.details or line.key not in self.known:
            return False
        if self.one.setdefault(line.key, line) is not line:
            self.more[line.key].append(line)
        return True

    def once(self) -> None:
        """The same line twice is one (a page read again)."""
        for key, lines in self.more.items():
            lines[:] = set(lines) - {self.one[key]}

    def judge(self, one: Expected, found: list[Finding]) -> None:
        """Add what is found of a payout and its lines."""
        line = self.one.get(one.key)
        if line is None:
            found.append(_not_at_bank(one))
        elif one.key in self.more:
            found += _of_one(one, [line, *self.more[one.key]])
        elif _is_exact(one, line) and not one.rejected:
            found.append(Finding(MATCHED, one.key, line.reference))
        else:
            found += _of_one(one, [line])


def _batches(expected: Iterable[Expected]) -> dict[str, list[Expected]]:
    batches: dict[str, list[Expected]] = defaultdict(list)
    for one in expected:
        if one.batch:
            batches[one.batch].append(one)
    return batches


def _sort_in(
    line: BankLine,
    batches: Mapping[str, list[Expected]],
    laid: _Laid,
    found: list[Finding],
) -> None:
    """Lay a line's parts to their payouts, or say at once what it is."""
    if line.details:
        _split_details(line, laid, found)
    elif line.key in batches:
        _whole_batch(line, batches[line.key], laid, found)
    else:
        found.append(_stranger(line))


def _split_details(line: BankLine, laid: _Laid, found: list[Finding]) -> None:
    gap = line.amount_minor - sum(d.amount_minor for d in line.details)
    if gap:
        found.append(Finding(AMOUNT, line.key, line.reference, "details_do_not_sum", gap))
        return
    for number, detail in enumerate(line.details, start=1):
        part = line._replace(
            reference=f"{line.reference}/{number}",
            amount_minor=detail.amount_minor,
            key=detail.key,
            details=(),
        )
        if not laid.lay(part):
            found.append(_stranger(part))


def _whole_batch(
    line: BankLine, members: list[Expected], laid: _Laid, found: list[Finding]
) -> None:
    """One sum for a whole file: it has to be what was not rejected, to the minor unit."""
    paid = [one for one in members if not one.rejected]
    gap = line.amount_minor + sum(one.amount_minor for one in paid)
    if gap or any(one.currency != line.currency for one in paid):
        found.append(Finding(AMOUNT, line.key, line.reference, "batch_total", -gap))
        return
    for one in paid:
        laid.lay(
            line._replace(
                reference=f"{line.reference}/{one.key}", amount_minor=-one.amount_minor, key=one.key
            )
        )


def _stranger(line: BankLine) -> Finding:
    """A line that belongs to no payout of ours."""
    detail = line.kind if line.kind in ("fee", "deposit", "reversal") else "unknown_key"
    if not line.key and detail == "unknown_key":
        detail = "no_key"
    return Finding(ONLY_AT_BANK, line.key, line.reference, detail, -line.amount_minor)


def _of_one(one: Expected, lines: list[BankLine]) -> list[Finding]:
    """All lines of one payout."""
    out: list[BankLine] = []
    back: list[BankLine] = []
    for line in sorted(lines, key=lambda n: (n.booked, n.reference, n)):
        (back if line.amount_minor > 0 else out).append(line)
    strange = [line for line in out if _stranger_than_amount(one, line)]
    out = [line for line in out if not _stranger_than_amount(one, line)]
    found = [_odd(one, line) for line in strange]
    paid, more = _payments(one, out)
    found += paid
    found += _returns(one, back, len(out))
    if not more and not paid:
        found.append(_not_at_bank(one))
    return found


def _is_exact(one: Expected, line: BankLine) -> bool:
    return line.amount_minor == -one.amount_minor and not _reason(one, line)


def _reason(one: Expected, line: BankLine) -> str:
    """Why a payment is not the one that was instructed, whatever its amount; "" when it is."""
    if line.currency != one.currency:
        return "currency"
    if line.payee and one.payee and line.payee != one.payee:
        return "other_payee"
    if line.booked and one.sent and line.booked < one.sent[: len(line.booked)]:
        return "before_instruction"
    return ""


def _stranger_than_amount(one: Expected, line: BankLine) -> bool:
    return _reason(one, line) in ("other_payee", "before_instruction")


def _odd(one: Expected, line: BankLine) -> Finding:
    return Finding(ONLY_AT_BANK, one.key, line.reference, _reason(one, line), -line.amount_minor)


def _payments(one: Expected, out: list[BankLine]) -> tuple[list[Finding], bool]:
    """Payments under the payout's key: one is it, the rest were paid too much."""
    if not out:
        return [], False
    if one.rejected:
        return [
            Finding(ONLY_AT_BANK, one.key, n.reference, "paid_though_rejected", -n.amount_minor)
            for n in out
        ], True
    if _in_parts(one, out):
        return [Finding(MATCHED, one.key, n.reference, "in_parts") for n in out], True
    exact = [n for n in out if _is_exact(one, n)]
    first = (exact or out)[0]
    found = [
        Finding(DUPLICATE, one.key, n.reference, "paid_again", -n.amount_minor)
        for n in out
        if n is not first
    ]
    if exact:
        return [*found, Finding(MATCHED, one.key, first.reference)], True
    return [*found, _mismatch(one, first)], True


def _in_parts(one: Expected, out: list[BankLine]) -> bool:
    return (
        len(out) > 1
        and sum(n.amount_minor for n in out) == -one.amount_minor
        and all(n.currency == one.currency and n.amount_minor < 0 for n in out)
    )


def _mismatch(one: Expected, line: BankLine) -> Finding:
    beyond = -line.amount_minor - one.amount_minor
    detail = _reason(one, line)
    if not detail:
        detail = "more_than_instructed" if beyond > 0 else "less_than_instructed"
    if line.amount_minor == 0:
        detail = "nothing_moved"
    return Finding(AMOUNT, one.key, line.reference, detail, beyond)


def _returns(one: Expected, back: list[BankLine], payments: int) -> list[Finding]:
    """Money that came back: of a double payment first, then of the payment itself."""
    found = []
    for number, line in enumerate(back, start=1):
        if number > payments:
            detail = "return_without_payment" if payments == 0 else "returned_again"
            found.append(Finding(ONLY_AT_BANK, one.key, line.reference, detail, -line.amount_minor))
        elif line.amount_minor != one.amount_minor or line.currency != one.currency:
            gap = one.amount_minor - line.amount_minor
            found.append(Finding(AMOUNT, one.key, line.reference, "returned_amount", gap))
        else:
            detail = "of_duplicate" if number < payments else ""
            found.append(Finding(RETURNED, one.key, line.reference, detail))
    return found


def _not_at_bank(one: Expected) -> Finding:
    """A payout without a payment on the statement."""
    if one.rejected:
        return Finding(REJECTED, one.key, "", one.rejected)
    if one.state in ("failed", "cancelled", "ready", "held"):
        return Finding(MATCHED, one.key, "", "nothing_paid")
    detail = "waiting" if one.state in ("sent", "unknown") else "said_paid"
    return Finding(ONLY_IN_LEDGER, one.key, "", detail, -one.amount_minor)
