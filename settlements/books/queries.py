"""Each truth is one function that returns what breaks it, a sentence each; none when it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from jianzhu.audit import queries as audit
from settlements.ledger import queries as ledger

# What the bank's statements show of each payout, and under which keys; an adopted payment stands for
# the attempt that it turned out to be.
SHOWN = """
    SELECT payout_id, -sum(amount_minor) AS net, array_agg(key) AS keys FROM (
        SELECT payout_id, key, amount_minor FROM settlements_bankentry
        WHERE matched_as IN ('matched', 'returned_later')
        UNION ALL
        SELECT k.adopted_id, k.adopted_as, b.amount_minor
        FROM settlements_break k JOIN settlements_bankentry b ON b.id = k.entry_id
        WHERE k.adopted_id IS NOT NULL) of_payouts
    GROUP BY 1"""

# The only movements that may touch a wage account's fund, and which way.
PERMITTED = ("deposit", "release", "return_to_payer", "closing")


@dataclass(frozen=True, slots=True)
class Truth:
    """A promise, and what was found against it."""

    number: int
    promise: str
    faults: tuple[str, ...]


def truths() -> list[Truth]:
    """All eight, in order."""
    return [
        Truth(number, promise, tuple(check()))
        for number, (promise, check) in enumerate(_TRUTHS, start=1)
    ]


def found(sql: str, sentence: str) -> list[str]:
    """A sentence for each row that the question finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [sentence.format(*row) for row in cursor.fetchall()]


def _ledger_sums() -> list[str]:
    return ledger.faults()


def fund_covers() -> list[str]:
    """Truth 2: what was paid in is free, reserved, owed or paid, and moved only as permitted."""
    return [
        *found(
            """SELECT project_id, credits_posted - debits_posted - debits_pending
               FROM settlements_account WHERE kind = 'wage_fund'
                AND credits_posted < debits_posted + debits_pending""",
            "project {0}: the wage account is overdrawn by {1}",
        ),
        *found(
            """SELECT f.project_id FROM settlements_account f
               JOIN settlements_account o ON o.project_id = f.project_id AND o.kind = 'outside'
               JOIN (SELECT project_id, sum(credits_posted - debits_posted) AS balance
                     FROM settlements_account WHERE kind IN ('payable', 'bank', 'wage_fund', 'suspense')
                     GROUP BY project_id) s ON s.project_id = f.project_id
               WHERE f.kind = 'wage_fund' AND s.balance <> o.debits_posted - o.credits_posted""",
            "project {0}: what was paid in is not free + reserved + owed + paid",
        ),
        *found(
            f"""SELECT DISTINCT t.id, t.kind FROM settlements_transfer t
                JOIN settlements_entry e ON e.transfer_id = t.id
                JOIN settlements_account a ON a.id = e.account_id
                WHERE a.kind = 'wage_fund' AND t.kind NOT IN {PERMITTED}""",
            "transfer {0} moved the wage account as {1}, which is not permitted",
        ),
    ]


def _worker_sums() -> list[str]:
    return [*lines_and_ledger(), *bank_ties()]


def bank_ties() -> list[str]:
    """What the bank's statements show per worker is what was booked as paid, but for what is newer
    than the last statement and for breaks that somebody works on."""
    return found(
        """WITH read AS (
               SELECT a.id, a.project_id, c.read_at FROM settlements_railcursor c
               JOIN settlements_wageaccount a ON a.id = c.wage_account_id
               WHERE c.read_at IS NOT NULL),
           shown AS ("""
        + SHOWN
        + """),
           beside AS (
               SELECT p.worker_id, p.project_id, coalesce(s.net, 0) AS shown,
                   CASE WHEN p.state = 'paid' AND (
                            'payout:' || p.id || ':' || p.attempt = ANY (s.keys)
                            OR p.settled_at < r.read_at - interval '3 days')
                        THEN p.amount_minor ELSE 0 END AS booked
               FROM settlements_payout p JOIN read r ON r.project_id = p.project_id
               LEFT JOIN shown s ON s.payout_id = p.id
               WHERE NOT EXISTS (SELECT 1 FROM settlements_break k
                                 WHERE k.payout_id = p.id AND k.state <> 'closed'))
           SELECT worker_id, project_id, sum(booked), sum(shown) FROM beside
           GROUP BY 1, 2 HAVING sum(booked) <> sum(shown)""",
        "worker {0} on project {1}: booked as paid {2}, but the bank shows {3}",
    )


def lines_and_ledger() -> list[str]:
    """Truth 3 within our own books."""
    return found(
        """WITH lines AS (
               SELECT s.worker_id, s.project_id, sum(l.amount_minor) AS due
               FROM settlements_statementline l
               JOIN settlements_statement s ON s.id = l.statement_id
               WHERE l.state = 'released' GROUP BY 1, 2),
           sent AS (
               SELECT worker_id, project_id,
                   coalesce(sum(amount_minor) FILTER (WHERE state = 'paid'), 0) AS paid,
                   coalesce(sum(amount_minor) FILTER (WHERE state IN ('sent', 'unknown')), 0)
                       AS flying
               FROM settlements_payout GROUP BY 1, 2)
           SELECT l.worker_id, l.project_id, l.due, a.credits_posted - a.debits_posted,
                  a.debits_pending, p.paid, p.flying
           FROM lines l
           LEFT JOIN settlements_account a ON a.kind = 'payable'
                AND a.worker_id = l.worker_id AND a.project_id = l.project_id
           LEFT JOIN sent p ON p.worker_id = l.worker_id AND p.project_id = l.project_id
           WHERE l.due IS DISTINCT FROM a.credits_posted - a.debits_posted + p.paid
              OR a.debits_pending IS DISTINCT FROM p.flying""",
        "worker {0} on project {1}: lines {2}, but payable {3} with {4} in flight, paid {5}",
    )


def lines_sum() -> list[str]:
    """Truth 4."""
    return found(
        """SELECT p.id, p.amount_minor, coalesce(sum(l.amount_minor), 0)
           FROM settlements_payout p
           LEFT JOIN settlements_statementline l ON l.payout_id = p.id
           GROUP BY p.id HAVING p.amount_minor <> coalesce(sum(l.amount_minor), 0)""",
        "payout {0} is {1}, but its lines come to {2}",
    )


def _paid_once() -> list[str]:
    return [
        *booked_once(),
        *found(
            """SELECT key, kind, detail FROM settlements_break WHERE state <> 'closed'""",
            "{0}: {1} {2}, open",
        ),
    ]


def booked_once() -> list[str]:
    """Truth 5 within our own books."""
    return found(
        """SELECT split_part(t.key, ':', 2), count(*) FROM settlements_transfer t
           WHERE t.kind = 'payout' AND t.phase = 'post'
             AND NOT EXISTS (SELECT 1 FROM settlements_transfer r
                             WHERE r.of_id = t.id AND r.phase = 'reverse')
           GROUP BY 1 HAVING count(*) > 1""",
        "payout {0} was booked as paid {1} times",
    )


def own_account() -> list[str]:
    """Truth 6."""
    return found(
        """SELECT p.id FROM settlements_payout p
           JOIN workers_app_payeeaccount a ON a.id = p.payee_id
           WHERE a.worker_id <> p.worker_id OR a.checked_by = ''""",
        "payout {0} went to an account that is not the worker's own verified one",
    )


def audited() -> list[str]:
    """Truth 7."""
    return [
        *found(
            """SELECT p.id, p.state FROM settlements_payout p
               WHERE p.state <> 'ready' AND p.state IS DISTINCT FROM (
                   SELECT e.data ->> 'state' FROM jianzhu_auditevent e
                   WHERE e.subject_type = 'payout' AND e.subject_id = p.id
                     AND e.data ? 'state' ORDER BY e.id DESC LIMIT 1)""",
            "payout {0} is {1}, but the audit log does not say so",
        ),
        *found(
            """SELECT l.id FROM settlements_statementline l
               WHERE l.state = 'released' AND NOT EXISTS (
                   SELECT 1 FROM jianzhu_auditevent e
                   WHERE e.verb = 'statement_line.release' AND e.subject_type = 'payout'
                     AND e.subject_id = l.payout_id)""",
            "line {0} was released without an event",
        ),
        *audit.verify().faults,
    ]


def _recomputes() -> list[str]:
    from settlements.statements.recompute import differences

    return differences()


_TRUTHS: tuple[tuple[str, Callable[[], list[str]]], ...] = (
    ("every transfer sums to zero and every balance follows from its entries", _ledger_sums),
    ("the wage account is free + reserved + owed + paid, and never overdrawn", fund_covers),
    (
        "what a worker's lines come to is payable + in flight + paid, and the bank says so",
        _worker_sums,
    ),
    ("the lines shown sum to the total paid", lines_sum),
    ("one line is paid at most once", _paid_once),
    ("a payout goes only to the worker's own verified account", own_account),
    ("every state is in the audit log, and the log is whole", audited),
    ("every line recomputes to the same number from its records", _recomputes),
)
