"""At every arrival: what the records settle by now is let go, and the wages go out at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import command, lock_many
from settlements.disputes import steps
from settlements.disputes.models import Dispute, DisputedLine
from settlements.disputes.models.case import BEFORE_ARBITRATION, IN_ARBITRATION
from settlements.disputes.rules import records
from settlements.statements import queries as statements
from settlements.statements.models import StatementLine

BY_DATA = (*BEFORE_ARBITRATION, *IN_ARBITRATION)


@command
def review(*, dispute_ids: Iterable[int], at: datetime) -> int:
    """Lay the records side by side again; each line that they settle is matched and released in this
    transaction, and a case without one left closes itself. Returns how many cases closed."""
    closed = 0
    for case in lock_many(Dispute, dispute_ids, Q(state__in=BY_DATA)):
        rows, lines = steps.live_rows(case)
        differing = statements.differing([r.line_id for r in rows], since=case.filed_at)
        done = [r for r in rows if _settled(r, lines[r.line_id], differing)]
        if not done:
            continue
        moved = [lines[r.line_id] for r in done]
        steps.let_go(case, done, moved, matched=True, actor=SYSTEM, at=at)
        steps.end_lines(case, done, "data", at)
        if len(done) == len(rows):
            case.resolve(at=at)
            case.save(update_fields=["state", "ended_at"])
        steps.tell(case, "resolve", SYSTEM, at, lines=[r.line_id for r in done])
        steps.close(case, at)
        steps.pay(case, moved, at)
        closed += case.state == "closed"
    return closed


def _settled(row: DisputedLine, line: StatementLine, differing: set[int]) -> bool:
    return records.settled_by_data(
        state_filed=row.state_filed,
        version_filed=row.version_filed,
        version=line.version,
        holds=bool(line.reason) or line.amount_minor is None,
        differs=row.line_id in differing,
    )
