"""One tap from a line, or from a crew's days: the case, its parties, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.kernel.db import command, lock, lock_many, take_ids
from jianzhu.kernel.errors import NotFound
from projects.sites import queries as sites
from settlements.disputes import (
    claims,
    clocks,
    elements,
    errors,
    offers,
    queries,
    stages,
    steps,
    telling,
    words,
)
from settlements.disputes.commands.reviewing import look_again
from settlements.disputes.models import CaseParty, Dispute, DisputedLine
from settlements.statements import steps as statement_lines
from settlements.statements.models import StatementLine
from workers_app.people import queries as people

Claimed = Mapping[int, Mapping[str, int]]
# Who answers for wages: the employer, and the general contractor first (Decree 724 art. 30).
RESPONDENTS = ("subcontractor", "general_contractor")


@command
def file(
    *,
    line_ids: Iterable[int],
    claim: str,
    actor: Actor,
    at: datetime,
    claimed: Claimed | None = None,
) -> Dispute:
    """Object to lines of one worker on one project: they alone wait, the rest is paid on its day.

    `claimed`: the claimant's facts by line id, in minutes or thousandths of the line's unit.
    """
    where = policy.whose(actor, "statement_line", "dispute") & _own(actor)
    wanted = set(line_ids)
    lines = lock_many(StatementLine, wanted, where, ~Q(state="void"))
    if len(lines) != len(wanted):
        raise NotFound(noun="statement_line")
    if len({n.statement.worker_id for n in lines}) != 1:
        raise errors.NothingToDispute
    return _file(lines, claim, claimed or {}, None, actor, at)


@command
def file_for_crew(
    *,
    crew_id: int,
    work_from: date,
    work_to: date,
    claim: str,
    actor: Actor,
    at: datetime,
    line_ids: Iterable[int] | None = None,
) -> Dispute:
    """One case for a crew: every line of its members in these days that is not paid yet, or those of
    them that are named, with an outcome for each worker. By the crew's leader; each of them may take
    the own part back."""
    where = policy.whose(actor, "statement_line", "dispute")
    if actor.worker_id is None or not people.leads(actor.worker_id, [crew_id]):
        raise NotFound(noun="crew")
    open_ = queries.of_crew(where, crew_id, work_from, work_to)
    wanted = open_ if line_ids is None else sorted(set(line_ids))
    if not set(wanted) <= set(open_):
        raise NotFound(noun="statement_line")
    lines = lock_many(StatementLine, wanted)
    if len({n.statement.project_id for n in lines}) != 1:
        raise errors.NothingToDispute
    return _file(lines, claim, {}, crew_id, actor, at)


def _own(actor: Actor) -> Q:
    """Colleagues' lines come under a case by their crew's days alone."""
    return Q() if actor.is_system else Q(statement__worker_id=actor.worker_id)


def _file(
    lines: Sequence[StatementLine],
    claim: str,
    claimed: Claimed,
    crew_id: int | None,
    actor: Actor,
    at: datetime,
) -> Dispute:
    _refuse_taken(lines)
    project = sites.project(lines[0].statement.project_id)
    (ident,) = take_ids(Dispute, 1)
    speaker = actor.worker_id or lines[0].statement.worker_id
    case = Dispute.objects.create(
        pk=ident,
        worker_id=speaker,
        project_id=project.id,
        crew_id=crew_id,
        region=project.region,
        claim=words.keep(speaker, claim, words.claim_of(ident)),
        filed_by=str(actor),
        filed_at=at,
        due_at=at,
    )
    amounts = claims.amounts(project, lines, claimed)
    DisputedLine.objects.bulk_create(
        DisputedLine(
            dispute=case,
            line=n,
            state_filed=n.state,
            version_filed=n.version,
            claimed=dict(claimed.get(n.pk, {})),
            claimed_minor=amounts[n.pk].claimed_minor,
            disputed_minor=amounts[n.pk].disputed_minor,
        )
        for n in lines
    )
    _name_parties(case, lines, at)
    statement_lines.freeze(lines, actor=actor, at=at)
    # The log outlives the person: what was said in own words stands there under the person's key too.
    steps.tell(case, "file", actor, at, lines=[n.pk for n in lines], claim_sealed=case.claim)

    # The records are the platform's own, so they are laid side by side at once.
    case.hear()
    case.save(update_fields=["state"])
    steps.tell(case, "hear", SYSTEM, at)
    clocks.start(case, "expedited", at=at)
    due = telling.day(case, case.due_at)
    telling.say(case, "case_filed", ["respondent"], "1", at, lines=len(lines), due=due)
    look_again(case, at)
    return case


def _refuse_taken(lines: Sequence[StatementLine]) -> None:
    taken = DisputedLine.objects.filter(line__in=[n.pk for n in lines], live=True).first()
    if taken is not None:
        raise errors.AlreadyDisputed(line=taken.line_id)


def _name_parties(case: Dispute, lines: Sequence[StatementLine], at: datetime) -> None:
    workers = sorted({n.statement.worker_id for n in lines})
    claimants = [
        CaseParty(
            dispute=case,
            side="claimant",
            worker_id=worker_id,
            role="worker",
            speaks=worker_id == case.worker_id,
            joined_at=at,
        )
        for worker_id in workers
    ]
    employers = {people.worker(worker_id).employer_id: "subcontractor" for worker_id in workers}
    companies = sites.companies(case.project_id)
    for organisation_id in companies.get("general_contractor", []):
        employers[organisation_id] = "general_contractor"
    respondents = [
        CaseParty(
            dispute=case,
            side="respondent",
            organisation_id=organisation_id,
            role=role,
            joined_at=at,
        )
        for organisation_id, role in employers.items()
    ]
    CaseParty.objects.bulk_create([*claimants, *respondents])


@command
def withdraw(*, dispute_id: int, actor: Actor, at: datetime) -> Dispute:
    """A worker takes the own objection back: the three records speak again of the own lines.

    The case goes on for the others; with nobody left it is withdrawn.
    """
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "withdraw"))
    rows, lines = steps.live_rows(case)
    own = {n.pk for n in lines.values() if _speaks_of(actor, case, n)}
    kept = [r for r in rows if r.line_id not in own]
    if not kept:
        case.withdraw(at=at)
        case.save(update_fields=["state", "ended_at"])
        stages.ended(case, at)
    mine = [r for r in rows if r.line_id in own]
    if not mine:
        raise NotFound(noun="dispute")
    elements.drop_asks(case, mine, at)
    for row in case.proposals.filter(state="offered", worker_id=actor.worker_id or 0):
        offers.drop(row, at=at)
    moved = [lines[r.line_id] for r in mine]
    steps.let_go(case, mine, moved, matched=False, actor=actor, at=at)
    steps.end_lines(case, mine, "withdrawn", at)
    steps.tell(case, "withdraw", actor, at, lines=sorted(own))
    steps.close(case, at)
    return case


def _speaks_of(actor: Actor, case: Dispute, line: StatementLine) -> bool:
    return actor.is_system or line.statement.worker_id == actor.worker_id
