"""Whose adjustments are whose."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope(
    "adjustment",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)
