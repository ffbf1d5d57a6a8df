"""Whose work packages and assignments are whose."""

from django.db.models import Q

from jianzhu.access import policy
from projects.scheduling.models import Assignment
from projects.scheduling.plans.models import Offer

policy.scope("work_package", project=lambda actor: Q(project_id__in=policy.projects(actor)))
policy.scope(
    "assignment",
    own=lambda actor: Q(
        pk__in=Assignment.objects.filter(
            Q(crew__members__worker_id=actor.worker_id),
            state__in=["published", "accepted", "done"],
        ).values("pk")
    ),
    crew=lambda actor: (
        ~Q(state="proposed")
        & Q(pk__in=Assignment.objects.filter(crew__leader_id=actor.worker_id).values("pk"))
    ),
    project=lambda actor: Q(
        pk__in=Assignment.objects.filter(
            work_package__project_id__in=policy.projects(actor)
        ).values("pk")
    ),
)
for noun in ("scheduling_rule", "stop_day", "plan"):
    policy.scope(noun, project=lambda actor: Q(project_id__in=policy.projects(actor)))
policy.scope("plan_part", project=lambda actor: Q(plan__project_id__in=policy.projects(actor)))
policy.scope("pace", project=lambda actor: Q(pk__in=policy.projects(actor)))
policy.scope(
    "offer",
    own=lambda actor: Q(worker_id=actor.worker_id),
    crew=lambda actor: Q(pk__in=Offer.objects.filter(crew__leader_id=actor.worker_id).values("pk")),
    project=lambda actor: Q(
        pk__in=Offer.objects.filter(work_package__project_id__in=policy.projects(actor)).values(
            "pk"
        )
    ),
)
