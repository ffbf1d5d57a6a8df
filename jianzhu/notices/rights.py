"""Whose notices are whose: one's own, and those to a role that one holds on the project."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope(
    "notice",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(
        project_id__in=policy.projects(actor), role__in=[g.role for g in actor.grants]
    ),
)
