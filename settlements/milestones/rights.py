"""Whose milestones are whose: the crew's, and those of the project's parties."""

from django.db.models import Q

from jianzhu.access import policy
from workers_app.people import queries as people

policy.scope(
    "milestone",
    own=lambda actor: Q(crew_id__in=people.own_crews(actor.worker_id)),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)
policy.scope(
    "milestone_share",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(milestone__project_id__in=policy.projects(actor)),
)
for _noun in ("milestone_part", "milestone_correction"):
    policy.scope(
        _noun,
        own=lambda actor: Q(milestone__crew_id__in=people.own_crews(actor.worker_id)),
        project=lambda actor: Q(milestone__project_id__in=policy.projects(actor)),
    )
