"""Whose projects are whose, and which projects an actor reaches."""

from django.db.models import Q

from jianzhu.access import policy
from projects.sites import queries

policy.projects_are(queries.reached)
policy.scope("project", project=lambda actor: Q(pk__in=policy.projects(actor)))
