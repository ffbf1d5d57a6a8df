"""Filing, answering by data, deciding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, lock_many
from jianzhu.kernel.errors import NotFound
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.disputes import errors, rules
from settlements.disputes.models import Dispute, DisputedLine, dispute_machine
from settlements.statements import queries as statements
from settlements.statements import steps as lines_
from settlements.statements.models import StatementLine


@command
def file(*, line_ids: Iterable[int], claim: str, actor: Actor, at: datetime) -> Dispute:
    """Object to lines of one worker on one project: they alone wait, the rest is paid on its day."""
    where = policy.whose(actor, "statement_line", "dispute")
    wanted = set(line_ids)
    lines = lock_many(StatementLine, wanted, where, ~Q(state="void"))
    if len(lines) != len(wanted):
        raise NotFound(noun="statement_line")
    owners = {(n.statement.worker_id, n.statement.project_id) for n in lines}
    if len(owners) != 1:
        raise errors.NothingToDispute
    _refuse_taken(lines)
    ((worker_id, project_id),) = owners
    project = sites.project(project_id)

    dispute = Dispute.objects.create(
        worker_id=worker_id,
        project_id=project_id,
        claim=claim,
        filed_by=str(actor),
        filed_at=at,
        due_at=rules.due_at(at, project.zone, project.country),
    )
    DisputedLine.objects.bulk_create(
        DisputedLine(dispute=dispute, line=n, state_filed=n.state, version_filed=n.version)
        for n in lines
    )
    lines_.freeze(lines, actor=actor, at=at)
    _tell(dispute, "file", actor, at, lines=[n.pk for n in lines], claim=claim)

    # The records are the platform's own, so they are laid side by side at once.
    dispute.hear()
    dispute.save(update_fields=["state"])
    _tell(dispute, "hear", SYSTEM, at)
    return dispute


def _refuse_taken(lines: list[StatementLine]) -> None:
    taken = DisputedLine.objects.filter(line__in=[n.pk for n in lines], live=True).first()
    if taken is not None:
        raise errors.AlreadyDisputed(line=taken.line_id)


@command
def review(*, dispute_ids: Iterable[int], at: datetime) -> int:
    """Lay the records side by side again; cases that data settle close and release their wages."""
    closed = 0
    for dispute in lock_many(Dispute, dispute_ids, Q(state="evidence")):
        rows = list(dispute.lines.filter(live=True).order_by("line_id"))
        lines = {n.pk: n for n in lock_many(StatementLine, [r.line_id for r in rows])}
        differing = statements.differing([r.line_id for r in rows], since=dispute.filed_at)
        if not all(
            rules.settled_by_data(
                state_filed=row.state_filed,
                version_filed=row.version_filed,
                version=lines[row.line_id].version,
                holds=bool(lines[row.line_id].reason) or lines[row.line_id].amount_minor is None,
                differs=row.line_id in differing,
            )
            for row in rows
        ):
            continue
        _resolve(dispute, rows, list(lines.values()), at)
        closed += 1
    return closed


def _resolve(
    dispute: Dispute, rows: list[DisputedLine], lines: list[StatementLine], at: datetime
) -> None:
    """Attendance and acceptance match: the case closes itself and the wages go out."""
    lines_.thaw(lines, matched=True, actor=SYSTEM, at=at)
    dispute.resolve(at=at)
    _end(dispute, rows, "data", {}, at)
    _tell(dispute, "resolve", SYSTEM, at)
    _close(dispute, SYSTEM, at)
    project = sites.project(dispute.project_id)
    lines_.release(project, [dispute.worker_id], at)


@command
def assign(*, dispute_id: int, user_id: int, actor: Actor, at: datetime) -> Dispute:
    """Give a case to an arbitrator who belongs to no party of its project."""
    dispute = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "assign"))
    if dispute.state != "evidence":
        raise dispute_machine.refusal("decide", dispute.state, dispute.pk)
    decider = access.actor_of_user(user_id, at)
    parties = sites.party_organisations(dispute.project_id)
    if any(grant.organisation_id in parties for grant in decider.grants):
        raise errors.PartyToTheCase(name=access.name_of(user_id))

    dispute.assigned_to_id = user_id
    dispute.save(update_fields=["assigned_to"])
    _tell(dispute, "assign", actor, at, user=user_id)
    return dispute


@command
def decide(
    *, dispute_id: int, awards: Mapping[int, int], reasons: str, actor: Actor, at: datetime
) -> Dispute:
    """Arbitration staff decide: {line id: awarded minor units}; the decision posts the money."""
    dispute = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "decide"))
    if dispute.state != "evidence":
        raise dispute_machine.refusal("decide", dispute.state, dispute.pk)
    rows = list(dispute.lines.filter(live=True).order_by("line_id"))
    if set(awards) != {r.line_id for r in rows} or any(a < 0 for a in awards.values()):
        raise errors.AwardIncomplete(lines=", ".join(str(r.line_id) for r in rows))
    lines = lock_many(StatementLine, awards)

    dispute.decide(by=str(actor), reasons=reasons, at=at)
    lines_.award([(n, awards[n.pk]) for n in lines], dispute_id=dispute.pk, actor=actor, at=at)
    _end(dispute, rows, "decided", awards, at)
    _tell(dispute, "decide", actor, at, awards=sorted(awards.items()), reasons=reasons)
    _close(dispute, SYSTEM, at)
    lines_.release(sites.project(dispute.project_id), [dispute.worker_id], at)
    return dispute


@command
def withdraw(*, dispute_id: int, actor: Actor, at: datetime) -> Dispute:
    """The worker takes the objection back: the three records speak again."""
    dispute = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "withdraw"))
    rows = list(dispute.lines.filter(live=True).order_by("line_id"))
    lines = lock_many(StatementLine, [r.line_id for r in rows])

    dispute.withdraw(at=at)
    lines_.thaw(lines, matched=False, actor=actor, at=at)
    _end(dispute, rows, "withdrawn", {}, at)
    _tell(dispute, "withdraw", actor, at)
    _close(dispute, SYSTEM, at)
    return dispute


def _end(
    dispute: Dispute,
    rows: list[DisputedLine],
    outcome: str,
    awards: Mapping[int, int],
    at: datetime,
) -> None:
    dispute.save(update_fields=["state", "decided_by", "reasons", "ended_at"])
    for row in rows:
        row.live, row.outcome, row.awarded_minor = False, outcome, awards.get(row.line_id)
    DisputedLine.objects.bulk_update(rows, ["live", "outcome", "awarded_minor"])


def _close(dispute: Dispute, actor: Actor, at: datetime) -> None:
    dispute.close()
    dispute.save(update_fields=["state"])
    _tell(dispute, "close", actor, at)


def _tell(dispute: Dispute, verb: str, actor: Actor, at: datetime, **facts: object) -> None:
    audit.record(
        f"dispute.{verb}", "dispute", dispute.pk, actor=actor, at=at, state=dispute.state, **facts
    )
    outbox.put(
        f"dispute.{verb}",
        dispute_id=dispute.pk,
        worker_id=dispute.worker_id,
        project_id=dispute.project_id,
    )
