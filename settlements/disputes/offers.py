"""Offering a result, and taking it, within a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step, take_ids
from jianzhu.outbox import steps as outbox
from settlements.disputes import awards, clocks, elements, steps, telling, words
from settlements.disputes.elements import Table
from settlements.disputes.models import Dispute, DisputedLine, Proposal
from settlements.disputes.models.case import BEFORE_ARBITRATION
from settlements.disputes.rules import elements as rules
from settlements.disputes.rules.elements import Offered
from settlements.statements.models import StatementLine

# Which basis names a claimant's whole offer where its lines have several.
ORDER = ("silence", "admission", "records")


@step
def offer_where_clear(
    case: Dispute,
    rows: Sequence[DisputedLine],
    lines: Mapping[int, StatementLine],
    table: Table,
    at: datetime,
) -> list[Proposal]:
    """Offer every claimant a result whose lines all have one by now; once for the same sums."""
    if case.state not in BEFORE_ARBITRATION:
        return []
    made = []
    for worker_id, own in _by_worker(rows, lines).items():
        found = {row.line_id: _of(row, lines[row.line_id], table) for row in own}
        known = {line_id: one for line_id, one in found.items() if one is not None}
        if len(known) < len(found):
            continue
        amounts = {str(line_id): one.amount_minor for line_id, one in known.items()}
        standing = case.proposals.filter(worker_id=worker_id)
        if standing.filter(amounts=amounts).exists():
            continue
        for old in standing.filter(state="offered"):
            drop(old, at=at)
        basis = min((one.basis for one in known.values()), key=ORDER.index)
        made.append(offer(case, worker_id, amounts, basis, REASONS[basis], SYSTEM, at))
    return made


REASONS = {
    "records": gettext_noop(
        "attendance, acceptance and terms are proved by the records; only the sum differed"
    ),
    "admission": gettext_noop("what the records lack was admitted by the other side"),
    "silence": gettext_noop("who holds the evidence did not bring it in time"),
}


def _by_worker(
    rows: Sequence[DisputedLine], lines: Mapping[int, StatementLine]
) -> dict[int, list[DisputedLine]]:
    found: dict[int, list[DisputedLine]] = {}
    for row in rows:
        found.setdefault(lines[row.line_id].statement.worker_id, []).append(row)
    return found


def _of(row: DisputedLine, line: StatementLine, table: Table) -> Offered | None:
    findings = elements.findings(table, row.line_id)
    proved = all(findings[name] == "proved" for name in rules.GROUNDS)
    return rules.offer(
        findings,
        paid=line.state == "released",
        computed=line.amount_minor,
        claimed=row.claimed_minor,
        verified=not proved or elements.verified([row]),
    )


@step
def offer(
    case: Dispute,
    worker_id: int,
    amounts: Mapping[str, int],
    basis: str,
    reasons: str,
    actor: Actor,
    at: datetime,
) -> Proposal:
    """Lay a result before both sides of one claimant's part; silence takes it."""
    (ident,) = take_ids(Proposal, 1)
    row = Proposal.objects.create(
        pk=ident,
        dispute=case,
        worker_id=worker_id,
        basis=basis,
        amounts=dict(amounts),
        reasons=words.keep(worker_id, reasons, words.offer_of(ident)),
        made_by=str(actor),
        offered_at=at,
        due_at=at,
    )
    clock = clocks.start(case, "proposal", at=at, key=str(row.pk))
    if clock is not None:
        row.due_at = clock.due_at
        row.save(update_fields=["due_at"])
    tell(row, "offer", actor, at)
    due = telling.day(case, row.due_at)
    telling.say(case, "case_offered", ("claimant", "respondent"), row.pk, at, due=due)
    return row


@step
def take(row: Proposal, *, by_silence: bool, actor: Actor, at: datetime) -> None:
    """It counts: an agreement is written from it, which posts itself."""
    if by_silence:
        row.lapse(at=at)
    else:
        row.take(at=at)
    row.save()
    tell(row, "lapse" if by_silence else "take", actor, at)
    clocks.meet(row.dispute, "proposal", at=at, key=str(row.pk))
    reasons = words.read(words.of_offers([row]))[words.offer_of(row.pk)]
    agree(row.dispute, {int(k): v for k, v in row.amounts.items()}, reasons, actor, at)


@step
def agree(
    case: Dispute, amounts: Mapping[int, int], reasons: str, actor: Actor, at: datetime
) -> None:
    """Write down what was agreed of these lines and post it; with none left the case has ended."""
    rows, _lines = steps.live_rows(case)
    own = [row for row in rows if row.line_id in amounts]
    if len(own) == len(rows):
        said = words.keep(case.worker_id, reasons, words.reasons_of(case.pk))
        case.settle(reasons=said, at=at)
        case.save(update_fields=["state", "reasons", "ended_at"])
        clocks.drop(case, at=at)
    steps.tell(case, "settle", actor, at, awards=sorted(amounts.items()))
    awards.rule(case, own, amounts, kind="mediation", reasons=reasons, actor=actor, at=at)
    steps.close(case, at)


@step
def refuse(row: Proposal, *, actor: Actor, at: datetime) -> None:
    """A side said no: people talk now."""
    row.refuse(at=at)
    row.save()
    tell(row, "refuse", actor, at)
    clocks.meet(row.dispute, "proposal", at=at, key=str(row.pk))


@step
def drop(row: Proposal, *, at: datetime) -> None:
    """Something else took its place."""
    row.drop(at=at)
    row.save()
    tell(row, "drop", SYSTEM, at)
    clocks.drop(row.dispute, "proposal", at=at, key=str(row.pk))


@step
def tell(row: Proposal, verb: str, actor: Actor, at: datetime) -> None:
    """Into the log and to whoever listens."""
    audit.record(
        f"proposal.{verb}",
        "dispute",
        row.dispute_id,
        actor=actor,
        at=at,
        proposal=row.pk,
        worker=row.worker_id,
        basis=row.basis,
        amounts=row.amounts,
    )
    outbox.put(f"proposal.{verb}", dispute_id=row.dispute_id, proposal_id=row.pk)
