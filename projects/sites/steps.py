"""Enrolling people on the terminals of a site, within a command."""

from __future__ import annotations

from datetime import date, datetime

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.sites.models import Enrolment


@step
def enrol(
    *, site_id: int, person_no: str, worker_id: int, valid_from: date, actor: Actor, at: datetime
) -> Enrolment:
    """A worker has this number from now on; events set aside for it are read again."""
    enrolment = Enrolment.objects.create(
        site_id=site_id, person_no=person_no, worker_id=worker_id, valid_from=valid_from
    )
    audit.record(
        "enrolment.enrol",
        "enrolment",
        enrolment.pk,
        actor=actor,
        at=at,
        site=site_id,
        worker=worker_id,
    )
    outbox.put("enrolment.enrol", site_id=site_id, person_no=person_no)
    return enrolment
