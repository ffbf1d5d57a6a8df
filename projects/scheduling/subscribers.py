"""What planning does by itself: wakes planners, watches offers, and plans again when news comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from jianzhu.access.actor import SYSTEM
from jianzhu.outbox.registry import News, listens_to
from jianzhu.outbox.regular import every
from projects.scheduling import tasks
from projects.scheduling.models import StopDay
from projects.scheduling.plans import commands, planner, replanning
from projects.scheduling.plans.models import Offer
from projects.scheduling.plans.replanning import Cause
from workers_app.terms import queries as terms


@listens_to("plan.draft")
def drafted(news: list[News], at: datetime) -> None:
    """A plan waits to be solved."""
    for one in news:
        tasks.call_planner(int(one.payload["plan_id"]))


@every(60)
def remind(at: datetime) -> None:
    """A worker may have died over a plan: whoever holds it still just says no."""
    for plan_id in planner.waiting():
        tasks.call_planner(plan_id)


@listens_to("offer.silence_due")
def silent(news: list[News], at: datetime) -> None:
    """The time to answer is over."""
    commands.lapse(offer_ids=[int(i) for one in news for i in one.payload["offer_ids"]], at=at)


@listens_to("offer.decline")
def declined(news: list[News], at: datetime) -> None:
    """Somebody will not come."""
    offers = Offer.objects.filter(pk__in=[int(one.payload["offer_id"]) for one in news])
    _replan(
        ((o.plan.project_id, replanning.declined(o)) for o in offers.select_related("plan")), at
    )


@listens_to("absence.report")
def away(news: list[News], at: datetime) -> None:
    """Somebody is ill or on leave."""
    found = []
    for one in terms.absences_by_id(int(n.payload["absence_id"]) for n in news):
        offers = replanning.offers_of(one.worker_id, one.first_on, one.last_on)
        for project_id in sorted({o.plan.project_id for o in offers}):
            own = [o for o in offers if o.plan.project_id == project_id]
            found.append((project_id, replanning.absent(one, own)))
    _replan(found, at)


@listens_to("stop_day.declare")
def stopped(news: list[News], at: datetime) -> None:
    """Rain, wind, heat, or an order."""
    rows = StopDay.objects.filter(pk__in=[int(one.payload["stop_day_id"]) for one in news])
    _replan(
        (
            (
                row.project_id,
                replanning.stopped(
                    row, replanning.outdoors_on(row.project_id, row.site_id, row.on)
                ),
            )
            for row in rows.order_by("on", "pk")
        ),
        at,
    )


@listens_to("plan.day_begun")
def day_begun(news: list[News], at: datetime) -> None:
    """Who was planned should have passed the gate by now."""
    for one in news:
        project_id, on = int(one.payload["project_id"]), date.fromisoformat(one.payload["on"])
        causes = replanning.look(project_id=project_id, on=on, at=at)
        _replan(((project_id, cause) for cause in causes), at)


def _replan(causes: Iterable[tuple[int, Cause]], at: datetime) -> None:
    """One re-plan per project, whatever came at once."""
    by_project: dict[int, list[Cause]] = defaultdict(list)
    for project_id, cause in causes:
        by_project[project_id].append(cause)
    for project_id, own in sorted(by_project.items()):
        replanning.replan(project_id=project_id, causes=own, actor=SYSTEM, at=at)
