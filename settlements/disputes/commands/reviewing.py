"""At every arrival: what the records settle by now is let go, and the wages go out at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel.db import command, lock_many, step
from settlements.disputes import elements, offers, stages, steps
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
        look_again(case, at)
        closed += case.state == "closed"
    return closed


@step
def look_again(case: Dispute, at: datetime) -> None:
    """One locked case: first what data settle, then the element table of what is left, then a result
    to offer where one follows."""
    rows, lines = steps.live_rows(case)
    differing = statements.differing([r.line_id for r in rows], since=case.filed_at)
    done = [r for r in rows if _settled(r, lines[r.line_id], differing)]
    if done:
        _let_go(case, done, [lines[r.line_id] for r in done], len(done) == len(rows), at)
    left = [r for r in rows if r not in done]
    if left:
        table = elements.refresh(case, left, at)
        offers.offer_where_clear(case, left, lines, table, at)


def _let_go(
    case: Dispute,
    rows: list[DisputedLine],
    lines: list[StatementLine],
    whole: bool,
    at: datetime,
) -> None:
    steps.let_go(case, rows, lines, matched=True, actor=SYSTEM, at=at)
    steps.end_lines(case, rows, "data", at)
    _drop_offers(case, lines, at)
    elements.drop_asks(case, rows, at)
    if whole:
        case.resolve(at=at)
        case.save(update_fields=["state", "ended_at"])
        stages.ended(case, at)
    steps.tell(case, "resolve", SYSTEM, at, lines=[r.line_id for r in rows])
    steps.close(case, at)
    steps.pay(case, lines, at)


def _drop_offers(case: Dispute, lines: list[StatementLine], at: datetime) -> None:
    """What was offered over lines that are gone counts no more."""
    for row in case.proposals.select_for_update(no_key=True).filter(state="offered"):
        if {str(n.pk) for n in lines} & set(row.amounts):
            offers.drop(row, at=at)


def _settled(row: DisputedLine, line: StatementLine, differing: set[int]) -> bool:
    return records.settled_by_data(
        state_filed=row.state_filed,
        version_filed=row.version_filed,
        version=line.version,
        holds=bool(line.reason) or line.amount_minor is None,
        differs=row.line_id in differing,
    )
