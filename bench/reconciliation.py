"""A million bank lines against a million payouts, in two orders; against the dictionary it needs at least.

python -m bench.reconciliation [LINES]
"""

from __future__ import annotations

import hashlib
import random
import resource
import sys
import time

from settlements.payouts.matching import BankLine, Expected, compare


def made(count: int) -> tuple[list[BankLine], list[Expected]]:
    payouts = [Expected(f"payout:{i}:1", 660_000 + i % 997, "CNY") for i in range(count)]
    lines = [BankLine(f"B{i}", -one.amount_minor, "CNY", one.key) for i, one in enumerate(payouts)]
    for i in range(0, count, 1_000):  # one in a thousand differs
        lines[i] = lines[i]._replace(amount_minor=lines[i].amount_minor - 1)
    return lines, payouts


def timed(lines: list[BankLine], payouts: list[Expected]) -> tuple[float, str, int]:
    started = time.perf_counter()
    found = compare(lines, payouts)
    seconds = time.perf_counter() - started
    return seconds, hashlib.sha256(repr(found).encode()).hexdigest(), len(found)


def main(count: int) -> None:
    lines, payouts = made(count)
    started = time.perf_counter()
    known = {one.key: one.amount_minor for one in payouts}
    sum(known[line.key] == -line.amount_minor for line in lines)
    floor = time.perf_counter() - started
    ordered, digest, found = timed(lines, payouts)
    random.Random(1).shuffle(lines)
    shuffled, again, _ = timed(lines, payouts)
    print(
        f"{count} lines classed: {ordered:.1f} s in order, {shuffled:.1f} s shuffled, {found} findings"
    )
    print(
        f"the same in both orders: {digest == again}; floor {floor:.1f} s, ratio {floor / ordered:.2f}"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
