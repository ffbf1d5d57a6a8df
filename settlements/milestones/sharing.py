"""Who gets how much: shared out by the records, shown, signed, and cut to the minor unit.

The share-out follows attendance until the first accepted part is cut; then it stands. Both happen
under the milestone's lock, so nothing is ever cut by weights that are out of date.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.calendar import end_of_workdays
from jianzhu.kernel.content import digest
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.attendance import queries as attendance
from projects.sites import queries as sites
from settlements.milestones import rules, telling
from settlements.milestones.models import (
    Milestone,
    MilestonePart,
    MilestonePartShare,
    MilestoneShare,
)
from settlements.milestones.rules import Weights

LOOK_AGAIN_AFTER = timedelta(minutes=1)


@step
def follow(milestone: Milestone, *, at: datetime) -> None:
    """Bring the share-out up to the records, then cut what was accepted and not cut yet."""
    if milestone.state in ("planned", "cancelled"):
        return
    if milestone.shares_fixed_at is None:
        if _still_arriving(milestone):
            _look_again(milestone, at)
            return
        found = rules.weights(milestone.share_rule, milestone.share_points, _days(milestone))
        if not isinstance(found, Weights):
            return
        if found.by_worker != standing(milestone):
            _ask(milestone, found, at)
    left = milestone.accepted_minor - _cut_before(milestone)
    if left > 0:
        _cut(milestone, left, at)


def _still_arriving(milestone: Milestone) -> bool:
    """Passages that we hold and have not read may change who was there, and for how long.

    Agreed figures need presence only: who is not read yet is missing, and the shares wait for that.
    """
    return milestone.share_rule not in rules.NAMED_RULES and attendance.arriving(
        milestone.project_id, milestone.work_from, milestone.work_to
    )


def _look_again(milestone: Milestone, at: datetime) -> None:
    """The last of what arrives may be no passage of this crew, and so no news to us: ask by clock."""
    outbox.put(
        "milestone.share_due",
        due_at=at + LOOK_AGAIN_AFTER,
        key=f"milestone.share_due:{milestone.pk}:{at:%Y%m%d%H%M}",
        milestone_id=milestone.pk,
    )


def standing(milestone: Milestone) -> dict[int, int]:
    """The weights of the share-out as it stands, by worker."""
    rows = milestone.shares.filter(version=milestone.share_version).order_by("worker_id")
    return dict(rows.values_list("worker_id", "weight"))


def _days(milestone: Milestone) -> list[attendance.Day]:
    return attendance.days_of_crews(
        milestone.project_id, [milestone.crew_id], milestone.work_from, milestone.work_to
    )


def content(milestone: Milestone, weights: Mapping[int, int]) -> dict[str, Any]:
    """What a worker signs, JSON-ready: the terms and everybody's weight."""
    return {
        "project": milestone.project_id,
        "crew": milestone.crew_id,
        "contract": milestone.contract,
        "number": milestone.number,
        "work_from": milestone.work_from.isoformat(),
        "work_to": milestone.work_to.isoformat(),
        "currency": milestone.currency,
        "labour": milestone.labour_minor,
        "retention": milestone.retention_minor,
        "share_rule": milestone.share_rule,
        "weights": {str(worker): weight for worker, weight in weights.items()},
    }


def _ask(milestone: Milestone, found: Weights, at: datetime) -> None:
    """A new version of the share-out: everybody is shown it and asked anew."""
    for old in milestone.shares.filter(version=milestone.share_version).order_by("pk"):
        old.replace()
        old.save(update_fields=["state"])
    milestone.share_version += 1
    milestone.save(update_fields=["share_version"])
    project = sites.project(milestone.project_id)
    due = end_of_workdays(at, milestone.sign_days, project.zone, project.country)
    name = digest(content(milestone, found.by_worker))
    MilestoneShare.objects.bulk_create(
        MilestoneShare(
            milestone=milestone,
            version=milestone.share_version,
            worker_id=worker,
            weight=weight,
            digest=name,
            days=found.days.get(worker, []),
            asked_at=at,
            due_at=due,
        )
        for worker, weight in found.by_worker.items()
    )
    tell(
        milestone, "share_out", SYSTEM, at, version=milestone.share_version, weights=found.by_worker
    )
    telling.ask_to_sign(milestone, found.by_worker, due.astimezone(ZoneInfo(project.zone)), at=at)
    outbox.put(
        "milestone.sign_due",
        due_at=due,
        milestone_id=milestone.pk,
        version=milestone.share_version,
    )


def _cut_before(milestone: Milestone) -> int:
    rows = milestone.parts.exclude(kind="correction")
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def _cut(milestone: Milestone, left: int, at: datetime) -> None:
    """Cut what was accepted into what goes out now and what is kept; the shares are fixed by this."""
    terms = milestone.labour_minor, milestone.retention_minor
    before = rules.kept(milestone.accepted_minor - left, *terms)
    kept = rules.kept(milestone.accepted_minor, *terms) - before
    by_worker = standing(milestone)
    if left > kept:
        add_part(milestone, "work", rules.amounts(left - kept, by_worker), at=at)
    if kept:
        assert milestone.retention_until is not None  # the table's own constraint
        _keep(milestone, rules.amounts(kept, by_worker), milestone.retention_until, at)
    if milestone.shares_fixed_at is None:
        milestone.shares_fixed_at = at
        milestone.save(update_fields=["shares_fixed_at"])


def _keep(milestone: Milestone, shares: Mapping[int, int], until: date, at: datetime) -> None:
    part = add_part(milestone, "retention", shares, at=at, payable_on=until)
    zone = ZoneInfo(sites.project(milestone.project_id).zone)
    outbox.put(
        "milestone.retention_due",
        due_at=datetime.combine(until, time.min, tzinfo=zone),
        part_id=part.pk,
    )


@step
def add_part(
    milestone: Milestone,
    kind: str,
    shares: Mapping[int, int],
    *,
    at: datetime,
    payable_on: date | None = None,
    actor: Actor = SYSTEM,
) -> MilestonePart:
    """One part with its shares (minor units by worker), which sum to it."""
    part = MilestonePart.objects.create(
        milestone=milestone,
        number=milestone.parts.count() + 1,
        kind=kind,
        amount_minor=sum(shares.values()),
        payable_on=payable_on,
        state="kept" if payable_on is not None else "due",
        created_at=at,
    )
    MilestonePartShare.objects.bulk_create(
        MilestonePartShare(part=part, worker_id=worker, amount_minor=amount)
        for worker, amount in sorted(shares.items())
    )
    tell(
        milestone,
        "cut",
        actor,
        at,
        part=part.number,
        kind=kind,
        shares=dict(sorted(shares.items())),
    )
    return part


@step
def tell(milestone: Milestone, verb: str, actor: Actor, at: datetime, **facts: Any) -> None:
    """One audit event and one piece of news about the milestone."""
    audit.record(
        f"milestone.{verb}",
        "milestone",
        milestone.pk,
        actor=actor,
        at=at,
        state=milestone.state,
        **facts,
    )
    outbox.put(f"milestone.{verb}", milestone_id=milestone.pk)
