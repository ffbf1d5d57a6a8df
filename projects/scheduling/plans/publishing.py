"""From a published plan to offers and crew assignments: only what changed is asked anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import lock_many, step
from jianzhu.notices.steps import To
from jianzhu.outbox import steps as outbox
from projects.scheduling import errors
from projects.scheduling import steps as scheduling
from projects.scheduling.models import Assignment, WorkPackage
from projects.scheduling.plans import steps, telling
from projects.scheduling.plans.models import LIVE_STATES, Offer, Plan, PlanSeat
from projects.scheduling.plans.problems import Book
from projects.sites import queries as sites
from workers_app.people import queries as people

CHANGED = "the plan changed"
# Before work begins somebody has to know: an answer that comes later helps nobody.
ANSWER_BY = time(6)
ANSWER_LEAST = timedelta(hours=1)
# By then who was planned has come, or has not.
LOOK_AT = time(10)

Key = tuple[int, int]  # package, worker


@step
def publish(plan: Plan, *, actor: Actor, at: datetime) -> None:
    """The plan that the project works by from now on."""
    zone = ZoneInfo(sites.project(plan.project_id).zone)
    today = at.astimezone(zone).date()
    before = Plan.objects.select_for_update(no_key=True).filter(
        project_id=plan.project_id, state="published"
    )
    old = before.first()
    if (old and old.pk) != plan.based_on_id:
        raise errors.PlanIsOld(plan=plan.pk, news=f"plan {old.pk if old else '-'}")
    if plan.starts_on < today:
        raise errors.PlanIsOld(plan=plan.pk, news=f"{today}")
    if old is not None:
        steps.move(old, "supersede", actor=actor, at=at)
    plan.publish(at=at)
    plan.save(update_fields=["state", "published_at"])
    change = _offers(plan, zone, at)
    _crews(plan, actor, at)
    steps.tell(plan, "publish", actor, at, offered=change.made, withdrawn=change.withdrawn)
    look_on(plan.project_id, max(today, plan.starts_on), zone)


@step
def look_on(project_id: int, day: date, zone: ZoneInfo) -> None:
    """Have somebody look on that morning who has come; once a day."""
    outbox.put(
        "plan.day_begun",
        due_at=datetime.combine(day, LOOK_AT, tzinfo=zone),
        key=f"plan-day:{project_id}:{day}",
        project_id=project_id,
        on=day.isoformat(),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How many people are asked anew, and how many are not needed any more."""

    made: int
    withdrawn: int


def _offers(plan: Plan, zone: ZoneInfo, at: datetime) -> Change:
    wanted = {
        (seat.part.work_package_id, seat.worker_id): seat
        for seat in PlanSeat.objects.filter(part__plan=plan, ends_on__gte=plan.starts_on)
        .select_related("part")
        .order_by("pk")
    }
    live = Offer.objects.select_for_update(no_key=True).filter(
        work_package__project_id=plan.project_id,
        state__in=LIVE_STATES,
        ends_on__gte=plan.starts_on,
    )
    packages = _names(plan.project_id)
    kept: set[Key] = set()
    gone = []
    for offer in live.order_by("pk"):
        key = (offer.work_package_id, offer.worker_id)
        seat = wanted.get(key)
        if seat is not None and _stays(offer, seat, plan.starts_on):
            kept.add(key)
            _until(offer, seat.ends_on, packages, at)
        else:
            gone.append(offer)
    for offer in gone:
        _take_back(offer, plan.starts_on, packages, at)
    new = [seat for key, seat in wanted.items() if key not in kept]
    _make(plan, new, packages, zone, at)
    return Change(len(new), len(gone))


def _stays(offer: Offer, seat: PlanSeat, first: date) -> bool:
    """The same days; work that has begun may end earlier or later without being asked anew."""
    if offer.starts_on != seat.starts_on:
        return False
    return offer.ends_on == seat.ends_on or offer.starts_on < first


def _until(offer: Offer, last: date, packages: dict[int, str], at: datetime) -> None:
    before = offer.ends_on
    if before == last:
        return
    offer.ends_on = last
    offer.save(update_fields=["ends_on"])
    telling.say_offer(
        offer, "offer_ends_on", [To(worker_id=offer.worker_id)], at,
        package=packages[offer.work_package_id], before=before.isoformat(),
    )  # fmt: skip


def _take_back(offer: Offer, first: date, packages: dict[int, str], at: datetime) -> None:
    """What was worked stays as it was; the rest is not needed any more."""
    package = packages[offer.work_package_id]
    if offer.starts_on < first:
        _until(offer, first - timedelta(days=1), packages, at)
        return
    offer.withdraw(reason=CHANGED)
    offer.save(update_fields=["state", "reason"])
    told(offer, "withdraw", SYSTEM, at)
    telling.say_offer(
        offer, "offer_withdrawn", [To(worker_id=offer.worker_id)], at, package=package
    )


def _make(
    plan: Plan, seats: Iterable[PlanSeat], packages: dict[int, str], zone: ZoneInfo, at: datetime
) -> None:
    hours = Book.read(plan.project_id, plan.starts_on).project.answer_hours
    offers = Offer.objects.bulk_create(
        [
            Offer(
                plan=plan,
                work_package_id=seat.part.work_package_id,
                worker_id=seat.worker_id,
                crew_id=seat.crew_id,
                starts_on=seat.starts_on,
                ends_on=seat.ends_on,
                rate_minor=seat.rate_minor,
                answer_due_at=_due(seat.starts_on, hours, zone, at),
                created_at=at,
            )
            for seat in seats
        ],
        batch_size=1_000,
    )
    by_due: dict[datetime, list[int]] = defaultdict(list)
    for offer in offers:
        by_due[offer.answer_due_at].append(offer.pk)
        telling.say_offer(
            offer, "offer_made", [To(worker_id=offer.worker_id)], at,
            package=packages[offer.work_package_id],
            due=f"{offer.answer_due_at.astimezone(zone):%Y-%m-%d %H:%M}",
        )  # fmt: skip
    for due, ids in sorted(by_due.items()):
        outbox.put_ids("offer.silence_due", "offer_ids", ids, due_at=due)


def _due(first: date, hours: int, zone: ZoneInfo, at: datetime) -> datetime:
    begins = datetime.combine(first, ANSWER_BY, tzinfo=zone)
    return max(at + ANSWER_LEAST, min(at + timedelta(hours=hours), begins))


def _names(project_id: int) -> dict[int, str]:
    rows = WorkPackage.objects.filter(project_id=project_id)
    return dict(rows.values_list("pk", "name"))


@step
def answered(offer: Offer, verb: str, *, actor: Actor, at: datetime) -> None:
    """Keep a worker's answer and tell whoever plans with it."""
    offer.save(update_fields=["state", "answered_at", "reason"])
    told(offer, verb, actor, at)
    if verb == "decline":
        _say(offer, "offer_declined", at, reason=offer.reason)


@step
def told(offer: Offer, verb: str, actor: Actor, at: datetime) -> None:
    """The log, and whoever listens."""
    audit.record(
        f"offer.{verb}", "offer", offer.pk, actor=actor, at=at, state=offer.state,
        worker=offer.worker_id, package=offer.work_package_id,
    )  # fmt: skip
    outbox.put(f"offer.{verb}", offer_id=offer.pk, project_id=offer.plan.project_id)


@step
def lapse(offer_ids: list[int], *, at: datetime) -> int:
    """Silence: planner and crew leader are told to ask."""
    due = [o for o in lock_many(Offer, offer_ids) if o.state == "offered" and o.answer_due_at <= at]
    for offer in due:
        offer.lapse()
        offer.save(update_fields=["state"])
        told(offer, "lapse", SYSTEM, at)
        _say(offer, "offer_unanswered", at)
    return len(due)


@step
def missed(offer: Offer, on: date, *, at: datetime) -> None:
    """Planned, and not there."""
    offer.missed_on = on
    offer.save(update_fields=["missed_on"])
    told(offer, "miss", SYSTEM, at)
    _say(offer, "offer_missed", at, on=on.isoformat())


def _say(offer: Offer, code: str, at: datetime, **facts: str) -> None:
    """To the planner and the crew's leader."""
    to = list(telling.PLANNERS)
    if offer.crew_id is not None:
        leader = people.leader_of(offer.crew_id)
        to += [To(worker_id=leader)] if leader != offer.worker_id else []
    telling.say_offer(
        offer, code, to, at, package=offer.work_package.name,
        worker=people.names([offer.worker_id])[offer.worker_id], **facts,
    )  # fmt: skip


def _crews(plan: Plan, actor: Actor, at: datetime) -> None:
    """What each crew is to do, as its leader sees it: one assignment per package and crew."""
    wanted: dict[Key, list[PlanSeat]] = defaultdict(list)
    seats = PlanSeat.objects.filter(
        part__plan=plan, ends_on__gte=plan.starts_on, crew__isnull=False
    )
    for seat in seats.select_related("part").order_by("pk"):
        wanted[seat.part.work_package_id, int(seat.crew_id or 0)].append(seat)
    live = Assignment.objects.select_for_update(no_key=True).filter(
        work_package__project_id=plan.project_id,
        plan__isnull=False,
        state__in=["published", "accepted"],
        ends_on__gte=plan.starts_on,
    )
    for row in live.order_by("pk"):
        own = wanted.get((row.work_package_id, row.crew_id))
        if own is not None and row.starts_on == min(s.starts_on for s in own):
            row.ends_on, row.headcount = max(s.ends_on for s in own), len(own)
            row.save(update_fields=["ends_on", "headcount"])
            del wanted[row.work_package_id, row.crew_id]
        elif row.starts_on < plan.starts_on:
            row.ends_on = plan.starts_on - timedelta(days=1)
            row.save(update_fields=["ends_on"])
        else:
            scheduling.move(row, "withdraw", actor=actor, at=at, reason=CHANGED)
    for (package_id, crew_id), own in sorted(wanted.items()):
        row = Assignment.objects.create(
            plan=plan,
            work_package_id=package_id,
            crew_id=crew_id,
            starts_on=min(s.starts_on for s in own),
            ends_on=max(s.ends_on for s in own),
            headcount=len(own),
            created_at=at,
        )
        scheduling.move(row, "publish", actor=actor, at=at)
