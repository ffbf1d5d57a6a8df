"""The invariants that are looked at every minute. Any fault stops payouts, and payouts alone.

Every minute the sums: counters and entries, what was paid beside what was accepted, what the bank says
beside what we do. The eight truths row by row as well, each as often as it may cost: one that takes
long is asked again when twenty times as long has passed.

Nothing that may be true for a moment counts: not an open break, which a person works on, nor a record
newer than its line, which is being evaluated, nor, before a second look, a payment that the bank's
statement shows and whose outcome is being written. `manage.py books_verify` asks those too.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

from jianzhu.kernel import disk
from settlements.books import queries
from settlements.books.queries import found
from settlements.halt import commands as halt
from settlements.halt import queries as here
from settlements.ledger import queries as ledger
from settlements.statements import kept

log = logging.getLogger(__name__)

EVERY_SECONDS = 60
# A question may take this part of a relay's time.
SHARE = 20
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
    """What is broken now by the sums, a sentence each."""
    return [
        *found(_COUNTERS, "the books of {0} do not sum to zero: {1} posted, {2} pending"),
        *found(_ENTRIES, "the balances in {0} moved {1}, their entries {2}"),
        *found(_OVERDRAWN, "account {0} ({1}) is overdrawn"),
        *found(_PAID, "worker {0} on project {1} was paid {2} for {3}"),
        *found(_BANK, "payout {0} of {1} went out at the bank as {2}"),
    ]


def _recomputed() -> list[str]:
    return kept.recompute().faults


@dataclass(slots=True)
class Watch:
    """The truths of one process: when each is to be asked again, and what is doubtful since when."""

    due: dict[str, float] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)

    def faults(self) -> list[str]:
        """What the truths that are due find, a sentence each."""
        wrong = [fault for ask in QUESTIONS if self._is_due(ask) for fault in self._asked(ask)]
        former, self.doubtful = self.doubtful, set(queries.bank_ties())
        return [*wrong, *sorted(former & self.doubtful)]

    def _is_due(self, ask: Callable[[], list[str]]) -> bool:
        return time.monotonic() >= self.due.get(ask.__name__, 0.0)

    def _asked(self, ask: Callable[[], list[str]]) -> list[str]:
        """A question that can't be answered, because what it reads is not readable, is a fault."""
        began = time.monotonic()
        try:
            wrong = ask()
        except OperationalError:  # the database is away: no answer, and no payout either
            raise
        except Exception as error:
            log.exception("%s could not be asked", ask.__name__)
            wrong = [f"{ask.__name__} could not be asked: {type(error).__name__}: {error}"]
        took = time.monotonic() - began
        if took * SHARE > EVERY_SECONDS:
            self.due[ask.__name__] = began + took * SHARE
        return wrong


# By truth: 1, 2, 3, 4, 5, 6, 7, 8.
QUESTIONS: tuple[Callable[[], list[str]], ...] = (
    ledger.faults,
    queries.fund_covers,
    queries.lines_and_ledger,
    queries.lines_sum,
    queries.booked_once,
    queries.own_account,
    queries.audited,
    _recomputed,
)
_watch = Watch()


def check(at: datetime, marker: Path | None = None) -> list[str]:
    """Look, and stop payouts when something is broken or this is no longer the same database."""
    wrong = [*disk.faults(), *faults(), *_watch.faults()]
    back = _gone_back(marker or settings.VAR / "run" / "books.json")
    row = halt.watch(faults=wrong, gone_back=back, at=at)
    if row.state != "running":
        log.error("payouts are stopped: %s", row.reason)
    return [*wrong, back] if back else wrong


def _gone_back(marker: Path) -> str:
    """A restore into the same cluster shows in what this machine saw before and the database lacks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM jianzhu_auditevent")
        last = int(cursor.fetchone()[0])
    database = here.this_database()
    seen = json.loads(marker.read_text()) if marker.exists() else {}
    if seen.get("database") == database and seen["event"] > last and not _accepted(marker):
        return f"event {seen['event']} was seen before, the log now ends at {last}"
    marker.parent.mkdir(parents=True, exist_ok=True)
    draft = marker.with_suffix(".new")
    draft.write_text(json.dumps({"database": database, "event": last}))
    draft.rename(marker)
    return ""


def _accepted(marker: Path) -> bool:
    """Whether a person has read back what this machine saw, and asked to go on from here."""
    since = here.asked_after_stop()
    return since is not None and marker.stat().st_mtime < since.timestamp()
