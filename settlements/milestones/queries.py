"""What milestones owe to whom, as statements ask; and milestones as pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from projects.attendance import queries as attendance
from projects.attendance.queries import Day
from settlements.milestones import rules
from settlements.milestones.models import (
    OPEN_STATES,
    Milestone,
    MilestonePart,
    MilestonePartShare,
    MilestoneShare,
)
from settlements.milestones.rules import Waits, Weights
from workers_app.people import queries as people


@dataclass(frozen=True, slots=True)
class ShareDue:
    """What a worker gets of one part; `amount_minor` None while it can't be known.

    `reason`: "" when nothing holds it, else why, who owes the datum, and by when.
    """

    milestone_id: int
    revision: int
    worker_id: int
    name: str
    kind: str
    rule: str
    work_from: date
    work_to: date
    part_number: int
    part_id: int | None
    amount_minor: int | None
    weight: int | None
    days: list[list[int]]
    reason: str = ""
    owed_by: str = ""
    due_on: date | None = None
    why: str = ""

    @property
    def key(self) -> str:
        """The line's name on the worker's statement, for ever."""
        return f"{self.work_to}/milestone/{self.milestone_id}/{self.part_number}"


def dues(
    project_id: int, worker_ids: Iterable[int], first: date, last: date
) -> dict[int, list[ShareDue]]:
    """By worker, what the milestones whose work touches [first, last] owe; few fixed queries."""
    rows = list(
        Milestone.objects.filter(
            project_id=project_id, work_to__gte=first, work_from__lte=last, state__in=OPEN_STATES
        ).order_by("pk")
    )
    found: dict[int, list[ShareDue]] = defaultdict(list)
    if not rows:
        return found
    wanted, read = set(worker_ids), _Read(rows)
    for milestone in rows:
        for one in (*read.cut(milestone), *read.pending(milestone)):
            if one.worker_id in wanted:
                found[one.worker_id].append(one)
    return found


class _Read:
    """The rows behind some milestones, read together."""

    def __init__(self, rows: list[Milestone]) -> None:
        ids = [m.pk for m in rows]
        self.shares: dict[int, dict[int, MilestoneShare]] = defaultdict(dict)
        for share in MilestoneShare.objects.filter(milestone__in=ids).exclude(state="replaced"):
            self.shares[share.milestone_id][share.worker_id] = share
        self.parts: dict[int, list[MilestonePart]] = defaultdict(list)
        for part in MilestonePart.objects.filter(milestone__in=ids).order_by("number"):
            self.parts[part.milestone_id].append(part)
        self.amounts: dict[int, list[MilestonePartShare]] = defaultdict(list)
        for row in MilestonePartShare.objects.filter(part__milestone__in=ids).order_by("worker_id"):
            self.amounts[row.part_id].append(row)
        self.days = _days([m for m in rows if m.shares_fixed_at is None])

    def cut(self, milestone: Milestone) -> Iterator[ShareDue]:
        """Shares of the parts that are cut: only a signature or the part's clock holds them."""
        for part in self.parts[milestone.pk]:
            for row in self.amounts[part.pk]:
                if row.amount_minor:
                    share = self.shares[milestone.pk].get(row.worker_id)
                    held = _held(part, share)
                    yield _due(
                        milestone, row.worker_id, part.kind, part, row.amount_minor, share, held
                    )

    def pending(self, milestone: Milestone) -> Iterator[ShareDue]:
        """What is not accepted, or accepted and not cut yet: an amount that nobody knows."""
        cut = sum(p.amount_minor for p in self.parts[milestone.pk] if p.kind != "correction")
        held = self._waits(milestone, cut)
        if held is None:
            return
        for worker_id in self._sharers(milestone):
            yield _due(milestone, worker_id, "work", None, None, None, held, self._next(milestone))

    def _next(self, milestone: Milestone) -> int:
        return len(self.parts[milestone.pk]) + 1

    def _waits(self, milestone: Milestone, cut: int) -> Waits | None:
        if milestone.accepted_minor > cut:
            found = self._weights(milestone)
            return found if isinstance(found, Waits) else Waits("share_open", "system")
        if milestone.state == "submitted" and milestone.silence_due_at is not None:
            return Waits("acceptance_waiting", "owner", due_on=milestone.silence_due_at.date())
        if milestone.accepted_minor < milestone.labour_minor:
            return Waits("milestone_rejected", "crew_leader", due_on=milestone.cure_by)
        return None

    def _weights(self, milestone: Milestone) -> Weights | Waits:
        return rules.weights(milestone.share_rule, milestone.share_points, self._days_of(milestone))

    def _sharers(self, milestone: Milestone) -> list[int]:
        if milestone.share_points:
            return sorted(int(w) for w, points in milestone.share_points.items() if points)
        shares = self.shares[milestone.pk]
        return sorted(shares or {d.worker_id for d in self._days_of(milestone)})

    def _days_of(self, milestone: Milestone) -> list[Day]:
        return [
            d
            for d in self.days
            if d.crew_id == milestone.crew_id and milestone.work_from <= d.on <= milestone.work_to
        ]


def _days(rows: list[Milestone]) -> list[Day]:
    """Days of the crews of these milestones (all of one project)."""
    if not rows:
        return []
    first, last = min(m.work_from for m in rows), max(m.work_to for m in rows)
    return attendance.days_of_crews(rows[0].project_id, {m.crew_id for m in rows}, first, last)


def _held(part: MilestonePart, share: MilestoneShare | None) -> Waits | None:
    if part.state == "kept":
        return Waits("retention_kept", "system", due_on=part.payable_on)
    if share is None or part.kind == "correction":
        return None
    if share.state == "asked":
        return Waits("share_unsigned", "worker", due_on=share.due_at.date())
    if share.state == "objected":
        return Waits("share_objected", "worker")
    return None


def _due(
    milestone: Milestone,
    worker_id: int,
    kind: str,
    part: MilestonePart | None,
    amount_minor: int | None,
    share: MilestoneShare | None,
    held: Waits | None,
    number: int = 0,
) -> ShareDue:
    return ShareDue(
        milestone_id=milestone.pk,
        revision=milestone.revision,
        worker_id=worker_id,
        name=milestone.name,
        kind=kind,
        rule=milestone.share_rule,
        work_from=milestone.work_from,
        work_to=milestone.work_to,
        part_number=number if part is None else part.number,
        part_id=None if part is None else part.pk,
        amount_minor=amount_minor,
        weight=None if share is None else share.weight,
        days=[] if share is None else share.days,
        reason="" if held is None else held.reason,
        owed_by="" if held is None else held.owed_by,
        due_on=None if held is None else held.due_on,
        why="" if held is None else held.why,
    )


@dataclass(frozen=True, slots=True)
class Touched:
    """Whose statements a milestone moves: those of the months in which its work was done."""

    project_id: int
    work_from: date
    work_to: date
    worker_ids: frozenset[int]


def touched(milestone_ids: Iterable[int]) -> list[Touched]:
    """Who has, or may have, a share in these milestones."""
    found = []
    for m in Milestone.objects.filter(pk__in=list(milestone_ids)).order_by("pk"):
        workers = people.workers_of_crews([m.crew_id], m.work_from, m.work_to)
        workers |= set(m.shares.values_list("worker_id", flat=True))
        found.append(Touched(m.project_id, m.work_from, m.work_to, frozenset(workers)))
    return found


def following_days(
    project_id: int, worker_ids: Iterable[int], first: date, last: date
) -> list[int]:
    """Milestones whose share-out these workers' days of [first, last] may still move."""
    crews = people.crew_ids(worker_ids, first, last)
    rows = Milestone.objects.filter(
        project_id=project_id,
        crew_id__in=crews,
        work_from__lte=last,
        work_to__gte=first,
        shares_fixed_at=None,
        state__in=OPEN_STATES,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def months_of_parts(part_ids: Iterable[int]) -> dict[int, tuple[int, date, str, tuple[int, ...]]]:
    """{part: (project, last day of work, line key, its sharers)}."""
    rows = MilestonePart.objects.filter(pk__in=list(part_ids)).select_related("milestone")
    return {
        p.pk: (
            p.milestone.project_id,
            p.milestone.work_to,
            f"{p.milestone.work_to}/milestone/{p.milestone_id}/{p.number}",
            tuple(p.shares.exclude(amount_minor=0).values_list("worker_id", flat=True)),
        )
        for p in rows
    }


@dataclass(frozen=True, slots=True)
class Stood:
    """A milestone as a line's trace shows it."""

    id: int
    number: str
    name: str
    contract: str
    state: str
    revision: int
    currency: str
    labour_minor: int
    accepted_minor: int
    retention_minor: int
    share_rule: str
    decided_at: datetime | None
    decided_by: str
    defect: str
    cure_by: date | None


def by_id(milestone_ids: Iterable[int]) -> list[Stood]:
    """Milestones of these ids."""
    rows = Milestone.objects.filter(pk__in=list(milestone_ids)).order_by("pk")
    return [Stood(*(getattr(m, "pk" if n == "id" else n) for n in Stood.__slots__)) for m in rows]


def to_sign(worker_id: int | None) -> list[MilestoneShare]:
    """Shares that the worker is asked about, or has objected to."""
    rows = MilestoneShare.objects.filter(worker=worker_id, state__in=["asked", "objected"])
    return list(rows.select_related("milestone").order_by("due_at", "pk"))


def milestones(where: Q) -> list[Milestone]:
    """Milestones by a filter, newest first."""
    return list(Milestone.objects.filter(where).order_by("-pk"))
