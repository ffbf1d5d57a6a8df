"""The invariants that are looked at every minute. Any fault stops payouts, and payouts alone.

Cheap questions only: sums over counters and entries, what was paid beside what was accepted, what
the bank says beside what we do. `manage.py books_verify` asks all of it, row by row.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from settlements.books.queries import found
from settlements.halt import commands as halt
from settlements.halt import queries as here

log = logging.getLogger(__name__)

EVERY_SECONDS = 60
# Of the books: counters sum to zero, and to what the entries sum to.
_COUNTERS = """
    SELECT currency, sum(credits_posted - debits_posted), sum(credits_pending - debits_pending)
    FROM settlements_account GROUP BY currency
    HAVING sum(credits_posted - debits_posted) <> 0
        OR sum(credits_pending - debits_pending) <> 0
"""
_ENTRIES = """
    SELECT coalesce(a.currency, e.currency), a.moved, e.moved FROM
        (SELECT currency, sum(credits_posted + debits_posted) AS moved
         FROM settlements_account GROUP BY currency) a
    FULL JOIN
        (SELECT currency, sum(abs(amount_minor)) AS moved
         FROM settlements_entry WHERE layer = 'posted' GROUP BY currency) e USING (currency)
    WHERE coalesce(a.moved, 0) <> coalesce(e.moved, 0)
"""
# Paid beside accepted: nobody got more than the lines that were released for them.
_PAID = """
    SELECT p.worker_id, p.project_id, p.paid, coalesce(l.released, 0) FROM
        (SELECT worker_id, project_id, sum(amount_minor) AS paid FROM settlements_payout
         WHERE state IN ('sent', 'unknown', 'paid') GROUP BY 1, 2) p
    LEFT JOIN
        (SELECT s.worker_id, s.project_id, sum(n.amount_minor) AS released
         FROM settlements_statementline n JOIN settlements_statement s ON s.id = n.statement_id
         WHERE n.state = 'released' GROUP BY 1, 2) l USING (worker_id, project_id)
    WHERE p.paid > coalesce(l.released, 0)
"""
# The bank beside us: of no payout did more money go out than it is worth.
_BANK = """
    SELECT p.id, p.amount_minor, -sum(b.amount_minor) FROM settlements_bankentry b
    JOIN settlements_payout p ON p.id = b.payout_id
    GROUP BY p.id HAVING -sum(b.amount_minor) > p.amount_minor
"""
_OVERDRAWN = """
    SELECT id, kind FROM settlements_account
    WHERE guarded AND credits_posted < debits_posted + debits_pending
"""


def faults() -> list[str]:
    """What is broken now, a sentence each."""
    return [
        *found(_COUNTERS, "the books of {0} do not sum to zero: {1} posted, {2} pending"),
        *found(_ENTRIES, "the balances in {0} moved {1}, their entries {2}"),
        *found(_OVERDRAWN, "account {0} ({1}) is overdrawn"),
        *found(_PAID, "worker {0} on project {1} was paid {2} for {3}"),
        *found(_BANK, "payout {0} of {1} went out at the bank as {2}"),
    ]


def check(at: datetime, marker: Path | None = None) -> list[str]:
    """Look, and stop payouts when something is broken or this is no longer the same database."""
    wrong = [*faults(), *_gone_back(marker or settings.VAR / "run" / "books.json")]
    row = halt.watch(faults=wrong, at=at)
    if row.state != "running":
        log.error("payouts are stopped: %s", row.reason)
    return wrong


def _gone_back(marker: Path) -> list[str]:
    """A restore into the same cluster shows in what this machine saw before and the database lacks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM jianzhu_auditevent")
        last = int(cursor.fetchone()[0])
    database = here.this_database()
    seen = json.loads(marker.read_text()) if marker.exists() else {}
    if seen.get("database") == database and seen["event"] > last:
        return [f"event {seen['event']} was seen before, the log now ends at {last}"]
    marker.parent.mkdir(parents=True, exist_ok=True)
    draft = marker.with_suffix(".new")
    draft.write_text(json.dumps({"database": database, "event": last}))
    draft.rename(marker)
    return []
