"""Whose people are whose. Sub-queries instead of joins: a filter must also serve a lock."""

from django.db.models import Q, QuerySet

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from workers_app.people.models import CrewMember, Worker


def _employed(actor: Actor) -> QuerySet[Worker]:
    return Worker.objects.filter(employer_id__in=policy.organisations(actor))


def _on_projects(actor: Actor) -> QuerySet[Worker]:
    """Whoever has an agreement on a project that the actor reaches."""
    return Worker.objects.filter(agreements__project_id__in=policy.projects(actor))


def _led(actor: Actor) -> QuerySet[CrewMember]:
    return CrewMember.objects.filter(crew__leader_id=actor.worker_id)


policy.scope(
    "worker",
    own=lambda actor: Q(pk=actor.worker_id),
    crew=lambda actor: Q(pk__in=_led(actor).values("worker")),
    org=lambda actor: Q(pk__in=_employed(actor).values("pk")),
    project=lambda actor: Q(pk__in=_on_projects(actor).values("pk")),
)
policy.scope(
    "payee_account",
    own=lambda actor: Q(worker_id=actor.worker_id),
    org=lambda actor: Q(worker_id__in=_employed(actor).values("pk")),
    project=lambda actor: Q(worker_id__in=_on_projects(actor).values("pk")),
)
policy.scope(
    "crew",
    own=lambda actor: Q(
        pk__in=CrewMember.objects.filter(Q(worker_id=actor.worker_id)).values("crew")
    ),
    crew=lambda actor: Q(leader_id=actor.worker_id),
    org=lambda actor: Q(employer_id__in=policy.organisations(actor)),
    project=lambda actor: Q(
        pk__in=CrewMember.objects.filter(worker__in=_on_projects(actor)).values("crew")
    ),
)
