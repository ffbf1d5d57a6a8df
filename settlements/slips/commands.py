"""The wage ledger with whole identities: opened for a reason, and never without a record of it."""

from __future__ import annotations

from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import Invalid
from settlements.slips import queries
from settlements.slips.queries import WageTable

REASON_MIN, REASON_MAX = 4, 200  # characters: "audit" is a reason, "x" is none


@command
def open_ledger(
    *, project_id: int, month: date, crew_id: int | None, reason: str, actor: Actor, at: datetime
) -> list[WageTable]:
    """The wage table with identity and phone in full, as the employer has to keep it (Decree 724
    art. 15), for who keeps it; who opened it, why and whose data it shows goes into the audit log.
    """
    policy.require(actor, "wage_ledger", "open", project_id=project_id)
    reason = reason.strip()
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise Invalid(field="reason", problem=f"{REASON_MIN} to {REASON_MAX} characters")
    tables = queries.wage_tables(project_id, month, crew_id, in_clear=True)
    audit.record(
        "wage_ledger.open",
        "project",
        project_id,
        actor=actor,
        at=at,
        month=month.isoformat(),
        reason=reason,
        workers=sorted(row.worker.id for table in tables for row in table.rows),
    )
    return tables
