"""The clocks of the room: when to ask again, when to read the statement, when a person has to look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Seconds after sending: quick at first, then an hour, then daily; after the last a person looks.
ASK_AFTER_SECONDS = (2, 10, 60, 300, 3_600, 86_400, 172_800, 259_200, 345_600, 432_000)

# What the bank has taken is asked about once a day until it is paid or refused.
ASK_ACCEPTED_EVERY = timedelta(days=1)
# The code of a payout whose bank never answered.
SILENT = "no_answer"

# Who acts when nobody did in time, and how long each of them has; the operator is the last in line.
NEXT_OWNER = {
    "system": "operator",
    "worker": "general_contractor",
    "general_contractor": "operator",
}
ESCALATION_CLOCK = timedelta(days=1)

# The account's statement is read by itself this often; a payment or deposit can be seen no later.
STATEMENT_EVERY = timedelta(hours=1)
# A payment that the bank told us of stands on its statement within this time, or it is a break.
STATEMENT_GRACE = timedelta(days=3)
# A person looks at a break within a working day.
BREAK_CLOCK = timedelta(days=1)

# A bank that could not process is asked anew, under a new key, after its definite no.
# Slower each time; after the last a person asks the bank what is wrong.
RETRY_AFTER = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(days=1),
)


def ask_again_in(asked: int) -> timedelta | None:
    """How long to wait before the next read; None when a person has to look."""
    if asked >= len(ASK_AFTER_SECONDS):
        return None
    before = ASK_AFTER_SECONDS[asked - 1] if asked else 0
    return timedelta(seconds=ASK_AFTER_SECONDS[asked] - before)


def retry_in(attempt: int) -> timedelta | None:
    """How long after the bank's no to attempt number `attempt` (from 1) the next one goes out."""
    return RETRY_AFTER[attempt - 1] if attempt <= len(RETRY_AFTER) else None


def next_slot(at: datetime, every: timedelta) -> datetime:
    """When the next of a row of regular looks is due, at whole multiples of `every` after 1970.

    Rounded, not cut: a clock that lags a little behind the database's still names the following one.
    """
    seconds = every.total_seconds()
    return datetime.fromtimestamp((round(at.timestamp() / seconds) + 1) * seconds, UTC)
