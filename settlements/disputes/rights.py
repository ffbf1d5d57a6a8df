"""Whose cases are whose: the worker's own, the parties' projects', the arbitrator's assigned."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope(
    "dispute",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
    case=lambda actor: Q(assigned_to_id=actor.user_id),
)
