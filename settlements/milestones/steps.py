"""Planning, handing in, deciding, answering, within a command; used by people and by sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.kernel.calendar import end_of_workdays
from jianzhu.kernel.db import step
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.kernel.money import Money
from jianzhu.notices.steps import To
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from settlements.milestones import errors, rules, sharing, telling
from settlements.milestones.models import (
    Milestone,
    MilestoneCorrection,
    MilestoneInspection,
    MilestonePart,
    MilestoneShare,
)
from workers_app.people import queries as people

# The warning goes out this many working days before the silence clock ends.
WARN_DAYS_BEFORE = 1


@dataclass(frozen=True, slots=True)
class NewMilestone:
    """See `models.Milestone`; amounts in minor units of the project's currency."""

    project_id: int
    crew_id: int
    contract: str
    number: str
    name: str
    work_from: date
    work_to: date
    labour_minor: int
    retention_minor: int = 0
    retention_until: date | None = None
    share_rule: str = "workdays"
    share_points: dict[str, int] = field(default_factory=dict)
    sign_days: int = 1


@step
def plan(new: NewMilestone, *, actor: Actor, at: datetime) -> tuple[Milestone, bool]:
    """A planned milestone, and whether it is new; the same terms again are the same milestone."""
    if not people.crew_exists(new.crew_id):
        raise NotFound(noun="crew")
    rules.check_terms(
        labour_minor=new.labour_minor,
        retention_minor=new.retention_minor,
        retention_ends_later=new.retention_until is not None and new.retention_until > new.work_to,
        rule=new.share_rule,
        points=new.share_points,
        crew=people.workers_of_crews([new.crew_id], new.work_from, new.work_to),
    )
    values = {**asdict(new), "currency": sites.project(new.project_id).currency}
    milestone, made = Milestone.objects.get_or_create(
        project_id=new.project_id,
        number=new.number,
        defaults={**values, "made_by": str(actor), "created_at": at},
    )
    if not made and any(getattr(milestone, name) != value for name, value in values.items()):
        raise errors.MilestoneDiffers(number=new.number)
    if made:
        sharing.tell(
            milestone,
            "plan",
            actor,
            at,
            number=new.number,
            labour=new.labour_minor,
            retention=new.retention_minor,
            rule=new.share_rule,
        )
    return milestone, made


@step
def submit(milestone: Milestone, *, actor: Actor, at: datetime) -> None:
    """Hand it in, or its cured rest; from now the silence clock runs."""
    if milestone.made_by == str(actor):
        raise SameHand(noun="milestone")
    if milestone.accepted_minor == milestone.labour_minor:
        raise errors.NothingLeft(number=milestone.number)
    project = sites.project(milestone.project_id)
    on = at.astimezone(ZoneInfo(project.zone)).date()
    days = sites.policy_on(milestone.project_id, on).silence_days
    due = end_of_workdays(at, days, project.zone, project.country)
    soon = end_of_workdays(at, days - WARN_DAYS_BEFORE, project.zone, project.country)

    milestone.submit(at=at, by=str(actor), silence_due_at=due)
    milestone.save(
        update_fields=[
            "state",
            "revision",
            "submitted_at",
            "submitted_by",
            "silence_due_at",
            "decided_by",
        ]
    )

    sharing.tell(milestone, "submit", actor, at, silence_due_at=due.isoformat())
    sharing.follow(milestone, at=at)
    _start_clock(milestone, soon if days > WARN_DAYS_BEFORE else at, due)


def _start_clock(milestone: Milestone, soon: datetime, due: datetime) -> None:
    for topic, when in (("milestone.silence_soon", soon), ("milestone.silence_due", due)):
        outbox.put(topic, due_at=when, milestone_id=milestone.pk, revision=milestone.revision)


@step
def accept(milestone: Milestone, *, actor: Actor, at: datetime) -> None:
    """The whole labour amount."""
    _refuse_own(milestone, actor)
    milestone.accept(at=at, by=str(actor))
    _decided(milestone, "accepted", "accept", actor, at)


@step
def accept_partly(
    milestone: Milestone,
    *,
    accepted_minor: int,
    defect: str,
    cure_by: date,
    actor: Actor,
    at: datetime,
) -> None:
    """`accepted_minor` of the whole so far; what is new of it is paid at once."""
    _refuse_own(milestone, actor)
    if not milestone.accepted_minor < accepted_minor < milestone.labour_minor:
        before, whole = (
            Money(minor, milestone.currency)
            for minor in (milestone.accepted_minor, milestone.labour_minor)
        )
        raise errors.PartAmount(before=before, whole=whole)
    milestone.accept_partly(
        at=at, by=str(actor), accepted_minor=accepted_minor, defect=defect, cure_by=cure_by
    )
    _decided(milestone, "partly_accepted", "accept_partly", actor, at)
    telling.ask_to_cure(milestone, at=at)


@step
def reject(milestone: Milestone, *, defect: str, cure_by: date, actor: Actor, at: datetime) -> None:
    """Nothing more; what was accepted before stays, and so do all time wages."""
    _refuse_own(milestone, actor)
    milestone.reject(at=at, by=str(actor), defect=defect, cure_by=cure_by)
    _decided(milestone, "rejected", "reject", actor, at)
    telling.ask_to_cure(milestone, at=at)


@step
def stay_silent(milestone: Milestone, *, at: datetime) -> None:
    """Nobody answered: it counts as accepted, and everybody concerned is told."""
    milestone.deem(at=at)
    _decided(milestone, "deemed", "deem", SYSTEM, at)
    to = (*telling.ACCEPTING, telling.leader(milestone))
    telling.say(milestone, "milestone_deemed", to, milestone.revision, at)


def _refuse_own(milestone: Milestone, actor: Actor) -> None:
    if str(actor) in (milestone.made_by, milestone.submitted_by):
        raise SameHand(noun="milestone")


def _decided(milestone: Milestone, result: str, verb: str, actor: Actor, at: datetime) -> None:
    milestone.save(
        update_fields=["state", "accepted_minor", "decided_at", "decided_by", "defect", "cure_by"]
    )
    MilestoneInspection.objects.create(
        milestone=milestone,
        revision=milestone.revision,
        at=at,
        by=str(actor),
        result=result,
        accepted_minor=milestone.accepted_minor,
        rejected_minor=milestone.rejected_minor,
        defect=milestone.defect,
        cure_by=milestone.cure_by,
    )
    sharing.tell(milestone, verb, actor, at, accepted=milestone.accepted_minor)
    sharing.follow(milestone, at=at)


@step
def sign(share: MilestoneShare, *, seen: str, actor: Actor, at: datetime) -> None:
    """The worker agrees to the share-out as it was read (its digest)."""
    if seen != share.digest:
        raise errors.ShareOutChanged
    share.sign(by=str(actor), at=at)
    _answered(share, "sign", actor, at)


@step
def object_to(share: MilestoneShare, *, words: str, actor: Actor, at: datetime) -> None:
    """The worker does not agree: the own share waits, nobody else's does."""
    share.object(by=str(actor), words=words, at=at)
    _answered(share, "object", actor, at)
    to = (telling.leader(share.milestone), *telling.EMPLOYING)
    telling.say(share.milestone, "milestone_objected", to, share.pk, at, words=words)


@step
def lapse(share: MilestoneShare, *, at: datetime) -> None:
    """The worker said nothing in time."""
    share.lapse(at=at)
    _answered(share, "lapse", SYSTEM, at)


def _answered(share: MilestoneShare, verb: str, actor: Actor, at: datetime) -> None:
    share.save(update_fields=["state", "answered_at", "answered_by", "words"])
    sharing.tell(
        share.milestone,
        verb,
        actor,
        at,
        share=share.pk,
        worker=share.worker_id,
        digest=share.digest,
        said=share.state,
    )


@step
def let_go(part: MilestonePart, *, actor: Actor, at: datetime) -> None:
    """A kept part is due: by its own clock, or because the accepting side lets it go."""
    part.fall_due()
    part.save(update_fields=["state"])
    sharing.tell(part.milestone, "let_go", actor, at, part=part.number)
    workers = [To(worker_id=w) for w in part.shares.values_list("worker_id", flat=True)]
    telling.say(part.milestone, "milestone_retention", workers, part.number, at)


@step
def propose_correction(
    milestone: Milestone,
    *,
    amounts: Mapping[int, int],
    reason: str,
    reference: str,
    actor: Actor,
    at: datetime,
) -> MilestoneCorrection:
    """Signed differences to shares that stand; a second person agrees to them."""
    if milestone.shares_fixed_at is None:
        raise errors.SharesOpen(number=milestone.number)
    sharers = sharing.standing(milestone)
    for worker in amounts:
        if worker not in sharers:
            raise errors.NotASharer(worker=worker)
    said = {"amounts": {str(w): a for w, a in sorted(amounts.items())}, "reason": reason}
    correction, new = MilestoneCorrection.objects.get_or_create(
        milestone=milestone,
        reference=reference,
        defaults={**said, "made_by": str(actor), "created_at": at},
    )
    if not new and any(getattr(correction, name) != value for name, value in said.items()):
        raise errors.MilestoneDiffers(number=reference)
    if new:
        sharing.tell(milestone, "propose_correction", actor, at, correction=correction.pk, **said)
    return correction


@step
def agree_correction(correction: MilestoneCorrection, *, actor: Actor, at: datetime) -> None:
    """The differences become a part of their own and go out, or are owed back, by its lines."""
    _second_hand(correction, actor)
    shares = {int(worker): amount for worker, amount in correction.amounts.items()}
    part = sharing.add_part(correction.milestone, "correction", shares, at=at, actor=actor)
    correction.agree(by=str(actor), part_id=part.pk)
    correction.save(update_fields=["state", "checked_by", "part"])


@step
def refuse_correction(correction: MilestoneCorrection, *, actor: Actor, at: datetime) -> None:
    """Not agreed."""
    _second_hand(correction, actor)
    correction.refuse(by=str(actor))
    correction.save(update_fields=["state", "checked_by"])
    sharing.tell(correction.milestone, "refuse_correction", actor, at, correction=correction.pk)


def _second_hand(correction: MilestoneCorrection, actor: Actor) -> None:
    if correction.made_by == str(actor):
        raise SameHand(noun="milestone_correction")
