"""What people do to a site."""

from __future__ import annotations

from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from projects.sites import steps
from projects.sites.models import Enrolment, Site


@command
def enrol(
    *, site_id: int, person_no: str, worker_id: int, valid_from: date, actor: Actor, at: datetime
) -> Enrolment:
    """Give a worker a number on the terminals of a site."""
    site = lock(Site, site_id)
    policy.require(actor, "enrolment", "enrol", project_id=site.project_id)
    return steps.enrol(
        site_id=site.pk,
        person_no=person_no,
        worker_id=worker_id,
        valid_from=valid_from,
        actor=actor,
        at=at,
    )
