"""What the parties say: of an element, to an offered result, and on which stage the case goes on."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from projects.sites import queries as sites
from settlements.disputes import claims, errors, offers, stages, steps
from settlements.disputes import words as kept
from settlements.disputes.commands.reviewing import BY_DATA, look_again
from settlements.disputes.models import CaseElement, Dispute, DisputedLine, Proposal
from settlements.disputes.models.element import ELEMENTS
from settlements.statements.models import StatementLine

STANCES = {"claimant": ("claims", "admits"), "respondent": ("admits", "denies")}
STAGES = {"talk": "talk", "mediation": "mediate", "arbitration": "submit"}


@command
def say(
    *,
    dispute_id: int,
    line_id: int,
    element: str,
    stance: str,
    words: str,
    minutes: int | None = None,
    actor: Actor,
    at: datetime,
) -> Dispute:
    """One side's word on one element; the table is looked at again at once.

    `minutes`: the claimant's own figure of the time worked; the claimed sum follows from it.
    """
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "say"))
    if case.state not in BY_DATA:
        raise errors.CaseEnded(case=case.pk)
    side = side_of(case, actor)
    row = case.lines.select_for_update(no_key=True).filter(line=line_id, live=True).first()
    if row is None or (side == "claimant" and not _owns(row, actor)):
        raise NotFound(noun="statement_line")
    if element not in ELEMENTS or stance not in STANCES[side]:
        raise Invalid(field="stance", problem=f"{side}: {', '.join(STANCES[side])}")
    if side == "claimant" and minutes is not None:
        _claim(row, minutes)
    found = CaseElement.objects.get(dispute=case, line=line_id, element=element)
    place = kept.element_of(case.pk, line_id, element, side)
    setattr(found, side, kept.keep(row.line.statement.worker_id, words, place))
    setattr(found, f"{side}_stance", stance)
    found.save(update_fields=[side, f"{side}_stance"])
    steps.tell(case, "say", actor, at, side=side, line=line_id, element=element, stance=stance)
    look_again(case, at)
    return case


def side_of(case: Dispute, actor: Actor) -> str:
    """On which side the actor stands."""
    if actor.worker_id is not None and case.parties.filter(worker_id=actor.worker_id).exists():
        return "claimant"
    own = policy.organisations(actor)
    if case.parties.filter(organisation_id__in=own).exists():
        return "respondent"
    raise errors.NoParty(case=case.pk)


def _owns(row: DisputedLine, actor: Actor) -> bool:
    return bool(row.line.statement.worker_id == actor.worker_id)


def _claim(row: DisputedLine, minutes: int) -> None:
    line = StatementLine.objects.select_related("statement").get(pk=row.line_id)
    project = sites.project(line.statement.project_id)
    row.claimed = {"minutes": minutes}
    amounts = claims.amounts(project, [line], {line.pk: row.claimed})[line.pk]
    row.claimed_minor, row.disputed_minor = amounts.claimed_minor, amounts.disputed_minor
    row.save(update_fields=["claimed", "claimed_minor", "disputed_minor"])


@command
def answer_offer(
    *, dispute_id: int, offer_id: int, yes: bool, actor: Actor, at: datetime
) -> Dispute:
    """A side takes the offered result or refuses it. Two yes, or one and silence, and it is paid; one
    no, and people talk."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "answer"))
    row = Proposal.objects.select_for_update(no_key=True).filter(pk=offer_id, dispute=case).first()
    if row is None:
        raise NotFound(noun="proposal")
    side = side_of(case, actor)
    if side == "claimant" and row.worker_id != actor.worker_id:
        raise NotFound(noun="proposal")
    if row.state != "offered":
        raise errors.OfferOver(offer=row.pk)
    setattr(row, f"{side}_answer", "yes" if yes else "no")
    row.save(update_fields=[f"{side}_answer"])
    offers.tell(row, "answer", actor, at)
    if not yes:
        offers.refuse(row, actor=actor, at=at)
        if case.state == "evidence":
            stages.enter(case, "talk", actor, at)
    elif row.claimant_answer == row.respondent_answer == "yes":
        offers.take(row, by_silence=False, actor=actor, at=at)
    case.refresh_from_db()
    return case


@command
def escalate(*, dispute_id: int, to: str, actor: Actor, at: datetime) -> Dispute:
    """A claimant calls the next stage before its clock does: talk, mediation, arbitration. Whatever
    clock ran goes on being reckoned from where it began."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "escalate"))
    if to not in STAGES:
        raise Invalid(field="to", problem=", ".join(STAGES))
    stages.enter(case, STAGES[to], actor, at)
    return case


@command
def answer(*, dispute_id: int, words: str, actor: Actor, at: datetime) -> Dispute:
    """The respondent's answer to the application (答辩)."""
    case = lock(Dispute, dispute_id, policy.whose(actor, "dispute", "answer"))
    if side_of(case, actor) != "respondent":
        raise errors.NoParty(case=case.pk)
    stages.enter(case, "answer", actor, at)
    said = kept.keep(case.worker_id, words, f"dispute.plea:{case.pk}")
    steps.tell(case, "plead", actor, at, words_sealed=said)
    return case
