"""What people, and the clocks, do to milestones. Each locks the milestone first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.kernel.db import command, lock, lock_many
from jianzhu.kernel.errors import Invalid, NotFound
from projects.sites import queries as sites
from settlements.milestones import following, sharing, steps, telling
from settlements.milestones.models import (
    Milestone,
    MilestoneCorrection,
    MilestonePart,
    MilestoneShare,
)
from settlements.milestones.steps import NewMilestone
from workers_app.people import queries as people


@command
def plan(*, new: NewMilestone, actor: Actor, at: datetime) -> Milestone:
    """Write down a milestone of the contract of a crew for which the actor may."""
    policy.require(actor, "milestone", "plan", project_id=new.project_id)
    if not people.crew_exists(new.crew_id, policy.whose(actor, "milestone", "plan", on="crew")):
        raise NotFound(noun="crew")
    milestone, _ = steps.plan(new, actor=actor, at=at)
    return milestone


@command
def cancel(*, milestone_id: int, actor: Actor, at: datetime) -> Milestone:
    """Take back what was planned by mistake."""
    milestone = lock(Milestone, milestone_id, policy.whose(actor, "milestone", "cancel"))
    milestone.cancel()
    milestone.save(update_fields=["state"])
    sharing.tell(milestone, "cancel", actor, at)
    return milestone


@command
def submit(*, milestone_id: int, actor: Actor, at: datetime) -> Milestone:
    """Hand it to the accepting side, first or with the cured rest."""
    milestone = lock(Milestone, milestone_id, policy.whose(actor, "milestone", "submit"))
    steps.submit(milestone, actor=actor, at=at)
    return milestone


@command
def accept(*, milestone_id: int, actor: Actor, at: datetime) -> Milestone:
    """Accept the whole labour amount."""
    milestone = lock(Milestone, milestone_id, policy.whose(actor, "milestone", "accept"))
    steps.accept(milestone, actor=actor, at=at)
    return milestone


@command
def accept_partly(
    *,
    milestone_id: int,
    accepted_minor: int,
    defect: str,
    cure_by: date,
    actor: Actor,
    at: datetime,
) -> Milestone:
    """Accept a part of the whole; what is new of it is paid at once."""
    milestone = lock(Milestone, milestone_id, policy.whose(actor, "milestone", "accept"))
    steps.accept_partly(
        milestone,
        accepted_minor=accepted_minor,
        defect=defect,
        cure_by=cure_by,
        actor=actor,
        at=at,
    )
    return milestone


@command
def reject(
    *, milestone_id: int, defect: str, cure_by: date, actor: Actor, at: datetime
) -> Milestone:
    """Accept nothing more than before."""
    milestone = lock(Milestone, milestone_id, policy.whose(actor, "milestone", "accept"))
    steps.reject(milestone, defect=defect, cure_by=cure_by, actor=actor, at=at)
    return milestone


@command
def warn_of_silence(*, revisions: Mapping[int, int], at: datetime) -> int:
    """{milestone: revision} whose clock ends soon: tell whoever has to answer those that wait."""
    waiting = _waiting(revisions)
    for milestone in waiting:
        assert milestone.silence_due_at is not None
        zone = ZoneInfo(sites.project(milestone.project_id).zone)
        due = f"{milestone.silence_due_at.astimezone(zone):%Y-%m-%d %H:%M}"
        once = milestone.revision
        telling.say(milestone, "milestone_silence_soon", telling.ACCEPTING, once, at, due=due)
        sharing.tell(milestone, "warn", SYSTEM, at, due=due)
    return len(waiting)


@command
def end_silence(*, revisions: Mapping[int, int], at: datetime) -> int:
    """Deem what nobody answered until its clock ran out; a newer revision has its own clock."""
    due = [
        milestone
        for milestone in _waiting(revisions)
        if milestone.silence_due_at is not None and milestone.silence_due_at <= at
    ]
    for milestone in due:
        steps.stay_silent(milestone, at=at)
    return len(due)


def _waiting(revisions: Mapping[int, int]) -> list[Milestone]:
    rows = lock_many(Milestone, revisions)
    return [m for m in rows if m.state == "submitted" and m.revision == revisions[m.pk]]


@command
def share_out(*, milestone_ids: Iterable[int], at: datetime) -> None:
    """Attendance changed: bring the share-outs up to the records, and cut what waited for them."""
    for milestone in lock_many(Milestone, milestone_ids):
        sharing.follow(milestone, at=at)


@command
def sign(*, share_id: int, seen: str, actor: Actor, at: datetime) -> MilestoneShare:
    """The worker agrees to the share-out that was read (its digest)."""
    share = _lock_share(share_id, policy.whose(actor, "milestone_share", "sign"))
    steps.sign(share, seen=seen, actor=actor, at=at)
    return share


@command
def object_to(*, share_id: int, words: str, actor: Actor, at: datetime) -> MilestoneShare:
    """The worker does not agree; only the own share waits."""
    share = _lock_share(share_id, policy.whose(actor, "milestone_share", "object"))
    steps.object_to(share, words=words, actor=actor, at=at)
    return share


def _lock_share(share_id: int, where: Q) -> MilestoneShare:
    found = MilestoneShare.objects.filter(where, pk=share_id).first()
    if found is None:
        raise NotFound(noun="milestone_share")
    milestone = lock(Milestone, found.milestone_id)
    share = lock(MilestoneShare, share_id)
    share.milestone = milestone
    return share


@command
def end_signing(*, versions: Mapping[int, int], at: datetime) -> int:
    """{milestone: version of the share-out}: record the silence of those whose clock ran out."""
    count = 0
    for milestone in lock_many(Milestone, versions):
        silent = milestone.shares.filter(
            version=versions[milestone.pk], state="asked", due_at__lte=at
        )
        for share in lock_many(MilestoneShare, silent.values_list("pk", flat=True)):
            steps.lapse(share, at=at)
            count += 1
    return count


@command
def let_go(*, part_id: int, actor: Actor, at: datetime) -> MilestonePart:
    """The accepting side lets a kept part go before its clock ends."""
    part = _lock_part(part_id, policy.whose(actor, "milestone_part", "release"))
    steps.let_go(part, actor=actor, at=at)
    return part


@command
def end_retention(*, part_ids: Iterable[int], at: datetime) -> int:
    """Kept parts whose clock ran out are due; returns how many."""
    count = 0
    for part_id in sorted(part_ids):
        part = _lock_part(part_id, Q())
        if part.state == "kept":
            steps.let_go(part, actor=SYSTEM, at=at)
            count += 1
    return count


def _lock_part(part_id: int, where: Q) -> MilestonePart:
    found = MilestonePart.objects.filter(where, pk=part_id).first()
    if found is None:
        raise NotFound(noun="milestone_part")
    milestone = lock(Milestone, found.milestone_id)
    part = lock(MilestonePart, part_id)
    part.milestone = milestone
    return part


@command
def propose_correction(
    *,
    milestone_id: int,
    amounts: Mapping[int, int],
    reason: str,
    reference: str,
    actor: Actor,
    at: datetime,
) -> MilestoneCorrection:
    """{worker: signed minor units} that shares were wrong by; a second person agrees."""
    milestone = lock(Milestone, milestone_id, policy.whose(actor, "milestone", "correct"))
    if not amounts or not all(amounts.values()):
        raise Invalid(field="amounts", problem="a difference other than nothing for each")
    return steps.propose_correction(
        milestone, amounts=amounts, reason=reason, reference=reference, actor=actor, at=at
    )


@command
def agree_correction(*, correction_id: int, actor: Actor, at: datetime) -> MilestoneCorrection:
    """A second person agrees; the differences go out."""
    correction = _lock_correction(correction_id, "agree", actor)
    steps.agree_correction(correction, actor=actor, at=at)
    return correction


@command
def refuse_correction(*, correction_id: int, actor: Actor, at: datetime) -> MilestoneCorrection:
    """A second person does not."""
    correction = _lock_correction(correction_id, "refuse", actor)
    steps.refuse_correction(correction, actor=actor, at=at)
    return correction


def _lock_correction(correction_id: int, verb: str, actor: Actor) -> MilestoneCorrection:
    where = policy.whose(actor, "milestone_correction", verb)
    found = MilestoneCorrection.objects.filter(where, pk=correction_id).first()
    if found is None:
        raise NotFound(noun="milestone_correction")
    milestone = lock(Milestone, found.milestone_id)
    correction = lock(MilestoneCorrection, correction_id)
    correction.milestone = milestone
    return correction


@command
def follow_money(*, stages: Mapping[int, str], at: datetime) -> int:
    """{part: how far the money of its shares is}: parts and milestones follow; returns moves made."""
    milestones = MilestonePart.objects.filter(pk__in=list(stages)).values("milestone")
    rows = lock_many(Milestone, milestones.values_list("milestone", flat=True).distinct())

    return sum(following.follow(milestone, stages, at=at) for milestone in rows)
