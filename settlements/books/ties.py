"""The four-way tie per worker: accepted work = lines = ledger = bank, each summed from its own rows.

What is still on its way counts on the bank's side as what it will be: a payout that a statement must
show by now counts as the statement shows it. Work comes from the records, computed anew; the ledger
from counters and postings; so a fault in one of the four moves that one alone, and is named.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import connection

from settlements.books.queries import SHOWN
from settlements.statements import recompute

SIDES = ("work", "lines", "ledger", "bank")


@dataclass(frozen=True, slots=True)
class Tie:
    """What one worker's released wages on a project come to on each side, in minor units."""

    worker_id: int
    project_id: int
    work: int
    lines: int
    ledger: int
    bank: int

    @property
    def holds(self) -> bool:
        """Whether the four say the same."""
        return self.work == self.lines == self.ledger == self.bank

    @property
    def odd(self) -> tuple[str, ...]:
        """The sides that say other than most; all four when no two agree more than the others."""
        sums = {side: getattr(self, side) for side in SIDES}
        ((most, count), *rest) = Counter(sums.values()).most_common()
        if rest and rest[0][1] == count:
            return SIDES
        return tuple(side for side, amount in sums.items() if amount != most)


_SUMS = (
    """
    WITH lines AS (
        SELECT s.worker_id, s.project_id, sum(l.amount_minor) AS amount
        FROM settlements_statementline l JOIN settlements_statement s ON s.id = l.statement_id
        WHERE l.state = 'released' GROUP BY 1, 2),
    ledger AS (
        SELECT a.worker_id, a.project_id, a.credits_posted - a.debits_posted
            + coalesce(sum(-e.amount_minor) FILTER (WHERE t.id IS NOT NULL), 0) AS amount
        FROM settlements_account a
        LEFT JOIN settlements_entry e ON e.account_id = a.id AND e.layer = 'posted'
        LEFT JOIN settlements_transfer t ON t.id = e.transfer_id AND t.kind = 'payout'
        WHERE a.kind = 'payable' GROUP BY a.id),
    shown AS ("""
    + SHOWN
    + """),
    bank AS (
        SELECT p.worker_id, p.project_id, sum(CASE
            WHEN EXISTS (SELECT 1 FROM settlements_break k
                         WHERE k.payout_id = p.id AND k.state <> 'closed') THEN p.amount_minor
            WHEN p.state = 'paid' AND ('payout:' || p.id || ':' || p.attempt = ANY (s.keys)
                OR p.settled_at < c.read_at - interval '3 days') THEN coalesce(s.net, 0)
            ELSE p.amount_minor + coalesce(s.net, 0) END) AS amount
        FROM settlements_payout p
        JOIN settlements_wageaccount w ON w.project_id = p.project_id
        LEFT JOIN settlements_railcursor c ON c.wage_account_id = w.id
        LEFT JOIN shown s ON s.payout_id = p.id GROUP BY 1, 2)
    SELECT worker_id, project_id, coalesce(lines.amount, 0), coalesce(ledger.amount, 0),
        coalesce(bank.amount, 0)
    FROM lines FULL JOIN ledger USING (worker_id, project_id)
    FULL JOIN bank USING (worker_id, project_id) ORDER BY project_id, worker_id
"""
)


def ties() -> list[Tie]:
    """Every worker with released wages on a project."""
    beyond = recompute.by_worker()
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        return [
            Tie(worker, project, lines + beyond.get((worker, project), 0), lines, ledger, bank)
            for worker, project, lines, ledger, bank in cursor.fetchall()
        ]


def faults() -> list[str]:
    """A sentence for each worker whose four sums differ, with the side that is alone."""
    return [
        f"worker {t.worker_id} on project {t.project_id}: {', '.join(t.odd)} differs "
        f"(work {t.work}, lines {t.lines}, ledger {t.ledger}, bank {t.bank})"
        for t in ties()
        if not t.holds
    ]
