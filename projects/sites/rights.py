"""Whose projects are whose, and which projects an actor reaches."""

from django.db.models import Q

from jianzhu.access import policy
from projects.sites import queries
from projects.sites.models import Party

policy.projects_are(queries.reached)
policy.scope("project", project=lambda actor: Q(pk__in=policy.projects(actor)))
for noun in ("party", "policy", "site"):
    policy.scope(noun, project=lambda actor: Q(project_id__in=policy.projects(actor)))
for noun in ("device", "enrolment"):
    policy.scope(noun, project=lambda actor: Q(site__project_id__in=policy.projects(actor)))
policy.scope(
    "device_alarm", project=lambda actor: Q(device__site__project_id__in=policy.projects(actor))
)
# One's own organisations, and those with a part in one's projects.
policy.scope(
    "organisation",
    project=lambda actor: (
        Q(pk__in=policy.organisations(actor))
        | Q(
            pk__in=Party.objects.filter(project_id__in=policy.projects(actor)).values(
                "organisation_id"
            )
        )
    ),
)
