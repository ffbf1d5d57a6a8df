"""Whose task sheets are whose."""

from django.db.models import Q

from jianzhu.access import policy
from workers_app.people import queries as people

policy.scope(
    "task_sheet",
    own=lambda actor: Q(crew_id__in=people.own_crews(actor.worker_id)),
    crew=lambda actor: Q(crew__leader_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)
policy.scope(
    "photo",
    own=lambda actor: Q(sheet__crew_id__in=people.own_crews(actor.worker_id)),
    project=lambda actor: Q(sheet__project_id__in=policy.projects(actor)),
)
