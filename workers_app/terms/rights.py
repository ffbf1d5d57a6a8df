"""Whose terms are whose."""

from django.db.models import Q, QuerySet

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from workers_app.people.models import CrewMember, Worker
from workers_app.terms.models import Agreement


def _of_worker(actor: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.filter(Q(worker_id=actor.worker_id))


def _of_employer(actor: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.filter(employer_id__in=policy.organisations(actor))


def _of_project(actor: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.filter(project_id__in=policy.projects(actor))


def _led(actor: Actor) -> QuerySet[CrewMember]:
    return CrewMember.objects.filter(crew__leader_id=actor.worker_id)


def _employed(actor: Actor) -> QuerySet[Worker]:
    return Worker.objects.filter(employer_id__in=policy.organisations(actor))


policy.scope(
    "agreement",
    own=lambda actor: Q(pk__in=_of_worker(actor).values("pk")),
    org=lambda actor: Q(pk__in=_of_employer(actor).values("pk")),
    project=lambda actor: Q(pk__in=_of_project(actor).values("pk")),
)
policy.scope(
    "agreed_rate",
    own=lambda actor: Q(agreement_id__in=_of_worker(actor).values("pk")),
    org=lambda actor: Q(agreement_id__in=_of_employer(actor).values("pk")),
    project=lambda actor: Q(agreement_id__in=_of_project(actor).values("pk")),
)
for noun in ("qualification", "absence"):
    policy.scope(
        noun,
        own=lambda actor: Q(worker_id=actor.worker_id),
        crew=lambda actor: Q(worker_id__in=_led(actor).values("worker_id")),
        org=lambda actor: Q(worker_id__in=_employed(actor).values("pk")),
        project=lambda actor: Q(worker_id__in=_of_project(actor).values("worker_id")),
    )
