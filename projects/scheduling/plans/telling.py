"""Whom plans and offers tell what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from jianzhu.kernel.db import step
from jianzhu.notices import queries as notices
from jianzhu.notices import steps as notice
from jianzhu.notices.steps import To
from projects.scheduling.plans.models import Offer, Plan

notices.sentences(
    {
        "plan_ready": gettext_noop(
            "Plan %(plan)s is ready after news from the site: %(moved)s of %(parts)s packages move. "
            "Look at it and publish it."
        ),
        "plan_impossible": gettext_noop(
            "After news from the site there is no plan any more that keeps every rule: plan %(plan)s "
            "names what clashes and the cheapest repair."
        ),
        "plan_parked": gettext_noop("The search for plan %(plan)s broke three times: %(error)s"),
        "offer_made": gettext_noop(
            "You are asked to work on %(package)s from %(first)s to %(last)s. Please answer by %(due)s."
        ),
        "offer_withdrawn": gettext_noop(
            "You are not needed on %(package)s from %(first)s to %(last)s any more: the plan changed."
        ),
        "offer_ends_on": gettext_noop(
            "Your work on %(package)s goes on until %(last)s instead of %(before)s."
        ),
        "offer_unanswered": gettext_noop(
            "%(worker)s has not answered whether to work on %(package)s from %(first)s on: ask in person."
        ),
        "offer_declined": gettext_noop(
            "%(worker)s does not take %(package)s from %(first)s to %(last)s: %(reason)s"
        ),
        "offer_missed": gettext_noop(
            "%(worker)s was planned on %(package)s and has not come on %(on)s."
        ),
    }
)
PLANNERS = (To(role="general_contractor"),)


@step
def say_plan(plan: Plan, code: str, at: datetime, **facts: Any) -> None:
    """To whoever plans the project."""
    notice.tell(
        code,
        project_id=plan.project_id,
        to=PLANNERS,
        subject_type="plan",
        subject_id=plan.pk,
        once=plan.state,
        at=at,
        plan=plan.pk,
        **facts,
    )


@step
def say_offer(
    offer: Offer, code: str, to: Iterable[To], at: datetime, *, package: str, **facts: Any
) -> None:
    """About one offer."""
    facts = {"first": offer.starts_on.isoformat(), "last": offer.ends_on.isoformat()} | facts
    notice.tell(
        code,
        project_id=offer.plan.project_id,
        to=to,
        subject_type="offer",
        subject_id=offer.pk,
        once=f"{offer.state}.{offer.ends_on}",
        at=at,
        package=package,
        **facts,
    )
