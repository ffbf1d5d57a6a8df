"""Whose statements and lines are whose."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope(
    "statement",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)
policy.scope(
    "statement_line",
    own=lambda actor: Q(statement__worker_id=actor.worker_id),
    project=lambda actor: Q(statement__project_id__in=policy.projects(actor)),
)
# What a correction would do to pay is shown to whoever may read both the request and the lines.
policy.scope(
    "correction_effect",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)
