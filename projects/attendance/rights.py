"""Whose punches, days and corrections are whose."""

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import Actor


def _own(actor: Actor) -> Q:
    return Q(worker_id=actor.worker_id)


def _project(actor: Actor) -> Q:
    return Q(project_id__in=policy.projects(actor))


policy.scope("punch", own=_own, project=_project)
policy.scope(
    "day_record", own=_own, project=_project, crew=lambda actor: Q(crew__leader_id=actor.worker_id)
)
policy.scope("correction", own=_own, project=_project)
policy.scope("parked_event", project=lambda actor: Q(site__project_id__in=policy.projects(actor)))
policy.scope("phone", own=_own)
policy.scope("phone_punch", own=_own, project=_project)
policy.scope("fence", project=lambda actor: Q(site__project_id__in=policy.projects(actor)))
policy.scope("gate_code", project=_project)
policy.scope(
    "roll_call",
    project=_project,
    crew=lambda actor: Q(crew__leader_id=actor.worker_id),
)
policy.scope(
    "roll_call_entry",
    own=_own,
    project=lambda actor: Q(roll_call__project_id__in=policy.projects(actor)),
    crew=lambda actor: Q(roll_call__crew__leader_id=actor.worker_id),
)
