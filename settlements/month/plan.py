"""The sample's plans: packages that say how long they take, planned, published and answered."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min

from jianzhu.access.queries import actor_of
from projects.scheduling.models import WorkPackage
from projects.scheduling.plans import commands, planner
from projects.scheduling.plans.models import Offer, Plan
from projects.sites.models import Project
from settlements.month import setup

SEED = 1


def make(at: datetime) -> int:
    """Plan each project that has such packages and no plan yet; how many were made.

    The workers say yes on their phones, as they do before they come.
    """
    waiting = WorkPackage.objects.filter(days__isnull=False, assignments=None)
    firsts = waiting.values_list("project_id").annotate(first=Min("starts_on"))
    planned = set(Plan.objects.values_list("project_id", flat=True))
    return sum(
        _plan(Project.objects.get(pk=project_id), first, at)
        for project_id, first in firsts.order_by("project_id")
        if project_id not in planned
    )


def _plan(project: Project, first: date, at: datetime) -> bool:
    contractor = setup.checker(project.pk)
    plan = commands.draft(
        project_id=project.pk, starts_on=first, seed=SEED, actor=contractor, at=at
    )
    planner.solve(plan.pk)
    commands.propose(plan_id=plan.pk, actor=contractor, at=at)
    commands.publish(plan_id=plan.pk, actor=contractor, at=at)
    offers = Offer.objects.filter(plan=plan).select_related("worker__user")
    for offer in offers.order_by("pk"):
        assert offer.worker.user is not None  # everybody of the sample can sign in
        commands.accept(offer_id=offer.pk, actor=actor_of(offer.worker.user, at), at=at)
    return True
