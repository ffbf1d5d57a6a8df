"""Whose task sheets are whose."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope(
    "task_sheet",
    crew=lambda actor: Q(crew__leader_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)
